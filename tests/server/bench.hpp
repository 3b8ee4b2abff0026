// One worker, its journal's thread, and a client that speaks frames: the tests' view of a server without sockets.
#pragma once

#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "schema/ask.hpp"
#include "server/journal_thread.hpp"
#include "server/worker.hpp"
#include "storage/memory_journal.hpp"

namespace earmark::server::test {

struct Answer {
  schema::MessageKind kind{};
  std::uint16_t flags = 0;
  std::uint64_t correlation = 0;
  std::vector<std::byte> body;
};

// One worker, its journal's thread, and a client that speaks frames.
class Bench {
 public:
  Bench()
      : journal_({1, 42, 0, 8, 3}), engine_(capacity(), 1), hub_(engine_, journal_), worker_(hub_, 0, [this] { ++wakes_; }) {
    hub_.workers.push_back(&worker_);
    thread_ = std::make_unique<JournalThread>(engine_, journal_, engine::TimeUs{}, [] {}, [this](const storage::Failure&) { ++failures_; });
    hub_.journal_thread = thread_.get();
    thread_->start();
    session_ = open();
    load();
  }
  ~Bench() {
    journal_.release_syncs();  // a failed check may have left them held
    thread_->drain_and_stop();
  }

  std::uint32_t open() {
    const std::uint32_t index = worker_.open_session();
    std::vector<std::byte> bytes;
    encoder_.hello(bytes, 1, {schema::protocol_version, "", "test", 0});
    worker_.receive(index, bytes, now_);
    REQUIRE(answers(index).at(0).kind == schema::MessageKind::hello_answer);
    return index;
  }
  void load() {
    const engine::WarehouseEntry warehouses[] = {{"A", "", 1}, {"B", "", 2}};
    const engine::ProductEntry products[] = {{"beam", ""}, {"board", ""}};
    const engine::OpeningStockEntry stock[] = {{12, 0, 0}, {5, 0, 1}, {100, 1, 0}};
    std::vector<std::byte> bytes;
    encoder_.load(bytes, 2, {{warehouses, products, stock}});
    worker_.receive(session_, bytes, now_);
    until_durable();
    REQUIRE(answers(session_).at(0).kind == schema::MessageKind::event);
  }
  void order(std::vector<std::byte>& bytes, std::uint64_t correlation, std::string_view id, std::uint32_t sku,
             std::int64_t quantity, std::string_view customer = {}, engine::Policy policy = {}) {
    const engine::OrderLine lines[] = {{quantity, engine::SkuId{sku}, engine::LineNumber{1}, {}, 0, 0}};
    schema::OrderRequest request;
    request.epoch = 42;
    request.order.id = id;
    request.order.lines = lines;
    request.order.texts.customer = customer;
    request.order.policy = policy;
    encoder_.order(bytes, correlation, request);
  }
  // Everything decided becomes durable and leaves.
  void until_durable() {
    while (engine_.shared().window.durable() != engine_.shared().commit_word.last()) thread_->wait_for_group();
    worker_.proceed(now_);
  }
  std::vector<Answer> answers(std::uint32_t index) {
    server::Session& session = worker_.session(index);
    std::vector<Answer> found;
    std::span<const std::byte> rest(session.out);
    while (!rest.empty()) {
      const schema::Split split = schema::split(rest);
      REQUIRE(split.status == schema::SplitStatus::frame);
      found.push_back({split.frame.header.kind, split.frame.header.flags, split.frame.header.correlation,
                       {split.frame.body.begin(), split.frame.body.end()}});
      rest = rest.subspan(split.consumed);
    }
    session.out.clear();
    worker_.take_dirty();
    return found;
  }
  engine::ErrorCode error(const Answer& answer) {
    REQUIRE(answer.kind == schema::MessageKind::error);
    const std::span<const std::byte> parts[] = {answer.body};
    return std::get<schema::ErrorAnswer>(*decoder_.decode(answer.kind, parts)).error.code;
  }

  static engine::Capacity capacity() {
    engine::Capacity capacity;
    capacity.skus = 8;
    capacity.warehouses = 3;
    capacity.command_ids = 1U << 18;
    capacity.waiting_lines = 1U << 14;
    capacity.order_bytes = 1ULL << 30;
    return capacity;
  }

  using JournalThread = server::JournalThread;
  storage::MemoryJournal journal_;
  engine::Engine engine_;
  server::Hub hub_;
  server::Worker worker_;
  std::atomic<int> failures_{0};  // of the journal
  std::unique_ptr<JournalThread> thread_;
  schema::RequestEncoder encoder_;
  schema::AnswerDecoder decoder_;
  std::uint32_t session_ = 0;
  engine::TimeUs now_{1'000'000};
  std::uint64_t wakes_ = 0;
};

}  // namespace earmark::server::test
