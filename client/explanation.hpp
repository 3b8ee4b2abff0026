// Why an order has what it has: its decision with the numbers seen and the rule that decided, everything that has happened to it
// since, each with its cause, and what it waits for now. Built from the answer to `show` and from events, of which it keeps what
// concerns the order. Pure; not thread-safe. Nothing in it is guessed: what does not follow from a record is not told.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/catalogue.hpp"
#include "client/event_json.hpp"
#include "client/values.hpp"
#include "schema/event.hpp"

namespace earmark::client {

// Units of one line that moved in one cell. What was available: before an order's or a fill's take, after all else.
struct ExplainedUnits {
  std::string warehouse{};
  std::uint32_t quantity = 0;
  std::uint64_t available_before = 0;
  std::uint32_t available_after = 0;
  std::uint16_t shipment = 0;
};

struct ExplainedSkip {
  std::string order{};
  std::uint64_t lsn = 0;   // of the order's decision; 0: nobody was passed over
  std::uint32_t line = 0;  // 0: the order waits as a whole
};

struct ExplainedLine {
  std::uint32_t line = 0, quantity = 0, backordered = 0, cancelled = 0, position = 0;
  std::string sku{}, pinned{};
  engine::Policy policy{};
  bool not_backorderable = false;
  bool nothing_more = false;  // it follows from the record that no unit was available besides those taken
  std::uint64_t quantity_ahead = 0;
  std::vector<ExplainedUnits> takes{};
  std::vector<ExpectedUnits> expected{};  // what was told of what waits
  std::int64_t fallback_us = 0;           // and when what has no date could have come, if it had been ordered then
};

struct ExplainedDecision {
  engine::Sourcing sourcing{};
  std::string preferred{}, hold{};
  engine::Priority priority{};
  bool reacquired = false, not_due = false;
  ExplainedSkip skipped{};
  std::vector<ExplainedLine> lines{};
};

enum class StepKind : std::uint8_t {
  filled, lost, taken_over, cancelled, cancelled_by_time, cut, raised, priority, due, nothing_open, shipped, moved, strict, passed_over, dated, pegged
};

struct ExplainedCause {
  std::string event{}, id{}, what{};  // "StockReceived", "R-7", "receipt R-7"
};

// One thing that happened to one line, or to the order as a whole.
struct ExplainedStep {
  StepKind kind{};
  std::string event{};     // the record's name in the schema
  std::uint32_t line = 0;  // 0: the order as a whole
  std::string sku{};
  std::uint32_t quantity = 0;  // units of the line that it is about
  std::uint32_t waiting = 0;   // filled: still waiting; cancelled, cut: units that left the queue
  std::uint64_t excess = 0;
  std::uint32_t cancelled = 0;  // raised: what could neither be had nor wait
  std::vector<ExplainedUnits> units{};
  std::string command_id{}, reason{};
  std::uint64_t cause_lsn = 0;  // of the command that it is an effect of; 0: the record stands for itself, or (dated) its reason is not known
  std::string by{};             // lost, taken_over, passed_over: "count C-1", "order X"
  ExplainedSkip skipped{};      // filled: whom that passed over
  bool raised_part = false;     // filled: what an amend had raised
  std::uint8_t priority = 0;
  bool waited = false;          // strict: by time
  engine::ShipmentStep step{};
  std::uint16_t shipment = 0, rest_shipment = 0;
  std::uint32_t rest = 0, revision = 0;
  std::string carrier{}, tracking{};
  std::int64_t expected_us = 0;
  bool to_unavailable = false;
  std::int64_t before_us = 0, date_us = 0;  // dated: told before, and from then on; 0: no date
  bool out_of_turn = false;                 // filled: by units that are pegged to it
  std::string purchase{};                   // pegged: to a line of this purchase order
  std::uint32_t purchase_line = 0;
};

struct ExplainedEvent {
  std::int64_t time_us = 0;
  std::vector<ExplainedStep> steps{};
};

struct Explanation {
  OrderState now{};
  std::optional<ExplainedDecision> decision{};  // none: its record is not kept, or was not seen
  std::map<std::uint64_t, ExplainedEvent> since{};  // by LSN
  std::map<std::uint64_t, ExplainedCause> causes{};  // of what is in `since`
  bool trimmed = false;                              // the journal no longer has all of it
};

// Reads events once or in two rounds: of the second, whose filter lets pass what the first one's did not, the causes that are missing.
class Explainer {
 public:
  explicit Explainer(OrderState now) { told_.now = std::move(now); }

  // Later ones than `show` was true at are not looked at. An LSN may be seen once in each round: the fuller telling of it stays.
  void see(const schema::Event& event, const Catalogue& catalogue);
  void begin_second_round() { second_round_ = true; }
  void set_trimmed() { told_.trimmed = true; }
  Explanation take() &&;

 private:
  void keep_cause(const schema::Event& event);
  void keep_reason(const schema::Event& event);
  void find_reason(engine::SkuId sku, ExplainedStep& step);

  Explanation told_;
  std::set<std::uint64_t> wanted_;                    // causes of steps
  std::map<std::uint64_t, ExplainedCause> possible_;  // causes whose last fill has not come
  struct Reason {
    std::uint64_t lsn = 0;
    ExplainedCause cause{};
  };
  // What of a SKU's queue or supply changed last. What says of no SKU whom it touched makes the reasons before it doubtful: its LSN.
  std::map<engine::SkuId, Reason> reasons_;
  std::uint64_t doubtful_up_to_ = 0;
  bool second_round_ = false;
};

// Lines that each end in '\n'.
std::string explanation_text(const Explanation& told);
// An object for the order, one for each line as decided, for each step, and for each line as it stands.
std::vector<Json> explanation_json(const Explanation& told);

}  // namespace earmark::client
