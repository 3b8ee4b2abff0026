// A value or an error, with the member names of std::expected (which GCC 12 has not got in C++20).
// Errors are small values; nothing here throws. Reading the wrong side is a bug and aborts.
#pragma once

#include <utility>
#include <variant>

#include "engine/check.hpp"

namespace earmark {

template <class E>
struct Unexpected {
  E error;
};
template <class E>
Unexpected(E) -> Unexpected<E>;

template <class T, class E>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Unexpected<E> unexpected) : state_(std::in_place_index<1>, std::move(unexpected.error)) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  T& value() & { EARMARK_CHECK(has_value()); return *std::get_if<0>(&state_); }
  const T& value() const& { EARMARK_CHECK(has_value()); return *std::get_if<0>(&state_); }
  T&& value() && { EARMARK_CHECK(has_value()); return std::move(*std::get_if<0>(&state_)); }
  const E& error() const& { EARMARK_CHECK(!has_value()); return *std::get_if<1>(&state_); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, E> state_;
};

template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  Result() = default;
  Result(Unexpected<E> unexpected) : error_(std::in_place_index<1>, std::move(unexpected.error)) {}

  bool has_value() const noexcept { return error_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  const E& error() const& { EARMARK_CHECK(!has_value()); return *std::get_if<1>(&error_); }

 private:
  std::variant<std::monostate, E> error_;
};

}  // namespace earmark
