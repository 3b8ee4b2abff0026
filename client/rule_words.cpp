#include "client/rule_words.hpp"

namespace earmark::client {

std::optional<engine::RuleMode> mode_named(std::string_view text) {
  if (text == "auto_po") return engine::RuleMode::auto_po;
  for (const engine::RuleMode mode : {engine::RuleMode::off, engine::RuleMode::alert, engine::RuleMode::suggest, engine::RuleMode::auto_po}) {
    if (name(mode) == text) return mode;
  }
  return std::nullopt;
}

std::optional<engine::RuleKind> kind_named(std::string_view text) {
  for (const engine::RuleKind kind : {engine::RuleKind::reorder_point, engine::RuleKind::min_max, engine::RuleKind::lot_for_lot}) {
    if (name(kind) == text) return kind;
  }
  return std::nullopt;
}

}  // namespace earmark::client
