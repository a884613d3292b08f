#include "base/times.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <optional>

namespace kface {
namespace {

using Ms = std::chrono::milliseconds;

// Takes the parts of a moment off the front of a text; after a part that is not there, nothing is.
class MomentReader {
 public:
  explicit MomentReader(std::string_view text) : rest_(text) {}

  // Exactly `digits` digits.
  int number(std::size_t digits) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
        good_ = false;
        return 0;
      }
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }
  bool take(char c) {
    const bool there = !rest_.empty() && rest_.front() == c;
    rest_.remove_prefix(there ? 1 : 0);
    return there;
  }
  void expect(char c) { good_ = take(c) && good_; }
  void expect(bool condition) { good_ = condition && good_; }
  bool done() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

Ms read_clock(MomentReader& reader) {
  constexpr int kHours = 24;
  constexpr int kSixty = 60;
  const int hours = reader.number(2);
  reader.expect(':');
  const int minutes = reader.number(2);
  const int seconds = reader.take(':') ? reader.number(2) : 0;
  const int milliseconds = reader.take('.') ? reader.number(3) : 0;
  reader.expect(hours < kHours && minutes < kSixty && seconds < kSixty);
  return std::chrono::hours(hours) + std::chrono::minutes(minutes) + std::chrono::seconds(seconds) +
         Ms(milliseconds);
}

Ms read_offset(MomentReader& reader) {
  constexpr int kLargestOffset = 14;  // hours, as the time zones of the world have it
  const bool east = reader.take('+');
  if (!east && !reader.take('-')) {
    (void)reader.take('Z');
    return Ms(0);
  }
  const int hours = reader.number(2);
  reader.expect(':');
  const int minutes = reader.number(2);
  reader.expect(hours <= kLargestOffset && minutes < 60);
  const Ms offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return east ? offset : -offset;
}

}  // namespace

std::string time_text(UnixMs at) {
  const std::chrono::sys_time<Ms> moment{Ms(at)};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<Ms> clock(moment - day);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

Result<UnixMs> parse_time(std::string_view text) {
  MomentReader reader(text);
  const int year = reader.number(4);
  reader.expect('-');
  const auto month = static_cast<unsigned>(reader.number(2));
  reader.expect('-');
  const auto day = static_cast<unsigned>(reader.number(2));
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  reader.expect(date.ok());
  Ms clock(0);
  if (reader.take('T')) {
    clock = read_clock(reader);
    clock -= read_offset(reader);
  }
  if (!reader.done()) {
    return Status{ErrorCode::kInvalidArgument,
                  "'" + std::string(text) +
                      "' is not a moment; expected 2026-11-25, 2026-11-25T20:09 (UTC) or "
                      "2026-11-25T20:09:15+09:00"};
  }
  const std::chrono::sys_time<Ms> moment = std::chrono::sys_days(date) + clock;
  return moment.time_since_epoch().count();
}

}  // namespace kface
