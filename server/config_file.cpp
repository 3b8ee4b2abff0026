#include "server/config_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "server/config_settings.hpp"

namespace earmark::server {
namespace {

constexpr std::size_t most_file_bytes = 1U << 20;

std::string at(const std::string& name, const toml::source_region& where) {
  return name + ":" + std::to_string(where.begin.line) + ": ";
}

std::string unknown_key(const std::string& key) {
  for (const LaterSetting& setting : later_settings()) {
    if (setting.key == key) return key + " is not available in this version; leave it out";
  }
  const std::string_view nearest = nearest_key(key);
  if (!nearest.empty()) return "there is no key \"" + key + "\"; did you mean " + std::string(nearest) + "?";
  return "there is no key \"" + key + "\"; earmarkd --print-config prints all";
}

std::string set_from(const std::string& key, const toml::node& node, Options& options) {
  const auto setting = std::ranges::find(settings(), std::string_view(key), &Setting::key);
  if (setting == settings().end()) return unknown_key(key);
  const bool is_number = setting->most != 0;
  std::string wrong;
  if (const auto* number = node.as_integer()) {
    wrong = set(options, *setting, number->get());
  } else if (const auto* text = node.as_string()) {
    // A number in quotes is no number here: what the file says should be what it looks like.
    wrong = is_number ? "wants a whole number without quotes, " + allowed_by(*setting) : set(options, *setting, text->get());
  } else {
    std::ostringstream type;
    type << node.type();
    wrong = "wants " + std::string(is_number ? "a whole number, " : "") + allowed_by(*setting) + ", not a value of type " + type.str();
  }
  return wrong.empty() ? "" : key + " " + wrong;
}

std::string in_toml(const std::string& text) {
  std::ostringstream stream;
  const toml::value<std::string> value(text);
  stream << toml::toml_formatter(value, toml::format_flags::none);  // none: quotes as everybody knows them
  return stream.str();
}

}  // namespace

std::string read_config_text(std::string_view text, const std::string& name, Options& options) {
  toml::table table;
  try {
    table = toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    return at(name, error.source()) + "this is no TOML: " + std::string(error.description());
  }
  // In the order of the file, so that its first mistake is the one that is told.
  std::vector<std::pair<std::string, const toml::node*>> entries;
  for (const auto& [key, node] : table) entries.emplace_back(std::string(key.str()), &node);
  std::ranges::sort(entries, {}, [](const auto& entry) {
    return std::pair(entry.second->source().begin.line, entry.second->source().begin.column);
  });
  for (const auto& [key, node] : entries) {
    const std::string wrong = set_from(key, *node, options);
    if (!wrong.empty()) return at(name, node->source()) + wrong;
  }
  return {};
}

std::string read_config(const std::filesystem::path& file, Options& options) {
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::string text(most_file_bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.is_open() || stream.bad() || (errno != 0 && stream.gcount() == 0)) {
    return "cannot read " + file.string() + ": " + std::strerror(errno) + "; name a TOML file with --config";
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > most_file_bytes) return file.string() + " is larger than 1 MiB; that is no configuration";
  return read_config_text(text, file.string(), options);
}

std::string print_config(const Options& options) {
  std::string text = "# earmarkd's configuration; use it with: earmarkd --config FILE\n";
  for (const Setting& setting : settings()) {
    text += "\n# " + std::string(setting.help) + " (" + allowed_by(setting) + ").\n";
    const std::string value = value_of(options, setting);
    const bool is_number = setting.most != 0;
    if (value.empty()) text += "# ";  // only the directory has no default
    text += std::string(setting.key) + " = " + (is_number ? value : in_toml(value)) + "\n";
  }
  return text;
}

}  // namespace earmark::server
