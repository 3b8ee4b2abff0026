// Decisions of open orders, holds, transfers and purchase orders that the journal is about to lose: copied out of it whole, with their fills (a confirm has them),
// so that a repeat of such a command still gets the same answer. They go when the order's id is forgotten (lmdb_state_fold.cpp).
#include <algorithm>
#include <utility>

#include "schema/event.hpp"
#include "schema/record.hpp"
#include "storage/lmdb_state_store.hpp"

namespace earmark::storage {

using engine::Lsn;

namespace {

constexpr int journal_failed = -1;           // no error of LMDB
constexpr std::size_t most_orders = 65'536;  // in one transaction
constexpr std::size_t buffer_words = max_record_bytes / sizeof(std::uint64_t);

// The whole record at the start of `bytes`.
std::span<const std::byte> record_at(std::span<const std::byte> bytes) {
  std::size_t size = 0;
  for (bool more = true; more;) {
    const schema::Piece piece = schema::piece_at(bytes.subspan(size));
    if (piece.stride == 0) return {};
    size += piece.stride;
    more = piece.header.more();
  }
  return bytes.first(size);
}

int put_decision(MDB_txn* transaction, MDB_dbi table, Lsn lsn, std::span<const std::byte> records, std::vector<std::byte>& scratch) {
  DecisionHead head;
  scratch.resize(sizeof head + records.size());
  std::memcpy(scratch.data(), &head, sizeof head);
  std::memcpy(scratch.data() + sizeof head, records.data(), records.size());
  head.crc32c = value_checksum(lsn.value, scratch);
  std::memcpy(scratch.data(), &head, sizeof head);
  MDB_val key = key_of(lsn.value), value = value_of(scratch);
  return mdb_put(transaction, table, &key, &value, 0);
}

// Copies the decisions `wanted` (ascending) into the table, each with its fills, which may stand behind the last of them.
class DecisionCopier {
 public:
  DecisionCopier(MDB_txn* transaction, MDB_dbi table, const Journal& journal, std::span<const Lsn> wanted, Failure& failure)
      : transaction_(transaction), table_(table), journal_(journal), wanted_(wanted), failure_(failure) {}

  int copy(std::vector<std::uint64_t>& buffer) {
    const auto reader = journal_.reader();
    while (!done()) {
      const Lsn wanted = cause_.value != 0 ? cause_ : wanted_[next_];
      if (auto moved = cause_.value != 0 ? Outcome<void>{} : reader->seek(wanted); !moved) {
        failure_ = moved.error();
        return journal_failed;
      }
      Lsn first, last;
      const auto read = reader->read(std::as_writable_bytes(std::span(buffer)), cause_.value != 0 ? journal_.last() : wanted_.back(), first, last);
      if (!read || *read == 0) {
        failure_ = read ? Failure{FailureKind::damaged, "record LSN " + std::to_string(wanted.value) + " of the journal, or one that it caused, is missing"}
                        : read.error();
        return journal_failed;
      }
      auto bytes = std::as_bytes(std::span(buffer)).first(*read);
      for (Lsn lsn = first; lsn <= last && !done(); lsn = lsn + 1) {
        const auto record = record_at(bytes);
        bytes = bytes.subspan(record.size());
        if (const int error = take(lsn, record); error != 0) return error;
      }
    }
    return 0;
  }

 private:
  bool done() const noexcept { return next_ == wanted_.size() && cause_.value == 0; }

  int take(Lsn lsn, std::span<const std::byte> record) {
    const bool is_fill = cause_.value != 0 && schema::stamp_of(record).cause == cause_;
    const bool is_wanted = next_ < wanted_.size() && lsn == wanted_[next_];
    if (!is_fill && !is_wanted) return 0;
    std::size_t consumed = 0;
    const schema::Event event = decoder_.decode_trusted(record, consumed);  // it was decoded when it was folded
    if (is_fill) {
      with_fills_.insert(with_fills_.end(), record.begin(), record.end());
      if (!std::get<engine::FillDecision>(event.decision).last) return 0;
      return put_decision(transaction_, table_, std::exchange(cause_, {}), with_fills_, scratch_);
    }
    ++next_;
    if (!schema::fills_follow(event.decision)) return put_decision(transaction_, table_, lsn, record, scratch_);
    cause_ = lsn;  // no other one begins before its last fill
    with_fills_.assign(record.begin(), record.end());
    return 0;
  }

