#include "client/address.hpp"

#include <charconv>

namespace earmark::client {

Outcome<Address> Address::parse(std::string_view text) {
  const auto bad = [&] {
    return usage("'" + std::string(text) + "' is not an address of a server; write HOST:PORT, e.g. 127.0.0.1:7411");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[]") != std::string_view::npos) {
    return bad();
  }
  unsigned number = 0;
  const auto [end, fault] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (fault != std::errc{} || end != port.data() + port.size() || number == 0 || number > 65'535 || host.empty()) return bad();
  return Address{std::string(host), std::string(port)};
}

std::string Address::text() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + port;
}

}  // namespace earmark::client
