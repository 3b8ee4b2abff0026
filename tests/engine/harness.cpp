#include "tests/engine/harness.hpp"

#include <algorithm>
#include <tuple>

#include "tests/engine/settler_message.hpp"
#include "tests/model/random_commands.hpp"

namespace earmark::test {
namespace {

std::string describe(const schema::Event& event) {
  return std::visit(
      [&](const auto& decision) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(decision)>, engine::VoidDecision>) {
          return describe_void(event.stamp, decision);
        } else {
          return model::describe(event.stamp, decision);
        }
      },
      event.decision);
}

}  // namespace

std::string describe_void(const engine::Stamp& stamp, const engine::VoidDecision& decision) {
  return "lsn " + std::to_string(stamp.lsn.value) + " void oldest_known " + std::to_string(decision.oldest_known.value) + " archived " +
         std::to_string(decision.archived.value);
}

engine::Capacity small_capacity(const model::CatalogueLimits& limits) {
  engine::Capacity capacity;
  capacity.skus = model::RandomCommands::limits().skus;
  capacity.warehouses = static_cast<std::uint16_t>(model::RandomCommands::limits().warehouses);
  capacity.max_skips = static_cast<std::uint8_t>(limits.max_skips);
  capacity.max_wait_us = limits.max_wait_us;
  capacity.date_threshold_us = limits.date_threshold_us;
  capacity.command_ids = 1U << 20;
  capacity.waiting_lines = 1U << 18;
  capacity.order_bytes = 2ULL << 30;
  capacity.ring_bytes = 1U << 23;
  return capacity;
}

Harness::Harness(const engine::Capacity& capacity, std::size_t committers)
    : engine_(capacity, committers), committer_(engine_.shared(), engine::CommitterId{0}, recorder_, *this), desk_(committer_) {}

void Harness::submit(std::unique_ptr<engine::Message> message) {
  finish(engine_.settler().submit(std::move(message), committer_));
}

void Harness::finish(engine::Settled settled) {
  while (settled == engine::Settled::paused) settled = engine_.settler().resume(committer_);
  EARMARK_CHECK(settled == engine::Settled::done);
}

std::string Harness::apply(const model::Command& command, std::uint64_t content, engine::TimeUs now) {
  answer_.clear();
  repeat_ = false;
  const engine::ReplyTo reply{1, 0, 1, 0, 0, 0};
  if (const auto* order = std::get_if<model::OrderCommand>(&command)) {
    const engine::PlaceOrder view = order->view();
    desk_.add({view, content, reply});
    const auto settle = [&](std::span<engine::ReceivedOrder* const> orders) { finish(engine_.settler().submit(orders, now, committer_)); };
    EARMARK_CHECK(desk_.decide(now, settle, [&](std::span<const engine::SkuId> skus) { submit(std::make_unique<engine::Message>(engine::MindRules{skus}, now)); }));
  } else {
    submit(settler_message(command, content, reply, now));
  }
  return answer_;
}

std::vector<std::string> Harness::settle(std::span<const model::OrderCommand> orders, engine::TimeUs now) {
  std::vector<engine::ReceivedOrder> received;
  for (const model::OrderCommand& order : orders) received.push_back({order.view(), model::content_of(order), {received.size() + 1, 0, 1, 0, 0, 0}});
  std::vector<const engine::ReceivedOrder*> together;
  for (const engine::ReceivedOrder& each : received) together.push_back(&each);
  answers_.assign(orders.size(), {});
  finish(engine_.settler().submit(together, now, committer_));
  return std::exchange(answers_, {});
}

std::string Harness::ask(const model::Questions& questions, engine::TimeUs now) {
  answer_.clear();
  const engine::ReplyTo reply{1, 0, 1, 0, 0, 0};
  for (const std::string& order : questions.orders) submit(std::make_unique<engine::Message>(engine::ShowOrder{order}, reply, now));
  submit(std::make_unique<engine::Message>(engine::ListBackorders{}, reply, now));
  submit(std::make_unique<engine::Message>(engine::CheckDates{questions.skus, questions.wanted}, reply, now));
  submit(std::make_unique<engine::Message>(engine::ListPurchases{}, reply));
  for (const auto& [sku, vendor] : questions.rules) submit(std::make_unique<engine::Message>(engine::ListRules{sku, vendor}, reply, now));
  return answer_;
}

void Harness::shown(const engine::ReplyTo&, engine::Lsn, const engine::OrderView& view) {
  model::ShownOrder order{.id = std::string(view.order->id())};
  for (const engine::LineView& line : view.lines) {
    if (line.position != 0) order.lines.push_back({line.line->line, line.line->waiting, line.position, line.quantity_ahead});
  }
  order.expected.assign(view.expected.begin(), view.expected.end());
  order.fallbacks.assign(view.fallbacks.begin(), view.fallbacks.end());
  for (const engine::PromiseImage& each : view.promises) order.promises.push_back({each.line_index, each.first, each.told});
  answer_ += model::describe(order) + "\n";
}

void Harness::listed(const engine::ReplyTo&, engine::Lsn, std::span<const engine::WaitingLineView> lines) {
  for (const engine::WaitingLineView& view : lines) {
    answer_ += model::describe(model::ListedLine{std::string(view.order->id()), view.line->line, view.position, view.quantity_ahead, view.quantity, view.expected}) + "\n";
  }
}

