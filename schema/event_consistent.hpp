// What the rows of one record must say of each other, so that whoever reads them need not look: counts add up, and positions name
// what is there. Pure; any thread.
#pragma once

#include "schema/event.hpp"

namespace earmark::schema {

bool is_consistent(const Decision& decision) noexcept;

}  // namespace earmark::schema
