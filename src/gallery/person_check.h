// Whether a person is as person.h says, and how card numbers and number plates are compared.
#pragma once

#include <string>
#include <string_view>

#include "gallery/person.h"
#include "kface/status.h"

namespace kface {

// Errors: kInvalidArgument, with what was found. Ids and created_at are not looked at.
Status check_person(const Person& person);

// Well-formed UTF-8 without control characters, 1 to `max_bytes` bytes.
bool is_plain_text(std::string_view text, std::size_t max_bytes);

// As they are compared: without spaces at the ends for a card; for a number plate without any
// spaces and hyphens, ASCII letters as capitals.
std::string comparable_card(std::string_view card);
std::string comparable_vehicle(std::string_view vehicle);

// `text` with ASCII letters as small ones, for looking up a part of a name.
std::string folded(std::string_view text);

}  // namespace kface
