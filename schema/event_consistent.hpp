// What the rows of one record must say of each other, so that whoever reads them need not look: counts add up, and positions name
// what is there. Pure; any thread.
#pragma once

#include "schema/event.hpp"

namespace earmark::schema {

bool is_consistent(const Decision& decision) noexcept;

// Of what is inbound (event_consistent_inbound.cpp).
bool consistent(const engine::TransferShipDecision& ship) noexcept;
bool consistent(const engine::TransferReceiptDecision& receipt) noexcept;
bool consistent(const engine::PurchaseDecision& purchase) noexcept;
bool consistent(const engine::PurchaseStepDecision& step) noexcept;
bool consistent(const engine::PurchaseReceiptDecision& receipt) noexcept;
bool consistent(const engine::RulesDecision& set) noexcept;
bool consistent(const engine::ReorderDecision& reorder) noexcept;
bool consistent(const engine::OverdueDecision& overdue) noexcept;
bool consistent(const engine::DatesDecision& moved) noexcept;

}  // namespace earmark::schema
