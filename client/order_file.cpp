#include "client/order_file.hpp"

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "client/csv.hpp"
#include "client/items.hpp"

namespace earmark::client {
namespace {

using Json = nlohmann::json;

Outcome<std::uint8_t> priority_from(std::string_view text, const std::string& place) {
  const auto number = whole_number(text);
  if (!number || *number < 0 || *number > 255) {
    return usage(place + "'" + std::string(text) + "' is not a priority; write a whole number from 0 to 255");
  }
  return static_cast<std::uint8_t>(*number);
}

Outcome<engine::Policy> policy_from(std::string_view text, const std::string& place) {
  const auto policy = engine::policy_named(text);
  if (!policy) {
    return usage(place + "there is no policy '" + std::string(text) +
                 "'; write ship_partial, line_complete, ship_complete, fill_or_kill or fill_and_cancel");
  }
  return *policy;
}

Outcome<std::uint32_t> line_from(std::string_view text, const std::string& place) {
  const auto number = whole_number(text);
  if (!number || *number < 0 || *number > UINT32_MAX) {
    return usage(place + "'" + std::string(text) + "' is not a line number");
  }
  return static_cast<std::uint32_t>(*number);
}

// Empty: not given.
Outcome<void> moment_of(const std::string& text, std::int64_t& out, const std::string& place) {
  if (text.empty()) return {};
  const auto moment = parse_moment(text, now_us());
  if (!moment) return usage(place + moment.error().text);
  out = *moment;
  return {};
}

class CsvOrders : public OrderReader {
 public:
  explicit CsvOrders(CsvReader table) : table_(std::move(table)) {}

  Outcome<void> begin() {
    for (const auto& [field, needed] : {std::pair{"order", true}, {"customer", false}, {"line", false}, {"sku", true},
                                        {"quantity", true}, {"warehouse", false}, {"policy", false}, {"priority", false},
                                        {"line_policy", false}, {"need_by", false}, {"cancel_after", false},
                                        {"reserve_not_before", false}}) {
      const auto column = table_.column(field);
      if (!column && needed) {
        return usage(table_.place() + "there is no column '" + field +
                     "'; the header is order,customer,line,sku,quantity[,warehouse][,policy][,priority][,line_policy][,need_by][,cancel_after]"
                     "[,reserve_not_before]");
      }
      columns_.push_back(column);
    }
    return advance();
  }

  Outcome<std::optional<Order>> next() override {
    if (!more_) return std::optional<Order>();
    Order order;
    order.id = cell(0);
    order.customer = cell(1);
    if (!cell(6).empty()) {
      auto policy = policy_from(cell(6), table_.place());
      if (!policy) return Unexpected{policy.error()};
      order.policy = *policy;
    }
    if (!cell(7).empty()) {
      auto priority = priority_from(cell(7), table_.place());
      if (!priority) return Unexpected{priority.error()};
      order.priority = *priority;
    }
    if (auto read = moment_of(cell(9), order.need_by_us, table_.place()); !read) return Unexpected{read.error()};
    if (auto read = moment_of(cell(10), order.cancel_after_us, table_.place()); !read) return Unexpected{read.error()};
    if (auto read = moment_of(cell(11), order.reserve_not_before_us, table_.place()); !read) return Unexpected{read.error()};
    while (more_ && cell(0) == order.id) {
      auto line = read_line(order.lines.size() + 1);
      if (!line) return Unexpected{line.error()};
      order.lines.push_back(std::move(*line));
      if (auto done = advance(); !done) return Unexpected{done.error()};
    }
    if (auto good = check(order); !good) return Unexpected{good.error()};
    return std::optional(std::move(order));
  }

 private:
  const std::string& cell(std::size_t field) const {
    static const std::string nothing;
    return columns_[field] ? row_[*columns_[field]] : nothing;
  }

  Outcome<OrderLine> read_line(std::size_t position) {
    OrderLine line{static_cast<std::uint32_t>(position), cell(3), 0, cell(5), {}};
    if (!cell(8).empty()) {
      auto policy = policy_from(cell(8), table_.place());
      if (!policy) return Unexpected{policy.error()};
      line.policy = *policy;
    }
    if (!cell(2).empty()) {
      auto number = line_from(cell(2), table_.place());
      if (!number) return Unexpected{number.error()};
      line.line = *number;
    }
    const auto quantity = whole_number(cell(4));
    if (!quantity) return usage(table_.place() + "'" + cell(4) + "' is not a quantity; write a whole number");
    line.quantity = *quantity;
    return line;
  }

  Outcome<void> advance() {
    auto more = table_.next(row_);
    if (!more) return usage(more.error());
    more_ = *more;
    return {};
  }

  CsvReader table_;
  std::vector<std::optional<std::size_t>> columns_;
  std::vector<std::string> row_;
  bool more_ = false;
};

class JsonOrders : public OrderReader {
 public:
  explicit JsonOrders(std::string path) : path_(std::move(path)) {}

  Outcome<void> begin() {
    if (path_ == "-") return {};
    file_.open(path_);
    if (!file_) return usage(path_ + ": cannot be opened; is the path right?");
    return {};
  }

  Outcome<std::optional<Order>> next() override {
    std::istream& input = path_ == "-" ? std::cin : file_;
    for (std::string text; std::getline(input, text);) {
      ++line_;
      if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
      auto order = order_from_json(text, path_ + ":" + std::to_string(line_) + ": ");
      if (!order) return Unexpected{order.error()};
      return std::optional(std::move(*order));
    }
    return std::optional<Order>();
  }

