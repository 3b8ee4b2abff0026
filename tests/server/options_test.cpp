// Settings: by default, from a file, by flags; what is refused and in which words. The docs page and the example name
// every setting as the table in the code has it.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "server/config_file.hpp"
#include "server/config_settings.hpp"
#include "tests/paths.hpp"

using namespace earmark::server;

namespace {

ParsedOptions parse(std::vector<std::string> arguments) {
  std::vector<const char*> words{"earmarkd"};
  for (const std::string& argument : arguments) words.push_back(argument.c_str());
  return parse_options(static_cast<int>(words.size()), words.data());
}

// A file of its own for one test.
class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text) {
    std::string name = (std::filesystem::temp_directory_path() / "earmark-config-XXXXXX").string();
    const int file = ::mkstemp(name.data());
    REQUIRE(file >= 0);
    ::close(file);
    path_ = name;
    std::ofstream(path_) << text;
  }
  ~ConfigFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  REQUIRE(stream.is_open());
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<std::string> all_values(const Options& options) {
  std::vector<std::string> all;
  for (const Setting& setting : settings()) all.push_back(std::string(setting.key) + "=" + value_of(options, setting));
  return all;
}

}  // namespace

TEST_CASE("options: flags override the file, the file overrides the defaults", "[server][options]") {
  const ConfigFile file("data = \"/from/file\"\nmax_skus = 5\nmax_connections = 6\nlog_format = \"json\"\n");
  const ParsedOptions parsed = parse({"--max-skus", "7", "--config", file.path(), "--io-threads", "3"});
  REQUIRE_FALSE(parsed.exit_status);
  CHECK(parsed.options.data == "/from/file");
  CHECK(parsed.options.max_skus == 7);
  CHECK(parsed.options.max_connections == 6);
  CHECK(parsed.options.max_warehouses == 8);
  CHECK(parsed.options.io_threads == 3);
  CHECK(parsed.options.log_format == "json");
  CHECK(parsed.options.listen == Endpoint{"127.0.0.1", 7411});
  CHECK_FALSE(parsed.options.metrics);
}

TEST_CASE("options: every key can stand in the file and every flag on the command line, with the same result", "[server][options]") {
  struct Row {
    std::string key, value;
    bool number;
  };
  const std::vector<Row> rows{{"data", "/some/where", false},  {"listen", "127.0.0.2:1", false}, {"metrics", "[::1]:2", false},
                              {"io_threads", "2", true},       {"max_connections", "3", true},   {"max_skus", "4", true},
                              {"max_warehouses", "5", true},   {"horizon", "1000", true},        {"retain", "6000", true},
                              {"sourcing", "fewest_splits", false}, {"max_skips", "7", true}, {"max_wait_hours", "8", true},
                              {"date_threshold_hours", "9", true}, {"clock", "commands", false}, {"log_level", "debug", false},
                              {"log_format", "json", false}};
  REQUIRE(rows.size() == settings().size());
  std::string text;
  std::vector<std::string> arguments;
  for (const Row& row : rows) {
    text += row.key + " = " + (row.number ? row.value : "\"" + row.value + "\"") + "\n";
    arguments.insert(arguments.end(), {flag_of(row.key), row.value});
  }
  const ConfigFile file(text);
  const ParsedOptions from_file = parse({"--config", file.path()}), from_flags = parse(arguments);
  REQUIRE_FALSE(from_file.exit_status);
  REQUIRE_FALSE(from_flags.exit_status);
  CHECK(all_values(from_file.options) == all_values(from_flags.options));
  for (std::size_t index = 0; index < rows.size(); ++index) {
    CHECK(rows[index].key == settings()[index].key);
    CHECK(value_of(from_file.options, settings()[index]) == rows[index].value);
  }
}

