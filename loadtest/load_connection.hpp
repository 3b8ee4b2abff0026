// A connection of a load thread: its socket, its slots, and the bytes that wait to be sent or are no whole frame yet.
// For loadtest/load_*.cpp only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "loadtest/load_thread.hpp"

namespace earmark::loadtest {

inline constexpr std::uint64_t slot_bits = 16;  // of a correlation id
inline constexpr std::uint64_t nanoseconds_per_ms = 1'000'000;

struct LoadThread::Connection {
  // `lines`: of each order, where all have as many; 0: they are not kept.
  Connection(LoadSocket opened, std::size_t pipeline, std::size_t lines)
      : socket(std::move(opened)), slots(pipeline), lines_asked(pipeline * lines) {
    for (std::size_t slot = pipeline; slot-- != 0;) free.push_back(static_cast<std::uint16_t>(slot));
  }

  LoadSocket socket;
  std::vector<Slot> slots;
  std::vector<std::uint16_t> free;          // slots that nothing is asked in
  std::vector<OrderFrameLine> lines_asked;  // `lines` for each slot
  std::vector<std::byte> carried;           // the beginning of a frame that is not whole yet
  std::vector<std::byte> out;
  std::size_t sent = 0;  // bytes of `out`
  std::size_t open = 0;
  bool waits_writable = false, is_unflushed = false;
};

// Of a decoded decision, as the hot answers are read.
template <class Row>
Rows<Row> rows_of(std::span<const Row> rows) {
  return Rows<Row>(std::as_bytes(rows));
}

template <class Draw>
auto LoadThread::drawn_again(const Request& request, Draw draw) {
  const Random now = std::exchange(generator_.random(), Random(request.seed));
  auto result = draw();
  generator_.random() = now;
  return result;
}

}  // namespace earmark::loadtest
