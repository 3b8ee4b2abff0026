#include "client/commands/options.hpp"

#include <CLI/CLI.hpp>

namespace earmark::client {
namespace {

// CLI11 reads -1 as the largest number.
CLI::Validator not_negative() {
  return CLI::Validator([](const std::string& text) { return text.starts_with("-") ? "Value " + text + " is negative" : std::string(); }, "");
}

}  // namespace

Options& Options::text(const std::string& name, std::string& value, const std::string& type, const std::string& help) {
  command_.add_option(name, value, help)->type_name(type);
  return *this;
}

Options& Options::needed(const std::string& name, std::string& value, const std::string& type, const std::string& help) {
  command_.add_option(name, value, help)->type_name(type)->required();
  return *this;
}

Options& Options::texts(const std::string& name, std::vector<std::string>& values, const std::string& type,
                        const std::string& help) {
  command_.add_option(name, values, help)->type_name(type);
  return *this;
}

Options& Options::choice(const std::string& name, std::string& value, std::initializer_list<const char*> names,
                         const std::string& type, const std::string& help) {
  auto* option = command_.add_option(name, value, help)->check(CLI::IsMember(std::vector<std::string>(names.begin(), names.end())));
  option->type_name(type);
  if (!value.empty()) option->capture_default_str();
  return *this;
}

Options& Options::number(const std::string& name, std::uint64_t& value, std::uint64_t smallest, std::uint64_t largest,
                         const std::string& type, const std::string& help) {
  command_.add_option(name, value, help)->check(not_negative())->check(CLI::Range(smallest, largest))->type_name(type)->capture_default_str();
  return *this;
}

Options& Options::number(const std::string& name, std::optional<std::uint64_t>& value, std::uint64_t smallest, std::uint64_t largest,
                         const std::string& type, const std::string& help) {
  command_.add_option(name, value, help)->check(not_negative())->check(CLI::Range(smallest, largest))->type_name(type);
  return *this;
}

Options& Options::flag(const std::string& name, bool& value, const std::string& help) {
  command_.add_flag(name, value, help);
  return *this;
}

Options& Options::exclude(const std::string& name, const std::string& other) {
  command_.get_option(name)->excludes(command_.get_option(other));
  return *this;
}

Options& Options::notes(const std::string& text) {
  command_.footer(text);
  return *this;
}

}  // namespace earmark::client
