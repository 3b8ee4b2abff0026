// hiredis in C++: a connection that blocks (to load the catalogue and to read everything back) or not (under load). Throws
// std::runtime_error with one line. One thread.
#pragma once

#include <hiredis/hiredis.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace earmark::loadtest::peers {

struct FreeReply {
  void operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

class RedisConnection {
 public:
  explicit RedisConnection(std::uint16_t port);

  int handle() const noexcept { return context_->fd; }
  // Sends at once and waits for the answer, which is no error.
  Reply ask(const std::vector<std::string_view>& words);
  // Sends all commands, then takes an answer for each: use(index, answer).
  template <class Use>
  void ask_all(const std::vector<std::string>& commands, Use use);

  void never_block();
  // Reads once what is there; the next whole answer of it, or none.
  void read();
  Reply next_answer();
  // One send; bytes taken, 0 if the socket is full.
  std::size_t write(std::string_view bytes);

 private:
  [[noreturn]] void fail(const std::string& what) const;
  Reply take_answer();

  std::unique_ptr<redisContext, void (*)(redisContext*)> context_;
};

template <class Use>
void RedisConnection::ask_all(const std::vector<std::string>& commands, Use use) {
  for (const std::string& command : commands) {
    if (redisAppendFormattedCommand(context_.get(), command.data(), command.size()) != REDIS_OK) fail("cannot send");
  }
  for (std::size_t index = 0; index < commands.size(); ++index) use(index, take_answer());
}

}  // namespace earmark::loadtest::peers
