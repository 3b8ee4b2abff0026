#include "client/replay.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <nlohmann/json.hpp>
#include <thread>
#include <unordered_map>

#include "engine/limits.hpp"

namespace earmark::client {
namespace {

constexpr std::size_t max_held_back = 10'000;  // events that wait for another one of their order
constexpr std::size_t skus_of_a_question = 1'000;

class Run {
 public:
  Run(Client& client, const std::vector<ReplayEvent>& events, const ReplayOptions& options, std::ostream* out)
      : client_(client), events_(events), under_way_limit_(std::max<std::size_t>(options.under_way, 1)), out_(out) {}

  Outcome<ReplayTotals> run(const std::function<void(std::uint64_t)>& progress) {
    while (true) {
      if (auto done = send_what_may_go(); !done) return Unexpected{done.error()};
      if (under_way_.empty()) break;
      auto message = client_.connection().receive();
      if (!message) return Unexpected{message.error()};
      if (auto done = take(*message); !done) return Unexpected{done.error()};
      progress(written_);
    }
    return totals_;
  }

 private:
  // Events with one key have one after the other under way.
  static std::string key_of(const ReplayEvent& event) {
    return (event.type == "receipt" ? "receipt " : "order ") + event.id;
  }

  Outcome<void> send_what_may_go() {
    while (under_way_.size() < under_way_limit_ && next_ < events_.size() && held_back_ < max_held_back) {
      const std::size_t index = next_++;
      const auto [busy, is_free] = busy_.try_emplace(key_of(events_[index]));
      if (!is_free) {
        busy->second.push_back(index);
        ++held_back_;
      } else if (auto done = send(index); !done) {
        return done;
      }
    }
    return client_.connection().flush();
  }

  Outcome<void> send(std::size_t index) {
    const std::uint64_t correlation = client_.connection().next_correlation();
    const ReplayEvent& event = events_[index];
    under_way_.emplace(correlation, index);
    client_.use_time(event.time_us);
    return std::visit([&](const auto& command) { return put(client_, correlation, command); }, event.command);
  }

  Outcome<void> take(const Message& message) {
    const auto found = under_way_.find(message.correlation);
    if (found == under_way_.end()) {
      return unreachable("the server answered something that was not asked; its version and this program's do not fit");
    }
    const std::size_t index = found->second;
    under_way_.erase(found);
    const ReplayEvent& event = events_[index];
    DecisionLine line(event);
    if (const auto refusal = client_.refusal(message)) {
      bool again = false;
      if (auto done = take_refusal(*refusal, again); !done) return done;
      if (again) return send_now(index);
      line.refuse(name(refusal->failure.code));
      ++totals_.errors[std::string(name(refusal->failure.code))];
    } else if (auto done = take_decision(message, event, line); !done) {
      return done;
    }
    ++totals_.events[event.type];
    finished_.emplace(index, json_line(line.json()));
    if (auto done = write(); !done) return done;
    return release(key_of(event));
  }

  // `again`: nothing happened, and the same event is to be sent once more. Fails on what no replay should meet.
  Outcome<void> take_refusal(const Client::Refusal& refusal, bool& again) {
    using engine::ErrorCode;
    switch (refusal.failure.code) {
      case ErrorCode::stale_catalogue: again = true; return client_.renew_catalogue();
      case ErrorCode::overloaded:
        again = true;
        std::this_thread::sleep_for(std::chrono::milliseconds(std::max(refusal.retry_after_ms, 1U)));
        return {};
      case ErrorCode::none:
      case ErrorCode::malformed:
      case ErrorCode::too_large:
      case ErrorCode::unsupported_version:
      case ErrorCode::unknown_message:
      case ErrorCode::not_supported:
      case ErrorCode::too_many_parts: return Unexpected{refusal.failure};
      default: return {};
    }
  }

