// How answers are written: what all kinds of them have in common.
#pragma once

#include <ostream>

#include "engine/types.hpp"

namespace earmark::model {

template <class Representation, class Tag>
std::uint64_t number(engine::Strong<Representation, Tag> strong) {
  return static_cast<std::uint64_t>(strong.value);
}

inline std::ostream& write_stamp(std::ostream& out, const engine::Stamp& stamp) {
  out << "lsn " << number(stamp.lsn);
  if (stamp.cause.value != 0) out << " cause " << number(stamp.cause);
  return out;
}

}  // namespace earmark::model
