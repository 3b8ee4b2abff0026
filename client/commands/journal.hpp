// Parts of the journal that a subcommand needs: what a filter lets pass, from one decision to another.
#pragma once

#include <cstdint>
#include <functional>

#include "client/commands/command.hpp"
#include "client/explanation.hpp"
#include "client/subscriber.hpp"

namespace earmark::client {

struct JournalPart {
  std::uint64_t from = 0, to = 0;  // LSNs, both included
  StreamFilter filter{};
  const char* what = "decisions";  // for the progress
};
// Refused with `trimmed` where the journal does not begin so early any more.
Outcome<void> read_journal(const Globals& globals, JournalPart part, const std::function<void(const schema::Event&, const Catalogue&)>& use);

// An order as it stands, with what has happened to it.
Outcome<Explanation> explain(const Globals& globals, Client& client, const std::string& order);

}  // namespace earmark::client
