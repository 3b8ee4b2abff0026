#include "client/refusal.hpp"

namespace earmark::client {

Failure failure_of(const schema::ErrorAnswer& error) {
  std::string text(engine::name(error.error.code));
  if (error.error.code == engine::ErrorCode::none || text == "unknown_error") {
    text = "error " + std::to_string(static_cast<unsigned>(error.error.code));
  }
  if (error.error.line.value != 0) {
    text += ", line " + std::to_string(error.error.line.value);
  } else if (error.error.row != 0) {
    text += ", row " + std::to_string(error.error.row);
  }
  Failure failure{FailureKind::refused, {}, error.error.code};
  failure.row = error.error.row;
  failure.line = error.error.line.value;
  failure.message = on_one_line(error.message);
  failure.retry_after_ms = error.retry_after_ms;
  failure.text = text + ": " + failure.message;
  return failure;
}

std::string on_one_line(std::string_view text) {
  std::string line(text);
  for (char& letter : line) {
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) letter = ' ';
  }
  return line;
}

}  // namespace earmark::client
