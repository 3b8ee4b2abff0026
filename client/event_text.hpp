// Decisions as people read them: a heading, a small table, the split. For the commands; the stream has its own (stream_text.hpp).
#pragma once

#include <string>

#include "client/catalogue.hpp"
#include "schema/answer.hpp"
#include "schema/event.hpp"

namespace earmark::client {

// Several lines, each ending in '\n'.
std::string event_text(const schema::Event& event, const Catalogue& catalogue, bool duplicate);
std::string order_view_text(const schema::OrderView& view, const Catalogue& catalogue);

}  // namespace earmark::client
