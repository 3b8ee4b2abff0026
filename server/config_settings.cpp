#include "server/config_settings.hpp"

#include <algorithm>
#include <array>
#include <asio/ip/address.hpp>
#include <charconv>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/limits.hpp"

namespace earmark::server {
namespace {

constexpr std::uint64_t most_horizon = 33'000'000;  // the table of ids has 2^25 slots
constexpr std::uint64_t most_lsn = (1ULL << 55) - 1;

constexpr std::array table{
    Setting{"data", "DIR", &Options::data, "Data directory, made if it is missing, mode 0700"},
    Setting{"listen", "HOST:PORT", &Options::listen, "Address to serve; port 0 picks a free one, which the ready line names"},
    Setting{"metrics", "HOST:PORT", &Options::metrics,
            "Address of /metrics, /healthz and /readyz over HTTP; port 0 picks a free one, which the log names"},
    Setting{"io_threads", "N", &Options::io_threads, "Threads that receive and decide; 0 chooses by the number of cores", 0,
            engine::max_committers},
    Setting{"max_connections", "N", &Options::max_connections, "Connections at one time", 1, 1'000'000},
    Setting{"max_skus", "N", &Options::max_skus, "SKUs that the catalogue can hold", 1, 50'000'000},
    Setting{"max_warehouses", "N", &Options::max_warehouses, "Warehouses that the catalogue can hold", 1, 256},
    Setting{"horizon", "N", &Options::horizon, "Commands whose ids are remembered, so that a repeat gets its decision", 1'000, most_horizon},
    Setting{"retain", "LSNS", &Options::retain, "LSNs that the journal keeps, at least the horizon; 0 keeps all", 0, most_lsn},
    Setting{"sourcing", "RULE", &Options::sourcing, "How orders that name no rule choose their warehouses", 0, 0,
            "priority single_source fewest_splits highest_stock"},
    Setting{"max_skips", "N", &Options::max_skips, "Later orders that may take units past an order that waits for all or nothing, before units are set aside for it", 1, engine::most_skips},
    Setting{"max_wait_hours", "N", &Options::max_wait_hours, "Hours after which units are set aside for an order that waits for all or nothing; 0: never", 0, 87'600},
    Setting{"date_threshold_hours", "N", &Options::date_threshold_hours, "Hours by more than which the date of what waits has to move before it is told again", 0, 87'600},
    Setting{"clock", "WORD", &Options::clock, "Time of decisions: the machine's, or the latest that a command carried", 0, 0,
            "wall commands"},
    Setting{"log_level", "WORD", &Options::log_level, "What is logged", 0, 0, "debug info warning error off"},
    Setting{"log_format", "WORD", &Options::log_format, "A line of text, or one JSON object a line", 0, 0, "text json"},
};

constexpr std::array later{
    LaterSetting{"tls_cert", "TLS certificate"},
    LaterSetting{"tls_key", "TLS key"},
    LaterSetting{"tokens", "Token file"},
};

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::string shown(const Given& given) {
  if (const auto* number = std::get_if<std::int64_t>(&given)) return std::to_string(*number);
  return quoted(std::get<std::string>(given));
}

std::optional<std::uint64_t> number_in(const Given& given) {
  if (const auto* number = std::get_if<std::int64_t>(&given)) {
    return *number < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(*number));
  }
  const std::string& text = std::get<std::string>(given);
  std::uint64_t number = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stopped != text.data() + text.size()) return std::nullopt;
  return number;
}

// HOST:PORT; an IPv6 address may stand in brackets.
std::optional<Endpoint> endpoint_in(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  Endpoint endpoint;
  endpoint.host = text.substr(0, colon);
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data() + colon + 1, end, endpoint.port);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  if (endpoint.host == "localhost") endpoint.host = "127.0.0.1";
  if (endpoint.host.size() > 2 && endpoint.host.front() == '[' && endpoint.host.back() == ']') {
    endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
  }
  return endpoint;
}

std::string set_endpoint(Endpoint& place, std::string_view key, const Given& given) {
  const auto* text = std::get_if<std::string>(&given);
  const auto endpoint = text == nullptr ? std::nullopt : endpoint_in(*text);
  const std::string example = key == "listen" ? "127.0.0.1:7411" : "127.0.0.1:9411";
  if (!endpoint) return "wants HOST:PORT, for example " + example + ", not " + shown(given);
  asio::error_code error;
  const asio::ip::address address = asio::ip::make_address(endpoint->host, error);
  if (error) return "wants an address in numbers, for example " + example + ", not " + shown(given);
  if (!address.is_loopback()) {
    return "wants a loopback address, not " + shown(given) + ": without tokens only loopback addresses are served; give 127.0.0.1:" +
           std::to_string(endpoint->port);
  }
  place = *endpoint;
  return {};
}

bool has_word(std::string_view words, std::string_view wanted) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == wanted) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

// Levenshtein's: letters to change, add or leave out.
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> row(other.size() + 1);
  for (std::size_t column = 0; column <= other.size(); ++column) row[column] = column;
  for (std::size_t line = 1; line <= one.size(); ++line) {
    std::size_t diagonal = std::exchange(row[0], line);
    for (std::size_t column = 1; column <= other.size(); ++column) {
      const std::size_t changed = diagonal + (one[line - 1] == other[column - 1] ? 0U : 1U);
      diagonal = row[column];
      row[column] = std::min({changed, row[column] + 1, row[column - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::span<const Setting> settings() { return table; }
std::span<const LaterSetting> later_settings() { return later; }

std::string set(Options& options, const Setting& setting, const Given& given) {
  return std::visit([&](auto member) -> std::string {
    auto& place = options.*member;
    using Type = std::remove_reference_t<decltype(place)>;
    const auto* text = std::get_if<std::string>(&given);
    if constexpr (std::is_integral_v<Type>) {
      const auto number = number_in(given);
      if (!number || *number < setting.least || *number > setting.most) {
        return "wants a whole number from " + std::to_string(setting.least) + " to " + std::to_string(setting.most) + ", not " + shown(given);
      }
      place = static_cast<Type>(*number);
    } else if constexpr (std::is_same_v<Type, std::filesystem::path>) {
      if (text == nullptr || text->empty()) return "wants the name of a directory, not " + shown(given);
      place = *text;
    } else if constexpr (std::is_same_v<Type, Endpoint>) {
      return set_endpoint(place, setting.key, given);
    } else if constexpr (std::is_same_v<Type, std::optional<Endpoint>>) {
      if (text != nullptr && *text == "off") {
        place.reset();
        return {};
      }
      Endpoint endpoint;
      const std::string wrong = set_endpoint(endpoint, setting.key, given);
      if (wrong.empty()) place = endpoint;
      return wrong;
    } else {
      if (text == nullptr || !has_word(setting.words, *text)) return "wants " + allowed_by(setting) + ", not " + shown(given);
      place = *text;
    }
    return {};
  }, setting.place);
}

std::string flag_of(std::string_view key) {
  std::string flag = "--" + std::string(key);
  std::ranges::replace(flag, '_', '-');
  return flag;
}

std::string allowed_by(const Setting& setting) {
  if (!setting.words.empty()) {
    std::string words(setting.words);
    for (std::size_t blank = words.find(' '); blank != std::string::npos; blank = words.find(' ', blank + 4)) words.replace(blank, 1, " or ");
    return words;
  }
  if (std::holds_alternative<std::filesystem::path Options::*>(setting.place)) return "a directory";
  if (std::holds_alternative<Endpoint Options::*>(setting.place)) return "HOST:PORT, loopback";
  if (std::holds_alternative<std::optional<Endpoint> Options::*>(setting.place)) return "HOST:PORT, loopback, or off";
  return std::to_string(setting.least) + " .. " + std::to_string(setting.most);
}

std::string value_of(const Options& options, const Setting& setting) {
  return std::visit([&](auto member) -> std::string {
    const auto& place = options.*member;
    using Type = std::remove_cvref_t<decltype(place)>;
    if constexpr (std::is_integral_v<Type>) return std::to_string(place);
    else if constexpr (std::is_same_v<Type, std::filesystem::path>) return place.string();
    else if constexpr (std::is_same_v<Type, Endpoint>) return place.text();
    else if constexpr (std::is_same_v<Type, std::optional<Endpoint>>) return place ? place->text() : "off";
    else return place;
  }, setting.place);
}

std::string_view nearest_key(std::string_view key) {
  std::string_view nearest;
  std::size_t least = std::max<std::size_t>(2, key.size() / 3) + 1;
  for (const Setting& setting : table) {
    const std::size_t letters = distance(key, setting.key);
    if (letters >= least) continue;
    least = letters;
    nearest = setting.key;
  }
  return nearest;
}

}  // namespace earmark::server
