// Links, and what comes over them.
#include <algorithm>

#include "client/backoff.hpp"
#include "client/exchange.hpp"
#include "client/refusal.hpp"

namespace earmark::client {

using engine::ErrorCode;

void Exchange::connecting(std::size_t link, Time now) {
  links_[link].state = LinkState::connecting;
  links_[link].heard = now;
}

void Exchange::opened(std::size_t index, Time now) {
  Link& link = links_[index];
  link.state = LinkState::greeting;
  link.parts = AnswerParts();
  const std::uint64_t correlation = put(link, {SentKind::hello, 0}, now);
  encoder_.hello(link.out, correlation, {schema::protocol_version, options_.token, options_.client_name, 0});
}

void Exchange::lost(std::size_t index, const std::string& why, Time now) {
  Link& link = links_[index];
  trouble_ = link.broken && !link.why.empty() ? link.why : why;
  const auto under_way = std::exchange(link.under_way, {});
  for (const auto& [correlation, sent] : under_way) {
    if (sent.kind == SentKind::question_for_codes) asked_.reset();
    const auto found = calls_.find(sent.call);
    if (sent.kind != SentKind::call || found == calls_.end()) continue;
    found->second.unanswered = true;
    set_state(sent.call, found->second, CallState::ready);
  }
  link.state = LinkState::down;
  link.broken = false;
  link.why.clear();
  link.out.clear();
  link.parts = AnswerParts();
  link.connect_at = std::max(link.connect_at, now + Backoff::wait(link.failures++, random_));
}

void Exchange::break_link(Link& link, std::string why) {
  if (link.broken) return;
  link.broken = true;
  link.why = std::move(why);
}

void Exchange::take_out(std::size_t link, std::vector<std::byte>& out) {
  out.clear();
  out.swap(links_[link].out);
}

void Exchange::received(std::size_t index, std::span<const std::byte> bytes, Time now) {
  Link& link = links_[index];
  if (link.state != LinkState::greeting && link.state != LinkState::up) return;
  link.heard = now;
  const bool good = link.parts.add(bytes);
  while (!link.broken) {
    const auto message = link.parts.take();
    if (!message) break;
    take(link, *message, now);
  }
  if (!good) break_link(link, "it does not speak this protocol");
}

void Exchange::take(Link& link, const Message& message, Time now) {
  const auto found = link.under_way.find(message.correlation);
  if (found == link.under_way.end()) return break_link(link, "it answered something that was not asked");
  const Sent sent = found->second;
  link.under_way.erase(found);
  if (sent.kind == SentKind::hello) return take_hello(link, message);
  link.failures = 0;
  if (sent.kind == SentKind::question_for_codes) return take_codes(link, message, now);
  take_answer(link, sent.call, message, now);
}

void Exchange::take_hello(Link& link, const Message& message) {
  const auto answer = reader_.decode(message);
  if (answer && std::holds_alternative<schema::ErrorAnswer>(*answer)) {
    const Failure refusal = failure_of(std::get<schema::ErrorAnswer>(*answer));
    break_link(link, refusal.text);
    if (refusal.code == ErrorCode::overloaded || is_up()) return;
    // It will say the same again: nobody needs to wait for that.
    std::vector<CallId> all;
    for (const auto& entry : calls_) all.push_back(entry.first);
    for (const CallId id : all) finish(id, Unexpected{mark(refusal, calls_.at(id), calls_.at(id).state == CallState::under_way)});
    return;
  }
  if (!answer || !std::holds_alternative<schema::HelloAnswer>(*answer)) return break_link(link, "it does not speak this protocol");
  const auto& hello = std::get<schema::HelloAnswer>(*answer);
  link.state = LinkState::up;
  link.epoch = hello.epoch;
  link.room = std::clamp<std::size_t>(hello.credit, 1, options_.most_under_way);
  if (catalogue_is_current_ && hello.epoch == catalogue_.epoch()) return;
  begin_epoch(hello.epoch);
  for (Link& other : links_) {
    if (other.state == LinkState::up && other.epoch != hello.epoch) break_link(other, "the server's data were replaced");
  }
}

void Exchange::take_codes(Link& link, const Message& message, Time now) {
  const CodesQuestion question = std::move(*asked_);
  asked_.reset();
  const auto answer = reader_.decode(message);
  if (answer && std::holds_alternative<schema::ErrorAnswer>(*answer)) {
    const Failure refusal = failure_of(std::get<schema::ErrorAnswer>(*answer));
    if (refusal.code == ErrorCode::overloaded) {
      ask_at_ = now + Backoff::wait(ask_refusals_++, random_, std::chrono::milliseconds(refusal.retry_after_ms));
      return;
    }
    for (const CallId id : question.calls) {
      const auto found = calls_.find(id);
      if (found != calls_.end()) finish(id, Unexpected{mark(refusal, found->second, found->second.message.has_value())});
    }
    return;
  }
  const auto* resolved = answer ? std::get_if<schema::ResolveAnswer>(&*answer) : nullptr;
  const bool parallel = resolved != nullptr && resolved->sku_ids.size() == question.skus.size() &&
                        resolved->sku_codes.size() == question.ids.size() &&
                        resolved->warehouse_priorities.size() == resolved->warehouse_codes.size() &&
                        resolved->warehouse_names.size() == resolved->warehouse_codes.size();
  if (!parallel) return break_link(link, "it sent codes that were not asked for");
  ask_refusals_ = 0;
  link.epoch = resolved->epoch;
  learn(question, *resolved);
  for (const CallId id : question.calls) {
    const auto found = calls_.find(id);
    if (found == calls_.end() || found->second.state != CallState::needs_codes || needs_codes(found->second)) continue;
    if (!found->second.message) {
      set_state(id, found->second, CallState::ready);
    } else if (!read_answer(id, found->second, std::move(*found->second.message))) {
      return break_link(link, "it sent an answer that is not understood");
    }
  }
}

// Forgets all codes of another epoch, and answers that waited for some of them: those requests are sent again.
void Exchange::begin_epoch(std::uint64_t epoch) {
  catalogue_is_current_ = true;
  if (epoch == catalogue_.epoch()) return;
  catalogue_.begin(epoch);
  const std::set<CallId> waiting = needs_codes_;
  for (const CallId id : waiting) {
    Call& call = calls_.at(id);
    call.unknown_skus.clear();
    call.unknown_ids.clear();
    call.asked_for_warehouses = false;
    if (!call.message) continue;
    call.message.reset();
    call.unanswered = true;
    set_state(id, call, CallState::ready);
  }
}

void Exchange::learn(const CodesQuestion& question, const schema::ResolveAnswer& answer) {
  begin_epoch(answer.epoch);
  std::vector<std::string_view> unknown_codes;
  for (std::size_t index = 0; index < question.skus.size(); ++index) {
    catalogue_.learn(question.skus[index], answer.sku_ids[index]);
    if (answer.sku_ids[index].value == 0) unknown_codes.push_back(question.skus[index]);
  }
  std::vector<engine::SkuId> unknown_ids;
  for (std::size_t index = 0; index < question.ids.size(); ++index) {
    catalogue_.learn(answer.sku_codes[index], question.ids[index]);
    if (answer.sku_codes[index].empty()) unknown_ids.push_back(question.ids[index]);
  }
  std::vector<WarehouseInfo> warehouses;
  for (std::size_t index = 0; index < answer.warehouse_codes.size(); ++index) {
    warehouses.push_back({std::string(answer.warehouse_codes[index]), std::string(answer.warehouse_names[index]),
                          answer.warehouse_priorities[index]});
  }
  catalogue_.learn(std::move(warehouses));
  for (const CallId id : question.calls) {
    const auto found = calls_.find(id);
    if (found == calls_.end()) continue;
    found->second.asked_for_warehouses = true;
    found->second.unknown_skus.insert(unknown_codes.begin(), unknown_codes.end());
    found->second.unknown_ids.insert(unknown_ids.begin(), unknown_ids.end());
  }
}

void Exchange::take_answer(Link& link, CallId id, Message message, Time now) {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return;  // it was given up
  Call& call = found->second;
  if (message.kind == schema::MessageKind::error) {
    const auto answer = reader_.decode(message);
    if (answer) return take_refusal(id, call, std::get<schema::ErrorAnswer>(*answer), now);
  } else if (!catalogue_is_current_ || call.epoch != catalogue_.epoch()) {
    // Its dense ids are of data that are gone. The server of today is asked the same.
    call.unanswered = true;
    return set_state(id, call, CallState::ready);
  }
  if (!read_answer(id, call, std::move(message))) break_link(link, "it sent an answer that is not understood");
}

void Exchange::take_refusal(CallId id, Call& call, const schema::ErrorAnswer& error, Time now) {
  const ErrorCode code = error.error.code;
  if (code != ErrorCode::stale_catalogue && code != ErrorCode::overloaded) {
    // What an earlier sending did would have been told instead: ids are looked at first.
    return finish(id, Unexpected{failure_of(error)});
  }
  // Once for all requests that were sent with these ids.
  if (code == ErrorCode::stale_catalogue && call.epoch == catalogue_.epoch()) catalogue_is_current_ = false;
  const bool at_once = code == ErrorCode::stale_catalogue && call.refusals == 0;
  const auto wait = Backoff::wait(call.refusals++, random_, std::chrono::milliseconds(error.retry_after_ms));
  set_state(id, call, at_once ? CallState::ready : CallState::delayed, at_once ? Time{} : now + wait);
}

// Finishes the call, or keeps the answer until its codes are known. False: it was not understood, and the call has failed.
bool Exchange::read_answer(CallId id, Call& call, Message message) {
  MissingCodes missing;
  auto reply = reader_.read(call.request, message, catalogue_, missing);
  if (!reply) {
    finish(id, Unexpected{mark(reply.error(), call, true)});
    return false;
  }
  std::erase_if(missing.skus, [&](engine::SkuId sku) { return call.unknown_ids.contains(sku); });
  if (!missing.skus.empty() || (missing.warehouses && !call.asked_for_warehouses)) {
    call.message = std::move(message);
    set_state(id, call, CallState::needs_codes);
    return true;
  }
  finish(id, std::move(*reply));
  return true;
}

}  // namespace earmark::client
