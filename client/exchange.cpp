// Calls: their turns, sending, limits. Links and answers are in exchange_answers.cpp.
#include "client/exchange.hpp"

#include <algorithm>

#include "client/backoff.hpp"
#include "engine/limits.hpp"

namespace earmark::client {
namespace {

constexpr std::size_t resolve_bytes = 50'000;  // of codes in one question
constexpr std::size_t resolve_ids = 12'000;

}  // namespace

Exchange::Exchange(ExchangeOptions options)
    : options_(std::move(options)), random_(static_cast<std::minstd_rand::result_type>(options_.seed)), links_(options_.links) {}

Exchange::CallId Exchange::submit(Request request, Time deadline) {
  const CallId id = ++last_call_;
  if (auto good = check(request); !good) {
    finished_.push_back({id, Unexpected{good.error()}});
    return id;
  }
  Call& call = calls_[id];
  call.request = std::move(request);
  call.deadline = deadline;
  deadlines_.emplace(deadline, id);
  for (const std::string& name : names_of(call.request)) {
    if (!name.empty()) turns_[name].push_back(id);
  }
  if (has_turn(id, call)) set_state(id, call, CallState::ready);
  return id;
}

// An order, a hold, a transfer and a purchase order may have the same id. Nothing is about two of the last three.
Exchange::Names Exchange::names_of(const Request& request) {
  const std::string_view order = order_named(request), hold = hold_named(request), transfer = transfer_named(request),
                         purchase = purchase_named(request);
  const std::string other = !hold.empty()       ? "hold " + std::string(hold)
                            : !transfer.empty() ? "transfer " + std::string(transfer)
                            : !purchase.empty() ? "purchase " + std::string(purchase)
                                                : "";
  return {order.empty() ? "" : "order " + std::string(order), other};
}

bool Exchange::has_turn(CallId id, const Call& call) const {
  for (const std::string& name : names_of(call.request)) {
    if (!name.empty() && turns_.at(name).front() != id) return false;
  }
  return true;
}

void Exchange::abandon(CallId call) {
  if (calls_.contains(call)) finish_quietly(call);
}

void Exchange::fail_all(const std::string& why) {
  std::vector<CallId> ids;
  for (const auto& entry : calls_) ids.push_back(entry.first);
  std::sort(ids.begin(), ids.end());
  for (const CallId id : ids) {
    const Call& call = calls_.at(id);
    finish(id, Unexpected{mark(unreachable(why).error, call, call.state == CallState::under_way || call.message)});
  }
}

void Exchange::advance(Time now) {
  for (Link& link : links_) {
    const bool opening = link.state == LinkState::connecting || link.state == LinkState::greeting;
    if (opening && now - link.heard >= options_.connect_limit) break_link(link, "no answer within the time limit");
    const bool waiting = link.state == LinkState::up && !link.under_way.empty();
    if (waiting && now - link.heard >= options_.silence_limit) break_link(link, "it answers nothing any more");
  }
  expire(now);
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    const CallId id = delayed_.begin()->second;
    set_state(id, calls_.at(id), CallState::ready);
  }
  send(now);
}

Exchange::Time Exchange::next_due() const {
  Time due = Time::max();
  if (!deadlines_.empty()) due = std::min(due, deadlines_.begin()->first);
  if (!delayed_.empty()) due = std::min(due, delayed_.begin()->first);
  const bool may_ask = std::any_of(links_.begin(), links_.end(), has_room);
  if (!needs_codes_.empty() && !asked_ && may_ask) due = std::min(due, ask_at_);
  for (const Link& link : links_) {
    if (link.broken) continue;
    if (link.state == LinkState::connecting || link.state == LinkState::greeting) due = std::min(due, link.heard + options_.connect_limit);
    if (link.state == LinkState::up && !link.under_way.empty()) due = std::min(due, link.heard + options_.silence_limit);
  }
  return due;
}

// A failure of this call. `this_sending`: the last sending is neither answered nor refused.
Failure Exchange::mark(Failure failure, const Call& call, bool this_sending) const {
  if (!is_command(call.request) || !(call.unanswered || this_sending)) return failure;
  failure.outcome_unknown = true;
  if (failure.kind == FailureKind::unreachable) {
    failure.text += "; whether the command took effect is unknown, repeat it with the same id";
  }
  return failure;
}

void Exchange::expire(Time now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const CallId id = deadlines_.begin()->second;
    const Call& call = calls_.at(id);
    const bool sent = call.state == CallState::under_way || call.message.has_value();
    std::string text = sent || call.unanswered ? "no answer from the server at " + options_.server + " within the time limit"
                                               : "the server at " + options_.server + " could not be asked within the time limit";
    if (!is_up() && !trouble_.empty()) text += " (" + trouble_ + ")";
    if (is_up() && call.refusals != 0) text += " (it was busy)";
    finish(id, Unexpected{mark(unreachable(std::move(text)).error, call, sent)});
  }
}

void Exchange::send(Time now) {
  ask_for_codes(now);
  while (!ready_.empty()) {
    Link* link = freest_link();
    if (link == nullptr) break;
    const CallId id = *ready_.begin();
    Call& call = calls_.at(id);
    if (needs_codes(call)) {
      set_state(id, call, CallState::needs_codes);
    } else if (!send_call(id, call, *link, now)) {
      continue;  // finished
    }
  }
  ask_for_codes(now);
}

// False: it cannot be sent, and is finished.
bool Exchange::send_call(CallId id, Call& call, Link& link, Time now) {
  const std::uint64_t correlation = ++last_correlation_;
  if (auto done = append(link.out, correlation, call.request, catalogue_, encoder_); !done) {
    finish(id, Unexpected{done.error()});
    return false;
  }
  if (link.under_way.empty()) link.heard = now;
  link.under_way.emplace(correlation, Sent{SentKind::call, id});
  call.epoch = catalogue_.epoch();
  set_state(id, call, CallState::under_way);
  return true;
}

