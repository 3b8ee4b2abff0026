// The engine's archive on the state store: orders that have left memory. Called by whoever settles. A failure to read is
// an end: what was promised about the order cannot be told otherwise.
#pragma once

#include <functional>

#include "engine/state_image.hpp"
#include "storage/state_store.hpp"

namespace earmark::server {

class StateArchive final : public engine::Archive {
 public:
  // `failed` must not return.
  StateArchive(storage::StateStore& state, std::function<void(const storage::Failure&)> failed)
      : state_(state), failed_(std::move(failed)) {}

  bool find(engine::Lsn lsn, engine::OrderImage& image) override {
    const auto found = state_.find(lsn, image);
    if (!found) failed_(found.error());
    return found && *found;
  }
  engine::Lsn newest(engine::Identity identity) override {
    const auto lsn = state_.newest(identity);
    if (!lsn) failed_(lsn.error());
    return lsn ? *lsn : engine::Lsn{};
  }

 private:
  storage::StateStore& state_;
  std::function<void(const storage::Failure&)> failed_;
};

}  // namespace earmark::server
