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
  usage = 2,        // bad arguments, bad input file, output that cannot be written; nothing was sent
  unreachable = 3,  // no connection, lost, or no answer in time; outcome_unknown says whether it may have taken effect
};

struct Failure {
  FailureKind kind{};
  std::string text;  // one line: what is wrong and what to do
  // Refused only:
  engine::ErrorCode code = engine::ErrorCode::none;
  std::uint32_t row = 0;              // 1-based position of the line or row at fault, 0: the whole command
  std::uint32_t line = 0;             // the caller's line number, where there is one
  std::string message{};              // the server's sentence
  std::uint32_t retry_after_ms = 0;   // overloaded only
  // The command may or may not have taken effect: repeat it with the same id until the outcome is known.
  bool outcome_unknown = false;
};

template <class T>
using Outcome = Result<T, Failure>;

inline Unexpected<Failure> usage(std::string text) { return {{FailureKind::usage, std::move(text), {}}}; }
inline Unexpected<Failure> unreachable(std::string text) { return {{FailureKind::unreachable, std::move(text), {}}}; }
inline Unexpected<Failure> refused(std::string text, engine::ErrorCode code = engine::ErrorCode::none) {
  return {{FailureKind::refused, std::move(text), code}};
}

}  // namespace earmark::client
