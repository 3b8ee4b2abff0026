// Every setting of earmarkd, described once: the flags, the file, --print-config, --help and the table in
// docs/OPERATING.md all come from this table (a test holds the page to it).
// The flag of key `max_skus` is --max-skus.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "server/options.hpp"

namespace earmark::server {

struct Setting {
  using Place = std::variant<std::filesystem::path Options::*, Endpoint Options::*, std::optional<Endpoint> Options::*,
                             std::string Options::*, std::uint16_t Options::*, std::uint32_t Options::*,
                             std::uint64_t Options::*>;

  std::string_view key;
  std::string_view placeholder;  // in --help
  Place place;
  std::string_view help;
  std::uint64_t least = 0, most = 0;  // of whole numbers
  std::string_view words{};           // of words: those that are allowed, with blanks between them
};

std::span<const Setting> settings();

// What is refused by name because its feature comes later.
struct LaterSetting {
  std::string_view key, help;
};
std::span<const LaterSetting> later_settings();

// From a file: whole numbers and texts keep their type. From a flag: always text.
using Given = std::variant<std::int64_t, std::string>;

// Writes what was given into the options. "" or what is wrong with it, to stand behind the name of the key or flag.
std::string set(Options& options, const Setting& setting, const Given& given);

std::string flag_of(std::string_view key);             // --max-skus
std::string allowed_by(const Setting& setting);        // 1 .. 50000000, HOST:PORT, text | json
std::string value_of(const Options& options, const Setting& setting);  // as the file has it; "" when there is none
// The known key that is most like this one; "" when none is.
std::string_view nearest_key(std::string_view key);

}  // namespace earmark::server
