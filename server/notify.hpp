// Words to the service manager that started the server (systemd's Type=notify), over the datagram socket named by NOTIFY_SOCKET;
// nothing without one. Any thread; never blocks, and a manager that does not listen changes nothing.
#pragma once

#include <string_view>

namespace earmark::server {

// For example "READY=1" or "STOPPING=1". True: told somebody.
bool notify_manager(std::string_view state) noexcept;

}  // namespace earmark::server