TEST_CASE("options: what --print-config prints gives the same options back", "[server][options]") {
  Options options;
  const auto change = GENERATE(0, 1, 2);
  if (change == 1) {
    options.data = "/a \"quoted\"\\name/\xC3\xA4";
    options.metrics = Endpoint{"::1", 0};
    options.retain = 20'000'000;
    options.log_level = "off";
  }
  if (change == 2) options.listen = Endpoint{"127.9.9.9", 65535};
  REQUIRE(complete(options).empty());
  Options back;
  INFO(print_config(options));
  REQUIRE(read_config_text(print_config(options), "printed", back).empty());
  CHECK(all_values(back) == all_values(options));
}

TEST_CASE("options: a wrong file is refused with its name, the line, the key and what is wrong", "[server][options]") {
  struct Row {
    std::string text, expected;
  };
  const auto row = GENERATE(values<Row>({
      {"max_sku = 5\n", "f.toml:1: there is no key \"max_sku\"; did you mean max_skus?"},
      {"max_skus = 5\n\nIO_threads = 1", "f.toml:3: there is no key \"IO_threads\"; did you mean io_threads?"},
      {"qqqqqqqqqqqqqq = 5", "f.toml:1: there is no key \"qqqqqqqqqqqqqq\"; earmarkd --print-config prints all"},
      {"[server]\nmax_skus = 5", "f.toml:1: there is no key \"server\"; earmarkd --print-config prints all"},
      {"tokens = \"file\"", "f.toml:1: tokens is not available in this version; leave it out"},
      {"max_skus = \"5\"", "f.toml:1: max_skus wants a whole number without quotes, 1 .. 50000000"},
      {"max_skus = 5.0", "f.toml:1: max_skus wants a whole number, 1 .. 50000000, not a value of type floating-point"},
      {"max_skus = true", "f.toml:1: max_skus wants a whole number, 1 .. 50000000, not a value of type boolean"},
      {"max_skus = 0", "f.toml:1: max_skus wants a whole number from 1 to 50000000, not 0"},
      {"max_skus = -1", "f.toml:1: max_skus wants a whole number from 1 to 50000000, not -1"},
      {"max_skus = 50000001", "f.toml:1: max_skus wants a whole number from 1 to 50000000, not 50000001"},
      {"max_warehouses = 65537", "f.toml:1: max_warehouses wants a whole number from 1 to 256, not 65537"},
      {"horizon = 999", "f.toml:1: horizon wants a whole number from 1000 to 33000000, not 999"},
      {"data = 5", "f.toml:1: data wants the name of a directory, not 5"},
      {"data = \"\"", "f.toml:1: data wants the name of a directory, not \"\""},
      {"listen = 7411", "f.toml:1: listen wants HOST:PORT, for example 127.0.0.1:7411, not 7411"},
      {"listen = \"nowhere\"", "f.toml:1: listen wants HOST:PORT, for example 127.0.0.1:7411, not \"nowhere\""},
      {"listen = \"off\"", "f.toml:1: listen wants HOST:PORT, for example 127.0.0.1:7411, not \"off\""},
      {"listen = \"127.no.where:1\"", "f.toml:1: listen wants an address in numbers, for example 127.0.0.1:7411, not \"127.no.where:1\""},
      {"metrics = \"0.0.0.0:9\"",
       "f.toml:1: metrics wants a loopback address, not \"0.0.0.0:9\": without tokens only loopback addresses are served; give 127.0.0.1:9"},
      {"clock = \"sundial\"", "f.toml:1: clock wants wall or commands, not \"sundial\""},
      {"log_level = \"inf\"", "f.toml:1: log_level wants debug or info or warning or error or off, not \"inf\""},
      {"log_format = \"text json\"", "f.toml:1: log_format wants text or json, not \"text json\""},
      {"log_format = \"\"", "f.toml:1: log_format wants text or json, not \"\""},
  }));
  Options options;
  CHECK(read_config_text(row.text, "f.toml", options) == row.expected);
}

TEST_CASE("options: text that is no TOML is refused with the line", "[server][options]") {
  const auto text = GENERATE(as<std::string>{}, "max_skus = 5\nmax_skus\n", "max_skus = 5\nmax_skus = 6\n", "\n= 5\n", "data = \"\n\"",
                             "a = [1,\n2\n", "\xFF\xFE = 1");
  Options options;
  const std::string wrong = read_config_text(text, "f.toml", options);
  INFO(wrong);
  CHECK(wrong.starts_with("f.toml:"));
  CHECK(wrong.find(": this is no TOML: ") != std::string::npos);
}

