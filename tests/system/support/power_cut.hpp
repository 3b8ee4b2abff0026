// Power cuts replayed from a recording: the disk as it may be after each step, opened by storage's own code, and compared with
// what clients had been told before the cut and with what was decided.
#pragma once

#include <cstdint>
#include <string>

#include "tests/system/support/disk.hpp"
#include "tests/system/support/recovered.hpp"

namespace earmark::test {

struct PowerCuts {
  std::uint64_t images = 0;      // about so many
  std::uint64_t seed = 1;
  Barriers barriers = Barriers::kept;
  bool always_with_state = false;  // of a journal that is trimmed; else where the state is being written, and now and then
};

struct PowerCutReport {
  std::uint64_t images = 0, with_state = 0, went_on = 0;
  std::uint64_t lost = 0, refused = 0, behind = 0;  // told and not there; not opened; the state behind the journal
  std::uint64_t cuts = 0;                           // different moments
  std::string complaint;                            // "": all is well; else the first that is not
  std::string text() const;
};

// In two child processes, in memory where possible. With barriers kept the first image that is wrong ends it; else what is
// lost or refused is counted, and only an answer that is wrong and nothing says so is a complaint.
PowerCutReport replay_power_cuts(const Recording& recording, const Reference& reference, const PowerCuts& cuts);

}  // namespace earmark::test
