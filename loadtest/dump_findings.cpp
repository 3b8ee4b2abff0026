#include "loadtest/dump_findings.hpp"

#include <algorithm>

namespace earmark::loadtest {

std::string_view name(Promise promise) noexcept {
  static constexpr std::array<std::string_view, promise_count> names = {
      "I1 never oversell", "I2 conservation", "I3 work-conserving", "I4 no overtaking", "I5 exactly once", "I6 holds end once", "E2 LSN order",
      "E2 decisions exact", "E2 causes"};
  return names[static_cast<std::size_t>(promise)];
}

bool DumpVerdict::failed() const noexcept {
  return std::any_of(broken.begin(), broken.end(), [](std::uint64_t count) { return count != 0; });
}

}  // namespace earmark::loadtest
