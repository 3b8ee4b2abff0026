// Interesting things that a simulation must have met: what never came up was never tested. A run over many seeds fails if one
// of them has count 0. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace earmark::simulation {

enum class Met : std::uint8_t {
  crash_between_gather_and_append,
  crash_between_append_and_show,
  crash_between_show_and_release,
  crash_with_fills_outstanding,
  crash_while_recovering,
  crash_while_a_worker_waits_for_the_disk,
  restart_with_everything_durable,
  group_lost,
  group_there_although_its_append_failed,
  torn_group,
  fold_failed,
  decided_and_lost_again,
  unknown_then_found_durable,
  unknown_then_found_lost,
  duplicate_across_a_restart,
  duplicate_while_the_first_is_under_way,
  another_content_for_an_id,
  no_room_in_the_ring,
  settler_stalled,
  back_pressure_of_unsent_answers,
  socket_full,
  order_archived,
  order_read_back,
  ids_forgotten,
  id_used_anew,
  state_store_made_again,
  start_from_the_state_store,
  journal_trimmed,
  repeat_told_by_the_state_store,
  subscriber_cut_and_resumed,
  subscriber_below_the_oldest_kept,
  slow_subscriber_cut,
  peer_half_open,
  connection_reset,
  frame_split,
  clock_stepped_back,
  clock_stepped_forward,
  record_time_raised,
  answer_by_another_worker,
  fills_in_several_commits,
  decided_between_a_cause_and_its_fills,
  check_while_the_disk_is_behind,
  snapshot_between_show_and_release,
  digest_asked_and_answered,
  call_given_up_by_the_channel,
  message_in_parts_not_finished,
  shrinkage_took_held_units,
  cell_overdrawn,
  shrinkage_took_reserved_units,
  victim_served_from_another_warehouse,
  arrival_served_who_waits,
  arrival_closed_a_transfer_short,
  vendor_changed_lines,
  purchase_ended_by_its_vendor,
  purchase_closed_short,
  purchase_cancelled,
  purchase_changed_beyond_the_horizon,
  purchases_listed,
  delivery_brought_a_part,
  delivery_brought_the_rest,
  delivery_brought_too_much,
  delivery_brought_damaged_units,
  delivery_served_who_waits,
  order_told_dates,
  dates_told_of_what_waits,
  dates_told_by_a_check,
  hold_confirmed,
  hold_expired,
  hold_expired_while_the_server_was_down,
  expiry_served_who_waits,
  expired_hold_reacquired,
  order_cancelled_at_its_time,
  order_became_due,
  order_became_due_and_took,
  time_of_an_order_came_while_the_server_was_down,
  waiter_skipped_by_an_order,
  waiter_skipped_by_a_fill,
  waiter_turned_strict_by_skips,
  waiter_turned_strict_by_time,
  waiter_turned_strict_by_recovery,
  strict_waiter_gathered,
  strict_waiter_got_the_rest,
  strict_waiter_took_over,
  supply_was_late,
  date_that_was_told_moved,
  rule_alerted,
  rule_suggested,
  rule_joined_a_suggestion,
  rule_raised_its_line,
  rule_ordered,
  rule_cleared,
  rule_looked_at_by_recovery,
  suggestion_approved_at_its_cut_off,
  count_of_them
};

class Sometimes {
 public:
  void met(Met what) noexcept { ++counts_[static_cast<std::size_t>(what)]; }
  std::uint64_t count(Met what) const noexcept { return counts_[static_cast<std::size_t>(what)]; }
  void add(const Sometimes& other) noexcept {
    for (std::size_t index = 0; index < counts_.size(); ++index) counts_[index] += other.counts_[index];
  }
  // Those that never came up, by name; empty: all did.
  std::string never() const;
  // "name count", a line each.
  std::string table() const;

 private:
  std::array<std::uint64_t, static_cast<std::size_t>(Met::count_of_them)> counts_{};
};

std::string_view name(Met what) noexcept;

}  // namespace earmark::simulation
