// Words of a decision as doors, logs and messages spell them.
#pragma once

#include <string>

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

}  // namespace kface
