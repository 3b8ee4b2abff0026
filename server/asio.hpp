// Asio 1.22 in one place: names that later versions have moved.
#pragma once

#include <asio/experimental/as_tuple.hpp>
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

namespace earmark::server {

using asio::ip::tcp;
// co_await gives a tuple that starts with the error code; nothing throws.
inline constexpr auto as_result = asio::experimental::as_tuple(asio::use_awaitable);

}  // namespace earmark::server
