// HOST:PORT, with [..] around an IPv6 address.
#pragma once

#include <string>
#include <string_view>

#include "client/failure.hpp"

namespace earmark::client {

struct Address {
  std::string host, port;

  static Outcome<Address> parse(std::string_view text);
  std::string text() const;
};

}  // namespace earmark::client
