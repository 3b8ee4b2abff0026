// What earmark-journal's verify, dump, digest and stat do. They read only. A journal that was trimmed is read together with the
// state store, which has what went; of a whole journal only the journal is read. One thread, one call for each process.
#pragma once

#include <cstdint>
#include <string>

namespace earmark::storage {

struct InspectArguments {
  bool full = false;  // dump: with what the judge needs
  std::string directory;
  std::uint64_t from = 0, to = 0, at = 0;  // 0: not given
};

// Exit codes: 0 done, 1 not found or trimmed, 2 bad usage, 4 damaged or of an unknown format version. Errors are one line on
// stderr.
int verify_command(const InspectArguments& arguments);
int dump_command(const InspectArguments& arguments);
int digest_command(const InspectArguments& arguments);
int stat_command(const InspectArguments& arguments);

}  // namespace earmark::storage
