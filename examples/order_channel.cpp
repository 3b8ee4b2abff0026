// A sales channel that sends the orders of a CSV file, many under way, and writes down what became of each. It may be killed
// at any moment and started again with the same arguments: it goes on, and every order ends up decided exactly once.
// Uses the coroutine face of the client library (client/channel.hpp); the CSV reader is the command line's.
#include <CLI/CLI.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <unistd.h>

#include <deque>

#include "client/channel.hpp"
#include "client/describe.hpp"
#include "client/order_file.hpp"
#include "client/progress.hpp"
#include "examples/outcome_file.hpp"

namespace earmark::examples {
namespace {

using client::Failure;
using client::FailureKind;
using client::Order;
using client::OrderAnswer;
using engine::ErrorCode;
using Clock = std::chrono::steady_clock;

constexpr const char* about =
    "order_channel - sends the orders of a CSV file to earmarkd and writes down what became of each.\n"
    "Kill it when you like and start it again with the same arguments: it goes on where it was.";
constexpr const char* notes = R"(
The file has a header and a row per line; adjacent rows with one order id are one order:
  order,customer,line,sku,quantity[,warehouse][,policy][,priority]
A line per decision goes to standard output and, as JSON, to the outcome file, in the order of the orders.

EXIT CODES
  0 every order is decided or refused   1 the server refuses this program
  2 bad usage, or a bad file            3 the server could not be reached for too long; start again later

EXAMPLES
  order_channel orders.csv --outcomes orders.outcomes
  order_channel orders.csv.gz --outcomes today.jsonl --server 127.0.0.1:7411 --under-way 2000 --quiet)";

struct Options {
  std::string orders, outcomes, server = "127.0.0.1:7411";
  std::size_t connections = 2, under_way = 1'000;
  std::uint64_t give_up_s = 300;
  bool quiet = false;
};

// Refusals that are not about the order: every other one would get the same.
bool refuses_this_program(const Failure& failure) {
  switch (failure.code) {
    case ErrorCode::none:
    case ErrorCode::malformed:
    case ErrorCode::too_large:
    case ErrorCode::unsupported_version:
    case ErrorCode::hello_first:
    case ErrorCode::unknown_message: return true;
    default: return false;
  }
}

class OrderChannel {
 public:
  OrderChannel(asio::io_context& context, const client::ChannelOptions& channel, const Options& options,
               client::OrderReader& reader, OutcomeFile& outcomes, std::uint64_t known, std::uint64_t total)
      : context_(context), channel_(context.get_executor(), channel), options_(options), reader_(reader),
        outcomes_(outcomes), changed_(context), progress_("orders", total), done_(known) {}

  // Reads and sends until the file ends, then waits for the last outcome.
  asio::awaitable<void> run() {
    bool more = true;
    while (!failure_ && (more || !under_way_.empty())) {
      if (!more || under_way_.size() >= options_.under_way) {
        changed_.expires_after(std::chrono::seconds(1));  // a bound only: an outcome cancels it
        co_await changed_.async_wait(asio::experimental::as_tuple(asio::use_awaitable));
        continue;
      }
      auto order = reader_.next();
      if (!order) {
        failure_ = order.error();
      } else if (order->has_value()) {
        under_way_.push_back(std::make_shared<Entry>(Entry{std::move(**order), {}, {}}));
        asio::co_spawn(context_, decide(under_way_.back()), asio::detached);
      } else {
        more = false;
      }
    }
    channel_.close();
  }

  const std::optional<Failure>& failure() const { return failure_; }
  std::uint64_t done() const { return done_; }

 private:
  struct Entry {
    Order order;
    std::string line, text;  // what became of it, once that is known
  };

  // Repeats the order with its id until the outcome is known.
  asio::awaitable<void> decide(std::shared_ptr<Entry> entry) {
    while (!failure_) {
      const client::Outcome<OrderAnswer> answer = co_await channel_.place_order(entry->order);
      if (answer) {
        entry->line = outcome_line(entry->order, *answer);
        entry->text = text_of(*answer);
      } else if (answer.error().kind == FailureKind::refused && !refuses_this_program(answer.error())) {
        entry->line = outcome_line(entry->order, answer.error());
        entry->text = client::on_one_line(entry->order.id) + "  refused  " + answer.error().text + "\n";
      } else if (answer.error().kind != FailureKind::unreachable || Clock::now() - last_outcome_ > std::chrono::seconds(options_.give_up_s)) {
        if (!failure_) failure_ = answer.error();
        changed_.cancel();
      }
      if (!entry->line.empty()) co_return write();
    }
  }

  static std::string text_of(const OrderAnswer& answer) {
    std::string text = client::on_one_line(answer.id) + "  " + std::string(name(answer.status)) + "  decision " + std::to_string(answer.lsn);
    for (const client::ShipmentAnswer& shipment : answer.shipments) {
      text += ", " + client::counted(shipment.units, "unit") + " from " + client::on_one_line(shipment.warehouse);
    }
    std::uint64_t waiting = 0;
    for (const client::OrderAnswerLine& line : answer.lines) waiting += line.backordered;
    if (waiting != 0) text += ", " + client::counted(waiting, "unit") + " waiting";
    return text + (answer.duplicate ? " (decided before)\n" : "\n");
  }

