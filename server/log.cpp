#include "server/log.hpp"

#include <fmt/chrono.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace earmark::server {
namespace {

// Of the line that this thread is logging: the sink formats on the thread that logs.
thread_local const LogFields* fields_of_line = nullptr;

std::string_view view(spdlog::string_view_t text) { return {text.data(), text.size()}; }

std::string time_of(const spdlog::details::log_msg& line) {
  const auto since_epoch = line.time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(since_epoch - seconds).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(static_cast<std::time_t>(seconds.count())), microseconds);
}

// A line stays a line, whatever a value holds.
std::string plain(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(line, [](char letter) { return static_cast<unsigned char>(letter) < ' ' || letter == '\x7F'; }, ' ');
  return line;
}

std::string value_in_text(const LogField::Value& value) {
  const auto* text = std::get_if<std::string_view>(&value);
  if (text == nullptr) return std::visit([](auto number) { return fmt::format("{}", number); }, value);
  const bool is_word = !text->empty() && std::ranges::none_of(*text, [](char letter) { return letter == ' ' || letter == '"' || letter == '='; });
  if (is_word) return plain(*text);
  return nlohmann::json(*text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class TextLine final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
    std::string text = time_of(line) + " " + std::string(view(spdlog::level::to_string_view(line.level))) + " " + plain(view(line.payload));
    if (fields_of_line != nullptr) {
      for (const LogField& field : *fields_of_line) text += " " + std::string(field.name) + "=" + value_in_text(field.value);
    }
    text += '\n';
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<TextLine>(); }
};

class JsonLine final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
    nlohmann::ordered_json json;
    json["time"] = time_of(line);
    json["level"] = view(spdlog::level::to_string_view(line.level));
    json["message"] = view(line.payload);
    if (fields_of_line != nullptr) {
      for (const LogField& field : *fields_of_line) {
        std::visit([&](const auto& value) { json[std::string(field.name)] = value; }, field.value);
      }
    }
    const std::string text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonLine>(); }
};

void log(spdlog::level::level_enum level, std::string_view message, const LogFields& fields) {
  fields_of_line = &fields;
  spdlog::log(level, spdlog::string_view_t(message.data(), message.size()));
  fields_of_line = nullptr;
}

}  // namespace

void open_log(const std::string& level, const std::string& format) {
  auto logger = std::make_shared<spdlog::logger>("earmarkd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_level(spdlog::level::from_str(level));
  logger->set_formatter(format == "json" ? std::unique_ptr<spdlog::formatter>(std::make_unique<JsonLine>()) : std::make_unique<TextLine>());
  spdlog::set_default_logger(std::move(logger));
}

void log_debug(std::string_view message, const LogFields& fields) { log(spdlog::level::debug, message, fields); }
void log_info(std::string_view message, const LogFields& fields) { log(spdlog::level::info, message, fields); }
void log_warning(std::string_view message, const LogFields& fields) { log(spdlog::level::warn, message, fields); }
void log_error(std::string_view message, const LogFields& fields) { log(spdlog::level::err, message, fields); }

void complain(std::string what) { std::fprintf(stderr, "earmarkd: %s\n", plain(what).c_str()); }

}  // namespace earmark::server
