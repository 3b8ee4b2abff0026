// earmark-journal audit: the fairness audit (storage/audit.hpp) of a range of a server's journal, also while the server runs. Reads only. A journal
// that was trimmed is read from the state store's LSN on. One thread, one call for each process.
#pragma once

#include <cstdint>
#include <string>

namespace earmark::storage {

struct AuditArguments {
  std::string directory, sku;
  std::uint64_t from = 0, to = 0;  // 0: not given
  bool json = false;
};

// Exit codes: 0 nobody was overtaken, 1 somebody was, 2 bad usage, no such range or directory, 4 damaged or of an unknown format version. Errors
// are one line on stderr.
int audit_command(const AuditArguments& arguments);

}  // namespace earmark::storage
