// Folding: the journal's next records become changes (state_batch.hpp), which are written sorted by key in one transaction,
// together with how far they go. A record that lets ids be forgotten is applied to the tables themselves, so what came
// before it is written first, in the same transaction.
#include <algorithm>
#include <optional>
#include <string>

#include "storage/lmdb_state_store.hpp"
#include "storage/order_record.hpp"
#include "storage/purchase_record.hpp"
#include "storage/transfer_record.hpp"

namespace earmark::storage {

using engine::Lsn;

namespace {

constexpr std::size_t buffer_words = max_record_bytes / sizeof(std::uint64_t);
constexpr std::size_t most_batch_bytes = std::size_t{512} << 20;  // of orders; beyond it the fold ends as soon as it may

// Where the fold of some records ended.
struct Reached {
  Lsn applied{};
  std::uint64_t records = 0;
  Lsn unfinished{};  // a command whose last fill is not there: nothing of this may be kept
};

// What LMDB says, or what is wrong with the journal's records.
struct Trouble {
  int error = 0;
  std::optional<Failure> failure;
  explicit operator bool() const { return error != 0 || failure.has_value(); }
};

// One fold in one transaction. A source for the batch: what the tables hold.
class StateFold final : public StateSource {
 public:
  StateFold(MDB_txn* transaction, const StateTables& tables, StateBatch& batch, SummaryRow& summary, std::vector<std::uint64_t>& buffer)
      : transaction_(transaction), tables_(tables), batch_(batch), summary_(summary), buffer_(buffer) {
    batch_.clear();
  }

  // Reads and applies up to `until`, or until `most_records` are applied and no command is under way.
  Trouble run(const Journal& journal, Lsn until, std::uint64_t most_records, Reached& reached);
  // Writes what the batch holds, then the summary.
  int finish();
  std::vector<ClosedOrder>& closed() noexcept { return closed_; }

  bool cell(std::uint64_t key, CellRow& row) override;
  std::span<const std::byte> order(Lsn lsn) override { return record_in(tables_.orders, lsn, read_order_record); }
  Lsn newest(engine::Identity identity) override;
  std::span<const std::byte> hold(Lsn lsn) override { return record_in(tables_.holds, lsn, read_order_record); }
  std::span<const std::byte> transfer(Lsn lsn) override { return record_in(tables_.transfers, lsn, read_transfer_record); }
  std::span<const std::byte> purchase(Lsn lsn) override { return record_in(tables_.purchases, lsn, read_purchase_record); }
  bool vendor(std::string_view code, engine::VendorImage& image) override { return found(get_vendor(transaction_, tables_, code, image)); }
  bool rule(std::uint64_t key, engine::RuleImage& image) override { return found(get_rule(transaction_, tables_, key, image)); }
  bool day(std::uint64_t key, DayFigures& figures) override { return found(get_day(transaction_, tables_, key, figures)); }
  bool availability(engine::SkuId sku, AvailabilityRow& row) override {
    return found(get_row(transaction_, tables_.availability, std::uint64_t{sku.value}, row));
  }
  bool delivery(const DeliveryKey& key, DeliveryFigures& figures) override { return found(get_delivery(transaction_, tables_, key, figures)); }

 private:
  template <class Image>
  std::span<const std::byte> record_in(MDB_dbi table, Lsn lsn, bool (*read)(Lsn, std::span<const std::byte>, Image&) noexcept);
  Trouble apply(const schema::Event& event);
  Trouble damaged(Lsn lsn, const std::string& what) const;
  bool found(int error);  // keeps an error that is more than "not there"
  int write();
  int write_orders();
  int write_open();
  int write_ids();
  int write_newest();
  int write_holds();
  int end_hold(const StateBatch::Hold& hold);
  template <class Values, class Record>
  int write_open_values(MDB_dbi table, const Values& values, Record record_of);
  int write_cells();
  int write_catalogue();
  Trouble forget(const engine::VoidDecision& decision, Lsn lsn);
  int forget_closed(Lsn archived);
  int forget_ids(Lsn oldest_known, Lsn archived);
  int drop_decision(std::uint64_t lsn);

