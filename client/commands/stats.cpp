// earmark stats
#include <nlohmann/json.hpp>

#include "client/commands/command.hpp"
#include "client/describe.hpp"
#include "client/table.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
EXAMPLES
  earmark stats
  earmark stats --json)";

Outcome<void> stats(const Globals& globals) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  auto answer = client->ask_for<schema::StatsAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
    client->connection().encoder().stats(client->connection().out(), correlation);
    return {};
  });
  if (!answer) return Unexpected{answer.error()};
  Json json = Json::object();
  Table table({{"COUNTER"}, {"VALUE", Align::right}});
  for (std::size_t index = 0; index < answer->names.size(); ++index) {
    json[std::string(answer->names[index])] = answer->values[index];
    table.add({std::string(answer->names[index]), with_separators(answer->values[index])});
  }
  return globals.json ? print_json(json) : print(table.text());
}

}  // namespace

Run add_stats(Options& options, const Globals& globals) {
  options.notes(notes);
  return [&globals] { return stats(globals); };
}

}  // namespace earmark::client