void Harness::checked(const engine::ReplyTo&, engine::Lsn, const engine::CheckView& view) {
  answer_ += model::describe(model::CheckedStock{{view.available.begin(), view.available.end()}, {view.now.begin(), view.now.end()},
                                                 {view.expected.begin(), view.expected.end()}, {view.fallbacks.begin(), view.fallbacks.end()}}) + "\n";
}

void Harness::listed_purchases(const engine::ReplyTo&, engine::Lsn, std::span<const engine::OpenPurchaseView> purchases) {
  for (const engine::OpenPurchaseView& view : purchases) {
    model::ListedPurchase purchase{view.purchase->id, view.purchase->state, {}};
    for (const engine::PurchaseLineState& line : view.purchase->lines) {
      purchase.lines.push_back({line.line, line.promised, line.first_promised, line.expected, line.quantity, line.received, line.peg_order, line.peg_line});
    }
    answer_ += model::describe(purchase) + "\n";
  }
}

void Harness::listed_rules(const engine::ReplyTo&, engine::Lsn, const engine::RulesView& view) {
  const auto code = [&](std::uint32_t vendor) { return vendor == 0 ? std::string() : std::string(view.vendors[vendor - 1].code); };
  model::ListedRules listed;
  for (const engine::VendorView& each : view.vendors) {
    listed.vendors.push_back({std::string(each.code), std::string(each.name), each.lead_days, each.cut_off, each.arrivals, each.typical_lateness_us});
  }
  for (const engine::SourceSet& each : view.sources) listed.sources.push_back({each.sku, code(each.vendor), each.lead_days});
  std::ranges::sort(listed.sources, {}, [](const model::ListedSource& source) { return std::tie(source.sku, source.vendor); });  // of one SKU in any order
  for (const engine::RuleView& each : view.rules) {
    listed.rules.push_back({.set = each.rule, .vendor = code(each.rule.vendor), .purchase = std::string(each.purchase), .position = each.position,
                            .triggered = each.triggered, .purchase_lsn = each.purchase_lsn});
  }
  answer_ += model::describe(listed) + "\n";
}

void Harness::committed(engine::Lsn, engine::Lsn last) {
  ++commits_;
  engine_.shared().window.advance(last);
}

void Harness::decided(const engine::ReplyTo& reply, engine::Lsn lsn, std::span<const std::byte> record, std::uint64_t ring_position, bool) {
  if (records_.empty()) first_ = lsn;
  EARMARK_CHECK(lsn == first_ + records_.size());
  records_.emplace_back(record.begin(), record.end());
  if (!silent_) {
    std::size_t consumed = 0;
    const auto event = decoder_.decode(record, consumed);
    EARMARK_CHECK(event.has_value());
    if (reply.generation != 0) answer_to(reply) += (answer_to(reply).empty() ? "" : "\n  ") + describe(*event);
  }
  if (ring_position != 0) engine_.shared().rings[0]->release(ring_position);
}

std::string Harness::record(std::size_t index) const {
  std::size_t consumed = 0;
  const auto event = decoder_.decode(records_.at(index), consumed);
  EARMARK_CHECK(event.has_value() && consumed == records_[index].size());
  return describe(*event);
}

void Harness::repeated(const engine::ReplyTo& reply, engine::Lsn, engine::Lsn original) {
  repeat_ = true;
  std::string& answer = answer_to(reply);
  answer = "duplicate ";
  bool more = true;
  for (std::size_t index = original.value - first_.value; more; ++index) {
    std::size_t consumed = 0;
    const auto event = decoder_.decode(records_.at(index), consumed);
    EARMARK_CHECK(event.has_value());
    if (schema::cause_of(*event) != original) continue;
    answer += (answer == "duplicate " ? "" : "\n  ") + describe(*event);
    more = schema::more_follow(*event);
  }
}

void Harness::refused(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::Error& error) {
  answer_to(reply) = model::describe(error) + " as_of " + std::to_string(as_of.value);
}

void Harness::replay_into(engine::Engine& other, std::size_t records) const {
  for (std::size_t index = 0; index < records; ++index) {
    std::size_t consumed = 0;
    const auto event = decoder_.decode(records_[index], consumed);
    EARMARK_CHECK(event.has_value());
    std::visit([&](const auto& decision) { other.restore(event->stamp, decision); }, event->decision);
  }
  other.restore_finished();
}

bool Harness::can_end_after(std::size_t records) const {
  if (records == 0 || records == records_.size()) return true;
  engine::Lsn filled{};
  with_event(records - 1, [&](const schema::Event& event) {
    if (const auto* fill = std::get_if<engine::FillDecision>(&event.decision)) filled = fill->order_lsn;
  });
  bool can = true;
  with_event(records, [&](const schema::Event& event) {
    const auto* fill = std::get_if<engine::FillDecision>(&event.decision);
    can = fill != nullptr ? fill->order_lsn != filled : !std::holds_alternative<engine::StockChangeDecision>(event.decision) || event.stamp.cause.value == 0;
  });
  return can;
}

std::size_t Harness::settle_unfinished() {
  const std::size_t before = records_.size();
  finish(engine_.settler().settle_unfinished(committer_));
  return records_.size() - before;
}

}  // namespace earmark::test
