// Why a client's call did not work out. The kinds are the exit codes of `earmark`.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "engine/errors.hpp"
#include "engine/result.hpp"

namespace earmark::client {

enum class FailureKind : std::uint8_t {
  refused = 1,      // the server said no; nothing happened
  usage = 2,        // bad arguments, bad input file, output that cannot be written
  unreachable = 3,  // no connection, or lost; whether a command took effect is unknown: repeat it with the same id
};

struct Failure {
  FailureKind kind{};
  std::string text;                                 // one line: what is wrong and what to do
  engine::ErrorCode code = engine::ErrorCode::none; // refused only
};

template <class T>
using Outcome = Result<T, Failure>;

inline Unexpected<Failure> usage(std::string text) { return {{FailureKind::usage, std::move(text), {}}}; }
inline Unexpected<Failure> unreachable(std::string text) { return {{FailureKind::unreachable, std::move(text), {}}}; }
inline Unexpected<Failure> refused(std::string text, engine::ErrorCode code = engine::ErrorCode::none) {
  return {{FailureKind::refused, std::move(text), code}};
}

}  // namespace earmark::client
