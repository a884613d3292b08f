#include "gate/schedule.h"

#include <algorithm>
#include <chrono>

#include "base/files.h"

namespace kface {
namespace {

constexpr std::uintmax_t kLargestFile = std::uintmax_t{1} << 20U;
constexpr int kMinutesOfADay = 24 * 60;

std::int64_t day_of(const LocalTime& time) {
  const std::chrono::year_month_day date{std::chrono::year(time.year),
                                         std::chrono::month(static_cast<unsigned>(time.month)),
                                         std::chrono::day(static_cast<unsigned>(time.day))};
  return std::chrono::sys_days(date).time_since_epoch().count();
}

}  // namespace

Result<Schedule> Schedule::read(const std::filesystem::path& path) {
  KF_ASSIGN(const std::string text, read_text(path, kLargestFile));
  return parse(text, path.string());
}

const std::vector<Schedule::Period>& Schedule::periods_of(const Week& week,
                                                          std::int64_t day) const {
  using namespace std::chrono;
  const sys_days date{days(day)};
  const year_month_day calendar(date);
  const std::pair month_and_day(static_cast<int>(static_cast<unsigned>(calendar.month())),
                                static_cast<int>(static_cast<unsigned>(calendar.day())));
  const bool holiday = dates_.contains(day) || yearly_dates_.contains(month_and_day);
  return week.days[holiday ? kHoliday : weekday(date).iso_encoding() - 1];
}

bool Schedule::allows(const Week& week, std::int64_t day, int minute) const {
  const auto within = [&](std::int64_t of_day, int at) {
    const auto& periods = periods_of(week, of_day);
    return std::any_of(periods.begin(), periods.end(),
                       [&](const Period& period) { return period.begin <= at && at < period.end; });
  };
  // A period belongs to the day on which it begins, be the next one a holiday or not.
  return week.always || within(day, minute) || within(day - 1, minute + kMinutesOfADay);
}

bool Schedule::allowed(std::span<const std::string> groups, UnixMs at,
                       const LocalTimeFn& local) const {
  const LocalTimeFn& clock = zone_ ? zone_ : local;
  KF_REQUIRE(clock != nullptr);
  const LocalTime time = clock(at);
  const std::int64_t day = day_of(time);
  const int minute = time.hour * 60 + time.minute;
  return std::any_of(groups.begin(), groups.end(),
                     [&](const std::string& group) {
                       const auto found = groups_.find(group);
                       return found == groups_.end() ? others_ : allows(found->second, day, minute);
                     }) ||
         (groups.empty() && others_);
}

}  // namespace kface
