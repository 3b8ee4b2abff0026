// EARMARK_CHECK(condition): a bug if false. On in release: it aborts, and the journal makes that safe.
#pragma once

namespace earmark::detail {
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;
}

#define EARMARK_CHECK(condition)                                                        \
  (static_cast<bool>(condition) ? static_cast<void>(0)                                  \
                                : ::earmark::detail::check_failed(#condition, __FILE__, __LINE__))
