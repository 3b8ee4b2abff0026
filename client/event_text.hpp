// Decisions as people read them: a heading, a small table, the split. Used by the commands and by `watch`.
#pragma once

#include <string>

#include "client/catalogue.hpp"
#include "schema/answer.hpp"
#include "schema/event.hpp"

namespace earmark::client {

// Several lines, each ending in '\n'.
std::string event_text(const schema::Event& event, const Catalogue& catalogue, bool duplicate);
std::string order_view_text(const schema::OrderView& view, const Catalogue& catalogue);

// One line without its end, for lists of many events: "42  12:00:00  order A-1: split, ...".
std::string event_summary(const schema::Event& event, const Catalogue& catalogue);

}  // namespace earmark::client