  MDB_txn* transaction_;
  const StateTables& tables_;
  StateBatch& batch_;
  SummaryRow& summary_;
  std::vector<std::uint64_t>& buffer_;
  std::vector<std::uint64_t> order_buffer_;
  std::vector<Lsn> unfinished_;  // causes whose last fill has not come
  std::vector<ClosedOrder> closed_;
  int source_error_ = 0;
};

bool StateFold::found(int error) {
  if (error != 0 && error != MDB_NOTFOUND && source_error_ == 0) source_error_ = error;
  return error == 0;
}

bool StateFold::cell(std::uint64_t key, CellRow& row) { return found(get_row(transaction_, tables_.cells, key, row)); }

Lsn StateFold::newest(engine::Identity identity) {
  NewestRow row;
  return found(get_newest(transaction_, tables_, identity, Lsn{summary_.applied}, row)) ? Lsn{row.lsn} : Lsn{};
}

template <class Image>
std::span<const std::byte> StateFold::record_in(MDB_dbi table, Lsn lsn, bool (*read)(Lsn, std::span<const std::byte>, Image&) noexcept) {
  MDB_val key = key_of(lsn.value), value{};
  if (!found(get_value(transaction_, table, bytes_of(key), value))) return {};
  order_buffer_.resize(value.mv_size / 8 + 1);
  std::memcpy(order_buffer_.data(), value.mv_data, value.mv_size);
  const auto bytes = std::as_bytes(std::span(order_buffer_)).first(value.mv_size);
  Image image;
  if (read(lsn, bytes, image)) return bytes;
  found(MDB_CORRUPTED);
  return {};
}

Trouble StateFold::damaged(Lsn lsn, const std::string& what) const {
  return {0, Failure{FailureKind::damaged, "record LSN " + std::to_string(lsn.value) + " of the journal: " + what +
                                               "; keep a copy of the directory, then restore it from a backup"}};
}

Trouble StateFold::apply(const schema::Event& event) {
  const auto* forgetting = std::get_if<engine::VoidDecision>(&event.decision);
  if (forgetting != nullptr && forgetting->oldest_known.value != 0) {
    if (const int error = write(); error != 0) return {error, {}};
    if (Trouble trouble = forget(*forgetting, event.stamp.lsn)) return trouble;
  } else if (!batch_.apply(event, *this)) {
    if (source_error_ != 0) return {source_error_, {}};
    return {0, Failure{FailureKind::damaged, "the state cannot follow the journal: " + batch_.problem() +
                                                 "; keep a copy of the directory and report this"}};
  }
  if (source_error_ != 0) return {source_error_, {}};
  schema::follow(unfinished_, event);
  summary_.last_time = std::max(summary_.last_time, event.stamp.time.value);
  summary_.applied = event.stamp.lsn.value;
  return {};
}

Trouble StateFold::run(const Journal& journal, Lsn until, std::uint64_t most_records, Reached& reached) {
  Lsn next{summary_.applied + 1};
  const auto reader = journal.reader();
  if (auto moved = reader->seek(next); !moved) return {0, moved.error()};
  schema::EventDecoder decoder;
  bool enough = false;
  while (next <= until && !enough) {
    Lsn first, last;
    const auto read = reader->read(std::as_writable_bytes(std::span(buffer_)), until, first, last);
    if (!read) return {0, read.error()};
    if (*read == 0 || first != next) return damaged(next, "it is missing");
    auto bytes = std::as_bytes(std::span(buffer_)).first(*read);
    while (!bytes.empty() && !enough) {
      std::size_t consumed = 0;
      const auto event = decoder.decode(bytes, consumed);
      if (!event) return damaged(next, "it does not decode");
      if (event->stamp.lsn != next) return damaged(next, "it carries LSN " + std::to_string(event->stamp.lsn.value));
      if (Trouble trouble = apply(*event)) return trouble;
      bytes = bytes.subspan(consumed);
      next = next + 1;
      ++reached.records;
      enough = unfinished_.empty() && (reached.records >= most_records || batch_.bytes() >= most_batch_bytes);
    }
  }
  reached.applied = Lsn{summary_.applied};
  if (!unfinished_.empty()) reached.unfinished = *std::min_element(unfinished_.begin(), unfinished_.end());
  return {};
}

int StateFold::finish() {
  const int error = write();
  return error != 0 ? error : put_summary(transaction_, tables_, summary_);
}

int StateFold::write() {
  batch_.finish();
  closed_.insert(closed_.end(), batch_.closed().begin(), batch_.closed().end());
  int error = write_orders();
  if (error == 0) error = write_open();
  if (error == 0) error = write_ids();
  if (error == 0) error = write_newest();
  if (error == 0) error = write_holds();
  if (error == 0) error = write_open_values(tables_.transfers, batch_.transfers(), transfer_record);
  if (error == 0) error = write_open_values(tables_.purchases, batch_.purchases(), purchase_record);
  if (error == 0) error = write_rules(transaction_, tables_, batch_);
  if (error == 0) error = write_cells();
  if (error == 0) error = write_catalogue();
  if (error == 0) error = write_figures(transaction_, tables_, batch_.figures());
  batch_.clear();
  return error;
}

int StateFold::write_orders() {
  Cursor cursor(transaction_, tables_.orders);
  int error = cursor.error();
  for (const StateBatch::Order& order : batch_.touched()) {
    if (error == 0) error = cursor.put(key_of(order.lsn.value), value_of(order.record, order.bytes), 0);
  }
  for (const StateBatch::Order& order : batch_.placed()) {
    if (error == 0) error = cursor.put(key_of(order.lsn.value), value_of(order.record, order.bytes), MDB_APPEND);
  }
  return error;
}

int StateFold::write_open() {
  Cursor cursor(transaction_, tables_.open);
  int error = cursor.error();
  for (const StateBatch::Closing& closing : batch_.closings()) {
    MDB_val key = key_of(closing.order.value), value{};
    if (error == 0) error = cursor.get(key, value, MDB_SET);
    if (error == 0) error = cursor.remove();
  }
  if (error == MDB_NOTFOUND) return MDB_CORRUPTED;
  for (const StateBatch::Order& order : batch_.placed()) {
    if (error == 0 && order.closed.value == 0) error = cursor.put(key_of(order.lsn.value), value_of(nullptr, 0), MDB_APPEND);
  }
  return error;
}

// Orders closed: in their id's row, or, where that was forgotten already, in a row that the next void record looks at.
int StateFold::write_ids() {
  Cursor cursor(transaction_, tables_.ids);
  int error = cursor.error();
  for (const StateBatch::Closing& closing : batch_.closings()) {
    if (error != 0) break;
    MDB_val key = key_of(closing.order.value), value{};
    if (closing.order.value < summary_.oldest_known) {
      ClosedRow row{0, 0, closing.order.value, closing.identity.low, closing.identity.high, closing.content};
      seal(closing.closed.value, row);
      key = key_of(closing.closed.value);
      value = value_of(&row, sizeof row);
      error = mdb_put(transaction_, tables_.closed_known, &key, &value, 0);
      continue;
    }
    IdRow row;
    error = cursor.get(key, value, MDB_SET_KEY);
    if (error == 0) error = read_row(key, value, row);
    if (error == MDB_NOTFOUND) return MDB_CORRUPTED;
    row.closed = closing.closed.value;
    seal(closing.order.value, row);
    if (error == 0) error = cursor.put(key_of(closing.order.value), value_of(&row, sizeof row), MDB_CURRENT);
  }
  for (const StateBatch::Id& id : batch_.ids()) {
    if (error == 0) error = cursor.put(key_of(id.lsn.value), value_of(&id.row, sizeof id.row), MDB_APPEND);
  }
  return error;
}

int StateFold::write_newest() {
  Cursor cursor(transaction_, tables_.newest);
  int error = cursor.error();
  const unsigned flags = entries_of(transaction_, tables_.newest) == 0 ? MDB_APPEND : 0;
  for (const auto& [identity, lsn] : batch_.newest()) {
    if (error == 0) error = put_newest(cursor, identity, lsn, flags);
  }
  return error;
}

int StateFold::write_holds() {
  int error = 0;
  for (const auto& [lsn, hold] : batch_.holds()) {
    if (error != 0) break;
    if (!hold.open) {
      if (hold.stored) error = end_hold(hold);
      continue;
    }
    const std::vector<std::byte> record = hold_record(hold.image());
    MDB_val key = key_of(lsn.value), value = value_of(record);
    error = mdb_put(transaction_, tables_.holds, &key, &value, 0);
  }
  return error;
}

// Its id's row says how it ended, if the id is known for longer than the hold was open.
int StateFold::end_hold(const StateBatch::Hold& hold) {
  MDB_val key = key_of(hold.lsn.value);
  const NewestKey name = newest_key(newest_age(hold.lsn), hold.identity);
  MDB_val named = value_of(name);
  int error = mdb_del(transaction_, tables_.holds, &key, nullptr);
  NewestRow newest;
  if (error == 0) error = get_row(transaction_, tables_.newest, name, newest);
  // Beyond the horizon the id may be another hold's already.
  if (error == 0 && newest.lsn == hold.lsn.value) error = mdb_del(transaction_, tables_.newest, &named, nullptr);
  if (error == 0 && hold.lsn.value < summary_.oldest_known) return drop_decision(hold.lsn.value);
  IdRow row;
  if (error == 0) error = get_row(transaction_, tables_.ids, hold.lsn.value, row);
  if (error == MDB_NOTFOUND) return MDB_CORRUPTED;
  row.ended = static_cast<std::uint8_t>(hold.end);
  seal(hold.lsn.value, row);
  MDB_val value = value_of(&row, sizeof row);
  return error == 0 ? mdb_put(transaction_, tables_.ids, &key, &value, 0) : error;
}

// Transfers, purchase orders: what is not open any more goes.
template <class Values, class Record>
int StateFold::write_open_values(MDB_dbi table, const Values& values, Record record_of) {
  int error = 0;
  for (const auto& [lsn, each] : values) {
    if (error != 0) break;
    MDB_val key = key_of(lsn.value);
    if (each.open()) {
      const std::vector<std::byte> record = record_of(each.image(lsn));
      MDB_val value = value_of(record);
      error = mdb_put(transaction_, table, &key, &value, 0);
    } else if (each.stored) {
      error = mdb_del(transaction_, table, &key, nullptr);
      if (error == 0 && lsn.value < summary_.oldest_known) error = drop_decision(lsn.value);
    }
  }
  return error;
}

int StateFold::write_cells() {
  Cursor cursor(transaction_, tables_.cells);
  int error = cursor.error();
  for (const auto& [key, position] : batch_.cells().changes()) {
    if (error != 0) break;
    const engine::CellImage& cell = batch_.cells()[position].image;
    CellRow row{0, cell.on_hand, cell.held, cell.unavailable, cell.level, cell.opening_plus_one, cell.lsn.value};
    seal(key, row);
    error = cursor.put(key_of(key), value_of(&row, sizeof row), 0);
  }
  return error;
}

int StateFold::write_catalogue() {
  std::vector<std::byte> bytes;
  int error = 0;
  for (const StateBatch::Entry& entry : batch_.catalogue()) {
    if (error != 0) break;
    CatalogueHead head{0, entry.priority, static_cast<std::uint32_t>(entry.code.size()), static_cast<std::uint32_t>(entry.name.size())};
    bytes.resize(sizeof head + entry.code.size() + entry.name.size());
    std::memcpy(bytes.data() + sizeof head, entry.code.data(), entry.code.size());
    std::memcpy(bytes.data() + sizeof head + entry.code.size(), entry.name.data(), entry.name.size());
    std::memcpy(bytes.data(), &head, sizeof head);
    head.crc32c = value_checksum(entry.key, bytes);
    std::memcpy(bytes.data(), &head, sizeof head);
    MDB_val key = key_of(entry.key), value = value_of(bytes);
    error = mdb_put(transaction_, tables_.catalogue, &key, &value, 0);
  }
  return error;
}

Trouble StateFold::forget(const engine::VoidDecision& decision, Lsn lsn) {
  if (decision.oldest_known.value < summary_.oldest_known || decision.archived.value < summary_.archived) {
    return damaged(lsn, "it knows ids again that were forgotten");
  }
  int error = forget_closed(decision.archived);
  if (error == 0) error = forget_ids(decision.oldest_known, decision.archived);
  summary_.oldest_known = decision.oldest_known.value;
  summary_.archived = decision.archived.value;
  return {error, {}};
}

// Old orders whose closing is archived now.
int StateFold::forget_closed(Lsn archived) {
  Cursor cursor(transaction_, tables_.closed_known);
  MDB_val key{}, value{};
  int error = cursor.error() != 0 ? cursor.error() : cursor.get(key, value, MDB_FIRST);
  while (error == 0 && integer_key(key) <= archived.value) {
    ClosedRow row;
    error = read_row(key, value, row);
    if (error == 0) error = drop_decision(row.order);
    if (error == 0) error = cursor.remove();
    if (error == 0) error = cursor.get(key, value, MDB_FIRST);
  }
  return error == MDB_NOTFOUND ? 0 : error;
}

// Ids of commands decided before `oldest_known`. What is open is known by itself from now on.
int StateFold::forget_ids(Lsn oldest_known, Lsn archived) {
  Cursor cursor(transaction_, tables_.ids);
  MDB_val key{}, value{};
  int error = cursor.error() != 0 ? cursor.error() : cursor.get(key, value, MDB_FIRST);
  while (error == 0 && integer_key(key) < oldest_known.value) {
    IdRow row;
    const std::uint64_t lsn = integer_key(key);
    error = read_row(key, value, row);
    const bool order = row.space == static_cast<std::uint8_t>(engine::IdSpace::order);
    const MDB_dbi table = table_of_open(tables_, row);
    bool open = false;
    if (error == 0 && table != 0) error = find_open(transaction_, table, lsn, open);
    const bool ended = order ? row.closed != 0 : table != 0 ? !open : row.ended != 0;
    if (error == 0 && order && row.closed > archived.value) {
      ClosedRow closed{0, 0, lsn, row.low, row.high, row.content};
      seal(row.closed, closed);
      MDB_val name = key_of(row.closed), bytes = value_of(&closed, sizeof closed);
      error = mdb_put(transaction_, tables_.closed_known, &name, &bytes, 0);
    } else if (error == 0 && ended) {
      error = drop_decision(lsn);
    }
    if (error == 0) error = cursor.remove();
    if (error == 0) error = cursor.get(key, value, MDB_FIRST);
  }
  return error == MDB_NOTFOUND ? 0 : error;
}

int StateFold::drop_decision(std::uint64_t lsn) {
  if (lsn >= summary_.decisions_before) return 0;
  MDB_val key = key_of(lsn);
  const int error = mdb_del(transaction_, tables_.decisions, &key, nullptr);
  return error == MDB_NOTFOUND ? 0 : error;
}

}  // namespace

Outcome<Folded> LmdbState::fold(const Journal& journal, Lsn until, std::uint64_t most_records) {
  if (auto may = writable(); !may) return Unexpected{may.error()};
  const Lsn journal_last = journal.last();
  const bool to_the_end = until >= journal_last;
  until = std::min(until, journal_last);
  journal_buffer_.resize(buffer_words);
  const SummaryRow before = row_;
  Folded folded{Lsn{before.applied + 1}, Lsn{before.applied}, 0, {}};
  for (;;) {
    if (until.value <= before.applied && (before.complete != 0 || !to_the_end)) return folded;
    if (std::exchange(batch_open_, true)) batch_.forget();  // the last one was given up
    int error = 0;
    {
      WriteTransaction transaction(*environment_);
      SummaryRow row = before;
      Reached reached{Lsn{before.applied}, 0, {}};
      error = transaction.error();
      StateSummary summary;
      if (error == 0) {
        StateFold fold(transaction.handle(), tables_, batch_, row, journal_buffer_);
        const Trouble trouble = until.value > before.applied ? fold.run(journal, until, most_records, reached) : Trouble{};
        if (trouble.failure) return Unexpected{*trouble.failure};
        error = trouble.error;
        if (error == 0 && reached.unfinished.value != 0) {
          until = Lsn{reached.unfinished.value - 1};
          continue;
        }
        if (to_the_end && reached.applied == until) row.complete = 1;
        if (error == 0) error = fold.finish();
        if (error == 0) error = summary_in(transaction.handle(), row, summary);
        if (error == 0) error = transaction.commit();
        folded.closed = std::move(fold.closed());
      }
      if (error == 0) {
        take_over(row, summary);
        batch_open_ = false;
        note_success();
        folded.applied = reached.applied;
        folded.records = reached.records;
        return folded;
      }
    }
    if (error == MDB_CORRUPTED || error == MDB_PAGE_NOTFOUND || error == MDB_KEYEXIST) return cannot_read(MDB_CORRUPTED);
    if (error != MDB_MAP_FULL || environment_->grow_map() != 0) return cannot_write(error);
  }
}

}  // namespace earmark::storage
