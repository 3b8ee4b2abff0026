// Limits of connections, in one place. Each bounds memory for one session or one thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace earmark::server {

inline constexpr std::uint32_t credit = 4096;                 // requests under way on one connection
inline constexpr std::size_t most_unsent_bytes = 1U << 20;    // a session with more is not read until the peer has taken some
inline constexpr std::size_t read_bytes = 256U << 10;         // one socket read at most
inline constexpr std::size_t most_unfinished_messages = 4;    // in parts, of one session
inline constexpr std::size_t most_unfinished_bytes = 1U << 20;
inline constexpr std::int64_t most_unfinished_us = 30'000'000;  // from the first part to the last
inline constexpr std::size_t most_check_skus = 4096;
inline constexpr std::size_t most_snapshot_rows = 1024;
inline constexpr std::uint32_t most_reports_under_way = 64;   // of all connections
inline constexpr std::uint32_t most_report_wait_ms = 60'000;   // for what was durable when the question came
inline constexpr std::size_t stock_rows_per_answer = 16384;
inline constexpr int hello_deadline_s = 10;
inline constexpr int farewell_s = 1;                          // at the end, for a peer that has everything and does not close
inline constexpr int stop_deadline_s = 10;                    // peers that take no answers are not waited for longer
inline constexpr std::uint32_t overloaded_retry_ms = 50;
inline constexpr std::size_t subscription_read_bytes = 256U << 10;   // of the journal, in one subscriber's turn
inline constexpr std::size_t subscription_round_bytes = 1U << 20;    // in the turns of all, before the sockets' turn comes
inline constexpr std::uint64_t position_lsns = 65'536;               // filtered out without a word, at most
inline constexpr std::int64_t most_stuck_us = 30'000'000;            // a subscriber that takes nothing is cut after this
// Orders stop being taken in when fewer LSNs than this are free in the journal's window.
inline constexpr std::uint64_t window_margin = 4096;

}  // namespace earmark::server
