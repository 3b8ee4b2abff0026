// One handler for each kind of request. Changing commands go to the desk or the settler; questions about stock are
// answered from the durable view at once; questions about orders are the settler's; subscriptions: worker_subscriptions.cpp.
#include <algorithm>

#include "server/limits.hpp"
#include "server/reporter.hpp"
#include "server/stats.hpp"
#include "server/version.hpp"
#include "server/worker.hpp"

namespace earmark::server {

void Worker::handle(const schema::Request& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs now) {
  std::visit([&](const auto& kind) { on(kind, session, reply, now); }, request);
}

// While a command that names this order is with the settler, later ones of it go there too.
engine::ReplyTo Worker::named(engine::ReplyTo reply, std::string_view order_id) {
  if (order_id.empty() || order_id.size() > engine::max_id_bytes) return reply;
  reply.hint = desk_.with_settler(engine::identify(engine::IdSpace::order, order_id));
  return reply;
}

bool Worker::epoch_fits(std::uint64_t epoch, const engine::ReplyTo& reply) {
  if (epoch == hub_.journal.identity().catalogue_epoch) return true;
  refuse_now(reply, engine::ErrorCode::stale_catalogue);
  return false;
}

void Worker::handle_order(std::span<const std::byte> body, const engine::ReplyTo& reply, engine::TimeUs now) {
  schema::OrderRequest request;
  const engine::ErrorCode code = decoder_.decode_order(body, request);
  if (code != engine::ErrorCode::none) return refuse_now(reply, code);
  if (!epoch_fits(request.epoch, reply)) return;
  if (request.order.lines.size() > engine::fast_path_cells) {
    decide_batch(now);
    return on(request, *sessions_[reply.session], reply, now);
  }
  const engine::TimeUs time = time_of(request.time, now);
  if (time != batch_time_) decide_batch(now);
  batch_time_ = time;
  desk_.add({request.order, schema::content_hash(request.order), reply});
  if (desk_.full()) decide_batch(now);
}

void Worker::on(const schema::OrderRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  if (!epoch_fits(request.epoch, reply)) return;
  counters_.long_orders.add();
  to_settler(std::make_unique<engine::Message>(request.order, schema::content_hash(request.order),
                                               named(reply, request.order.id), time_of(request.time, now)));
}

void Worker::on(const schema::HelloRequest& request, Session& session, const engine::ReplyTo& reply, engine::TimeUs) {
  if (request.version != schema::protocol_version) {
    refuse_now(reply, engine::ErrorCode::unsupported_version);
    session.closing = true;
    return;
  }
  session.greeted = true;
  const engine::Capacity& capacity = hub_.engine.shared().capacity;
  schema::HelloAnswer answer;
  answer.server = server_name;
  answer.epoch = hub_.journal.identity().catalogue_epoch;
  answer.durable = hub_.engine.shared().window.durable();
  answer.oldest_known = engine::Lsn{hub_.engine.shared().oldest_known.load(std::memory_order_relaxed)};
  answer.credit = credit;
  answer.max_lines = engine::max_lines;
  answer.fast_path_cells = engine::fast_path_cells;
  answer.max_skus = capacity.skus;
  answer.max_warehouses = capacity.warehouses;
  answer.sku_count = hub_.engine.view().sku_count();
  answer.warehouse_count = hub_.engine.view().warehouse_count();
  if (std::vector<std::byte>* out = out_of(reply)) schema::append_answer(*out, reply.correlation, answer);
  answered(reply);
}

void Worker::on(const schema::CancelRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  to_settler(std::make_unique<engine::Message>(request.cancel, schema::content_hash(request.cancel),
                                               named(reply, request.cancel.order_id), time_of(request.time, now)));
}

void Worker::on(const schema::AmendRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  to_settler(std::make_unique<engine::Message>(request.amend, schema::content_hash(request.amend),
                                               named(reply, request.amend.order_id), time_of(request.time, now)));
}

void Worker::on(const schema::ReceiveRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  if (!epoch_fits(request.epoch, reply)) return;
  to_settler(std::make_unique<engine::Message>(request.receipt, schema::content_hash(request.receipt), reply,
                                               time_of(request.time, now)));
}

void Worker::on(const schema::ShipRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  to_settler(std::make_unique<engine::Message>(request.ship, schema::content_hash(request.ship),
                                               named(reply, request.ship.order_id), time_of(request.time, now)));
}

void Worker::on(const schema::MoveShipmentRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  to_settler(std::make_unique<engine::Message>(request.move, schema::content_hash(request.move), named(reply, request.move.order_id),
                                               time_of(request.time, now)));
}

void Worker::on(const schema::HoldRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  if (!epoch_fits(request.epoch, reply)) return;
  to_settler(std::make_unique<engine::Message>(request.hold, schema::content_hash(request.hold), reply, time_of(request.time, now)));
}

void Worker::on(const schema::ExtendRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  to_settler(std::make_unique<engine::Message>(request.extend, schema::content_hash(request.extend), reply, time_of(request.time, now)));
}

void Worker::on(const schema::ConfirmRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  if (!epoch_fits(request.epoch, reply)) return;
  to_settler(std::make_unique<engine::Message>(request.confirm, schema::content_hash(request.confirm),
                                               named(reply, request.confirm.order.id), time_of(request.time, now)));
}

void Worker::on(const schema::ReleaseRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  to_settler(std::make_unique<engine::Message>(request.release, schema::content_hash(request.release), reply, time_of(request.time, now)));
}

void Worker::on(const schema::HoldsRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs) {
  if (request.sku.value != 0 && !epoch_fits(request.epoch, reply)) return;
  to_settler(std::make_unique<engine::Message>(engine::ListHolds{request.sku}, reply));
}

void Worker::on(const schema::LoadRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  to_settler(std::make_unique<engine::Message>(request.load, reply, time_of(request.time, now)));
}

void Worker::on(const schema::ResolveRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs) {
  to_settler(std::make_unique<engine::Message>(
      engine::ResolveCodes{request.sku_codes, request.warehouse_codes, request.sku_ids, request.warehouse_ids, request.all_warehouses,
                           request.descriptions},
      reply));
}

// Dates count from now: questions that tell some bring the time along.
void Worker::on(const schema::ShowRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  to_settler(std::make_unique<engine::Message>(engine::ShowOrder{request.order}, named(reply, request.order), time_of({}, now)));
}

void Worker::on(const schema::BackordersRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  if (request.sku.value != 0 && !epoch_fits(request.epoch, reply)) return;
  to_settler(std::make_unique<engine::Message>(engine::ListBackorders{request.sku, request.customer}, reply, time_of({}, now)));
}

// Wait-free: one load a cell. Names the view's own LSN, which is on disk: the window's may still be one group behind what a
// snapshot has told.
void Worker::on(const schema::CheckRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs at) {
  counters_.checks.add();
  if (!epoch_fits(request.epoch, reply)) return;
  if (request.skus.size() > most_check_skus) return refuse_now(reply, engine::ErrorCode::too_many_rows, "A check may name 4,096 SKUs; ask in several.");
  if (request.dates) {  // what is to come only the settler knows
    to_settler(std::make_unique<engine::Message>(engine::CheckDates{request.skus, request.wanted}, reply, time_of({}, at)));
    return;
  }
  const engine::DurableView& view = hub_.engine.view();
  const engine::Lsn durable = view.lsn();
  const std::uint16_t warehouses = view.warehouse_count();
  check_row_.clear();
  for (const engine::SkuId sku : request.skus) {
    const bool known = sku.value != 0 && sku.value <= view.sku_count();
    for (std::uint16_t id = 1; id <= warehouses; ++id) {
      check_row_.push_back(known ? view.available(sku, engine::WarehouseId{id}) : 0);
    }
  }
  count_now(request, warehouses);
  if (std::vector<std::byte>* out = out_of(reply)) {
    schema::append_answer(*out, reply.correlation, schema::CheckAnswer{durable, warehouses, check_row_, check_now_});
  }
  answered(reply);
}

// Of each wanted quantity what is there, over all warehouses, and was not counted for an earlier row. Available units are nobody's
// who waits (I3).
void Worker::count_now(const schema::CheckRequest& request, std::uint16_t warehouses) {
  check_now_.clear();
  if (request.wanted.empty()) return;
  check_taken_.clear();
  for (std::size_t row = 0; row < request.wanted.size(); ++row) {
    std::uint64_t there = 0;
    for (std::size_t column = 0; column < warehouses; ++column) there += check_row_[row * warehouses + column];
    std::uint64_t& taken = check_taken_[request.skus[row].value];
    // Rows of one SKU are read one after the other, so a later one may show less than was counted.
    const std::uint64_t now = std::min<std::uint64_t>(request.wanted[row], there > taken ? there - taken : 0);
    taken += now;
    check_now_.push_back(static_cast<engine::Quantity>(now));
  }
}

void Worker::on(const schema::StockRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs) {
  if (!epoch_fits(request.epoch, reply)) return;
  answer_stock(request, reply);
}

void Worker::on(const schema::StatsRequest&, Session&, const engine::ReplyTo& reply, engine::TimeUs) {
  const auto figures = stats(hub_);
  std::vector<std::string_view> names;
  std::vector<std::uint64_t> values;
  for (const auto& [figure, value] : figures) {
    names.push_back(figure);
    values.push_back(value);
  }
  if (std::vector<std::byte>* out = out_of(reply)) schema::append_answer(*out, reply.correlation, schema::StatsAnswer{names, values});
  answered(reply);
}

void Worker::on(const schema::ChangeStockRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  if (!epoch_fits(request.epoch, reply)) return;
  to_settler(std::make_unique<engine::Message>(request.change, schema::content_hash(request.change), reply,
                                               time_of(request.time, now)));
}

void Worker::on(const schema::ShipTransferRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  if (!epoch_fits(request.epoch, reply)) return;
  to_settler(std::make_unique<engine::Message>(request.ship, schema::content_hash(request.ship), reply, time_of(request.time, now)));
}

void Worker::on(const schema::ReceiveTransferRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  // Without rows it names no dense id.
  if (!request.receive.rows.empty() && !epoch_fits(request.epoch, reply)) return;
  to_settler(std::make_unique<engine::Message>(request.receive, schema::content_hash(request.receive), reply, time_of(request.time, now)));
}

void Worker::on(const schema::PlacePurchaseRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  if (!epoch_fits(request.epoch, reply)) return;
  to_settler(std::make_unique<engine::Message>(request.place, schema::content_hash(request.place), reply, time_of(request.time, now)));
}

void Worker::on(const schema::MovePurchaseRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  to_settler(std::make_unique<engine::Message>(request.move, schema::content_hash(request.move), reply, time_of(request.time, now)));
}

void Worker::on(const schema::ReceivePurchaseRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  to_settler(std::make_unique<engine::Message>(request.receive, schema::content_hash(request.receive), reply, time_of(request.time, now)));
}

void Worker::on(const schema::PurchasesRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs) {
  to_settler(std::make_unique<engine::Message>(engine::ListPurchases{request.purchase, request.vendor}, reply));
}

void Worker::on(const schema::SetRulesRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  if (!epoch_fits(request.epoch, reply)) return;
  to_settler(std::make_unique<engine::Message>(request.set, reply, time_of(request.time, now)));
}

void Worker::on(const schema::RulesRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs now) {
  if (request.sku.value != 0 && !epoch_fits(request.epoch, reply)) return;
  to_settler(std::make_unique<engine::Message>(engine::ListRules{request.sku, request.vendor}, reply, time_of({}, now)));
}

void Worker::on(const schema::FindRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs) {
  to_settler(std::make_unique<engine::Message>(engine::FindDecision{request.space, request.id}, reply));
}

void Worker::on(const schema::TransfersRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs) {
  to_settler(std::make_unique<engine::Message>(engine::ListTransfers{request.transfer}, reply));
}

// The reporter's thread answers, by mail.
void Worker::on(const schema::ReportRequest& request, Session&, const engine::ReplyTo& reply, engine::TimeUs) {
  if (hub_.reporter == nullptr) return refuse_now(reply, engine::ErrorCode::not_supported, "This server keeps no state store, so it has no reports.");
  if (!hub_.reporter->ask(reply, request)) refuse_now(reply, engine::ErrorCode::overloaded, "64 reports are under way; ask again later.");
}

}  // namespace earmark::server
