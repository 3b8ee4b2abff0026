// Figures in the state store: written with the fold that counted them, read for reports. Every value that is read is verified.
#include "storage/lmdb_state_store.hpp"

namespace earmark::storage {

using engine::Lsn;

namespace {

template <class Figures>
int read_value(const MDB_val& key, const MDB_val& value, Figures& figures) {
  return is_sound(bytes_of(key), bytes_of(value)) && figures.read(bytes_of(value)) ? 0 : MDB_CORRUPTED;
}

template <class Figures>
int put_value(MDB_txn* transaction, MDB_dbi table, std::span<const std::byte> name, const Figures& counted) {
  std::vector<std::byte> bytes = counted.write();
  const std::uint32_t checksum = value_checksum(name, bytes);
  std::memcpy(bytes.data(), &checksum, sizeof checksum);
  MDB_val key = value_of(name), value = value_of(bytes);
  return mdb_put(transaction, table, &key, &value, 0);
}

int put_availability(Cursor& cursor, engine::SkuId sku, AvailabilityRow row) {
  const std::uint64_t key = sku.value;
  seal(key, row);
  return cursor.put(key_of(key), value_of(&row, sizeof row), 0);
}

}  // namespace

int get_day(MDB_txn* transaction, const StateTables& tables, std::uint64_t key, DayFigures& figures) {
  MDB_val value{};
  const int error = get_value(transaction, tables.days, std::as_bytes(std::span(&key, 1)), value);
  return error != 0 ? error : read_value(key_of(key), value, figures);
}

int get_delivery(MDB_txn* transaction, const StateTables& tables, const DeliveryKey& key, DeliveryFigures& figures) {
  MDB_val value{};
  const std::vector<std::byte> name = key.bytes();
  const int error = get_value(transaction, tables.deliveries, name, value);
  return error != 0 ? error : read_value(value_of(name), value, figures);
}

int write_figures(MDB_txn* transaction, const StateTables& tables, const FigureBatch& figures) {
  int error = 0;
  for (const auto& [day, counted] : figures.days()) {
    if (error != 0) return error;
    const std::uint64_t number = day_key(day);
    error = put_value(transaction, tables.days, std::as_bytes(std::span(&number, 1)), counted);
  }
  for (const auto& [key, counted] : figures.deliveries()) {
    if (error == 0) error = put_value(transaction, tables.deliveries, key.bytes(), counted);
  }
  Cursor cursor(transaction, tables.availability);
  if (error == 0) error = cursor.error();
  for (const auto& [sku, position] : figures.availabilities().changes()) {
    if (error == 0) error = put_availability(cursor, engine::SkuId{static_cast<std::uint32_t>(sku)}, figures.availabilities()[position]);
  }
  return error;
}

int begin_figures(MDB_txn* transaction, const StateTables& tables, const SummaryRow& summary) {
  AvailabilityRow row;
  std::uint64_t sku = 0;
  Cursor cursor(transaction, tables.availability);
  const auto put = [&] {
    row.settle(engine::TimeUs{summary.last_time});
    return row.state == AvailabilityRow::never ? 0 : put_availability(cursor, engine::SkuId{static_cast<std::uint32_t>(sku)}, row);
  };
  int error = cursor.error();
  if (error == 0) {
    error = for_each(transaction, tables.cells, 0, [&](const MDB_val& key, const MDB_val& value) {
      CellRow cell;
      if (const int wrong = read_row(key, value, cell); wrong != 0) return wrong;
      if (integer_key(key) >> 16 != sku) {
        if (const int failed = put(); failed != 0) return failed;
        sku = integer_key(key) >> 16;
        row = {};
      }
      row.available += engine::available_of(cell.level);
      return 0;
    });
  }
  if (error == 0) error = put();
  return error == 0 ? put_figures(transaction, tables, {0, 0, summary.applied + 1}) : error;
}

Outcome<void> LmdbState::figures(FigureVisitor& visitor, const FigureQuestion& question) const {
  const ReadTransaction transaction(*environment_);
  SummaryRow row;
  StateSummary summary;
  int error = transaction.error();
  if (error == 0) error = summary_in(transaction.handle(), row, summary);
  if (error != 0) return cannot_read(error);
  visitor.begin(summary);
  if (question.rules) error = read_warehouses(transaction.handle(), visitor);
  if (error == 0 && question.vendors) error = read_vendors(transaction.handle(), visitor);
  if (error == 0 && question.rules) error = read_rules(transaction.handle(), visitor);
  if (error == 0 && question.days) {
    error = for_each(transaction.handle(), tables_.days, day_key(question.first_day), [&](const MDB_val& key, const MDB_val& value) {
      DayFigures counted;
      if (integer_key(key) > day_key(question.last_day)) return MDB_NOTFOUND;
      if (const int wrong = read_value(key, value, counted); wrong != 0) return wrong;
      visitor.day(day_of_key(integer_key(key)), counted);
      return 0;
    });
  }
  if (error == 0 && question.deliveries) {
    error = for_each(transaction.handle(), tables_.deliveries, DeliveryKey{question.first_day, {}, {}}.bytes(), [&](const MDB_val& key, const MDB_val& value) {
      DeliveryFigures counted;
      const DeliveryKey of = DeliveryKey::of(bytes_of(key));
      if (of.day > question.last_day) return MDB_NOTFOUND;
      if (const int wrong = read_value(key, value, counted); wrong != 0) return wrong;
      visitor.delivery(of, counted);
      return 0;
    });
  }
  if (error == 0 && question.availability) {
    error = for_each(transaction.handle(), tables_.availability, 0, [&](const MDB_val& key, const MDB_val& value) {
      AvailabilityRow availability;
      if (const int wrong = read_row(key, value, availability); wrong != 0) return wrong;
      visitor.availability(engine::SkuId{static_cast<std::uint32_t>(integer_key(key))}, availability);
      return 0;
    });
  }
  if (error == 0 && question.open_orders) {
    error = each_open_order(transaction.handle(), [&](const engine::OrderImage& order) { visitor.open_order(order); });
  }
  if (error == 0 && question.open_purchases) {
    error = each_open_purchase(transaction.handle(), {}, [&](const engine::PurchaseImage& purchase) {
      visitor.open_purchase(purchase);
      return 0;
    });
  }
  if (error != 0) return cannot_read(error);
  return {};
}

}  // namespace earmark::storage
