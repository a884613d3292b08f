// Reads schedule.h's file.

// In a debug build the parser of toml++ 3.3 ends the process over a key that begins with '[', two
// lines before it would report it.
#define TOML_ASSERT(expr) static_assert(true)
#include <toml++/toml.h>

#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include "gate/schedule.h"
#include "gate/zone_clock.h"

namespace kface {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr int kMinutesOfADay = 24 * 60;

// "08:30" in minutes, "24:00" as well; none: not such a text.
std::optional<int> minutes_of(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) {
    return std::nullopt;
  }
  const auto two = [&](std::size_t i) { return (text[i] - '0') * 10 + text[i + 1] - '0'; };
  const int minutes = two(0) * 60 + two(3);
  return two(3) < 60 && minutes <= kMinutesOfADay ? std::optional(minutes) : std::nullopt;
}

// "08:00-18:30"; one that ends before it begins ends on the next day.
std::optional<Schedule::Period> period_of(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) {
    return std::nullopt;
  }
  const auto begin = minutes_of(text.substr(0, dash));
  const auto end = minutes_of(text.substr(dash + 1));
  if (!begin || !end || *begin == *end || *begin == kMinutesOfADay) {
    return std::nullopt;
  }
  return Schedule::Period{*begin, *end > *begin ? *end : *end + kMinutesOfADay};
}

// Days of a key: "mon", "mon-fri", "sat-mon", "daily", "holiday"; empty: not such a key.
std::vector<std::size_t> days_of(std::string_view key) {
  if (key == "holiday") {
    return {Schedule::kHoliday};
  }
  if (key == "daily") {
    return {0, 1, 2, 3, 4, 5, 6};
  }
  const auto index = [](std::string_view day) {
    return static_cast<std::size_t>(std::find(kDays.begin(), kDays.end(), day) - kDays.begin());
  };
  const std::size_t dash = key.find('-');
  const std::size_t first = index(key.substr(0, dash));
  const std::size_t last = dash == std::string_view::npos ? first : index(key.substr(dash + 1));
  std::vector<std::size_t> days;
  if (first < kDays.size() && last < kDays.size()) {
    for (std::size_t day = first;; day = (day + 1) % kDays.size()) {
      days.push_back(day);
      if (day == last) {
        break;
      }
    }
  }
  return days;
}

}  // namespace

// Takes the file's tables apart; the first fault stays.
class ScheduleReader {
 public:
  explicit ScheduleReader(std::string name) : name_(std::move(name)) {}

  Result<Schedule> read(const toml::table& table) {
    for (const auto& [key, node] : table) {
      if (key == "zone") {
        read_zone(node);
      } else if (key == "others") {
        schedule_.others_ = truth_of(node, "others").value_or(false);
      } else if (key == "holidays") {
        read_holidays(node);
      } else if (key == "groups") {
        read_groups(node);
      } else {
        fail(node, std::string(key.str()),
             "is not a known key; known are: zone, others, holidays, groups");
      }
    }
    if (!table.contains("groups")) {
      fail(table, "groups", "is missing");
    }
    return status_.ok() ? Result(std::move(schedule_)) : Result<Schedule>(status_);
  }

 private:
  void fail(const toml::node& node, const std::string& key, const std::string& what,
            ErrorCode code = ErrorCode::kCorruption) {
    if (status_.ok()) {
      status_ = {
          code, name_ + ":" + std::to_string(node.source().begin.line) + ": '" + key + "' " + what};
    }
  }

  // "always" or "never"; none, after fail(), if it is neither.
  std::optional<bool> truth_of(const toml::node& node, const std::string& key) {
    const auto text = node.value_exact<std::string>();
    if (text == "always" || text == "never") {
      return text == "always";
    }
    fail(node, key, "is neither \"always\" nor \"never\"");
    return std::nullopt;
  }

  void read_zone(const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    if (!text) {
      return fail(node, "zone", "is not a text in quotes");
    }
    auto zone = open_zone(*text);
    if (!zone.ok()) {
      return fail(node, "zone", "cannot be used: " + zone.error().message(), zone.error().code());
    }
    schedule_.zone_ = std::move(zone).value();
  }

