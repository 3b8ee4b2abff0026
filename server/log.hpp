// The log: lines on stderr, as text or as one JSON object each. Any thread; a line may wait for whoever reads stderr, so
// nothing is logged on the way of an order, and what clients can cause is told seldom (server/seldom.hpp).
//   text   2026-01-31T12:00:00.123456Z info recovered records=12 milliseconds=3
//   json   {"time":"2026-01-31T12:00:00.123456Z","level":"info","message":"recovered","records":12,"milliseconds":3}
// Failures that end the program stand on lines of their own, "earmarkd: ...", in both forms: see complain().
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace earmark::server {

struct LogField {
  using Value = std::variant<std::int64_t, std::uint64_t, std::string_view>;

  LogField(std::string_view field, std::string_view text) : name(field), value(text) {}
  LogField(std::string_view field, std::unsigned_integral auto number) : name(field), value(std::uint64_t{number}) {}
  LogField(std::string_view field, std::signed_integral auto number) : name(field), value(std::int64_t{number}) {}

  std::string_view name;  // none of time, level, message
  Value value;
};

// Only for the length of a call.
struct LogFields : std::span<const LogField> {
  LogFields() = default;
  LogFields(std::initializer_list<LogField> fields) : span(fields.begin(), fields.size()) {}
  LogFields(const std::vector<LogField>& fields) : span(fields) {}
};

// Before any other thread runs. Words as the settings log_level and log_format have them.
void open_log(const std::string& level, const std::string& format);

void log_debug(std::string_view message, const LogFields& fields = {});
void log_info(std::string_view message, const LogFields& fields = {});
void log_warning(std::string_view message, const LogFields& fields = {});
void log_error(std::string_view message, const LogFields& fields = {});

// "earmarkd: WHAT" on stderr, one line, whatever `what` holds.
void complain(std::string what);

}  // namespace earmark::server
