// The rule at the end of a TZif file: what holds after its last change.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kface {

// POSIX's TZ, as RFC 8536 extends it: "KST-9", "CET-1CEST,M3.5.0,M10.5.0/3".
class ZoneRule {
 public:
  // None: not such a text.
  static std::optional<ZoneRule> parse(std::string_view text);

  // Seconds east of UTC at `seconds` since 1970.
  std::int64_t offset_at(std::int64_t seconds) const;

 private:
  // When summer time begins or ends in each year.
  struct Change {
    enum class Kind { kMonthWeek, kJulian, kDayOfYear } kind = Kind::kMonthWeek;
    int month = 1;               // 1..12
    int week = 1;                // 1..5, 5: the last
    int day = 0;                 // weekday 0..6, Sunday 0; or day of the year
    std::int64_t time_s = 7200;  // after midnight, local time
  };
  friend class ZoneRuleReader;

  // Of the change in `year`, in seconds since 1970 by the wall clock.
  static std::int64_t wall_seconds(const Change& change, int year);

  std::int64_t standard_s_ = 0;  // seconds east of UTC
  std::int64_t summer_s_ = 0;
  bool has_summer_ = false;
  Change begin_;
  Change end_;
};

}  // namespace kface
