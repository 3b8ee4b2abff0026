#include "loadtest/peers/redis/redis_connection.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "loadtest/peers/redis/redis_text.hpp"

namespace earmark::loadtest::peers {
RedisConnection::RedisConnection(std::uint16_t port) : context_(redisConnect("127.0.0.1", port), redisFree) {
  if (context_ == nullptr) throw std::runtime_error("no memory for a connection");
  if (context_->err != 0) fail("cannot connect");
}

void RedisConnection::fail(const std::string& what) const {
  throw std::runtime_error(what + ": " + (context_->err != 0 ? context_->errstr : std::strerror(errno)));
}

Reply RedisConnection::take_answer() {
  void* reply = nullptr;
  if (redisGetReply(context_.get(), &reply) != REDIS_OK) fail("lost the server");
  Reply taken(static_cast<redisReply*>(reply));
  if (taken->type == REDIS_REPLY_ERROR) throw std::runtime_error("the server answers: " + std::string(taken->str, taken->len));
  return taken;
}

Reply RedisConnection::ask(const std::vector<std::string_view>& words) {
  std::string command = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string_view word : words) append_word(command, word);
  Reply answer;
  ask_all({command}, [&](std::size_t, Reply reply) { answer = std::move(reply); });
  return answer;
}

void RedisConnection::never_block() {
  ::fcntl(context_->fd, F_SETFL, O_NONBLOCK);
  context_->flags &= ~REDIS_BLOCK;
}

void RedisConnection::read() {
  if (redisBufferRead(context_.get()) != REDIS_OK) fail("lost the server");
}

Reply RedisConnection::next_answer() {
  void* reply = nullptr;
  if (redisGetReplyFromReader(context_.get(), &reply) != REDIS_OK) fail("cannot read the answer");
  return Reply(static_cast<redisReply*>(reply));
}

std::size_t RedisConnection::write(std::string_view bytes) {
  const ssize_t count = ::send(context_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count >= 0) return static_cast<std::size_t>(count);
  if (errno != EAGAIN && errno != EINTR) fail("lost the server");
  return 0;
}

}  // namespace earmark::loadtest::peers