  // What is known from the front on; later ones wait for it, so that the file's order is kept.
  void write() {
    last_outcome_ = Clock::now();
    std::string lines, texts;
    for (; !under_way_.empty() && !under_way_.front()->line.empty(); under_way_.pop_front(), ++done_) {
      lines += under_way_.front()->line;
      texts += under_way_.front()->text;
    }
    if (lines.empty()) return;
    changed_.cancel();
    if (auto written = outcomes_.append(lines); !written) {
      failure_ = written.error();
      return;
    }
    progress_.done(done_);
    if (!options_.quiet && (std::fwrite(texts.data(), 1, texts.size(), stdout) != texts.size() || std::fflush(stdout) != 0)) {
      failure_ = client::usage("cannot write to standard output; is the disk full?").error;
    }
  }

  asio::io_context& context_;
  client::Channel channel_;
  const Options& options_;
  client::OrderReader& reader_;
  OutcomeFile& outcomes_;
  asio::steady_timer changed_;
  client::Progress progress_;
  std::deque<std::shared_ptr<Entry>> under_way_;  // in the order of the file
  std::optional<Failure> failure_;
  Clock::time_point last_outcome_ = Clock::now();
  std::uint64_t done_ = 0;
};

// For the progress line alone: how many there are.
std::uint64_t count_orders(const std::string& path) {
  auto reader = client::open_orders(path, client::OrderFormat::csv);
  if (!reader) return 0;
  std::uint64_t count = 0;
  for (auto order = (*reader)->next(); order && order->has_value(); order = (*reader)->next()) ++count;
  return count;
}

// Passes over the orders whose outcome is known; gives their number.
client::Outcome<std::uint64_t> skip_known(OutcomeFile& outcomes, client::OrderReader& reader, const Options& options) {
  for (std::uint64_t count = 0;; ++count) {
    auto known = outcomes.next_known();
    if (!known) return Unexpected{known.error()};
    if (!known->has_value()) return count;
    auto order = reader.next();
    if (!order) return Unexpected{order.error()};
    if (!order->has_value() || (*order)->id != **known) {
      return client::usage(options.outcomes + ":" + std::to_string(count + 1) + ": order '" + client::on_one_line(**known) +
                           "' is not where " + options.orders + " has it; name the outcome file of these orders, or a new one");
    }
  }
}

client::Outcome<void> send(const Options& options) {
  auto server = client::Address::parse(options.server);
  if (!server) return Unexpected{server.error()};
  auto reader = client::open_orders(options.orders, client::OrderFormat::csv);
  if (!reader) return Unexpected{reader.error()};
  auto outcomes = OutcomeFile::open(options.outcomes);
  if (!outcomes) return Unexpected{outcomes.error()};
  const auto known = skip_known(*outcomes, **reader, options);
  if (!known) return Unexpected{known.error()};

  client::ChannelOptions channel;
  channel.server = *server;
  channel.client_name = "order_channel";
  channel.connections = options.connections;
  asio::io_context context(1);
  OrderChannel sender(context, channel, options, **reader, *outcomes, *known,
                      isatty(STDERR_FILENO) == 1 ? count_orders(options.orders) : 0);
  asio::co_spawn(context, sender.run(), asio::detached);
  context.run();  // ends when the channel is closed
  if (sender.failure()) return Unexpected{*sender.failure()};
  std::fprintf(stderr, "order_channel: %s, %s of them known from before; outcomes in %s\n",
               client::counted(sender.done(), "order").c_str(), client::with_separators(*known).c_str(), options.outcomes.c_str());
  return {};
}

int main_of(int argc, char** argv) {
  Options options;
  CLI::App app(about, "order_channel");
  app.footer(notes);
  app.add_option("orders", options.orders, "CSV file of orders; may be .gz")->type_name("FILE")->required();
  app.add_option("--outcomes", options.outcomes, "File of outcomes, appended to")->type_name("FILE")->required();
  app.add_option("--server", options.server, "Server to talk to")->envname("EARMARK_SERVER")->type_name("HOST:PORT")->capture_default_str();
  app.add_option("--connections", options.connections, "Connections to the server")->check(CLI::Range(1, 64))->capture_default_str();
  app.add_option("--under-way", options.under_way, "Orders under way at most")->check(CLI::Range(1, 1'000'000))->capture_default_str();
  app.add_option("--give-up", options.give_up_s, "End when no order got an outcome for so many seconds")->capture_default_str();
  app.add_flag("--quiet", options.quiet, "Nothing on standard output");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& fault) {
    std::fprintf(stderr, "order_channel: %s; see order_channel --help\n", fault.what());
    return static_cast<int>(FailureKind::usage);
  }
  const auto outcome = send(options);
  if (outcome) return 0;
  std::fprintf(stderr, "order_channel: %s\n", outcome.error().text.c_str());
  return static_cast<int>(outcome.error().kind);
}

}  // namespace
}  // namespace earmark::examples

int main(int argc, char** argv) { return earmark::examples::main_of(argc, argv); }
