// What the server tells by itself, as text: overdue supply, and dates that moved.
#include <sstream>

#include "tests/model/answers.hpp"
#include "tests/model/answers_words.hpp"

namespace earmark::model {

std::string describe(const engine::Stamp& stamp, const engine::OverdueDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " overdue " << (decision.transfer ? "transfer" : "purchase") << " '" << decision.id << "' of " << number(decision.lsn) << " from '"
                          << decision.vendor << "' expected " << decision.expected.value;
  for (const engine::OverdueLine& line : decision.lines) {
    out << "; line " << number(line.line) << " sku " << number(line.sku) << " x " << line.open << " to " << number(line.warehouse) << " promised "
        << line.promised.value;
  }
  return out.str();
}

std::string describe(const engine::Stamp& stamp, const engine::DatesDecision& decision) {
  std::ostringstream out;
  write_stamp(out, stamp) << " dates";
  for (const engine::MovedDate& line : decision.lines) {
    out << "; '" << decision.orders[line.order] << "' of '" << decision.customers[line.order] << "' " << number(line.order_lsn) << " line "
        << number(line.line) << " sku " << number(line.sku) << " waiting " << line.waiting << " before " << line.before.value << " now " << line.date.value;
  }
  return out.str();
}

}  // namespace earmark::model
