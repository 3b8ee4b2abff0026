#include "server/group_commit.hpp"

#include <cstring>
#include <variant>

#include "schema/record.hpp"

namespace earmark::server {
namespace {

constexpr std::size_t most_group_bytes = 4U << 20;

}  // namespace

GroupCommit::GroupCommit(engine::Engine& engine, storage::Journal& journal, engine::TimeUs last_time)
    : engine_(engine), journal_(journal), next_(journal.last() + 1), last_time_(last_time) {}

bool GroupCommit::gather() {
  chunks_.clear();
  group_bytes_ = 0;
  group_first_ = next_;
  while (group_bytes_ < most_group_bytes) {
    const auto place = engine_.shared().window.find(next_);
    if (!place) break;
    const std::span<std::byte> bundle = engine_.shared().rings[place->committer.value]->at(place->offset_units);
    engine::BundleHeader header;
    std::memcpy(&header, bundle.data(), sizeof header);
    EARMARK_CHECK(header.first_lsn == next_.value && header.records > 0);
    const std::span<const std::byte> records = bundle.subspan(sizeof header);
    check_times(records, header.records);
    chunks_.push_back(records);
    group_bytes_ += records.size();
    next_ = next_ + header.records;
    group_last_ = engine::Lsn{next_.value - 1};
  }
  return !chunks_.empty();
}

// Time never falls with the LSN, whichever thread's clock was read (E7; engine/decision_times.hpp). Rather no record than one that readers refuse.
void GroupCommit::check_times(std::span<const std::byte> records, std::uint32_t count) {
  for (std::uint32_t index = 0; index < count; ++index) {
    const engine::TimeUs time = schema::stamp_of(records).time;
    EARMARK_CHECK(time >= last_time_);
    last_time_ = time;
    bool more = true;
    while (more) {
      const schema::Piece piece = schema::piece_at(records);
      EARMARK_CHECK(piece.stride != 0);
      more = piece.header.more();
      records = records.subspan(piece.stride);
    }
  }
}

storage::Outcome<void> GroupCommit::append() { return journal_.append({group_first_, group_last_, chunks_, group_bytes_}); }

void GroupCommit::show() {
  engine::DurableView& view = engine_.view();
  view.begin_group();
  std::size_t decoded = 0, shown = 0;
  for (std::span<const std::byte> records : chunks_) {
    while (!records.empty()) {
      if (decoded - shown == ahead_.size()) show(ahead_[shown++ % ahead_.size()].event);
      Ahead& next = ahead_[decoded++ % ahead_.size()];
      std::size_t consumed = 0;
      next.event = next.decoder.decode_trusted(records, consumed);
      if (const auto* order = std::get_if<engine::OrderDecision>(&next.event.decision)) view.prefetch(*order);
      records = records.subspan(consumed);
    }
  }
  while (shown != decoded) show(ahead_[shown++ % ahead_.size()].event);
  view.end_group(group_last_);
}

void GroupCommit::show(const schema::Event& event) {
  std::visit([&](const auto& decision) { engine_.view().apply(event.stamp, decision); }, event.decision);
  counters_.count(event.decision);
}

void GroupCommit::release() {
  counters_.groups.add();
  counters_.bytes.add(group_bytes_);
  counters_.group_lsns.add(group_last_.value - group_first_.value + 1);
  engine_.shared().window.advance(group_last_);
}

bool GroupCommit::more_is_committed() const noexcept { return engine_.shared().window.find(next_).has_value(); }

}  // namespace earmark::server
