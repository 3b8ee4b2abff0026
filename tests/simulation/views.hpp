// Answers to questions as text: what the server said, and what the twin says in its words. Pure.
#pragma once

#include <string>

#include "schema/answer.hpp"
#include "tests/model/state.hpp"
#include "tests/simulation/asked.hpp"

namespace earmark::simulation {

std::string text_of(const schema::OrderView& view);
std::string text_of(const schema::BackordersAnswer& answer);
std::string text_of(const schema::HoldsAnswer& answer);
std::string text_of(const schema::PurchasesAnswer& answer);
std::string text_of(const schema::CheckAnswer& answer);  // with dates

// The answer to a question by the twin's state, of dates by this clock; anything else asks for the digest.
std::string view_of(const model::State& state, const Asked& asked, engine::TimeUs clock);

}  // namespace earmark::simulation
