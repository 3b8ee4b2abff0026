// libpq in C++: a connection for questions that are waited for, and for one prepared call at a time that is not. Throws
// std::runtime_error with one line. One thread.
#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace earmark::loadtest::peers {

struct ClearResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ClearResult>;

class PostgresConnection {
 public:
  explicit PostgresConnection(std::uint16_t port);

  int handle() const { return PQsocket(link_.get()); }
  // Text of SQL, which may hold several statements; the last one's result.
  Result ask(const std::string& sql);
  std::string setting(const std::string& name);
  // Rows for COPY ... FROM STDIN.
  void copy(const std::string& sql, const std::string& rows);

  void prepare(const std::string& sql);
  // Sends the prepared statement with these parameters, as text.
  void call(std::span<const std::string> parameters);
  // True: more bytes are to be sent when the socket is writable.
  bool flush();
  // Reads what is there. The whole answer of the call, or none yet.
  void read();
  Result next_answer();

 private:
  [[noreturn]] void fail(const std::string& what) const;
  Result checked(PGresult* result) const;

  std::unique_ptr<PGconn, void (*)(PGconn*)> link_;
};

std::string_view text_of(const Result& result, int row, int column);
std::int64_t number_of(const Result& result, int row, int column);

}  // namespace earmark::loadtest::peers
