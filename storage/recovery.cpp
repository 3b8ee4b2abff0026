#include "storage/recovery.hpp"

#include <algorithm>
#include <string>

#include "schema/record.hpp"

namespace earmark::storage {
namespace {

constexpr std::size_t buffer_words = (std::size_t{2} << 20) / sizeof(std::uint64_t);
static_assert(buffer_words * sizeof(std::uint64_t) >= max_record_bytes);

std::string_view describe(schema::EventFault fault) {
  switch (fault) {
    case schema::EventFault::truncated: return "it is cut off";
    case schema::EventFault::not_an_event: return "it is not an event";
    case schema::EventFault::unknown_body: return "it is an event of an unknown kind (written by a later version?)";
    case schema::EventFault::inconsistent: return "its counts do not agree";
  }
  return "it does not decode";
}

Unexpected<Failure> damaged(engine::Lsn lsn, std::string_view what) {
  return Unexpected{Failure{FailureKind::damaged, "record LSN " + std::to_string(lsn.value) + " of the journal: " +
                                                      std::string(what) +
                                                      "; keep a copy of the directory, then restore it from a backup"}};
}

class Replay {
 public:
  explicit Replay(const std::function<void(const schema::Event&)>& apply) : apply_(apply) {}

  // The records in `bytes`, of which the first has LSN `lsn`.
  Outcome<void> apply_all(std::span<const std::byte> bytes, engine::Lsn lsn, RecoveryReport& report);

 private:

  const std::function<void(const schema::Event&)>& apply_;
  schema::EventDecoder decoder_;
};

Outcome<void> Replay::apply_all(std::span<const std::byte> bytes, engine::Lsn lsn, RecoveryReport& report) {
  while (!bytes.empty()) {
    std::size_t consumed = 0;
    const auto event = decoder_.decode(bytes, consumed);
    if (!event) return damaged(lsn, describe(event.error()));
    if (event->stamp.lsn != lsn) return damaged(lsn, "it carries LSN " + std::to_string(event->stamp.lsn.value));
    schema::follow(report.open_causes, *event);
    apply_(*event);
    report.last_time = std::max(report.last_time, event->stamp.time);
    ++report.records;
    bytes = bytes.subspan(consumed);
    lsn = lsn + 1;
  }
  return {};
}

}  // namespace

Outcome<RecoveryReport> replay(const Journal& journal, const std::function<void(const schema::Event&)>& apply,
                               ReplayRange range) {
  RecoveryReport report;
  const engine::Lsn to = range.to.value != 0 ? std::min(range.to, journal.last()) : journal.last();
  const auto reader = journal.reader();
  if (auto moved = reader->seek(range.from); !moved) return Unexpected{moved.error()};
  std::vector<std::uint64_t> buffer(buffer_words);  // words, so that records lie 8-byte aligned
  Replay loop(apply);
  for (engine::Lsn next = range.from; next <= to;) {
    engine::Lsn first, last;
    const auto bytes = reader->read(std::as_writable_bytes(std::span(buffer)), to, first, last);
    if (!bytes) return Unexpected{bytes.error()};
    if (*bytes == 0 || first != next) return damaged(next, "it is missing");
    const auto records = std::as_bytes(std::span(buffer)).first(*bytes);
    if (auto applied = loop.apply_all(records, first, report); !applied) return Unexpected{applied.error()};
    if (report.first.value == 0) report.first = first;
    report.last = last;
    report.bytes += *bytes;
    next = last + 1;
  }
  return report;
}

}  // namespace earmark::storage
