#include "gate/zone_rule.h"

#include <cctype>
#include <chrono>
#include <string>

namespace kface {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;

}  // namespace

// Takes a rule apart from left to right; after the first fault everything is one.
class ZoneRuleReader {
 public:
  explicit ZoneRuleReader(std::string_view text) : rest_(text) {}

  std::optional<ZoneRule> read() {
    ZoneRule rule;
    skip_name();
    rule.standard_s_ = -duration();
    if (good_ && !rest_.empty()) {
      rule.has_summer_ = true;
      skip_name();
      const bool given = !rest_.empty() && rest_.front() != ',';
      rule.summer_s_ = given ? -duration() : rule.standard_s_ + kHour;
      expect(',');
      rule.begin_ = change();
      expect(',');
      rule.end_ = change();
    }
    return good_ && rest_.empty() ? std::optional(rule) : std::nullopt;
  }

 private:
  bool take(char c) {
    const bool there = !rest_.empty() && rest_.front() == c;
    rest_.remove_prefix(there ? 1 : 0);
    return there;
  }
  void expect(char c) { good_ = take(c) && good_; }

  // "KST" or "<+09>": means nothing here.
  void skip_name() {
    std::size_t size = 0;
    if (take('<')) {
      size = rest_.find('>');
      good_ = good_ && size != std::string_view::npos;
      rest_.remove_prefix(good_ ? size + 1 : rest_.size());
      return;
    }
    while (size < rest_.size() && std::isalpha(static_cast<unsigned char>(rest_[size])) != 0) {
      ++size;
    }
    good_ = good_ && size >= 3;
    rest_.remove_prefix(size);
  }

  int number(int lowest, int highest) {
    constexpr std::size_t kMostDigits = 3;
    int value = 0;
    std::size_t digits = 0;
    while (digits < rest_.size() && digits < kMostDigits && rest_[digits] >= '0' &&
           rest_[digits] <= '9') {
      value = value * 10 + (rest_[digits++] - '0');
    }
    rest_.remove_prefix(digits);
    good_ = good_ && digits > 0 && value >= lowest && value <= highest;
    return value;
  }

  // "[+-]h[:mm[:ss]]" in seconds.
  std::int64_t duration() {
    constexpr int kMostHours = 167;
    const bool negative = take('-');
    if (!negative) {
      (void)take('+');
    }
    std::int64_t seconds = number(0, kMostHours) * kHour;
    if (take(':')) {
      seconds += std::int64_t{60} * number(0, 59);
      seconds += take(':') ? number(0, 59) : 0;
    }
    return negative ? -seconds : seconds;
  }

  ZoneRule::Change change() {
    ZoneRule::Change change;
    if (take('M')) {
      change.month = number(1, 12);
      expect('.');
      change.week = number(1, 5);
      expect('.');
      change.day = number(0, 6);
    } else if (take('J')) {
      change.kind = ZoneRule::Change::Kind::kJulian;
      change.day = number(1, 365);
    } else {
      change.kind = ZoneRule::Change::Kind::kDayOfYear;
      change.day = number(0, 365);
    }
    if (take('/')) {
      change.time_s = duration();
    }
    return change;
  }

  std::string_view rest_;
  bool good_ = true;
};

std::optional<ZoneRule> ZoneRule::parse(std::string_view text) {
  return ZoneRuleReader(text).read();
}

std::int64_t ZoneRule::wall_seconds(const Change& change, int year) {
  using namespace std::chrono;
  sys_days day = sys_days(std::chrono::year(year) / January / 1);
  if (change.kind == Change::Kind::kMonthWeek) {
    const auto month = std::chrono::year(year) / change.month;
    const weekday wanted(static_cast<unsigned>(change.day));
    day = change.week == 5 ? sys_days(month / wanted[last])
                           : sys_days(month / wanted[static_cast<unsigned>(change.week)]);
  } else {
    // Julian days never count the 29th of February.
    const bool skips = change.kind == Change::Kind::kJulian &&
                       (change.day < 60 || !std::chrono::year(year).is_leap());
    day += days(change.day - (skips ? 1 : 0));
  }
  return day.time_since_epoch().count() * kDay + change.time_s;
}

std::int64_t ZoneRule::offset_at(std::int64_t seconds) const {
  if (!has_summer_) {
    return standard_s_;
  }
  using namespace std::chrono;
  const sys_seconds local{std::chrono::seconds(seconds + standard_s_)};
  const int year = static_cast<int>(year_month_day(floor<days>(local)).year());
  const std::int64_t begin = wall_seconds(begin_, year) - standard_s_;
  const std::int64_t end = wall_seconds(end_, year) - summer_s_;
  // In the south, summer is at both ends of the year.
  const bool summer =
      begin <= end ? seconds >= begin && seconds < end : seconds >= begin || seconds < end;
  return summer ? summer_s_ : standard_s_;
}

}  // namespace kface