TEST_CASE("options: files that cannot be read", "[server][options]") {
  Options options;
  CHECK_THAT(read_config("/no/such/file.toml", options), Catch::Contains("/no/such/file.toml") && Catch::Contains("No such file"));
  CHECK_THAT(read_config("/", options), Catch::Contains("cannot read /"));
  const ConfigFile large(std::string((1U << 20) + 1, '#'));
  CHECK_THAT(read_config(large.path(), options), Catch::Contains("larger than 1 MiB"));
}

TEST_CASE("options: flags that are refused", "[server][options]") {
  const auto arguments = GENERATE(values<std::vector<std::string>>({
      {"--max-skus", "0"}, {"--max-skus", "5x"}, {"--max-skus", ""}, {"--max-skus", "1", "--max-skus", "2"}, {"--max_skus", "1"},
      {"--listen", "0.0.0.0:0"}, {"--listen", "::1"}, {"--metrics", "10.0.0.1:1"}, {"--metrics", "127.0.0.1:65536"},
      {"--clock", "sundial"}, {"--tokens", ""}, {"--tls-cert", "c"}, {"--tls-key", "k"}, {"--log-level", "loud"},
      {"--config", "/no/such/file.toml"}, {"--retain", "15999999"}, {"--horizon", "2000", "--retain", "1999"}, {"stray"},
  }));
  std::vector<std::string> whole{"--data", "/tmp/never"};
  whole.insert(whole.end(), arguments.begin(), arguments.end());
  INFO(arguments[0] << " " << (arguments.size() > 1 ? arguments[1] : ""));
  CHECK(parse(whole).exit_status == 2);
}

TEST_CASE("options: retain below horizon is refused, naming both", "[server][options]") {
  Options options;
  options.retain = 5'000;
  options.horizon = 6'000;
  CHECK_THAT(complete(options), Catch::Contains("5000") && Catch::Contains("6000"));
  options.retain = 6'000;
  CHECK(complete(options).empty());
  options.retain = 0;
  CHECK(complete(options).empty());
}

TEST_CASE("options: a directory is needed, by flag or file", "[server][options]") {
  CHECK(parse({}).exit_status == 2);
  CHECK_FALSE(parse({"--data", "d"}).exit_status);
  CHECK(parse({"--listen", "localhost:0", "--data", "d"}).options.listen == Endpoint{"127.0.0.1", 0});
  CHECK(parse({"--metrics", "127.0.0.1:1", "--metrics", "off", "--data", "d"}).exit_status == 2);
}

TEST_CASE("options: docs/OPERATING.md has a row for each setting, as the table has it", "[server][options][docs]") {
  const std::string page = text_of(EARMARK_SOURCE_DIR "/docs/OPERATING.md");
  const Options defaults;
  for (const Setting& setting : settings()) {
    const std::string value = value_of(defaults, setting);
    const std::string row = "| `" + std::string(setting.key) + "` | `" + flag_of(setting.key) + "` | " + allowed_by(setting) + " | " +
                            (value.empty() ? "needed" : value) + " | " + std::string(setting.help) + " |\n";
    INFO("the row wanted: " << row);
    CHECK(page.find(row) != std::string::npos);
  }
}

TEST_CASE("options: examples/earmark.toml is a whole configuration of the defaults", "[server][options][docs]") {
  const std::string text = text_of(EARMARK_SOURCE_DIR "/examples/earmark.toml");
  Options options;
  const Options defaults;
  REQUIRE(read_config_text(text, "earmark.toml", options) == "");
  for (const Setting& setting : settings()) {
    INFO(setting.key);
    CHECK((text.starts_with(setting.key) || text.find("\n" + std::string(setting.key) + " = ") != std::string::npos ||
           text.find("\n# " + std::string(setting.key) + " = ") != std::string::npos));
    if (setting.key != "data") CHECK(value_of(options, setting) == value_of(defaults, setting));
  }
}
