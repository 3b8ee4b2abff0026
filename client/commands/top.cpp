// earmark top [--once] [--every SECONDS]
#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "client/commands/ask.hpp"
#include "client/commands/command.hpp"
#include "client/items.hpp"
#include "client/screen.hpp"
#include "client/top_frame.hpp"

namespace earmark::client {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* notes = R"(
A live view: rates of orders, fills, stock checks and errors, within which time decisions were answered (in powers of two), what is
decided but not yet on disk, connections, suggestions of reorder rules and overdue purchase orders, the SKUs that most units wait for, and
the orders that wait for most. Ctrl-C ends it and gives the terminal back. If the server goes, it is looked for until it is there again.

With --once, with --json, or where there is no terminal, it is one frame, after one interval.

EXAMPLES
  earmark top
  earmark top --every 5
  earmark top --once
  earmark top --json)";

struct TopOptions {
  bool once = false;
  std::uint64_t every_s = 1;
};

class Top {
 public:
  Top(const Globals& globals, const TopOptions& options) : globals_(globals), every_(std::chrono::seconds(options.every_s)) {}

  Outcome<void> once() {
    if (auto done = sample(); !done) return done;
    std::this_thread::sleep_for(every_);
    if (auto done = sample(); !done) return done;
    return globals_.json ? print_json(json_of(figures_)) : print(frame_text(figures_, {}));
  }

  // Ends when it is told to, or when the server is another than can be understood.
  Outcome<void> live() {
    if (auto done = sample(); !done) return done;  // with no server from the start there is nothing to show
    Screen screen;
    std::string trouble;
    while (!screen.stopped()) {
      screen.draw(frame_text(figures_, screen.size(), trouble));
      screen.wait(std::min(every_, until_due()));
      if (screen.stopped() || until_due().count() > 0) continue;  // another size
      const auto done = sample();
      if (!done && done.error().kind != FailureKind::unreachable) return done;
      trouble = done ? std::string() : done.error().text;
    }
    return {};
  }

 private:
  std::chrono::milliseconds until_due() const {
    return std::max(std::chrono::milliseconds(0), std::chrono::duration_cast<std::chrono::milliseconds>(asked_ + every_ - Clock::now()));
  }

  // Asks the server; connects first where there is no connection.
  Outcome<void> sample() {
    asked_ = Clock::now();
    auto done = client_ ? Outcome<void>{} : reach();
    if (done) done = ask_all();
    if (!done) client_.reset();
    return done;
  }

  Outcome<void> reach() {
    auto client = connect(globals_);
    if (!client) return Unexpected{client.error()};
    client_ = std::make_unique<Client>(std::move(*client));
    stats_.clear();
    return client_->learn_warehouses();
  }

  Outcome<void> ask_all() {
    auto answer = client_->ask_for<schema::StatsAnswer>([&](std::uint64_t correlation) -> Outcome<void> {
      client_->connection().encoder().stats(client_->connection().out(), correlation);
      return {};
    });
    if (!answer) return Unexpected{answer.error()};
    const Clock::time_point now = Clock::now();
    Stats stats;
    for (std::size_t index = 0; index < answer->names.size(); ++index) stats.emplace(answer->names[index], answer->values[index]);
    WaitingUnits waiting = std::move(figures_.waiting);
    const Purchasing purchasing = figures_.purchasing;
    figures_ = figures_of(stats_.empty() ? nullptr : &stats_, stats, std::chrono::duration<double>(now - stats_at_).count());
    figures_.server = globals_.server;
    figures_.now_us = now_us();
    figures_.waiting = std::move(waiting);
    figures_.purchasing = purchasing;
    stats_ = std::move(stats);
    stats_at_ = now;
    return ask_lists();
  }

  // Long lists cost the server time in which it decides nothing, so they are asked for the more seldom the longer they take.
  Outcome<void> ask_lists() {
    constexpr int share = 20;
    const Clock::time_point begin = Clock::now();
    if (begin < next_lists_) return {};
    const auto answer = ask<BackordersAnswer>(*client_, BackordersQuestion{});
    if (!answer) return Unexpected{answer.error()};
    const auto purchases = ask<PurchasesAnswer>(*client_, PurchasesQuestion{});
    if (!purchases) return Unexpected{purchases.error()};
    const Clock::time_point end = Clock::now();
    next_lists_ = end + (end - begin) * share;
    figures_.waiting = waiting_of(*answer);
    figures_.purchasing = purchasing_of(*purchases, figures_.now_us);
    return {};
  }

  const Globals& globals_;
  std::chrono::milliseconds every_;
  std::unique_ptr<Client> client_;
  Stats stats_;  // of the last sample on this connection
  Clock::time_point stats_at_{}, asked_{}, next_lists_{};
  TopFigures figures_;
};

Outcome<void> top(const Globals& globals, const TopOptions& options) {
  Top view(globals, options);
  return options.once || globals.json || !Screen::possible() ? view.once() : view.live();
}

}  // namespace

Run add_top(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<TopOptions>();
  options.flag("--once", chosen->once, "One frame, without drawing on the terminal")
      .number("--every", chosen->every_s, 1, 3600, "SECONDS", "Time between two frames")
      .notes(notes);
  return [&globals, chosen] { return top(globals, *chosen); };
}

}  // namespace earmark::client
