#include "gate/service/times.h"

#include <chrono>
#include <cstdio>

namespace kface::service {
namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;

// Reads exactly `digits` digits from the front of `text`, and then `after` unless that is 0.
bool take(std::string_view& text, std::size_t digits, char after, int& number) {
  if (text.size() < digits + (after == 0 ? 0 : 1)) {
    return false;
  }
  number = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') {
      return false;
    }
    number = number * 10 + (text[i] - '0');
  }
  if (after != 0 && text[digits] != after) {
    return false;
  }
  text.remove_prefix(digits + (after == 0 ? 0 : 1));
  return true;
}

// "Z", "+09:00", "-03:30": minutes east of UTC.
bool take_offset(std::string_view text, int& minutes) {
  if (text == "Z") {
    minutes = 0;
    return true;
  }
  if (text.empty() || (text.front() != '+' && text.front() != '-')) {
    return false;
  }
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  int hours = 0;
  if (!take(text, 2, ':', hours) || !take(text, 2, 0, minutes) || !text.empty() || hours > 14 ||
      minutes > 59) {
    return false;
  }
  minutes = sign * (hours * 60 + minutes);
  return true;
}

}  // namespace

std::string time_text(UnixMs at) {
  std::int64_t day = at / kDayMs;
  std::int64_t ms = at % kDayMs;
  if (ms < 0) {
    ms += kDayMs;
    --day;
  }
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(day)))};
  char text[64];
  std::snprintf(text, sizeof(text), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(ms / 3600000),
                static_cast<int>(ms / 60000 % 60), static_cast<int>(ms / 1000 % 60),
                static_cast<int>(ms % 1000));
  return text;
}

Result<UnixMs> parse_time(std::string_view text) {
  const Status wrong(ErrorCode::kInvalidArgument,
                     "a time has the form 2026-11-25T20:10:00Z or 2026-11-25");
  int year = 0;
  int month = 0;
  int day = 0;
  if (!take(text, 4, '-', year) || !take(text, 2, '-', month) || !take(text, 2, 0, day)) {
    return wrong;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || year < 1970) {
    return wrong;
  }
  const std::int64_t midnight =
      std::chrono::sys_days(date).time_since_epoch().count() * kDayMs;
  if (text.empty()) {
    return midnight;
  }
  int hour = 0;
  int minute = 0;
  int second = 0;
  int ms = 0;
  int offset = 0;
  if (text.front() != 'T') {
    return wrong;
  }
  text.remove_prefix(1);
  if (!take(text, 2, ':', hour) || !take(text, 2, ':', minute) || !take(text, 2, 0, second)) {
    return wrong;
  }
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!take(text, 3, 0, ms)) {
      return wrong;
    }
  }
  if (hour > 23 || minute > 59 || second > 59 || !take_offset(text, offset)) {
    return wrong;
  }
  return midnight + ((hour * 60LL + minute - offset) * 60 + second) * 1000 + ms;
}

}  // namespace kface::service
