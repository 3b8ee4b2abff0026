// Vendors, sources and reorder rules in the state store: written with the fold that set them, and given as a whole. Every value is verified.
#include "storage/lmdb_state_store.hpp"
#include "storage/rule_record.hpp"

namespace earmark::storage {

namespace {

constexpr std::byte first_key[] = {std::byte{0}};  // no key stands before it

}  // namespace

int get_vendor(MDB_txn* transaction, const StateTables& tables, std::string_view code, engine::VendorImage& vendor) {
  const auto key = std::as_bytes(std::span(code));
  MDB_val value{};
  const int error = get_value(transaction, tables.vendors, key, value);
  if (error != 0) return error;
  return read_vendor_record(key, bytes_of(value), vendor) ? 0 : MDB_CORRUPTED;
}

int get_rule(MDB_txn* transaction, const StateTables& tables, std::uint64_t key, engine::RuleImage& rule) {
  MDB_val value{};
  const int error = get_value(transaction, tables.rules, std::as_bytes(std::span(&key, 1)), value);
  if (error != 0) return error;
  return read_rule_record(key, bytes_of(value), rule) ? 0 : MDB_CORRUPTED;
}

int write_rules(MDB_txn* transaction, const StateTables& tables, const StateBatch& batch) {
  int error = 0;
  const auto put = [&](MDB_dbi table, MDB_val key, const std::vector<std::byte>& record) {
    MDB_val value = value_of(record);
    if (error == 0) error = mdb_put(transaction, table, &key, &value, 0);
  };
  for (const auto& [code, vendor] : batch.vendors()) put(tables.vendors, value_of(std::as_bytes(std::span(code))), vendor_record(vendor.image(code)));
  for (const auto& [source, lead_days] : batch.sources()) {
    put(tables.sources, value_of(source_key(source.first, source.second)), source_record({source.first, source.second, lead_days}));
  }
  for (const auto& [number, rule] : batch.rules()) {
    MDB_val key = key_of(number);
    if (rule.is_set()) put(tables.rules, key, rule_record(rule.image()));
    else if (rule.stored && error == 0) error = mdb_del(transaction, tables.rules, &key, nullptr);
  }
  return error;
}

int LmdbState::read_vendors(MDB_txn* transaction, RulesVisitor& visitor) const {
  const int error = for_each(transaction, tables_.vendors, first_key, [&](const MDB_val& key, const MDB_val& value) {
    engine::VendorImage vendor;
    if (!read_vendor_record(bytes_of(key), bytes_of(value), vendor)) return MDB_CORRUPTED;
    visitor.vendor(vendor);
    return 0;
  });
  if (error != 0) return error;
  return for_each(transaction, tables_.sources, first_key, [&](const MDB_val& key, const MDB_val& value) {
    engine::SourceImage source;
    if (!read_source_record(bytes_of(key), bytes_of(value), source)) return MDB_CORRUPTED;
    visitor.source(source);
    return 0;
  });
}

int LmdbState::read_rules(MDB_txn* transaction, RulesVisitor& visitor) const {
  return for_each(transaction, tables_.rules, 0, [&](const MDB_val& key, const MDB_val& value) {
    engine::RuleImage rule;
    if (!read_rule_record(integer_key(key), bytes_of(value), rule)) return MDB_CORRUPTED;
    visitor.rule(rule);
    return 0;
  });
}

}  // namespace earmark::storage
