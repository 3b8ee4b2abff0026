// The protocol of a client, without sockets, clocks or waiting: requests in, bytes out; bytes in, outcomes out. Both faces
// of the library (channel.hpp, blocking_channel.hpp) are thin shims around it. One thread; the time is an argument.
//
// Rules, each tested in tests/client/exchange_test.cpp:
//   X1  Every call ends exactly once: answered, refused, or its time limit passes. Nothing waits for ever.
//   X2  A command without an answer is repeated with the same id when its link is lost, on any link.
//   X3  Requests that name one order, hold, transfer or purchase order are under way one at a time, in the order of the calls. So neither a refusal that is
//       retried, nor a lost link, nor a second link can let a later one overtake.
//   X4  `overloaded` waits for the server's delay or longer, then repeats; `stale_catalogue` renews the catalogue, then repeats.
//   X5  A failure says outcome_unknown exactly if a sending of the command was neither answered nor refused.
//   X6  At most the server's credit is under way on a link. One question for codes is under way at a time.
//   X7  A server that breaks the protocol costs its link, and the call whose answer it was, nothing else.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "client/answer_parts.hpp"
#include "client/catalogue.hpp"
#include "client/failure.hpp"
#include "client/reply_reader.hpp"
#include "client/request.hpp"

namespace earmark::client {

struct ExchangeOptions {
  std::size_t links = 1;
  std::string server{};                            // for messages only
  std::string token{}, client_name{};
  std::size_t most_under_way = 4'096;              // on one link; the server's credit may be less
  std::chrono::milliseconds connect_limit{5'000};  // of connecting, and of the server's hello
  std::chrono::milliseconds silence_limit{10'000}; // a link with requests under way that hears nothing for so long is given up
  std::uint64_t seed = 0;                          // of the random parts of waits
};

class Exchange {
 public:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;
  using CallId = std::uint64_t;

  struct Finished {
    CallId call = 0;
    Outcome<Reply> outcome;
  };

  explicit Exchange(ExchangeOptions options);

  // A call that cannot be sent at all is finished at once.
  CallId submit(Request request, Time deadline);
  void abandon(CallId call);              // nobody wants to know any more
  void fail_all(const std::string& why);  // the end
  std::vector<Finished> take_finished() { return std::exchange(finished_, {}); }
  std::size_t calls() const { return calls_.size(); }
  std::size_t links_up() const;

  // Does what time brings: limits, waits that are over, links that stand still; and sends what may go. Call it after
  // anything else happened, and at next_due() at the latest.
  void advance(Time now);
  Time next_due() const;

  // ---- Links, numbered from 0. A link is connected by its shim: not before connect_at(); connecting() when it begins,
  // opened() when it stands, lost() when it is gone, whoever ended it.
  Time connect_at(std::size_t link) const { return links_[link].connect_at; }
  void connecting(std::size_t link, Time now);
  void opened(std::size_t link, Time now);
  void lost(std::size_t link, const std::string& why, Time now);
  void received(std::size_t link, std::span<const std::byte> bytes, Time now);
  // True: the shim closes the socket and says lost().
  bool must_close(std::size_t link) const { return links_[link].broken; }
  bool has_out(std::size_t link) const { return !links_[link].out.empty(); }
  // Replaces what is in `out`.
  void take_out(std::size_t link, std::vector<std::byte>& out);

  const Catalogue& catalogue() const { return catalogue_; }

 private:
  enum class LinkState : std::uint8_t { down, connecting, greeting, up };
  enum class SentKind : std::uint8_t { hello, question_for_codes, call };
  struct Sent {
    SentKind kind{};
    CallId call = 0;
  };
  struct Link {
    LinkState state = LinkState::down;
    bool broken = false;
    std::string why;            // it is broken
    std::uint32_t failures = 0; // since the last answer
    Time connect_at{}, heard{};
    std::uint64_t epoch = 0;
    std::size_t room = 0;       // requests under way at most
    std::vector<std::byte> out;
    AnswerParts parts;
    std::unordered_map<std::uint64_t, Sent> under_way;  // by correlation id
  };

  enum class CallState : std::uint8_t { waits_for_turn, ready, delayed, needs_codes, under_way };
  struct Call {
    Request request;
    Time deadline{}, not_before{};
    CallState state = CallState::waits_for_turn;
    std::uint32_t refusals = 0;    // that were retried
    bool unanswered = false;       // an earlier sending was lost
    std::uint64_t epoch = 0;       // of the catalogue at the last sending
    std::optional<Message> message;  // an answer that waits for codes
    std::set<std::string, std::less<>> unknown_skus;  // the server does not know them
    std::set<engine::SkuId> unknown_ids;
    bool asked_for_warehouses = false;
  };
  using Calls = std::unordered_map<CallId, Call>;

  // One Resolve under way.
  struct CodesQuestion {
    std::vector<std::string> skus;
    std::vector<engine::SkuId> ids;
    std::vector<CallId> calls;  // that it was asked for
  };

  void expire(Time now);
  void send(Time now);
  bool send_call(CallId id, Call& call, Link& link, Time now);
  bool needs_codes(Call& call);
  void ask_for_codes(Time now);
  bool add_to_question(CodesQuestion& question, std::size_t& bytes, Call& call);
  static bool has_room(const Link& link);
  Link* freest_link();
  std::uint64_t put(Link& link, Sent sent, Time now);

  void take(Link& link, const Message& message, Time now);
  void take_hello(Link& link, const Message& message);
  void take_codes(Link& link, const Message& message, Time now);
  void begin_epoch(std::uint64_t epoch);
  void learn(const CodesQuestion& question, const schema::ResolveAnswer& answer);
  void take_answer(Link& link, CallId id, Message message, Time now);
  void take_refusal(CallId id, Call& call, const schema::ErrorAnswer& error, Time now);
  bool read_answer(CallId id, Call& call, Message message);

  void set_state(CallId id, Call& call, CallState state, Time not_before = {});
  void leave_state(CallId id, const Call& call);
  void finish(CallId id, Outcome<Reply> outcome);
  using Names = std::array<std::string, 2>;  // of what a request takes its turn for; "": nothing
  static Names names_of(const Request& request);
  bool has_turn(CallId id, const Call& call) const;
  void pass_turn(CallId id, const std::string& name);
  void finish_quietly(CallId id);
  Failure mark(Failure failure, const Call& call, bool this_sending) const;
  void break_link(Link& link, std::string why);
  bool is_up() const { return links_up() != 0; }

  const ExchangeOptions options_;
  std::minstd_rand random_;
  Catalogue catalogue_{0};
  bool catalogue_is_current_ = false;
  ReplyReader reader_;
  schema::RequestEncoder encoder_;
  std::vector<Link> links_;
  std::uint64_t last_correlation_ = 0;

  Calls calls_;
  CallId last_call_ = 0;
  std::unordered_map<std::string, std::deque<CallId>> turns_;  // by order, hold, transfer or purchase order: the front may go, the others wait
  std::set<CallId> ready_, needs_codes_;                       // in the order of the calls
  std::set<std::pair<Time, CallId>> delayed_, deadlines_;
  std::optional<CodesQuestion> asked_;
  Time ask_at_{};                  // not before
  std::uint32_t ask_refusals_ = 0;
  std::string trouble_;            // why the last link was lost
  std::vector<Finished> finished_;
};

}  // namespace earmark::client
