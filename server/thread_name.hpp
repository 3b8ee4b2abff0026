// What `top -H` and profilers call a thread of the server. docs/OPERATING.md lists the names.
#pragma once

#include <pthread.h>

#include <string>

namespace earmark::server {

// Of the calling thread; at most 15 bytes, longer ones are left as they are. Advice: what fails is ignored.
inline void name_this_thread(const std::string& name) noexcept { ::pthread_setname_np(::pthread_self(), name.c_str()); }

}  // namespace earmark::server