  void read_holidays(const toml::node& node) {
    const toml::array* dates = node.as_array();
    if (dates == nullptr) {
      return fail(node, "holidays", "is not a list of dates");
    }
    for (const toml::node& date : *dates) {
      const auto text = date.value_exact<std::string>();
      if (date.is_date()) {
        add_date(date, date.as_date()->get());
      } else if (!text || !add_date_text(*text)) {
        fail(date, "holidays",
             "has an entry that is no date; expected 2026-12-25, or \"12-25\" for every year");
      }
    }
  }

  void add_date(const toml::node& node, const toml::date& date) {
    const std::chrono::year_month_day day{
        std::chrono::year(date.year), std::chrono::month(date.month), std::chrono::day(date.day)};
    if (!day.ok()) {
      return fail(node, "holidays", "has a date that no calendar has");
    }
    schedule_.dates_.insert(std::chrono::sys_days(day).time_since_epoch().count());
  }

  // "12-25", or "2026-12-25" in quotes.
  bool add_date_text(std::string_view text) {
    int year = 2000;  // a leap year: the 29th of February is a date
    const bool yearly = text.size() == 5;
    if (!yearly) {
      if (text.size() != 10 || text[4] != '-' || !whole_of(text.substr(0, 4), year)) {
        return false;
      }
      text.remove_prefix(5);
    }
    int month = 0;
    int day = 0;
    if (text[2] != '-' || !whole_of(text.substr(0, 2), month) || !whole_of(text.substr(3), day)) {
      return false;
    }
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) {
      return false;
    }
    if (yearly) {
      schedule_.yearly_dates_.emplace(month, day);
    } else {
      schedule_.dates_.insert(std::chrono::sys_days(date).time_since_epoch().count());
    }
    return true;
  }

  static bool whole_of(std::string_view digits, int& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() && value >= 0;
  }

  void read_groups(const toml::node& node) {
    const toml::table* groups = node.as_table();
    if (groups == nullptr) {
      return fail(node, "groups", "is not a table");
    }
    for (const auto& [key, group] : *groups) {
      const std::string name(key.str());
      Schedule::Week& week = schedule_.groups_[name];
      if (const toml::table* days = group.as_table(); days != nullptr) {
        read_days(*days, name, week);
      } else {
        week.always = truth_of(group, name).value_or(false);
      }
    }
  }

  void read_days(const toml::table& table, const std::string& group, Schedule::Week& week) {
    std::array<bool, Schedule::kHoliday + 1> given{};
    for (const auto& [key, node] : table) {
      const std::string name = group + "." + std::string(key.str());
      const auto days = days_of(key.str());
      if (days.empty()) {
        return fail(node, name,
                    "is no day; expected mon, tue, wed, thu, fri, sat, sun, mon-fri and the like, "
                    "daily or holiday");
      }
      const auto periods = periods_of(node, name);
      for (const std::size_t day : days) {
        if (given[day]) {
          return fail(node, name, "says a day that another key of the group says, too");
        }
        given[day] = true;
        week.days[day] = periods;
      }
    }
  }

  std::vector<Schedule::Period> periods_of(const toml::node& node, const std::string& name) {
    std::vector<Schedule::Period> periods;
    const auto add = [&](const toml::node& each) {
      const auto text = each.value_exact<std::string>();
      const auto period = text ? period_of(*text) : std::nullopt;
      if (period) {
        periods.push_back(*period);
      } else {
        fail(each, name, "has hours that are none; expected \"08:00-18:30\", or a list of such");
      }
    };
    const auto word = node.value_exact<std::string>();
    if (word == "always") {
      return {{0, kMinutesOfADay}};
    }
    if (word == "never") {
      return {};
    }
    if (const toml::array* list = node.as_array(); list != nullptr) {
      for (const toml::node& each : *list) {
        add(each);
      }
    } else {
      add(node);
    }
    return periods;
  }

  const std::string name_;
  Schedule schedule_;
  Status status_;
};

Result<Schedule> Schedule::parse(std::string_view text, const std::string& name) {
  try {
    return ScheduleReader(name).read(toml::parse(text, name));
  } catch (const toml::parse_error& error) {
    return Status{ErrorCode::kCorruption, name + ":" + std::to_string(error.source().begin.line) +
                                              ": no TOML: " + std::string(error.description())};
  }
}

}  // namespace kface
