// A question of a subcommand and its whole answer in codes, looked up as far as needed.
#pragma once

#include <utility>
#include <variant>
#include <vector>

#include "client/client.hpp"
#include "client/reply_reader.hpp"

namespace earmark::client {

template <class Value>
Outcome<Value> ask(Client& client, const Request& question) {
  auto message = client.ask([&](std::uint64_t correlation) {
    return append(client.connection().out(), correlation, question, client.catalogue(), client.connection().encoder());
  });
  if (!message) return Unexpected{message.error()};
  ReplyReader reader;
  for (int tries = 0; tries < 2; ++tries) {
    MissingCodes missing;
    auto reply = reader.read(question, *message, client.catalogue(), missing);
    if (!reply) return Unexpected{reply.error()};
    if (missing.empty()) return std::get<Value>(std::move(*reply));
    const std::vector<engine::SkuId> skus(missing.skus.begin(), missing.skus.end());
    if (auto done = client.learn_skus(skus); !done) return Unexpected{done.error()};
    if (!missing.warehouses) continue;
    if (auto done = client.learn_warehouses(); !done) return Unexpected{done.error()};
  }
  return not_understood();
}

}  // namespace earmark::client
