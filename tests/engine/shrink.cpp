#include "tests/engine/shrink.hpp"
#include "tests/model/random_commands.hpp"

#include <algorithm>
#include <utility>

namespace earmark::test {
namespace {

class Shrinker {
 public:
  Shrinker(Steps history, const Fails& fails, std::size_t tries) : best_(std::move(history)), fails_(fails), tries_(tries) {}

  Steps run() {
    // Once something became smaller, what could not go before may go now.
    for (bool smaller = true; smaller && tries_ > 0;) {
      smaller = drop_steps();
      for (std::size_t index = 0; index < best_.size(); ++index) smaller = simplify(index) || smaller;
    }
    return std::move(best_);
  }

 private:
  bool keep(Steps candidate) {
    if (tries_ == 0) return false;
    --tries_;
    if (!fails_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  // Leaves out runs of elements of the list that `list` gives, shorter and shorter ones. From the back, so that what is still to be
  // looked at stays where it is.
  template <class List>
  bool drop_runs(const List& list) {
    bool smaller = false;
    for (std::size_t length = std::max<std::size_t>(list(best_).size() / 2, 1);; length = (length + 1) / 2) {
      for (std::size_t end = list(best_).size(); end > 0;) {
        const std::size_t begin = end > length ? end - length : 0;
        Steps candidate = best_;
        auto& elements = list(candidate);
        elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(begin), elements.begin() + static_cast<std::ptrdiff_t>(end));
        smaller = keep(std::move(candidate)) || smaller;
        end = begin;
      }
      if (length == 1) return smaller;
    }
  }

  bool drop_steps() {
    return drop_runs([](Steps& steps) -> Steps& { return steps; });
  }

  // `change` gives whether there was something to change.
  template <class Command, class Change>
  bool changed(std::size_t index, const Change& change) {
    Steps candidate = best_;
    auto& command = std::get<Command>(std::get<model::Command>(candidate[index].what));
    return change(command) && keep(std::move(candidate));
  }

  template <class Command, class Row>
  bool rows(std::size_t index, std::vector<Row> Command::*member, engine::WireQuantity Row::*quantity) {
    bool smaller = drop_runs([&](Steps& steps) -> std::vector<Row>& {
      return std::get<Command>(std::get<model::Command>(steps[index].what)).*member;
    });
    // By value: every change that is kept puts another history into best_.
    const std::vector<Row> list = std::get<Command>(std::get<model::Command>(best_[index].what)).*member;
    for (std::size_t row = 0; row < list.size(); ++row) {
      // The smallest quantity that fails, by halves: enough for a person to read.
      for (engine::WireQuantity step = list[row].*quantity / 2; step > 0; step /= 2) {
        smaller = changed<Command>(index, [&](Command& command) {
          engine::WireQuantity& value = (command.*member)[row].*quantity;
          if (value <= step) return false;
          value -= step;
          return true;
        }) || smaller;
      }
    }
    return smaller;
  }

  template <class Row>
  bool fewer(std::size_t index, std::vector<Row> model::SetRulesCommand::*member) {
    return drop_runs([&](Steps& steps) -> std::vector<Row>& { return std::get<model::SetRulesCommand>(std::get<model::Command>(steps[index].what)).*member; });
  }
  bool rules(std::size_t index) {
    bool smaller = fewer(index, &model::SetRulesCommand::snoozes);
    smaller = fewer(index, &model::SetRulesCommand::rules) || smaller;
    return fewer(index, &model::SetRulesCommand::sources) || smaller;
  }

  bool simplify(std::size_t index) {
    const auto* command = std::get_if<model::Command>(&best_[index].what);
    if (command == nullptr) return false;
    if (std::holds_alternative<model::LoadCommand>(*command)) return rows(index, &model::LoadCommand::stock, &engine::OpeningStockEntry::on_hand);
    if (std::holds_alternative<model::ChangeCommand>(*command)) return rows(index, &model::ChangeCommand::rows, &engine::ChangeRow::quantity);
    if (std::holds_alternative<model::ReceiptCommand>(*command)) return rows(index, &model::ReceiptCommand::rows, &engine::StockRow::quantity);
    if (std::holds_alternative<model::CancelCommand>(*command)) return rows(index, &model::CancelCommand::rows, &engine::CancelRow::quantity);
    if (std::holds_alternative<model::MoveCommand>(*command)) return rows(index, &model::MoveCommand::rows, &engine::CancelRow::quantity);
    if (std::holds_alternative<model::ShipTransferCommand>(*command)) return rows(index, &model::ShipTransferCommand::rows, &engine::TransferRow::quantity);
    if (std::holds_alternative<model::ReceiveTransferCommand>(*command)) return rows(index, &model::ReceiveTransferCommand::rows, &engine::ArrivalRow::quantity);
    if (std::holds_alternative<model::PlacePurchaseCommand>(*command)) return rows(index, &model::PlacePurchaseCommand::lines, &engine::PurchaseLine::quantity);
    if (std::holds_alternative<model::MovePurchaseCommand>(*command)) return rows(index, &model::MovePurchaseCommand::rows, &engine::PurchaseRow::quantity);
    if (std::holds_alternative<model::ReceivePurchaseCommand>(*command)) return rows(index, &model::ReceivePurchaseCommand::rows, &engine::PurchaseArrival::quantity);
    if (std::holds_alternative<model::SetRulesCommand>(*command)) return rules(index);
    if (std::holds_alternative<model::OrderCommand>(*command)) return order(index);
    return false;
  }

  template <class Value>
  bool set(std::size_t index, Value model::OrderCommand::*member, const Value& plain) {
    return changed<model::OrderCommand>(index, [&](model::OrderCommand& order) {
      if (order.*member == plain) return false;
      order.*member = plain;
      return true;
    });
  }

  bool order(std::size_t index) {
    bool smaller = rows(index, &model::OrderCommand::lines, &engine::OrderLine::quantity);
    smaller = set(index, &model::OrderCommand::policy, engine::Policy::ship_partial) || smaller;
    smaller = set(index, &model::OrderCommand::sourcing, engine::Sourcing::server_default) || smaller;
    smaller = set(index, &model::OrderCommand::priority, engine::Priority{100}) || smaller;
    smaller = set(index, &model::OrderCommand::preferred, engine::WarehouseId{}) || smaller;
    smaller = set(index, &model::OrderCommand::need_by, engine::TimeUs{}) || smaller;
    smaller = changed<model::OrderCommand>(index, [](model::OrderCommand& order) {
      if (order.texts.customer.empty() && order.texts.notes.empty()) return false;
      order.texts = {};
      return true;
    }) || smaller;
    const std::size_t lines = std::get<model::OrderCommand>(std::get<model::Command>(best_[index].what)).lines.size();
    for (std::size_t line = 0; line < lines; ++line) {
      smaller = changed<model::OrderCommand>(index, [&](model::OrderCommand& order) {
        return std::exchange(order.lines[line].pinned, engine::WarehouseId{}).value != 0;
      }) || smaller;
    }
    return smaller;
  }

  Steps best_;
  const Fails& fails_;
  std::size_t tries_;
};

}  // namespace

Steps shrink(Steps history, const Fails& fails, std::size_t most_tries) {
  return Shrinker(std::move(history), fails, most_tries).run();
}

std::string explain(std::uint64_t seed, const Steps& history, const Disagreement& wrong, const std::function<Meddler()>& meddler) {
  // Steps after the failure have nothing to do with it.
  const std::uint64_t commands = history.back().number + 1;
  const Steps until(history.begin(), history.begin() + static_cast<std::ptrdiff_t>(wrong.index) + 1);
  const auto rerun = [&](const Steps& steps) {
    Tally tally;
    return compare(steps, model::RandomCommands::limits(seed), 1 + steps.size() / 16, tally, meddler ? meddler() : Meddler{});
  };
  const Steps small = shrink(until, [&](const Steps& steps) { return rerun(steps).has_value(); });
  const auto last = rerun(small);
  return wrong.text + "\n\nRepeat it: EARMARK_SEED=" + std::to_string(seed) + " EARMARK_SEEDS=1 EARMARK_COMMANDS=" +
         std::to_string(commands) + " build/release/bin/test_engine \"engine: gives*\"" +
         "\n\nMade small, " + std::to_string(small.size()) + " of " + std::to_string(history.size()) + " steps:\n" + describe(small) + "\n" +
         (last ? last->text : "it does not fail any more: it depends on more than the commands") + "\n";
}

}  // namespace earmark::test
