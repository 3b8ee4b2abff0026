// The network: bytes in pieces of any size, late, and connections that end.
#include <algorithm>

#include "tests/simulation/world.hpp"

namespace earmark::simulation {

std::size_t World::piece_of(std::size_t bytes, bool slow) {
  if (slow) return std::min<std::size_t>(bytes, random_.between(1, 500));
  if (bytes <= 60'000 && random_.chance(60)) return bytes;
  sometimes_.met(Met::frame_split);
  return random_.between(1, bytes);
}

void World::connect(std::size_t client, std::size_t link) {
  if (!server_) return clients_[client]->cannot_connect(link, now());
  auto connection = std::make_unique<Connection>();
  connection->client = client;
  connection->link = link;
  connection->worker = connections_made_++ % server_->workers();
  connection->session = server_->worker(connection->worker).open_session();
  connection->room = !faults_ ? 65'536 : client < raw_clients_ + channel_clients_ ? mood_.room : random_.between(300, 3'000);
  connection->line.number = connections_made_;
  clients_[client]->connected(link, now());
  connections_.push_back(std::move(connection));
}

void World::flush(Connection& connection) {
  thread_local std::vector<std::byte> out;
  clients_[connection.client]->take_out(connection.link, out);
  if (!out.empty()) {
    judge_.client_sent(connection.line, out);
    connection.up.put(out);
  }
  if (clients_[connection.client]->must_close(connection.link)) close_client_end(connection, true);
}

// As server/io_thread.cpp does it from here on.
void World::deliver_up(Connection& connection) {
  const std::size_t bytes = piece_of(std::min<std::size_t>(connection.up.size(), server::read_bytes), false);
  server::Worker& worker = server_->worker(connection.worker);
  server::Session& session = worker.session(connection.session);
  if (!session.closing) worker.receive(connection.session, connection.up.first(bytes), wall());
  connection.up.drop(bytes);
  send_dirty(connection.worker);
  if (session.blocked && session.unsent() >= server::most_unsent_bytes) sometimes_.met(Met::back_pressure_of_unsent_answers);
}

void World::send_dirty(std::size_t worker) {
  for (const std::uint32_t index : server_->worker(worker).take_dirty()) {
    for (const auto& connection : connections_) {
      if (connection->server_open && connection->worker == worker && connection->session == index) send(*connection);
    }
  }
}

void World::send(Connection& connection) {
  server::Session& session = server_->worker(connection.worker).session(connection.session);
  if (!connection.client_open) session.took(session.unsent());  // the write ends with an error
  while (!connection.writing && session.unsent() != 0) {
    const std::size_t room = connection.room - std::min(connection.room, connection.down.size());
    const std::size_t bytes = std::min(room, session.unsent());
    if (bytes == 0) {
      sometimes_.met(Met::socket_full);
      connection.writing = true;
      return;
    }
    const auto sent = std::span<const std::byte>(session.out).subspan(session.sent, bytes);
    judge_.server_sent(connection.line, sent);
    connection.down.put(sent);
    session.took(bytes);
  }
  if (session.closing && session.unsent() == 0) connection.server_done = true;
}

void World::deliver_down(Connection& connection) {
  const std::size_t bytes = piece_of(connection.down.size(), connection.slow);
  const auto first = connection.down.first(bytes);
  const std::vector<std::byte> piece(first.begin(), first.end());
  connection.down.drop(bytes);
  judge_.client_got(connection.line, bytes);
  clients_[connection.client]->got(connection.link, piece, now());
  if (!connection.writing || !connection.server_open || connection.down.size() >= connection.room) return;
  connection.writing = false;
  send(connection);
  server_->wake(connection.worker);
}

void World::close_server_end(Connection& connection) {
  server_->worker(connection.worker).close_session(connection.session);
  connection.server_open = false;
  connection.server_done = true;
}

// The client gives the connection up, or learns that it is gone. What it has sent may still arrive.
void World::close_client_end(Connection& connection, bool tell_client) {
  if (connection.client_open && tell_client) {
    connection.client_open = false;
    clients_[connection.client]->lost(connection.link, now());
  }
  connection.client_open = false;
  connection.client_done = true;
  connection.down.clear();
  if (connection.writing && connection.server_open) {
    connection.writing = false;
    send(connection);
    server_->wake(connection.worker);
  }
}

void World::forget_closed() {
  std::erase_if(connections_, [](const auto& connection) { return !connection->client_open && !connection->server_open; });
}

}  // namespace earmark::simulation
