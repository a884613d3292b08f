// The time that a clock on the wall shows.
#pragma once

#include <functional>

#include "gallery/person.h"

namespace kface {

struct LocalTime {
  int year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
  int hour = 0;   // 0..23
  int minute = 0;
  int second = 0;
};

// What the clock shows at a moment. Thread-safe.
using LocalTimeFn = std::function<LocalTime(UnixMs)>;

}  // namespace kface
