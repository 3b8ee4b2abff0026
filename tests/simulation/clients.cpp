#include "tests/simulation/clients.hpp"

#include <algorithm>

namespace earmark::simulation {

using engine::Lsn;

namespace {

constexpr std::uint64_t hello_correlation = 1, stream_correlation = 2;

// What the encoder can put into frames: it wants codes of 1 to 64 bytes and rows that name positions of the load, the vendors, the pegged orders.
bool can_be_sent(const model::Command& command) {
  const auto good = [](const std::string& code) { return !code.empty() && code.size() <= 64; };
  if (const auto* set = std::get_if<model::SetRulesCommand>(&command)) {
    return std::ranges::all_of(set->vendors, [&](const auto& each) { return good(each.code); }) &&
           std::ranges::all_of(set->sources, [&](const auto& each) { return each.vendor >= 1 && each.vendor <= set->vendors.size(); }) &&
           std::ranges::all_of(set->rules, [&](const auto& each) { return each.vendor <= set->vendors.size(); });
  }
  if (const auto* place = std::get_if<model::PlacePurchaseCommand>(&command)) {
    return std::ranges::all_of(place->pegs, [&](const engine::PegRow& peg) { return peg.order < place->peg_orders.size(); });
  }
  const auto* load = std::get_if<model::LoadCommand>(&command);
  if (load == nullptr) return true;
  return std::ranges::all_of(load->warehouses, [&](const auto& each) { return good(each.code); }) &&
         std::ranges::all_of(load->products, [&](const auto& each) { return good(each.code); }) &&
         std::ranges::all_of(load->stock, [&](const auto& each) {
           return each.product < load->products.size() && each.warehouse < load->warehouses.size();
         });
}

}  // namespace

// ---- RawClient ----

void RawClient::submit(const model::Command& command) {
  if (!can_be_sent(command)) return;
  pending_.push_back({command});
  if (up_) send(pending_.back());
}

void RawClient::ask(const Question& question) {
  pending_.push_back({question});
  if (up_) send(pending_.back());
}

void RawClient::duplicate() {
  if (pending_.empty()) return;
  Pending copy = pending_[surroundings_.random.below(pending_.size())];
  copy.copy = copy.correlation != 0;
  pending_.push_back(std::move(copy));
  if (up_) send(pending_.back());
}

void RawClient::send(Pending& pending) {
  pending.correlation = ++last_correlation_;
  if (pending.server_start == 0) pending.server_start = surroundings_.server_starts;
  struct Encode {
    RawClient& client;
    std::uint64_t correlation;
    std::uint64_t epoch = client.surroundings_.epoch;
    schema::RequestEncoder& encoder = client.encoder_;
    std::vector<std::byte>& out = client.out_;

    void operator()(const model::LoadCommand& load) const { encoder.load(out, correlation, {load.rows().view()}); }
    void operator()(const model::OrderCommand& order) const { encoder.order(out, correlation, {order.view(), epoch, {}}); }
    void operator()(const model::ReceiptCommand& receipt) const { encoder.receive(out, correlation, {receipt.view(), epoch, {}}); }
    void operator()(const model::CancelCommand& cancel) const { encoder.cancel(out, correlation, {cancel.view(), {}}); }
    void operator()(const model::AmendCommand& amend) const { encoder.amend(out, correlation, {amend.view(), {}}); }
    void operator()(const model::ShipCommand& ship) const { encoder.ship(out, correlation, {ship.view(), {}}); }
    void operator()(const model::MoveCommand& move) const { encoder.move_shipment(out, correlation, {move.view(), {}}); }
    void operator()(const model::ChangeCommand& change) const { encoder.change_stock(out, correlation, {change.view(), epoch, {}}); }
    void operator()(const model::ShipTransferCommand& ship) const { encoder.ship_transfer(out, correlation, {ship.view(), epoch, {}}); }
    void operator()(const model::ReceiveTransferCommand& receive) const { encoder.receive_transfer(out, correlation, {receive.view(), epoch, {}}); }
    void operator()(const model::PlacePurchaseCommand& place) const { encoder.place_purchase(out, correlation, {place.view(), epoch, {}}); }
    void operator()(const model::MovePurchaseCommand& move) const { encoder.move_purchase(out, correlation, {move.view(), {}}); }
    void operator()(const model::SetRulesCommand& set) const {
      const auto rows = set.rows();
      encoder.set_rules(out, correlation, {rows.view(), epoch, {}});
    }
    void operator()(const model::ReceivePurchaseCommand& receive) const { encoder.receive_purchase(out, correlation, {receive.view(), {}}); }
    void operator()(const model::HoldCommand& hold) const { encoder.hold(out, correlation, {hold.view(), epoch, {}}); }
    void operator()(const model::ExtendCommand& extend) const { encoder.extend(out, correlation, {extend.view(), {}}); }
    void operator()(const model::ConfirmCommand& confirm) const { encoder.confirm(out, correlation, {confirm.view(), epoch, {}}); }
    void operator()(const model::ReleaseCommand& release) const { encoder.release(out, correlation, {release.view(), {}}); }
    void operator()(const AskedCheck& check) const {
      encoder.check(out, correlation, {epoch, check.skus, check.wanted, !check.wanted.empty()});
    }
    void operator()(const AskedStock& stock) const {
      encoder.stock(out, correlation, {epoch, stock.skus, {}, stock.warehouse, stock.snapshot});
    }
    void operator()(const AskedShow& show) const { encoder.show(out, correlation, {show.order}); }
    void operator()(const AskedBackorders& asked) const { encoder.backorders(out, correlation, {epoch, asked.sku, asked.customer}); }
    void operator()(const AskedHolds& asked) const { encoder.holds(out, correlation, {epoch, asked.sku}); }
    void operator()(const AskedPurchases& asked) const { encoder.purchases(out, correlation, {asked.purchase, asked.vendor}); }
    void operator()(const AskedOther&) const { encoder.digest(out, correlation); }
    void operator()(const model::Command& command) const { std::visit(*this, command); }
    void operator()(const Question& question) const { std::visit(*this, question); }
  };
  std::visit(Encode{*this, pending.correlation}, pending.what);
}

void RawClient::connected(std::size_t, Time) {
  up_ = true;
  parts_ = client::AnswerParts();
  out_.clear();
  last_correlation_ = hello_correlation;
  encoder_.hello(out_, hello_correlation, {schema::protocol_version, "", "raw", 0});
  for (Pending& pending : pending_) send(pending);
}

void RawClient::lost(std::size_t, Time) {
  up_ = false;
  std::erase_if(pending_, [](const Pending& pending) { return std::holds_alternative<Question>(pending.what); });
  for (Pending& pending : pending_) {
    pending.sent_before = pending.sent_before || pending.correlation != 0;
    pending.correlation = 0;
  }
}

void RawClient::got(std::size_t, std::span<const std::byte> bytes, Time) {
  if (!parts_.add(bytes)) throw Broken("wire: the server sent what is no frame");
  while (const auto message = parts_.take()) take(*message);
}

void RawClient::take(const client::Message& message) {
  const auto found = std::ranges::find(pending_, message.correlation, &Pending::correlation);
  if (found == pending_.end()) return;  // the hello
  const bool is_command = std::holds_alternative<model::Command>(found->what);
  if (message.kind == schema::MessageKind::error) {
    const auto answer = decoder_.decode(message.kind, message.parts());
    const auto* error = answer ? std::get_if<schema::ErrorAnswer>(&*answer) : nullptr;
    if (error != nullptr && error->error.code == engine::ErrorCode::overloaded && is_command) return send(*found);
    // Its parts took too long: the connection closes, the next one gets it again.
    if (error != nullptr && error->error.code == engine::ErrorCode::too_many_parts && is_command) return;
  } else if (is_command && message.kind == schema::MessageKind::event) {
    loaded_ = loaded_ || std::holds_alternative<model::LoadCommand>(std::get<model::Command>(found->what));
    if (found->sent_before) surroundings_.sometimes.met(message.duplicate ? Met::unknown_then_found_durable : Met::unknown_then_found_lost);
    if (message.duplicate && found->server_start != surroundings_.server_starts) surroundings_.sometimes.met(Met::duplicate_across_a_restart);
    if (message.duplicate && found->copy) surroundings_.sometimes.met(Met::duplicate_while_the_first_is_under_way);
  }
  pending_.erase(found);
}

void RawClient::take_out(std::size_t, std::vector<std::byte>& out) {
  out.clear();
  out.swap(out_);
}

std::string RawClient::outstanding() const {
  if (pending_.empty()) return "";
  const auto* command = std::get_if<model::Command>(&pending_.front().what);
  return command != nullptr ? model::describe(*command) : "a question";
}

// ---- Subscriber ----

void Subscriber::connected(std::size_t, Time) {
  cut_ = false;
  parts_ = client::AnswerParts();
  out_.clear();
  encoder_.hello(out_, hello_correlation, {schema::protocol_version, "", "subscriber", 0});
  encoder_.subscribe(out_, stream_correlation, {position_ + 1});
  if (std::exchange(subscribed_before_, true) && position_.value != 0) surroundings_.sometimes.met(Met::subscriber_cut_and_resumed);
}

void Subscriber::lost(std::size_t, Time) {}

void Subscriber::got(std::size_t, std::span<const std::byte> bytes, Time) {
  if (!parts_.add(bytes)) throw Broken("wire: the server sent what is no frame");
  while (const auto message = parts_.take()) take(*message);
}

void Subscriber::take(const client::Message& message) {
  const auto parts = message.parts();
  if (message.kind == schema::MessageKind::error) {
    const auto answer = decoder_.decode(message.kind, parts);
    const auto* error = answer ? std::get_if<schema::ErrorAnswer>(&*answer) : nullptr;
    cut_ = true;
    if (error != nullptr && error->error.code == engine::ErrorCode::trimmed) position_ = std::max(position_, Lsn{error->as_of.value - 1});
  }
  if (message.kind != schema::MessageKind::event) return;
  std::size_t consumed = 0;
  const auto event = events_.decode_bodies(parts, consumed);
  if (!event || event->stamp.lsn != position_ + 1) {
    throw Broken("events: a subscriber at LSN " + std::to_string(position_.value) + " got another event than the next one");
  }
  position_ = event->stamp.lsn;
}

void Subscriber::take_out(std::size_t, std::vector<std::byte>& out) {
  out.clear();
  out.swap(out_);
}

}  // namespace earmark::simulation
