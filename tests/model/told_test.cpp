// What those who wait are told by itself, judged from the records alone: every date follows from the ones told before, what was promised first
// stays, and nothing is left to tell. Scenarios in words: scenarios_told.cpp.
#include <catch2/catch.hpp>
#include <iostream>
#include <random>

#include "tests/model/dates.hpp"
#include "tests/model/invariants.hpp"
#include "tests/model/random_commands.hpp"
#include "tests/model/story.hpp"

namespace {

using namespace earmark;
using namespace earmark::model;
using engine::TimeUs;

// Hears every answer in order, and keeps what it says was told.
class Listener {
 public:
  Listener(const State& state, std::int64_t threshold) : state_(state), threshold_(threshold) {}

  // What is wrong with it; an empty string: nothing.
  std::string hear(const Answer& answer) {
    if (!answer.decided() || answer.duplicate) return "";
    std::string wrong;
    if (const auto* order = std::get_if<OrderAnswer>(&answer.decision)) decided(*order, answer.stamp);
    if (const auto* moved = std::get_if<DatesAnswer>(&answer.decision)) wrong = judge(*moved, answer.stamp.time);
    if (const auto* overdue = std::get_if<OverdueAnswer>(&answer.decision)) wrong = judge(*overdue, answer.stamp.time);
    std::erase_if(told_, [&](const auto& each) { return line(each.first).waiting == 0; });
    for (const auto& [key, time] : first_) {
      if (line(key).promised_first != time) return "what was promised first has moved";
    }
    return wrong;
  }
  std::map<std::string, std::size_t> counts;

 private:
  using Key = std::pair<engine::Lsn, engine::LineNumber>;
  const Line& line(const Key& key) const { return *std::ranges::find(state_.orders.at(key.first).lines, key.second, &Line::number); }

  void tell(const Key& key, TimeUs date) {
    told_[key] = date;
    if (date.value != 0) first_.try_emplace(key, date);
  }
  void decided(const OrderAnswer& order, const engine::Stamp& stamp) {
    for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
      std::uint64_t covered = 0;
      TimeUs last{};
      for (const engine::ExpectedUnits& each : order.expected) {
        if (each.line_index == index) covered += each.quantity, last = each.date;
      }
      if (covered == order.lines[index].backordered && last > stamp.time) tell({stamp.lsn, order.lines[index].line}, last);
    }
  }
  std::string judge(const DatesAnswer& moved, TimeUs now) {
    for (const engine::MovedDate& each : moved.lines) {
      const Key key{each.order_lsn, each.line};
      const auto told = told_.find(key);
      if (each.before != (told == told_.end() ? TimeUs{} : told->second)) return "the date before is not the one that was told";
      const std::int64_t by = std::max(each.before, now).value - std::max(each.date, now).value;
      if (each.before == each.date || (each.before.value != 0 && each.date.value != 0 && std::abs(by) <= threshold_)) return "a date is told that has not moved";
      if (line(key).waiting != each.waiting || each.waiting == 0) return "a date of what does not wait";
      ++counts[each.before.value == 0 ? "known" : each.date.value == 0 ? "known no longer" : each.date < each.before ? "earlier" : "later"];
      if (each.before.value == 0 && first_.contains(key)) ++counts["known again"];
      tell(key, each.date);
    }
    return "";
  }
  std::string judge(const OverdueAnswer& overdue, TimeUs now) {
    ++counts[overdue.transfer ? "transfer overdue" : "purchase order overdue"];
    if (overdue.lines.empty()) return "nothing is overdue";
    if (overdue.expected.value < now.value + RandomCommands::day_us) return "what is overdue is expected in less than a day";
    for (const engine::OverdueLine& each : overdue.lines) {
      if (each.promised > now || each.open == 0) return "a line is not overdue";
      const auto before = overdue_.find({overdue.lsn, each.line});
      if (before != overdue_.end() && before->second <= now) ++counts["overdue again"];
      overdue_[{overdue.lsn, each.line}] = overdue.expected;
    }
    return "";
  }

  const State& state_;
  std::int64_t threshold_;
  std::map<Key, TimeUs> told_, first_, overdue_;
};

// Nothing is left to tell: what was told last is what can be expected, but for the threshold.
std::string all_told(const State& state, std::int64_t threshold) {
  Dates dates(state, state.time);
  for (const auto& [sku, queue] : state.queues) {
    for (const Dates::LineDate& each : dates.lines(sku)) {
      const TimeUs told = state.line_at(each.first).told;
      if (told.value == 0 && (each.date <= state.time || !dates.has_supply(sku))) continue;
      const bool both = told.value != 0 && each.date.value != 0;
      if (!both && told == each.date) continue;
      if (!both || std::abs(std::max(told, state.time).value - std::max(each.date, state.time).value) > threshold) return "a date was not told";
    }
  }
  return "";
}

class Teller {
 public:
  explicit Teller(CatalogueLimits limits = {}) : twin_(limits), codes_(twin_.state()) {}