bool Exchange::has_room(const Link& link) {
  return link.state == LinkState::up && !link.broken && link.under_way.size() < link.room;
}

Exchange::Link* Exchange::freest_link() {
  Link* best = nullptr;
  for (Link& link : links_) {
    if (!has_room(link)) continue;
    if (best == nullptr || link.under_way.size() < best->under_way.size()) best = &link;
  }
  return best;
}

std::size_t Exchange::links_up() const {
  return static_cast<std::size_t>(std::count_if(links_.begin(), links_.end(), [](const Link& link) {
    return link.state == LinkState::up && !link.broken;
  }));
}

// Whether something is to be looked up first. What was looked up in vain is not asked for again by the same call.
bool Exchange::needs_codes(Call& call) {
  if (!catalogue_is_current_) return true;
  MissingCodes missing;
  if (call.message) {
    if (auto read = reader_.read(call.request, *call.message, catalogue_, missing); !read) return false;
    std::erase_if(missing.skus, [&](engine::SkuId id) { return call.unknown_ids.contains(id); });
    return !missing.skus.empty() || (missing.warehouses && !call.asked_for_warehouses);
  }
  if (!call.asked_for_warehouses && names_unknown_warehouse(call.request, catalogue_)) return true;
  std::vector<std::string_view> codes;
  unknown_skus(call.request, catalogue_, codes);
  return std::any_of(codes.begin(), codes.end(), [&](std::string_view code) { return !call.unknown_skus.contains(code); });
}

// Adds what the call needs, as far as there is room; false when the question is full.
bool Exchange::add_to_question(CodesQuestion& question, std::size_t& bytes, Call& call) {
  if (call.message) {
    MissingCodes missing;
    auto read = reader_.read(call.request, *call.message, catalogue_, missing);
    for (const engine::SkuId id : missing.skus) {
      if (question.ids.size() >= resolve_ids) return false;
      if (read && !call.unknown_ids.contains(id)) question.ids.push_back(id);
    }
    return true;
  }
  std::vector<std::string_view> codes;
  unknown_skus(call.request, catalogue_, codes);
  for (const std::string_view code : codes) {
    if (call.unknown_skus.contains(code)) continue;
    if (bytes >= resolve_bytes) return false;
    bytes += code.size() + 12;
    question.skus.emplace_back(code);
  }
  return true;
}

void Exchange::ask_for_codes(Time now) {
  Link* link = freest_link();
  if (asked_ || needs_codes_.empty() || link == nullptr || now < ask_at_) return;
  CodesQuestion question;
  std::size_t bytes = 0;
  for (const CallId id : needs_codes_) {
    question.calls.push_back(id);
    if (!add_to_question(question, bytes, calls_.at(id))) break;
  }
  std::vector<std::string_view> codes(question.skus.begin(), question.skus.end());
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  std::vector<std::string> owned(codes.begin(), codes.end());
  question.skus = std::move(owned);
  codes.assign(question.skus.begin(), question.skus.end());
  std::sort(question.ids.begin(), question.ids.end());
  question.ids.erase(std::unique(question.ids.begin(), question.ids.end()), question.ids.end());
  schema::ResolveRequest request;
  request.sku_codes = codes;
  request.sku_ids = question.ids;
  request.all_warehouses = true;
  const std::uint64_t correlation = put(*link, {SentKind::question_for_codes, 0}, now);
  encoder_.resolve(link->out, correlation, request);
  asked_ = std::move(question);
}

// Notes that something is under way.
std::uint64_t Exchange::put(Link& link, Sent sent, Time now) {
  if (link.under_way.empty()) link.heard = now;
  link.under_way.emplace(++last_correlation_, sent);
  return last_correlation_;
}

void Exchange::leave_state(CallId id, const Call& call) {
  switch (call.state) {
    case CallState::ready: ready_.erase(id); break;
    case CallState::delayed: delayed_.erase({call.not_before, id}); break;
    case CallState::needs_codes: needs_codes_.erase(id); break;
    case CallState::waits_for_turn:
    case CallState::under_way: break;
  }
}

void Exchange::set_state(CallId id, Call& call, CallState state, Time not_before) {
  leave_state(id, call);
  call.state = state;
  call.not_before = not_before;
  if (state == CallState::ready) ready_.insert(id);
  if (state == CallState::delayed) delayed_.emplace(not_before, id);
  if (state == CallState::needs_codes) needs_codes_.insert(id);
}

void Exchange::finish(CallId id, Outcome<Reply> outcome) {
  finished_.push_back({id, std::move(outcome)});
  finish_quietly(id);
}

void Exchange::finish_quietly(CallId id) {
  const auto found = calls_.find(id);
  leave_state(id, found->second);
  deadlines_.erase({found->second.deadline, id});
  const Names names = names_of(found->second.request);
  calls_.erase(found);
  for (const std::string& name : names) pass_turn(id, name);
}

void Exchange::pass_turn(CallId id, const std::string& name) {
  if (name.empty()) return;
  const auto found = turns_.find(name);
  auto& turns = found->second;
  const bool had_turn = turns.front() == id;
  turns.erase(std::find(turns.begin(), turns.end(), id));
  if (turns.empty()) {
    turns_.erase(found);
  } else if (had_turn) {
    Call& next = calls_.at(turns.front());
    if (next.state == CallState::waits_for_turn && has_turn(turns.front(), next)) set_state(turns.front(), next, CallState::ready);
  }
}

}  // namespace earmark::client
