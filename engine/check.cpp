#include "engine/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace earmark::detail {

void check_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "earmark: bug: %s is false at %s:%d; please report it with this line. Nothing acknowledged is lost.\n",
               condition, file, line);
  std::abort();
}

}  // namespace earmark::detail