  std::string say(std::string_view event) {
    time_ = take_time(event, time_);
    std::string text;
    for (const Answer& due : twin_.run_timers(time_)) text += tell(due, codes_) + " || ";
    const Command command = parse(event, codes_);
    text += tell(apply(twin_, command, content_of(command), time_), codes_);
    for (const Answer& next : twin_.turn_strict()) {
      text += " || " + tell(next, codes_);
      if (const auto* moved = std::get_if<DatesAnswer>(&next.decision)) told_.push_back(moved->lines.size());
    }
    return text;
  }
  std::string show(const std::string& order) {
    const State& state = twin_.state();
    Dates dates(state, time_);
    return describe(model::show(state, state.orders.at(state.order_ids.at(order)), dates));
  }
  std::string purchases() const {
    std::string text;
    for (const ListedPurchase& each : list_purchases(twin_.state())) text += describe(each) + "\n";
    return text;
  }
  const std::vector<std::size_t>& told() const { return told_; }  // lines, by record

 private:
  Twin twin_;
  Codes codes_;
  TimeUs time_{};
  std::vector<std::size_t> told_;
};

}  // namespace

TEST_CASE("told: in random histories every date follows from what was told before, and nothing is left to tell", "[model][told]") {
  std::map<std::string, std::size_t> counts;
  const char* given = std::getenv("EARMARK_TEST_SEED");
  const std::uint64_t first = given != nullptr ? std::stoull(given) : std::random_device{}();
  for (std::uint64_t seed = first; seed < first + 60; ++seed) {
    RandomCommands source(seed, true, true);
    const CatalogueLimits limits = RandomCommands::limits(seed);
    Twin twin(limits);
    Listener listener(twin.state(), limits.date_threshold_us);
    for (int index = 0; index < 800; ++index) {
      const TimeUs now = source.now();
      const Command command = source.next();
      const auto hear = [&](const Answer& answer) {
        if (const std::string wrong = listener.hear(answer); !wrong.empty()) {
          FAIL("seed " << seed << " command " << index << ": " << describe(command) << "\n" << describe(answer) << "\n" << wrong);
        }
      };
      while (true) {  // one after the other, so that each is judged on what it left
        const std::vector<Answer> due = twin.run_timers(now, 1);
        if (due.empty()) break;
        hear(due.front());
      }
      hear(apply(twin, command, content_of(command), now));
      while (true) {
        const std::vector<Answer> next = twin.turn_strict(1);
        if (next.empty()) break;
        hear(next.front());
      }
      if (const std::string wrong = all_told(twin.state(), limits.date_threshold_us); !wrong.empty()) {
        FAIL("seed " << seed << " behind command " << index << ": " << describe(command) << "\n" << wrong);
      }
    }
    for (const auto& [what, times] : listener.counts) counts[what] += times;
  }
  std::cout << "told: 60 histories of 800 commands, seeds from " << first << ":";
  for (const auto& [what, times] : counts) std::cout << ' ' << what << ' ' << times << ';';
  std::cout << '\n';
  for (const char* what : {"known", "known again", "known no longer", "earlier", "later", "transfer overdue", "purchase order overdue", "overdue again"}) {
    INFO(what << " never came up; first seed " << first);
    CHECK(counts[what] > 0);
  }
}

TEST_CASE("told: show tells what was promised first and what was told last, purchase orders what is expected and for whom", "[model][told]") {
  Teller teller;
  teller.say("load LON=1 | A B |");
  teller.say("purchase P ACME sent A:3@LON=5d A:3@LON=9d");
  teller.say("order O B:1 A:3 A:3 A:3");
  CHECK(teller.show("O") == "'O'; line 1 waits 1 place 1 behind 0; line 2 waits 3 place 1 behind 0; line 3 waits 3 place 2 behind 3; line 4 waits 3 place 3 behind 6"
                            "; promised index 1 first 432000000000 told 432000000000; promised index 2 first 777600000000 told 777600000000"
                            "; index 1: 3 by 432000000000; index 2: 3 by 777600000000");
  teller.say("step S P acknowledge 1:-1=20d");
  teller.say("at 20d purchase Q ACME sent A:3@LON=1d>O/4 B:1@LON=30d");
  CHECK(teller.show("O").find("; promised index 0 first 2592000000000 told 2592000000000; promised index 1 first 432000000000 told 777600000000"
                              "; promised index 2 first 777600000000 told 1728000000000; promised index 3 first 1814400000000 told 1814400000000; index") != std::string::npos);
  CHECK(teller.purchases() == "purchase 'P' acknowledged; line 1 0 of 3 promised 1728000000000 at first 432000000000 expected 1814400000000"
                              "; line 2 0 of 3 promised 777600000000 at first 777600000000 expected 1814400000000\n"
                              "purchase 'Q' sent; line 1 0 of 3 promised 86400000000 at first 86400000000 expected 1814400000000 for line 4 of 3"
                              "; line 2 0 of 1 promised 2592000000000 at first 2592000000000 expected 2592000000000\n");
  teller.say("receive R A:3@LON");
  CHECK(teller.show("O").find("promised index 1 first 432000000000 told 0") != std::string::npos);
}

TEST_CASE("told: 1,024 lines a record at most, and of the first 10,000 entries in a queue", "[model][told]") {
  Teller teller;
  teller.say("load LON=1 | A |");
  std::string lines;
  for (int line = 0; line < 4096; ++line) lines += " A:1";
  for (const char* id : {"O", "P", "Q"}) teller.say("order " + std::string(id) + lines);
  teller.say("amend M O 4096:2");  // its second entry is the last of all, so nothing is told of the line
  teller.say("purchase P ACME sent A:20000@LON=5d");
  CHECK(teller.told() == std::vector<std::size_t>{1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 783});
}
