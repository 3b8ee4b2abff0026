#include "server/stats.hpp"

#include "server/worker.hpp"

namespace earmark::server {
namespace {

using engine::SharedState;

SharedState& shared(const Hub& hub) { return hub.engine.shared(); }
const JournalCounters& journal(const Hub& hub) { return hub.journal_thread->counters(); }

template <class Read>
std::uint64_t sum_of_workers(const Hub& hub, Read read) {
  std::uint64_t sum = 0;
  for (const Worker* worker : hub.workers) sum += read(*worker);
  return sum;
}

std::uint64_t sum_of_commits(const Hub& hub, engine::Counter engine::CommitCounters::*counter) {
  const engine::CommitWord& word = shared(hub).commit_word;
  const auto of = [&](engine::CommitterId id) { return (word.counters(id).*counter).get(); };
  return of(engine::CommitWord::settler_descriptor) +
         sum_of_workers(hub, [&](const Worker& worker) { return of(engine::CommitterId{static_cast<std::uint8_t>(worker.index())}); });
}

std::uint64_t sum_of_desks(const Hub& hub, engine::Counter engine::DeskCounters::*counter) {
  return sum_of_workers(hub, [&](const Worker& worker) { return (worker.desk_counters().*counter).get(); });
}

std::uint64_t sum_of_workers(const Hub& hub, engine::Counter WorkerCounters::*counter) {
  return sum_of_workers(hub, [&](const Worker& worker) { return (worker.counters().*counter).get(); });
}
std::uint64_t sum_of_workers(const Hub& hub, Gauge WorkerCounters::*gauge) {
  return sum_of_workers(hub, [&](const Worker& worker) { return (worker.counters().*gauge).get(); });
}

// The durable LSN is read first: the other one is never behind it.
std::uint64_t not_yet_durable(const Hub& hub) {
  const std::uint64_t durable = shared(hub).window.durable().value;
  return shared(hub).commit_word.last().value - durable;
}

void errors_by_code(const Hub& hub, const Emit& emit) {
  for (std::size_t code = 1; code < error_codes; ++code) {
    const std::string_view words = name(static_cast<engine::ErrorCode>(code));
    if (words == "unknown_error") continue;
    emit(words, sum_of_workers(hub, [&](const Worker& worker) { return worker.counters().errors[code].get(); }));
  }
}

void orders_by_status(const Hub& hub, const Emit& emit) {
  for (std::size_t status = 0; status < journal(hub).orders.size(); ++status) {
    emit(name(static_cast<engine::OrderStatus>(status)), journal(hub).orders[status].get());
  }
}

void decisions_by_kind(const Hub& hub, const Emit& emit) {
  constexpr std::string_view kinds[] = {"void", "order", "receipt", "fill", "cancel", "ship", "load", "amend", "stock_change", "hold", "hold_extended", "hold_ended", "shipment", "transfer_shipped", "transfer_received", "turned_strict", "purchase_placed", "purchase_moved", "purchase_received",
                                        "rules_set", "reorder_triggered", "supply_overdue", "dates_moved"};
  static_assert(std::size(kinds) == std::variant_size_v<schema::Decision>);
  for (std::size_t kind = 0; kind < std::size(kinds); ++kind) emit(kinds[kind], journal(hub).decisions[kind].get());
}

// Only where the server has a state store: see Hub.
void state_applied(const Hub& hub, const Emit& emit) {
  if (hub.state_applied) emit({}, hub.state_applied().value);
}
void state_lag(const Hub& hub, const Emit& emit) {
  if (!hub.state_applied) return;
  const std::uint64_t applied = hub.state_applied().value;  // read first: never ahead of what is durable
  emit({}, shared(hub).window.durable().value - applied);
}

constexpr FigureKind counter = FigureKind::counter, gauge = FigureKind::gauge;

const Figure table[] = {
    {"decided_lsn", "earmark_decided_lsn", gauge, "Last LSN that was decided.",
     [](const Hub& hub) { return shared(hub).commit_word.last().value; }},
    {"durable_lsn", "earmark_durable_lsn", gauge, "Last LSN that is on disk.",
     [](const Hub& hub) { return shared(hub).window.durable().value; }},
    {"durable_lag_lsns", "earmark_durable_lag_lsns", gauge, "LSNs decided but not yet on disk: what is used of the journal's window.",
     [](const Hub& hub) { return not_yet_durable(hub); }},
    {"window_lsns", "earmark_window_lsns", gauge, "Size of the journal's window. Orders wait when it is full.",
     [](const Hub&) { return std::uint64_t{engine::window_lsns}; }},
    {"connections", "earmark_connections", gauge, "Open connections.",
     [](const Hub& hub) { return std::uint64_t{hub.connections.load(std::memory_order_relaxed)}; }},
    {"connections_refused", "earmark_connections_refused_total", counter, "Connections closed at once because max_connections were open.",
     [](const Hub& hub) { return hub.connections_refused.get(); }},
    {"sessions_blocked", "earmark_sessions_blocked", gauge, "Connections that are not read: credit used up, answers not taken, or the journal behind.",
     [](const Hub& hub) { return sum_of_workers(hub, &WorkerCounters::blocked_sessions); }},
    {"subscribers", "earmark_subscribers", gauge, "Connections that follow the event stream.",
     [](const Hub& hub) { return sum_of_workers(hub, &WorkerCounters::subscribers); }},
    {"answers_pending", "earmark_answers_pending", gauge, "Answers that wait until their LSN is on disk.",
     [](const Hub& hub) { return sum_of_workers(hub, &WorkerCounters::pending_answers); }},
    {"ring_used_bytes", "earmark_ring_used_bytes", gauge, "Records in memory until they are on disk and answered.",
     [](const Hub& hub) { return sum_of_workers(hub, &WorkerCounters::ring_bytes); }},
    {"ring_bytes", "earmark_ring_bytes", gauge, "Room for such records, over all threads.",
     [](const Hub& hub) { return shared(hub).capacity.ring_bytes * hub.workers.size(); }},
    {"io_threads", "earmark_io_threads", gauge, "Threads that receive and decide.",
     [](const Hub& hub) { return hub.workers.size(); }},
    {"skus", "earmark_skus", gauge, "SKUs in the catalogue.",
     [](const Hub& hub) { return std::uint64_t{hub.engine.view().sku_count()}; }},
    {"max_skus", "earmark_max_skus", gauge, "SKUs that the catalogue can hold.",
     [](const Hub& hub) { return std::uint64_t{shared(hub).capacity.skus}; }},
    {"warehouses", "earmark_warehouses", gauge, "Warehouses in the catalogue.",
     [](const Hub& hub) { return std::uint64_t{hub.engine.view().warehouse_count()}; }},
    {"max_warehouses", "earmark_max_warehouses", gauge, "Warehouses that the catalogue can hold.",
     [](const Hub& hub) { return std::uint64_t{shared(hub).capacity.warehouses}; }},
    {"orders", "earmark_orders_total", counter, "Orders decided and on disk since the start, by status at decision.", nullptr, "status", orders_by_status},
    {"decisions", "earmark_decisions_total", counter, "Records on disk since the start, by kind.", nullptr, "kind", decisions_by_kind},
    {"orders_fast_path", "earmark_orders_fast_path_total", counter, "Orders decided on the thread that received them.",
     [](const Hub& hub) { return sum_of_desks(hub, &engine::DeskCounters::fast_orders); }},
    {"orders_to_settler", "earmark_orders_to_settler_total", counter, "Orders handed to the settler: short, gated, long, or their id under way.",
     [](const Hub& hub) { return sum_of_desks(hub, &engine::DeskCounters::settler_orders) + sum_of_workers(hub, &WorkerCounters::long_orders); }},
    {"orders_short", "earmark_orders_short_total", counter, "Orders of which something was short.",
     [](const Hub& hub) { return hub.engine.settler().counters().shorts.get(); }},
    {"order_batches", "earmark_order_batches_total", counter, "Batches of orders that were decided together.",
     [](const Hub& hub) { return sum_of_desks(hub, &engine::DeskCounters::batches); }},
    {"repeats", "earmark_repeats_total", counter, "Commands answered with the decision as first made.",
     [](const Hub& hub) { return sum_of_workers(hub, &WorkerCounters::repeats); }},
    {"checks", "earmark_checks_total", counter, "Stock checks that came.",
     [](const Hub& hub) { return sum_of_workers(hub, &WorkerCounters::checks); }},
    {"errors", "earmark_errors_total", counter, "Errors answered, by code.", nullptr, "code", errors_by_code},
    {"settler_messages", "earmark_settler_messages_total", counter, "Commands and questions that the settler has dealt with.",
     [](const Hub& hub) { return hub.engine.settler().counters().messages.get(); }},
    {"fills", "earmark_fills_total", counter, "Fills of lines that waited.",
     [](const Hub& hub) { return hub.engine.settler().counters().fills.get(); }},
    {"filled_units", "earmark_filled_units_total", counter, "Units that those fills brought.",
     [](const Hub& hub) { return hub.engine.settler().counters().filled_units.get(); }},
    {"lost_units", "earmark_lost_units_total", counter, "Reserved and held units that stock changes took from orders and holds.",
     [](const Hub& hub) { return hub.engine.settler().counters().lost_units.get(); }},
    {"purchases", "earmark_purchases_total", counter, "Purchase orders placed.",
     [](const Hub& hub) { return hub.engine.settler().counters().purchases.get(); }},
    {"purchases_ended", "earmark_purchases_ended_total", counter, "Purchase orders received, closed or cancelled.",
     [](const Hub& hub) { return hub.engine.settler().counters().ended_purchases.get(); }},
    {"reorder_triggers", "earmark_reorder_triggers_total", counter, "Times that a reorder rule triggered: alerts, suggestions and orders.",
     [](const Hub& hub) { return hub.engine.settler().counters().rules_triggered.get(); }},
    {"reorder_clears", "earmark_reorder_clears_total", counter, "Times that a position was above its rule's point again.",
     [](const Hub& hub) { return hub.engine.settler().counters().rules_cleared.get(); }},
    {"suggested_units", "earmark_suggested_units_total", counter, "Units that reorder rules suggested or ordered.",
     [](const Hub& hub) { return hub.engine.settler().counters().suggested_units.get(); }},
    {"overdue_supply", "earmark_overdue_supply_total", counter, "Times that purchase orders and transfers were told to be overdue.",
     [](const Hub& hub) { return hub.engine.settler().counters().overdue.get(); }},
    {"moved_dates", "earmark_moved_dates_total", counter, "Dates of waiting lines that were told anew.",
     [](const Hub& hub) { return hub.engine.settler().counters().moved_dates.get(); }},
    {"transfers", "earmark_transfers_total", counter, "Transfers shipped.",
     [](const Hub& hub) { return hub.engine.settler().counters().transfers.get(); }},
    {"transfers_closed", "earmark_transfers_closed_total", counter, "Transfers closed: all has arrived, or the rest was given up.",
     [](const Hub& hub) { return hub.engine.settler().counters().closed_transfers.get(); }},
    {"transfer_missing_units", "earmark_transfer_missing_units_total", counter, "Units that closed transfers lost on the way.",
     [](const Hub& hub) { return hub.engine.settler().counters().missing_units.get(); }},
    {"skips", "earmark_skips_total", counter, "Orders that took a unit past an order or line that waits for all or nothing.",
     [](const Hub& hub) { return hub.engine.settler().counters().skips.get(); }},
    {"turned_strict", "earmark_turned_strict_total", counter, "Orders and lines waiting for all or nothing for which units are set aside.",
     [](const Hub& hub) { return hub.engine.settler().counters().turned_strict.get(); }},
    {"taken_over_units", "earmark_taken_over_units_total", counter, "Units set aside that an earlier such order took over from a later one.",
     [](const Hub& hub) { return hub.engine.settler().counters().taken_over_units.get(); }},
    {"holds", "earmark_holds_total", counter, "Holds decided for checkouts, refused ones included.",
     [](const Hub& hub) { return hub.engine.settler().counters().holds.get(); }},
    {"holds_confirmed", "earmark_holds_confirmed_total", counter, "Holds that became an order.",
     [](const Hub& hub) { return hub.engine.settler().counters().confirmed_holds.get(); }},
    {"holds_released", "earmark_holds_released_total", counter, "Holds that were released before their deadline.",
     [](const Hub& hub) { return hub.engine.settler().counters().released_holds.get(); }},
    {"holds_expired", "earmark_holds_expired_total", counter, "Holds that came to their deadline.",
     [](const Hub& hub) { return hub.engine.settler().counters().expired_holds.get(); }},
    {"orders_cancelled_by_time", "earmark_orders_cancelled_by_time_total", counter, "Orders that came to their cancel_after.",
     [](const Hub& hub) { return hub.engine.settler().counters().orders_cancelled_by_time.get(); }},
    {"orders_due", "earmark_orders_due_total", counter, "Orders that came to their reserve_not_before.",
     [](const Hub& hub) { return hub.engine.settler().counters().orders_due.get(); }},
    {"commits", "earmark_commits_total", counter, "Commits, each of one or more LSNs.",
     [](const Hub& hub) { return sum_of_commits(hub, &engine::CommitCounters::commits); }},
    {"commits_lost", "earmark_commits_lost_total", counter, "Attempts to commit that came second and were decided again.",
     [](const Hub& hub) { return sum_of_commits(hub, &engine::CommitCounters::lost); }},
    {"helps", "earmark_helps_total", counter, "Commits of another thread that were finished for it.",
     [](const Hub& hub) { return sum_of_commits(hub, &engine::CommitCounters::helps); }},
    {"journal_groups", "earmark_journal_groups_total", counter, "Groups written, each with one sync.",
     [](const Hub& hub) { return journal(hub).groups.get(); }},
    {"journal_groups_of_receivers", "earmark_journal_groups_of_receivers_total", counter, "Of these, groups that a receiving thread wrote itself: its only request waited for nothing else.",
     [](const Hub& hub) { return journal(hub).groups_of_receivers.get(); }},
    {"journal_bytes", "earmark_journal_bytes_total", counter, "Bytes of records written.",
     [](const Hub& hub) { return journal(hub).bytes.get(); }},
    {"order_memory_bytes", "earmark_order_memory_bytes", gauge, "Memory taken for orders.",
     [](const Hub& hub) { return shared(hub).blocks.bytes_taken(); }},
    {"order_memory_given_back_bytes", "earmark_order_memory_given_back_bytes_total", counter, "Order memory that was given back, for others to use.",
     [](const Hub& hub) { return shared(hub).blocks.bytes_given_back(); }},
    {"command_ids", "earmark_command_ids", gauge, "Command ids that are known.",
     [](const Hub& hub) {
       const std::uint64_t forgotten = hub.engine.settler().counters().forgotten_ids.get();  // read first: they were all taken before
       return hub.ids_at_start + journal(hub).command_ids.get() - forgotten;
     }},
    {"ids_forgotten", "earmark_ids_forgotten_total", counter, "Command ids beyond the horizon that were forgotten.",
     [](const Hub& hub) { return hub.engine.settler().counters().forgotten_ids.get(); }},
    {"oldest_known_lsn", "earmark_oldest_known_lsn", gauge, "Repeats of commands decided since are recognised.",
     [](const Hub& hub) { return shared(hub).oldest_known.load(std::memory_order_relaxed); }},
    {"oldest_lsn", "earmark_oldest_lsn", gauge, "First LSN that the journal holds.",
     [](const Hub& hub) { return hub.journal.oldest().value; }},
    {"orders_archived", "earmark_orders_archived_total", counter, "Closed orders that left memory.",
     [](const Hub& hub) { return hub.engine.settler().counters().archived_orders.get(); }},
    {"orders_read_back", "earmark_orders_read_back_total", counter, "Times that such an order was asked for.",
     [](const Hub& hub) { return hub.engine.settler().counters().read_back_orders.get(); }},
    {"housekeeping_waiting", "earmark_housekeeping_waiting", gauge, "Messages of the compactor that no thread has taken yet.",
     [](const Hub& hub) { return std::uint64_t{hub.housekeeping_mail.load(std::memory_order_relaxed)}; }},
    {"max_command_ids", "earmark_max_command_ids", gauge, "Room for command ids.",
     [](const Hub& hub) { return shared(hub).ids.capacity(); }},
    {"state_applied_lsn", "earmark_state_applied_lsn", gauge, "Last LSN that the state store holds.", nullptr, {}, state_applied},
    {"state_lag_lsns", "earmark_state_lag_lsns", gauge, "LSNs on disk that the state store does not hold yet.", nullptr, {}, state_lag},
};

}  // namespace

std::span<const Figure> figures() { return table; }

DurationHistogram::Counts answer_latency(const Hub& hub) {
  DurationHistogram::Counts latency;
  for (const Worker* worker : hub.workers) latency += worker->counters().latency.read();
  return latency;
}

std::vector<std::pair<std::string, std::uint64_t>> stats(const Hub& hub) {
  std::vector<std::pair<std::string, std::uint64_t>> values;
  for (const Figure& figure : figures()) {
    figure.read(hub, [&](std::string_view label_value, std::uint64_t value) {
      if (figure.label.empty()) return values.emplace_back(figure.name, value), void();
      if (value != 0) values.emplace_back(std::string(figure.name) + "_" + std::string(label_value), value);
    });
  }
  const DurationHistogram::Counts latency = answer_latency(hub);
  for (std::size_t bucket = 0; bucket < latency.counts.size(); ++bucket) {
    if (latency.counts[bucket] == 0) continue;
    const bool last = bucket + 1 == latency.counts.size();
    values.emplace_back("answer_latency_us_" + (last ? "more" : std::to_string(std::uint64_t{1} << bucket)), latency.counts[bucket]);
  }
  return values;
}

}  // namespace earmark::server
