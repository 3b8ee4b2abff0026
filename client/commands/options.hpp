// What a subcommand says about its options. A thin face on CLI11, whose header is too heavy to stand in every file.
// Values that are named here are set when the command line is parsed; they outlive it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace earmark::client {

class Options {
 public:
  explicit Options(CLI::App& command) : command_(command) {}

  // `name` is "--id" for an option, "order" for a positional argument; `type` stands for the value in the help.
  Options& text(const std::string& name, std::string& value, const std::string& type, const std::string& help);
  Options& needed(const std::string& name, std::string& value, const std::string& type, const std::string& help);
  Options& texts(const std::string& name, std::vector<std::string>& values, const std::string& type, const std::string& help);
  Options& choice(const std::string& name, std::string& value, std::initializer_list<const char*> names,
                  const std::string& type, const std::string& help);
  Options& number(const std::string& name, std::uint64_t& value, std::uint64_t smallest, std::uint64_t largest,
                  const std::string& type, const std::string& help);
  // None if it is not given.
  Options& number(const std::string& name, std::optional<std::uint64_t>& value, std::uint64_t smallest, std::uint64_t largest,
                  const std::string& type, const std::string& help);
  Options& flag(const std::string& name, bool& value, const std::string& help);
  Options& exclude(const std::string& name, const std::string& other);
  Options& notes(const std::string& text);  // at the end of the help

 private:
  CLI::App& command_;
};

}  // namespace earmark::client
