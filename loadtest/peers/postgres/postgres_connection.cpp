#include "loadtest/peers/postgres/postgres_connection.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

namespace earmark::loadtest::peers {
namespace {

constexpr const char* prepared = "work";

}  // namespace

PostgresConnection::PostgresConnection(std::uint16_t port)
    : link_(PQconnectdb(("host=127.0.0.1 port=" + std::to_string(port) + " user=postgres dbname=postgres connect_timeout=10").c_str()),
            PQfinish) {
  if (PQstatus(link_.get()) != CONNECTION_OK) fail("cannot connect");
}

// libpq's messages may have several lines.
void PostgresConnection::fail(const std::string& what) const {
  const std::string message = PQerrorMessage(link_.get());
  throw std::runtime_error(what + ": " + message.substr(0, message.find('\n')));
}

Result PostgresConnection::checked(PGresult* result) const {
  Result answer(result);
  const ExecStatusType status = PQresultStatus(answer.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_COPY_IN) fail("the server answers");
  return answer;
}

Result PostgresConnection::ask(const std::string& sql) { return checked(PQexec(link_.get(), sql.c_str())); }

std::string PostgresConnection::setting(const std::string& name) { return std::string(text_of(ask("SHOW " + name), 0, 0)); }

void PostgresConnection::copy(const std::string& sql, const std::string& rows) {
  ask(sql);
  if (PQputCopyData(link_.get(), rows.data(), static_cast<int>(rows.size())) != 1) fail("cannot send rows");
  if (PQputCopyEnd(link_.get(), nullptr) != 1) fail("cannot send rows");
  while (PGresult* result = PQgetResult(link_.get())) checked(result);
}

void PostgresConnection::prepare(const std::string& sql) {
  checked(PQprepare(link_.get(), prepared, sql.c_str(), 0, nullptr));
  if (PQsetnonblocking(link_.get(), 1) != 0) fail("cannot set the socket non-blocking");
}

void PostgresConnection::call(std::span<const std::string> parameters) {
  std::array<const char*, 4> values{};
  for (std::size_t index = 0; index < parameters.size(); ++index) values.at(index) = parameters[index].c_str();
  if (PQsendQueryPrepared(link_.get(), prepared, static_cast<int>(parameters.size()), values.data(), nullptr, nullptr, 0) != 1) {
    fail("cannot send");
  }
}

bool PostgresConnection::flush() {
  const int left = PQflush(link_.get());
  if (left < 0) fail("lost the server");
  return left != 0;
}

void PostgresConnection::read() {
  if (PQconsumeInput(link_.get()) != 1) fail("lost the server");
}

Result PostgresConnection::next_answer() {
  if (PQisBusy(link_.get()) != 0) return nullptr;
  PGresult* result = PQgetResult(link_.get());
  if (result == nullptr) return nullptr;
  Result answer = checked(result);
  // The end of the call comes with its result, so this does not wait.
  while (PGresult* more = PQgetResult(link_.get())) checked(more);
  return answer;
}

std::string_view text_of(const Result& result, int row, int column) {
  return {PQgetvalue(result.get(), row, column), static_cast<std::size_t>(PQgetlength(result.get(), row, column))};
}

std::int64_t number_of(const Result& result, int row, int column) {
  const std::string_view text = text_of(result, row, column);
  std::int64_t number = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stopped != text.data() + text.size()) throw std::runtime_error("no number: " + std::string(text));
  return number;
}

}  // namespace earmark::loadtest::peers
