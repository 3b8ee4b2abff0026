// Events and answers as JSON objects for --json: the schema's field names, codes in place of dense ids. Takes stand in
// the line that they belong to.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "client/catalogue.hpp"
#include "schema/answer.hpp"
#include "schema/event.hpp"

namespace earmark::client {

using Json = nlohmann::json;

Json event_json(const schema::Event& event, const Catalogue& catalogue, bool duplicate);
Json order_view_json(const schema::OrderView& view, const Catalogue& catalogue);

// One line, without a line end. Text that is no UTF-8 is shown with replacement characters.
std::string json_line(const Json& json);

}  // namespace earmark::client
