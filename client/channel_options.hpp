// What both faces of the client library are told at the beginning.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "client/address.hpp"

namespace earmark::client {

struct ChannelOptions {
  Address server{};
  std::string client_name{};            // name and version of the program, for the server's log
  std::string token{};                  // servers without tokens ignore it
  std::size_t connections = 2;
  std::size_t most_under_way = 4'096;   // requests on one connection; the server's credit may be less
  std::chrono::milliseconds time_limit{30'000};     // of a call that names none, from its beginning to its outcome
  std::chrono::milliseconds connect_limit{5'000};   // of one attempt to connect
  std::chrono::milliseconds silence_limit{10'000};  // a connection that owes answers and is silent for so long is given up
};

// Of one call; nothing: ChannelOptions::time_limit.
using TimeLimit = std::optional<std::chrono::milliseconds>;

}  // namespace earmark::client
