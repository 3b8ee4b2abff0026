// What goes over the wire, in both directions.
#include <algorithm>
#include <array>

#include "tests/simulation/judge.hpp"
#include "tests/simulation/views.hpp"

namespace earmark::simulation {

using engine::Lsn;
using schema::MessageKind;

namespace {

std::string number(Lsn lsn) { return std::to_string(lsn.value); }

std::size_t hash_of(std::span<const std::byte> bytes) {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

void Judge::client_sent(Line& line, std::span<const std::byte> bytes) {
  line.requests.insert(line.requests.end(), bytes.begin(), bytes.end());
  std::size_t used = 0;
  for (;;) {
    const schema::Split split = schema::split(std::span(line.requests).subspan(used));
    if (split.status != schema::SplitStatus::frame) break;
    used += split.consumed;
    const schema::FrameHeader& header = split.frame.header;
    auto& parts = line.parts[header.correlation];
    parts.emplace_back(split.frame.body.begin(), split.frame.body.end());
    if ((header.flags & schema::flag_more_parts) != 0) continue;
    const std::vector<std::span<const std::byte>> views(parts.begin(), parts.end());
    asked(line, header.kind, header.correlation, views);
    line.parts.erase(header.correlation);
  }
  line.requests.erase(line.requests.begin(), line.requests.begin() + static_cast<std::ptrdiff_t>(used));
}

void Judge::asked(Line& line, MessageKind kind, std::uint64_t correlation, std::span<const std::span<const std::byte>> parts) {
  const auto request = requests_.decode(kind, parts);
  Asked asked{AskedOther{kind}};
  if (request) asked = own(*request);
  asked.told_before = told_;
  asked.correlation = correlation;
  asked.number = ++line.asked;
  asked.clock = clocks_.size() - 1;
  if (const auto* command = std::get_if<AskedCommand>(&asked.what)) {
    commands_.emplace(command->name, command->command);
    first_asked_.emplace(command->name, told_);
  }
  if (!line.under_way.emplace(correlation, std::move(asked)).second) throw Broken("the harness used a correlation id twice");
}

void Judge::told(Line& line, Lsn lsn) { line.news.emplace_back(line.sent, lsn); }

void Judge::client_got(Line& line, std::size_t bytes) {
  line.delivered += bytes;
  while (!line.news.empty() && line.news.front().first <= line.delivered) {
    told_ = std::max(told_, line.news.front().second);
    line.news.pop_front();
  }
}

void Judge::server_sent(Line& line, std::span<const std::byte> bytes) {
  disk_grew();
  line.sent += bytes.size();
  trace_.mix(hash_of(bytes));
  if (!line.answers.add(bytes)) throw Broken("wire: the server sent what is no frame");
  while (const auto message = line.answers.take()) answered(line, *message);
}

void Judge::must_be_durable(Lsn lsn, const char* what) const {
  if (lsn > disk_.durable()) {
    throw Broken("E4, I7: " + std::string(what) + " names LSN " + number(lsn) + ", only LSN " + number(disk_.durable()) + " is durable");
  }
}

void Judge::in_real_time(Lsn lsn, const Asked& asked, const char* what) const {
  if (lsn < asked.told_before) {
    throw Broken("I7, real time: " + std::string(what) + " is of LSN " + number(lsn) + ", when it was asked for LSN " + number(asked.told_before) +
                 " had been told");
  }
}

void Judge::answered(Line& line, const client::Message& message) {
  if (line.subscription && message.correlation == *line.subscription && !line.under_way.contains(message.correlation)) {
    return pushed(line, message);
  }
  const auto found = line.under_way.find(message.correlation);
  if (found == line.under_way.end()) throw Broken("wire: an answer to nothing, or a second one, correlation " + std::to_string(message.correlation));
  const Asked asked = std::move(found->second);
  line.under_way.erase(found);
  if (message.kind == MessageKind::event) return decided(line, asked, message);
  const auto parts = message.parts();
  const auto answer = answers_.decode(message.kind, parts);
  if (!answer) throw Broken("wire: an answer that does not decode, kind " + std::to_string(static_cast<int>(message.kind)));
  if (const auto* error = std::get_if<schema::ErrorAnswer>(&*answer)) {
    refused(asked, *error);
    told(line, error->error.code == engine::ErrorCode::trimmed ? Lsn{} : error->as_of);
  } else if (const auto* hello = std::get_if<schema::HelloAnswer>(&*answer)) {
    must_be_durable(hello->durable, "a hello");
  } else if (const auto* check = std::get_if<schema::CheckAnswer>(&*answer)) {
    judge(asked, *check);
    told(line, check->lsn);
  } else if (const auto* stock = std::get_if<schema::StockAnswer>(&*answer)) {
    judge(asked, *stock);
    told(line, stock->lsn);
  } else if (const auto* view = std::get_if<schema::OrderView>(&*answer)) {
    later(view->as_of, asked, {}, text_of(*view));
    told(line, view->as_of);
  } else if (const auto* list = std::get_if<schema::BackordersAnswer>(&*answer)) {
    later(list->as_of, asked, {}, text_of(*list));
    told(line, list->as_of);
  } else if (const auto* holds = std::get_if<schema::HoldsAnswer>(&*answer)) {
    later(holds->as_of, asked, {}, text_of(*holds));
    told(line, holds->as_of);
  } else if (const auto* purchases = std::get_if<schema::PurchasesAnswer>(&*answer)) {
    later(purchases->as_of, asked, {}, text_of(*purchases));
    told(line, purchases->as_of);
  } else if (const auto* digest = std::get_if<schema::DigestAnswer>(&*answer)) {
    later(digest->lsn, asked, {}, std::string(digest->digest));
    told(line, digest->lsn);
    sometimes_.met(Met::digest_asked_and_answered);
  } else if (const auto* resolved = std::get_if<schema::ResolveAnswer>(&*answer)) {
    must_be_durable(resolved->as_of, "a resolved code");
    in_real_time(resolved->as_of, asked, "a resolved code");
    told(line, resolved->as_of);
  } else if (const auto* subscribed = std::get_if<schema::SubscribeAnswer>(&*answer)) {
    must_be_durable(subscribed->durable, "a subscription");
    const Lsn from = std::get<AskedEvents>(asked.what).from;
    if (from.value != 0 && subscribed->from != from) throw Broken("events: the stream does not begin where it was asked to");
    line.subscription = asked.correlation;
    line.next_event = subscribed->from;
  }
}

Lsn Judge::take_event(std::span<const std::span<const std::byte>>& bodies) {
  std::size_t consumed = 0;
  const auto event = events_.decode_bodies(bodies, consumed);
  if (!event) throw Broken("wire: an event that does not decode");
  const Lsn lsn = event->stamp.lsn;
  must_be_durable(lsn, "an event");
  std::size_t hash = 0;
  for (const auto& body : bodies.first(consumed)) hash = hash * 31 + hash_of(body);
  if (lsn.value == 0 || lsn > judged_ || records_[lsn.value - 1].hash != hash) {
    throw Broken("E4, I7: LSN " + number(lsn) + " was told with other bytes than the journal has");
  }
  bodies = bodies.subspan(consumed);
  return lsn;
}

void Judge::pushed(Line& line, const client::Message& message) {
  const auto parts = message.parts();
  if (message.kind == MessageKind::error) {
    const auto answer = answers_.decode(message.kind, parts);
    const auto* error = answer ? std::get_if<schema::ErrorAnswer>(&*answer) : nullptr;
    if (error == nullptr) throw Broken("wire: an error that does not decode");
    if (error->error.code == engine::ErrorCode::fell_behind) {
      sometimes_.met(Met::slow_subscriber_cut);
      if (error->as_of != line.next_event) throw Broken("events: a slow subscriber is told to go on from another LSN than its next");
    } else if (error->error.code == engine::ErrorCode::trimmed && line.next_event < journal_.oldest()) {
      sometimes_.met(Met::subscriber_below_the_oldest_kept);
    } else {
      throw Broken("events: a subscriber was cut for no reason: " + std::string(error->message));
    }
    return;
  }
  std::span<const std::span<const std::byte>> bodies = parts;
  const Lsn lsn = take_event(bodies);
  if (lsn != line.next_event || !bodies.empty()) {
    throw Broken("events: LSN " + number(lsn) + " was pushed, LSN " + number(line.next_event) + " is next");
  }
  line.next_event = lsn + 1;
  told(line, lsn);
}

void Judge::decided(Line& line, const Asked& asked, const client::Message& message) {
  const auto* command = std::get_if<AskedCommand>(&asked.what);
  if (command == nullptr) throw Broken("wire: a question was answered with a decision");
  const auto parts = message.parts();
  std::span<const std::span<const std::byte>> bodies = parts;
  const Lsn lsn = take_event(bodies);
  Record& record = records_[lsn.value - 1];
  if (record.name == nullptr || *record.name != command->name) {
    throw Broken("I5: asked for " + model::describe(*command->command) + ", answered with LSN " + number(lsn) + ", which is another command's");
  }
  std::uint32_t fills = 0;
  Lsn last = lsn;
  while (!bodies.empty()) {
    const Lsn fill = take_event(bodies);
    if (fill <= last || records_[fill.value - 1].cause != lsn) throw Broken("I3: LSN " + number(fill) + " is told as a fill of LSN " + number(lsn));
    last = fill;
    ++fills;
  }
  if (!record.complete || fills != record.fills || last != record.last_part) {
    throw Broken("I3: the answer of LSN " + number(lsn) + " lists " + std::to_string(fills) + " fills, the log has " + std::to_string(record.fills) +
                 (record.complete ? "" : ", and further ones follow") + (message.duplicate ? "; a repeat of " : "; ") + model::describe(*command->command));
  }
  if (!message.duplicate) {
    if (std::exchange(record.told_first, true)) throw Broken("I5: LSN " + number(lsn) + " was told twice as if it was decided then");
    if (lsn <= asked.told_before) throw Broken("E2, real time: LSN " + number(lsn) + " answers what was asked after LSN " + number(asked.told_before) + " was told");
    auto& before = line.decided[std::string(order_named(asked))];
    for (const auto& [other, at] : before) {
      if (!order_named(asked).empty() && (other < asked.number) != (at < lsn)) {
        throw Broken("order of a connection: LSNs " + number(at) + " and " + number(lsn) + " of one order are decided against the order sent");
      }
    }
    before.emplace_back(asked.number, lsn);
  }
  told(line, last);
}

void Judge::refused(const Asked& asked, const schema::ErrorAnswer& error) {
  using engine::ErrorCode;
  if (error.error.code == ErrorCode::overloaded) return;
  if (error.error.code == ErrorCode::too_many_parts) return sometimes_.met(Met::message_in_parts_not_finished);
  if (std::holds_alternative<AskedEvents>(asked.what)) {
    if (error.error.code != ErrorCode::trimmed || std::get<AskedEvents>(asked.what).from >= journal_.oldest()) {
      throw Broken("events: a subscription was refused: " + std::string(error.message));
    }
    return sometimes_.met(Met::subscriber_below_the_oldest_kept);
  }
  switch (error.error.code) {
    case ErrorCode::stale_catalogue:
    case ErrorCode::malformed: {
      const auto* command = std::get_if<AskedCommand>(&asked.what);
      throw Broken("a request was refused with " + std::string(engine::name(error.error.code)) + (command == nullptr ? "" : ": " + model::describe(*command->command)));
    }
    case ErrorCode::trimmed: {  // of a repeat whose id was forgotten while its answer waited for the disk, and of no other
      const auto* command = std::get_if<AskedCommand>(&asked.what);
      if (command == nullptr || twin_.state().known.contains({command->name.space, command->name.id})) {
        throw Broken("I5: within the horizon a repeat got no decision, but \"trimmed\"");
      }
      return;
    }
    default: break;
  }
  // What does not decode, and questions about stock, rest on nothing decided.
  const bool judged = std::holds_alternative<AskedCommand>(asked.what) || std::holds_alternative<AskedShow>(asked.what) ||
                      std::holds_alternative<AskedBackorders>(asked.what) || std::holds_alternative<AskedHolds>(asked.what) ||
                      std::holds_alternative<AskedPurchases>(asked.what);
  if (!judged) return;
  later(error.as_of, asked, error.error, {});
  if (error.error.code >= ErrorCode::duplicate_order && error.error.code <= ErrorCode::duplicate_ship) {
    sometimes_.met(Met::another_content_for_an_id);
  }
}

void Judge::later(Lsn as_of, const Asked& asked, engine::Error error, std::string text) {
  const std::string what = error.code == engine::ErrorCode::none ? "an answer" : "the error " + std::string(engine::name(error.code));
  must_be_durable(as_of, what.c_str());
  in_real_time(as_of, asked, what.c_str());
  later_.emplace(as_of, Later{asked, error, std::move(text), clocks_.size() - 1});
}

void Judge::judge(const Asked& asked, const schema::CheckAnswer& answer) {
  const auto& [skus, wanted] = std::get<AskedCheck>(asked.what);
  must_be_durable(answer.lsn, "a check");
  in_real_time(answer.lsn, asked, "a check");
  if (surroundings_.disk_behind) sometimes_.met(Met::check_while_the_disk_is_behind);
  if (answer.available.size() != skus.size() * answer.warehouses) throw Broken("wire: a check with the wrong number of rows");
  if (!wanted.empty()) return later(answer.lsn, asked, {}, text_of(answer));  // all of it is of one moment
  std::array<std::array<std::array<std::uint64_t, 3>, 8>, 16> last_seen{};
  for (std::size_t row = 0; row < skus.size(); ++row) {
    for (std::uint16_t id = 1; id <= answer.warehouses; ++id) {
      const engine::Quantity available = answer.available[row * answer.warehouses + id - 1u];
      const bool known = skus[row].value <= limits_.skus;
      const std::array fact{std::uint64_t{skus[row].value}, std::uint64_t{id}, std::uint64_t{available}};
      if (std::exchange(last_seen[fact[0] % last_seen.size()][id % 8U], fact) == fact) continue;  // the row before of this SKU said the same
      if (known ? ledger_.had_available(skus[row], engine::WarehouseId{id}, available, answer.lsn) : available == 0) continue;
      throw Broken("I7: a check at LSN " + number(answer.lsn) + " says " + std::to_string(available) + " of SKU " + std::to_string(skus[row].value) +
                   " in warehouse " + std::to_string(id) + ", which was never durable since");
    }
  }
}

void Judge::judge(const Asked& asked, const schema::StockAnswer& answer) {
  const bool snapshot = std::get<AskedStock>(asked.what).snapshot;
  must_be_durable(answer.lsn, "a stock answer");
  in_real_time(answer.lsn, asked, "a stock answer");
  for (const schema::StockLevel& row : answer.levels) {
    must_be_durable(row.lsn, "a row of stock");
    const CellAt* found = ledger_.since(row.sku, row.warehouse, row.lsn, answer.lsn);
    const bool at_once = found != nullptr && (!snapshot || found->lsn <= answer.lsn);
    if (!at_once || row.on_hand != found->on_hand || row.reserved != found->reserved || row.unavailable != found->unavailable || row.available != found->available()) {
      throw Broken(std::string(snapshot ? "I8: a snapshot" : "I7: a stock answer") + " at LSN " + number(answer.lsn) + " has a row of LSN " +
                   number(row.lsn) + " for SKU " + std::to_string(row.sku.value) + " in warehouse " + std::to_string(row.warehouse.value) +
                   " that the log does not have");
    }
  }
  for (const schema::SkuLevel& row : answer.skus) {
    if (snapshot && row.backordered != ledger_.backordered(row.sku, answer.lsn)) {
      throw Broken("I8: a snapshot at LSN " + number(answer.lsn) + " says " + std::to_string(row.backordered) + " units wait for SKU " +
                   std::to_string(row.sku.value) + ", the log " + std::to_string(ledger_.backordered(row.sku, answer.lsn)));
    }
  }
}

}  // namespace earmark::simulation
