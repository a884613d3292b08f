// The way somebody passes, as doors, logs, messages, options and requests spell it.
#pragma once

#include <string>
#include <string_view>

#include "gallery/person.h"

namespace kface {

// entry, exit; empty for kNone.
inline std::string direction_word(Direction direction) {
  switch (direction) {
    case Direction::kEntry:
      return "entry";
    case Direction::kExit:
      return "exit";
    case Direction::kNone:
      break;
  }
  return "";
}

// The reverse; kNone for every other word.
inline Direction direction_of(std::string_view word) {
  return word == "entry" ? Direction::kEntry : word == "exit" ? Direction::kExit : Direction::kNone;
}

}  // namespace kface