  Outcome<void> take_decision(const Message& message, const ReplayEvent& event, DecisionLine& line) {
    // A repeated order id is an error in this format, whether or not its content is the same.
    if (message.duplicate && event.type == "order") {
      line.refuse("duplicate_order");
      ++totals_.errors["duplicate_order"];
      return {};
    }
    return client_.each_event(message, [&](const schema::Event& decided) -> Outcome<void> {
      line.add(decided.decision, client_.catalogue());
      totals_.last = std::max(totals_.last, decided.stamp.lsn);
      count(decided.decision);
      return {};
    });
  }

  void count(const schema::Decision& decision) {
    if (const auto* order = std::get_if<engine::OrderDecision>(&decision)) {
      ++totals_.statuses[std::string(name(order->status))];
      for (const engine::LineDecision& line : order->lines) {
        totals_.units_reserved += line.taken;
        totals_.units_backordered += line.backordered;
      }
      for (const engine::Take& take : order->takes) totals_.units_reserved += take.quantity;
    } else if (const auto* fill = std::get_if<engine::FillDecision>(&decision)) {
      ++totals_.fills;
      for (const engine::Take& take : fill->takes) totals_.units_filled += take.quantity;
    }
  }

  Outcome<void> send_now(std::size_t index) {
    if (auto done = send(index); !done) return done;
    return client_.connection().flush();
  }

  Outcome<void> release(const std::string& key) {
    const auto busy = busy_.find(key);
    if (busy->second.empty()) {
      busy_.erase(busy);
      return {};
    }
    const std::size_t index = busy->second.front();
    busy->second.pop_front();
    --held_back_;
    return send_now(index);
  }

  Outcome<void> write() {
    for (auto found = finished_.find(written_); found != finished_.end(); found = finished_.find(++written_)) {
      if (out_ != nullptr) *out_ << found->second << '\n';
      finished_.erase(found);
    }
    if (out_ != nullptr && !*out_) return usage("the decision file cannot be written; is the disk full?");
    return {};
  }

  Client& client_;
  const std::vector<ReplayEvent>& events_;
  const std::size_t under_way_limit_;
  std::ostream* out_;
  std::unordered_map<std::uint64_t, std::size_t> under_way_;             // correlation -> event
  std::unordered_map<std::string, std::deque<std::size_t>> busy_;       // key -> events held back behind the one under way
  std::unordered_map<std::size_t, std::string> finished_;               // lines that wait for earlier ones
  std::size_t next_ = 0, held_back_ = 0, written_ = 0;
  ReplayTotals totals_;
};

}  // namespace

Outcome<ReplayTotals> run_replay(Client& client, const std::vector<ReplayEvent>& events, const ReplayOptions& options,
                                 std::ostream* out, const std::function<void(std::uint64_t)>& progress) {
  return Run(client, events, options, out).run(progress);
}

Outcome<std::vector<Json>> final_state(Client& client, const std::vector<std::string>& skus) {
  std::vector<std::string_view> codes(skus.begin(), skus.end());
  if (auto done = client.learn_skus(codes); !done) return Unexpected{done.error()};
  if (auto done = client.learn_warehouses(); !done) return Unexpected{done.error()};
  std::vector<schema::StockLevel> levels;
  for (std::size_t first = 0; first < codes.size(); first += skus_of_a_question) {
    std::vector<engine::SkuId> ids;
    for (std::size_t index = first; index < std::min(codes.size(), first + skus_of_a_question); ++index) {
      ids.push_back(client.catalogue().sku(codes[index]));
    }
    auto answer = client.ask_for<schema::StockAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
      client.connection().encoder().stock(client.connection().out(), correlation,
                                          {client.catalogue().epoch(), ids, {}, {}, false});
      return {};
    });
    if (!answer) return Unexpected{answer.error()};
    levels.insert(levels.end(), answer->levels.begin(), answer->levels.end());
  }
  std::vector<Json> lines = stock_lines(skus, levels, client.catalogue());
  auto waiting = client.ask_for<schema::BackordersAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
    client.connection().encoder().backorders(client.connection().out(), correlation, {client.catalogue().epoch(), {}, {}});
    return {};
  });
  if (!waiting) return Unexpected{waiting.error()};
  for (Json& line : queue_lines(*waiting, client.catalogue())) lines.push_back(std::move(line));
  return lines;
}

}  // namespace earmark::client