  MDB_txn* transaction_;
  MDB_dbi table_;
  const Journal& journal_;
  std::span<const Lsn> wanted_;
  Failure& failure_;
  schema::EventDecoder decoder_;
  std::size_t next_ = 0;
  Lsn cause_{};  // its last fill has not come
  std::vector<std::byte> with_fills_, scratch_;
};

}  // namespace

// Open orders, closed ones that are still known, open holds, transfers and purchase orders, decided in [from, before), by LSN.
int LmdbState::wanted_decisions(MDB_txn* transaction, Lsn from, Lsn before, std::vector<Lsn>& wanted) const {
  std::vector<engine::KnownImage> closed;
  int error = closed_rows(transaction, closed);
  for (const engine::KnownImage& each : closed) {
    if (each.lsn >= from && each.lsn < before) wanted.push_back(each.lsn);
  }
  for (const MDB_dbi table : {tables_.open, tables_.holds, tables_.transfers, tables_.purchases}) {
    if (error != 0) break;
    Cursor cursor(transaction, table);
    MDB_val key = key_of(from.value), value{};
    error = cursor.error() != 0 ? cursor.error() : cursor.get(key, value, MDB_SET_RANGE);
    for (std::size_t open = 0; error == 0 && integer_key(key) < before.value && open < most_orders; ++open) {
      wanted.push_back(Lsn{integer_key(key)});
      error = cursor.get(key, value, MDB_NEXT);
    }
    if (error == MDB_NOTFOUND) error = 0;
  }
  std::sort(wanted.begin(), wanted.end());
  if (wanted.size() > most_orders) wanted.resize(most_orders);
  return error;
}

// One transaction; `before` becomes the LSN up to which decisions are kept.
int LmdbState::keep_some(const Journal& journal, Lsn oldest, Lsn& before, Failure& failure) {
  WriteTransaction transaction(*environment_);
  int error = transaction.error();
  std::vector<Lsn> wanted;
  if (error == 0) error = wanted_decisions(transaction.handle(), Lsn{row_.decisions_before}, oldest, wanted);
  if (error == 0) error = DecisionCopier(transaction.handle(), tables_.decisions, journal, wanted, failure).copy(journal_buffer_);
  SummaryRow row = row_;
  row.decisions_before = wanted.size() < most_orders ? oldest.value : wanted.back().value + 1;
  StateSummary summary;
  if (error == 0) error = put_summary(transaction.handle(), tables_, row);
  if (error == 0) error = summary_in(transaction.handle(), row, summary);
  if (error == 0) error = transaction.commit();
  if (error != 0) return error;
  before = Lsn{row.decisions_before};
  take_over(row, summary);
  note_success();
  return 0;
}

Outcome<void> LmdbState::keep_decisions(const Journal& journal, Lsn oldest) {
  if (auto may = writable(); !may) return may;
  journal_buffer_.resize(buffer_words);
  oldest = std::min(oldest, Lsn{row_.applied + 1});  // of what is behind that nothing is known yet
  for (Lsn before{row_.decisions_before}; before < oldest;) {
    Failure failure;
    const int error = keep_some(journal, oldest, before, failure);
    if (error == 0) continue;
    if (error == journal_failed) return Unexpected{failure};
    if (error == MDB_CORRUPTED || error == MDB_PAGE_NOTFOUND) return cannot_read(error);
    if (error != MDB_MAP_FULL || environment_->grow_map() != 0) return cannot_write(error);
  }
  return {};
}

Outcome<std::vector<std::byte>> LmdbState::decision(Lsn lsn) const {
  const ReadTransaction transaction(*environment_);
  MDB_val key = key_of(lsn.value), value{};
  int error = transaction.error();
  if (error == 0) error = mdb_get(transaction.handle(), tables_.decisions, &key, &value);
  if (error == MDB_NOTFOUND) return std::vector<std::byte>{};
  if (error == 0 && !is_sound(bytes_of(key), bytes_of(value))) error = MDB_CORRUPTED;
  if (error != 0) return cannot_read(error);
  const auto record = bytes_of(value).subspan(sizeof(DecisionHead));
  return std::vector<std::byte>(record.begin(), record.end());
}

}  // namespace earmark::storage
