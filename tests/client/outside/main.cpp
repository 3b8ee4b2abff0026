// outside HOST PORT: places an order through each face and prints what came of it.
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <cstdio>
#include <earmark/client/blocking_channel.hpp>
#include <earmark/client/channel.hpp>

using namespace earmark::client;

namespace {

Order make_order(const char* id) {
  return Order{.id = id, .customer = "outside", .lines = {{.line = 1, .sku = "BEAM", .quantity = 8, .warehouse = {}}}};
}

void print(const char* face, const Outcome<OrderAnswer>& answer) {
  if (!answer) {
    std::printf("%s: %s\n", face, answer.error().text.c_str());
    return;
  }
  std::printf("%s: %s %s, %zu shipments, backorder %s\n", face, answer->id.c_str(), std::string(name(answer->status)).c_str(),
              answer->shipments.size(), answer->backorder.c_str());
}

asio::awaitable<void> place(Channel& channel) {
  const Outcome<OrderAnswer> answer = co_await channel.place_order(make_order("OUT-2"));
  print("coroutine", answer);
  channel.close();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  ChannelOptions options;
  options.server = {argv[1], argv[2]};
  options.client_name = "outside";

  BlockingChannel blocking(options);
  print("blocking", blocking.place_order(make_order("OUT-1")));

  asio::io_context context(1);
  Channel channel(context.get_executor(), options);
  asio::co_spawn(context, place(channel), asio::detached);
  context.run();
}
