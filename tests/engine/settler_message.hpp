// A command of the model as the settler's message. Orders that come by the desk have no use for it.
#pragma once

#include <memory>
#include <variant>

#include "engine/message.hpp"
#include "tests/model/commands.hpp"

namespace earmark::test {

inline std::unique_ptr<engine::Message> settler_message(const model::Command& command, std::uint64_t content, const engine::ReplyTo& reply,
                                                        engine::TimeUs now) {
  return std::visit(
      [&](const auto& each) {
        if constexpr (requires { each.rows(); }) {  // a load, or rules: they have no id
          const auto rows = each.rows();
          return std::make_unique<engine::Message>(rows.view(), reply, now);
        } else {
          return std::make_unique<engine::Message>(each.view(), content, reply, now);
        }
      },
      command);
}

}  // namespace earmark::test
