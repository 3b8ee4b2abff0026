// Work in a child process, for what may end with a signal: damaged pages make LMDB crash, a bad sector of a mapped file is a
// SIGBUS. The child ends when its parent does, prints nothing, and its result comes back over a pipe.
// One thread, and no other thread of the process may hold a lock that the work needs.
#pragma once

#include <functional>
#include <string>

#include "storage/journal.hpp"

namespace earmark::storage {

// Runs `work` in a child and calls `wait` about five times a second meanwhile; when that returns false the child is killed
// and the failure (cannot_open) says that it was interrupted. A child that dies by a signal: damaged, "`what` ends with signal N".
Outcome<void> run_in_child(const std::string& what, const std::function<Outcome<void>()>& work, const std::function<bool()>& wait);

}  // namespace earmark::storage
