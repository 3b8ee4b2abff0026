#include "tests/system/support/recording.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <stdexcept>

#include "schema/ask.hpp"
#include "schema/event.hpp"
#include "schema/frame.hpp"

namespace earmark::test {
namespace {

using engine::Lsn;
using preload::Entry;
using preload::EntryKind;

// What one message lets its reader know to be decided.
struct Named {
  Lsn lsn{};

  void see(Lsn other) { lsn = std::max(lsn, other); }
  void operator()(const schema::ErrorAnswer& answer) { see(answer.as_of); }
  void operator()(const schema::HelloAnswer& answer) { see(answer.durable); }
  void operator()(const schema::ResolveAnswer& answer) { see(answer.as_of); }
  void operator()(const schema::CheckAnswer& answer) { see(answer.lsn); }
  void operator()(const schema::OrderView& answer) { see(answer.as_of); }
  void operator()(const schema::BackordersAnswer& answer) { see(answer.as_of); }
  void operator()(const schema::HoldsAnswer& answer) { see(answer.as_of); }
  void operator()(const schema::TransfersAnswer& answer) { see(answer.as_of); }
  void operator()(const schema::PurchasesAnswer& answer) { see(answer.as_of); }
  void operator()(const schema::RulesAnswer& answer) { see(answer.as_of); }
  void operator()(const schema::ReportAnswer& answer) { see(answer.as_of); }
  void operator()(const schema::SubscribeAnswer& answer) { see(answer.durable); }
  void operator()(const schema::StreamPosition& position) { see(position.lsn); }
  void operator()(const schema::DigestAnswer& answer) { see(answer.lsn); }
  void operator()(const schema::StockAnswer& answer) {
    see(answer.lsn);
    for (const schema::StockLevel& level : answer.levels) see(level.lsn);
  }
  void operator()(const schema::StatsAnswer& answer) {
    for (std::size_t index = 0; index < answer.names.size(); ++index) {
      if (answer.names[index] == "durable_lsn") see(Lsn{answer.values[index]});
    }
  }
};

// The bytes to one client, cut into messages.
class Conversation {
 public:
  // The bytes that are being sent now; some of them may be sent again when the socket does not take them all.
  void offer(std::span<const std::byte> bytes, Named& named, std::size_t& claims) {
    offered_ = bytes;
    std::vector<std::byte> all = input_;
    all.insert(all.end(), bytes.begin(), bytes.end());
    for (std::size_t at = 0; at < all.size();) {
      const schema::Split split = schema::split(std::span(all).subspan(at));
      if (split.status == schema::SplitStatus::too_large) throw std::runtime_error("the server sent what is no frame");
      if (split.status == schema::SplitStatus::need_more) break;
      if (at + split.consumed > counted_) add(split.frame, named, claims);
      counted_ = std::max(counted_, at + split.consumed);
      at += split.consumed;
    }
  }
  void take(std::size_t size) {
    input_.insert(input_.end(), offered_.begin(), offered_.begin() + static_cast<std::ptrdiff_t>(std::min(size, offered_.size())));
    offered_ = {};
    std::size_t whole = 0;
    for (;;) {
      const schema::Split split = schema::split(std::span(input_).subspan(whole));
      if (split.status != schema::SplitStatus::frame) break;
      whole += split.consumed;
    }
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(whole));
    counted_ -= std::min(counted_, whole);
  }

 private:
  using Body = std::vector<std::uint64_t>;  // words: bodies are read where they lie

  void add(const schema::Frame& frame, Named& named, std::size_t& claims) {
    std::vector<Body>& bodies = unfinished_[frame.header.correlation];
    bodies.emplace_back(frame.body.size() / 8);
    std::memcpy(bodies.back().data(), frame.body.data(), frame.body.size());
    if ((frame.header.flags & schema::flag_more_parts) != 0) return;
    std::vector<std::span<const std::byte>> parts;
    for (const Body& body : bodies) parts.push_back(std::as_bytes(std::span(body)));
    Named here;
    if (frame.header.kind == schema::MessageKind::event) {
      for (std::span<const std::span<const std::byte>> rest(parts); !rest.empty();) {
        std::size_t consumed = 0;
        const auto event = events_->decode_bodies(rest, consumed);
        if (!event) throw std::runtime_error("the server sent an event that does not decode");
        here.see(event->stamp.lsn);
        rest = rest.subspan(consumed);
      }
    } else {
      const auto answer = answers_->decode(frame.header.kind, parts);
      if (!answer) throw std::runtime_error("the server sent an answer that does not decode");
      std::visit(here, *answer);
    }
    claims += here.lsn.value != 0 ? 1U : 0U;
    named.see(here.lsn);
    unfinished_.erase(frame.header.correlation);
  }

  std::vector<std::byte> input_;             // taken, and not yet a whole frame
  std::span<const std::byte> offered_;
  std::size_t counted_ = 0;                  // bytes of input_ and what was offered that are in whole frames seen
  std::map<std::uint64_t, std::vector<Body>> unfinished_;
  std::unique_ptr<schema::EventDecoder> events_ = std::make_unique<schema::EventDecoder>();
  std::unique_ptr<schema::AnswerDecoder> answers_ = std::make_unique<schema::AnswerDecoder>();
};

// Mapped, so that child processes cost nothing more for it.
std::span<const std::byte> map(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const std::size_t size = file < 0 ? 0 : std::filesystem::file_size(path);
  void* bytes = size == 0 ? MAP_FAILED : ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  if (file >= 0) ::close(file);
  if (bytes == MAP_FAILED) throw std::runtime_error("there is no recording " + path.string());
  return {static_cast<const std::byte*>(bytes), size};
}

}  // namespace

Recording::~Recording() { ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size()); }

Recording::Recording(const std::filesystem::path& file) : bytes_(map(file)) {
  std::map<std::uint64_t, Conversation> conversations;
  Named named;
  for (std::size_t at = 0; at + sizeof(Entry) <= bytes_.size();) {
    Entry entry;
    std::memcpy(&entry, bytes_.data() + at, sizeof entry);
    at += sizeof entry;
    const std::size_t length = entry.kind == EntryKind::taken ? 0 : entry.length;
    if (length > bytes_.size() - at) break;  // the server was killed while it wrote this
    const auto bytes = bytes_.subspan(at, length);
    at += length;
    switch (entry.kind) {
      case EntryKind::connected: conversations.erase(entry.a); continue;
      case EntryKind::told: conversations[entry.a].offer(bytes, named, claims_); break;
      case EntryKind::taken: conversations[entry.a].take(entry.length); continue;
      case EntryKind::write_begins:
      case EntryKind::through_begins:
      case EntryKind::truncated: steps_.push_back({entry.kind, entry.file, entry.a, false, bytes, named.lsn}); continue;
      case EntryKind::write_ended:
      case EntryKind::sync_begins:
      case EntryKind::sync_ended:
      case EntryKind::through_ended:
      case EntryKind::named: steps_.push_back({entry.kind, entry.file, 0, entry.a != 0, {}, named.lsn}); continue;
      default: throw std::runtime_error("this is no recording");
    }
    if (!steps_.empty()) steps_.back().told = named.lsn;
  }
  told_ = named.lsn;
}

}  // namespace earmark::test