 private:
  std::string path_;
  std::ifstream file_;
  std::size_t line_ = 0;
};

// Reads fields of one JSON object and keeps the first complaint.
class Fields {
 public:
  Fields(const Json& json, const std::string& place) : json_(json), place_(place) {}

  void text(const char* field, std::string& out) {
    const auto found = json_.find(field);
    if (found == json_.end() || found->is_null()) return;
    if (!found->is_string()) return complain(std::string("'") + field + "' is not a text");
    out = found->get<std::string>();
  }
  void number(const char* field, std::int64_t& out) {
    const auto found = json_.find(field);
    if (found == json_.end()) return;
    if (!found->is_number_integer() || (found->is_number_unsigned() && found->get<std::uint64_t>() > INT64_MAX)) {
      return complain(std::string("'") + field + "' is not a whole number");
    }
    out = found->get<std::int64_t>();
  }
  void complain(const std::string& what) {
    if (complaint_.empty()) complaint_ = place_ + what;
  }
  const std::string& complaint() const { return complaint_; }

 private:
  const Json& json_;
  const std::string& place_;
  std::string complaint_;
};

Outcome<OrderLine> line_from_json(const Json& json, std::size_t position, const std::string& place) {
  if (!json.is_object()) return usage(place + "an entry of 'lines' is not an object");
  Fields fields(json, place);
  OrderLine line;
  auto number = static_cast<std::int64_t>(position);
  fields.number("line", number);
  if (number < 0 || number > UINT32_MAX) fields.complain("'line' is not a line number");
  fields.text("sku", line.sku);
  if (!json.contains("quantity")) fields.complain("a line has no 'quantity'");
  fields.number("quantity", line.quantity);
  fields.text("warehouse", line.warehouse);
  std::string policy;
  fields.text("policy", policy);
  if (!fields.complaint().empty()) return usage(fields.complaint());
  line.line = static_cast<std::uint32_t>(number);
  if (!policy.empty()) {
    auto own = policy_from(policy, place);
    if (!own) return Unexpected{own.error()};
    line.policy = *own;
  }
  return line;
}

}  // namespace

Outcome<Order> order_from_json(const std::string& text, const std::string& place) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return usage(place + "this is not a JSON object; write e.g. "
                         R"({"order":"A-1","customer":"C","lines":[{"sku":"BEAM","quantity":2}]})");
  }
  Order order;
  Fields fields(json, place);
  fields.text("order", order.id);
  if (!json.contains("order")) fields.text("id", order.id);
  fields.text("customer", order.customer), fields.text("channel", order.channel), fields.text("ship_to", order.ship_to);
  fields.text("contact", order.contact), fields.text("reference", order.reference), fields.text("notes", order.notes);
  fields.text("preferred", order.preferred);
  std::string need_by, cancel_after, reserve_not_before;
  fields.text("need_by", need_by), fields.text("cancel_after", cancel_after), fields.text("reserve_not_before", reserve_not_before);
  std::string policy(engine::name(order.policy)), sourcing(engine::name(order.sourcing));
  fields.text("policy", policy), fields.text("sourcing", sourcing);
  std::int64_t priority = order.priority;
  fields.number("priority", priority);
  if (!fields.complaint().empty()) return usage(fields.complaint());
  if (auto read = moment_of(need_by, order.need_by_us, place); !read) return Unexpected{read.error()};
  if (auto read = moment_of(cancel_after, order.cancel_after_us, place); !read) return Unexpected{read.error()};
  if (auto read = moment_of(reserve_not_before, order.reserve_not_before_us, place); !read) return Unexpected{read.error()};
  auto chosen_policy = policy_from(policy, place);
  if (!chosen_policy) return Unexpected{chosen_policy.error()};
  order.policy = *chosen_policy;
  const auto chosen_sourcing = engine::sourcing_named(sourcing);
  if (!chosen_sourcing) return usage(place + "there is no sourcing rule '" + sourcing + "'");
  order.sourcing = *chosen_sourcing;
  auto chosen_priority = priority_from(std::to_string(priority), place);
  if (!chosen_priority) return Unexpected{chosen_priority.error()};
  order.priority = *chosen_priority;
  const auto lines = json.find("lines");
  if (lines == json.end() || !lines->is_array()) return usage(place + "'lines' is missing or not an array");
  for (const Json& entry : *lines) {
    auto line = line_from_json(entry, order.lines.size() + 1, place);
    if (!line) return Unexpected{line.error()};
    order.lines.push_back(std::move(*line));
  }
  if (auto good = check(order); !good) return Unexpected{good.error()};
  return order;
}

Outcome<std::unique_ptr<OrderReader>> open_orders(const std::string& path, OrderFormat format) {
  if (format == OrderFormat::json) {
    auto orders = std::make_unique<JsonOrders>(path);
    if (auto begun = orders->begin(); !begun) return Unexpected{begun.error()};
    return std::unique_ptr<OrderReader>(std::move(orders));
  }
  auto table = CsvReader::open(path == "-" ? "/dev/stdin" : path);
  if (!table) return usage(table.error());
  auto orders = std::make_unique<CsvOrders>(std::move(*table));
  if (auto begun = orders->begin(); !begun) return Unexpected{begun.error()};
  return std::unique_ptr<OrderReader>(std::move(orders));
}

}  // namespace earmark::client
