// Answers about vendors and reorder rules in codes, as reply_reader.cpp has the rest. Inside of the client.
#pragma once

#include <optional>

#include "client/reply_codes.hpp"

namespace earmark::client {

SetRulesAnswer answer_of(const engine::RulesDecision& set, Codes& codes);
// Nothing if the server contradicts itself.
std::optional<RulesAnswer> answer_of(const schema::RulesAnswer& from, Codes& codes);

bool answers(const engine::RulesDecision& decision, const Request& request);

}  // namespace earmark::client
