// What came of purchase orders, for marks.
#include <algorithm>

#include "tests/simulation/judge.hpp"

namespace earmark::simulation {

using engine::PurchaseState;
using engine::PurchaseStep;

void Judge::note_purchase(const model::Answer& answer) {
  const model::State& state = twin_.state();
  if (const auto* order = std::get_if<model::OrderAnswer>(&answer.decision); order != nullptr && !order->expected.empty()) sometimes_.met(Met::order_told_dates);
  if (const auto* step = std::get_if<model::PurchaseStepAnswer>(&answer.decision)) {
    if (step->purchase_lsn < state.oldest_known) sometimes_.met(Met::purchase_changed_beyond_the_horizon);
    if (step->step == PurchaseStep::acknowledge) {
      if (step->state == PurchaseState::received || step->state == PurchaseState::closed) sometimes_.met(Met::purchase_ended_by_its_vendor);
      if (!step->changes.empty()) sometimes_.met(Met::vendor_changed_lines);
    }
    if (step->step == PurchaseStep::close && state.purchases.at(step->purchase_lsn).anything_received()) sometimes_.met(Met::purchase_closed_short);
    if (step->step == PurchaseStep::cancel) sometimes_.met(Met::purchase_cancelled);
  }
  const auto* delivery = std::get_if<model::PurchaseReceiptAnswer>(&answer.decision);
  if (delivery == nullptr) return;
  if (delivery->purchase_lsn < state.oldest_known) sometimes_.met(Met::purchase_changed_beyond_the_horizon);
  sometimes_.met(delivery->state == PurchaseState::received ? Met::delivery_brought_the_rest : Met::delivery_brought_a_part);
  if (!answer.fills.empty()) sometimes_.met(Met::delivery_served_who_waits);
  if (std::ranges::any_of(delivery->rows, [](const auto& row) { return row.over != 0; })) sometimes_.met(Met::delivery_brought_too_much);
  if (std::ranges::any_of(delivery->rows, [](const auto& row) { return row.damaged != 0; })) sometimes_.met(Met::delivery_brought_damaged_units);
}

}  // namespace earmark::simulation
