// What earmark-journal's backup and restore do around storage/backup.hpp: progress on a terminal, an end by SIGINT or SIGTERM
// that leaves nothing behind, exit codes. One thread, one call for each process.
#pragma once

#include <string>

namespace earmark::storage {

// Exit codes: 0 done (one line on stdout), 1 not found or interrupted, 2 the target cannot be used, 3 somebody else is writing
// to it, 4 damaged, 5 cannot write. Errors are one line on stderr.
int backup_command(const std::string& directory, const std::string& target);
int restore_command(const std::string& backup, const std::string& target);

}  // namespace earmark::storage
