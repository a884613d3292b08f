#include "gate/schedule.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "base/times.h"
#include "gate/zone_clock.h"

namespace kface {
namespace {

using Groups = std::vector<std::string>;

LocalTime utc(UnixMs at) { return local_time_at(at, 0); }

Schedule parsed(const std::string& text) {
  auto schedule = Schedule::parse(text, "hours.toml");
  EXPECT_TRUE(schedule.ok()) << schedule.error().message();
  return schedule.ok() ? std::move(schedule).value() : Schedule{};
}

bool allows(const Schedule& schedule, const Groups& groups, const std::string& moment) {
  return schedule.allowed(groups, parse_time(moment).value(), utc);
}

// 2026-11-23 is a Monday.
const std::string monday = "2026-11-23T";
const std::string tuesday = "2026-11-24T";
const std::string saturday = "2026-11-28T";

TEST(Schedule, LetsAGroupPassInItsHours) {
  const Schedule schedule = parsed("[groups.office]\nmon-fri = \"08:00-18:30\"\n");
  EXPECT_FALSE(allows(schedule, {"office"}, monday + "07:59:59.999"));
  EXPECT_TRUE(allows(schedule, {"office"}, monday + "08:00"));
  EXPECT_TRUE(allows(schedule, {"office"}, monday + "18:29:59.999"));
  EXPECT_FALSE(allows(schedule, {"office"}, monday + "18:30"));
  EXPECT_FALSE(allows(schedule, {"office"}, saturday + "10:00"));
}

TEST(Schedule, TakesSeveralPeriodsADay) {
  const Schedule schedule = parsed("[groups.a]\nmon = [\"08:00-12:00\", \"13:00-24:00\"]\n");
  EXPECT_TRUE(allows(schedule, {"a"}, monday + "11:59"));
  EXPECT_FALSE(allows(schedule, {"a"}, monday + "12:30"));
  EXPECT_TRUE(allows(schedule, {"a"}, monday + "23:59"));
  EXPECT_FALSE(allows(schedule, {"a"}, tuesday + "00:00"));
}

TEST(Schedule, GoesOnAcrossMidnight) {
  const Schedule schedule = parsed("[groups.night]\nmon = \"22:00-06:00\"\n");
  EXPECT_FALSE(allows(schedule, {"night"}, monday + "05:00"));
  EXPECT_TRUE(allows(schedule, {"night"}, monday + "22:00"));
  EXPECT_TRUE(allows(schedule, {"night"}, tuesday + "05:59"));
  EXPECT_FALSE(allows(schedule, {"night"}, tuesday + "06:00"));
  EXPECT_FALSE(allows(schedule, {"night"}, tuesday + "22:00"));
}

TEST(Schedule, KnowsDaysAndRangesThatRunOverTheWeeksEnd) {
  const Schedule schedule =
      parsed("[groups.a]\nsat-mon = \"always\"\nwed = \"always\"\nfri = \"never\"\n");
  const bool expected[] = {true, false, true, false, false, true, true};  // from Monday on
  for (int day = 0; day < 7; ++day) {
    EXPECT_EQ(allows(schedule, {"a"}, "2026-11-" + std::to_string(23 + day)), expected[day]) << day;
  }
}

TEST(Schedule, HasHolidays) {
  const Schedule schedule = parsed(
      "holidays = [2026-11-24, \"2026-11-26\", \"11-25\"]\n"
      "[groups.a]\ndaily = \"08:00-18:00\"\nholiday = \"10:00-12:00\"\n"
      "[groups.b]\ndaily = \"08:00-18:00\"\n"
      "[groups]\nc = \"always\"\n");
  EXPECT_TRUE(allows(schedule, {"a"}, "2026-11-23T09:00"));
  for (const std::string day : {"2026-11-24", "2026-11-26", "2026-11-25", "2031-11-25"}) {
    EXPECT_FALSE(allows(schedule, {"a"}, day + "T09:00")) << day;
    EXPECT_TRUE(allows(schedule, {"a"}, day + "T11:00")) << day;
    EXPECT_FALSE(allows(schedule, {"b"}, day + "T11:00")) << day;
    EXPECT_TRUE(allows(schedule, {"c"}, day + "T11:00")) << day;
  }
  EXPECT_TRUE(allows(schedule, {"b"}, "2027-11-24T11:00"));
}

TEST(Schedule, LetsThePeriodOfTheEveningBeforeEndOnAHoliday) {
  const Schedule schedule =
      parsed("holidays = [2026-11-24]\n[groups.night]\ndaily = \"22:00-06:00\"\n");
  EXPECT_TRUE(allows(schedule, {"night"}, "2026-11-24T05:00"));   // began on Monday
  EXPECT_FALSE(allows(schedule, {"night"}, "2026-11-24T23:00"));  // the holiday itself
  EXPECT_FALSE(allows(schedule, {"night"}, "2026-11-25T05:00"));  // would have begun on it
  EXPECT_TRUE(allows(schedule, {"night"}, "2026-11-25T23:00"));
}

TEST(Schedule, NeedsOneGroupThatMayPass) {
  const Schedule schedule = parsed("[groups]\na = \"never\"\nb = \"always\"\n");
  EXPECT_TRUE(allows(schedule, {"a", "b"}, monday + "10:00"));
  EXPECT_FALSE(allows(schedule, {"a"}, monday + "10:00"));
}

TEST(Schedule, RefusesWhoIsInNoGroupThatItNamesUnlessItSaysOthers) {
  const Schedule strict = parsed("[groups]\na = \"always\"\n");
  EXPECT_FALSE(allows(strict, {}, monday + "10:00"));
  EXPECT_FALSE(allows(strict, {"b"}, monday + "10:00"));
  const Schedule open = parsed("others = \"always\"\n[groups]\na = \"never\"\n");
  EXPECT_TRUE(allows(open, {}, monday + "10:00"));
  EXPECT_TRUE(allows(open, {"b"}, monday + "10:00"));
  EXPECT_FALSE(allows(open, {"a"}, monday + "10:00"));
}

TEST(Schedule, NeedsAClockUnlessTheFileNamesAZone) {
  const Schedule schedule = parsed("[groups]\na = \"always\"\n");
  EXPECT_THROW((void)schedule.allowed(Groups{"a"}, 0, {}), ContractViolation);
}

TEST(Schedule, ReadsTheFileOfVersionOne) {
  if (!std::filesystem::exists(std::filesystem::path(kZoneFolder) / "Asia/Seoul")) {
    GTEST_SKIP() << "tzdata is not installed";
  }
  const auto read = Schedule::read(std::filesystem::path(KFACE_TESTDATA) / "schedule-v1.toml");
  ASSERT_TRUE(read.ok()) << read.error().message();
  const auto allowed = [&](const char* group, const std::string& moment) {
    // The machine's own clock is not asked: the file names a zone.
    return read.value().allowed(Groups{group}, parse_time(moment + "+09:00").value(), {});
  };
  EXPECT_TRUE(allowed("guards", "2026-12-25T03:00"));
  EXPECT_FALSE(allowed("former", "2026-11-23T10:00"));
  EXPECT_TRUE(allowed("office", "2026-11-23T08:00"));
  EXPECT_FALSE(allowed("office", "2026-11-23T07:59"));
  EXPECT_FALSE(allowed("office", "2026-11-28T12:30"));
  EXPECT_FALSE(allowed("office", "2026-09-25T10:00"));
  EXPECT_TRUE(allowed("night", "2026-11-24T05:00"));
  EXPECT_TRUE(allowed("night", "2027-12-25T20:00"));
  EXPECT_TRUE(allowed("항만 기사", "2026-11-29T10:00"));
  EXPECT_FALSE(allowed("항만 기사", "2026-11-25T10:00"));
}

struct Hostile {
  const char* text;
  const char* message;
};

class ScheduleRefuses : public testing::TestWithParam<Hostile> {};

TEST_P(ScheduleRefuses, WithItsLine) {
  const auto schedule = Schedule::parse(GetParam().text, "hours.toml");
  ASSERT_FALSE(schedule.ok()) << GetParam().text;
  EXPECT_NE(schedule.error().message().find(GetParam().message), std::string::npos)
      << schedule.error().message();
}

INSTANTIATE_TEST_SUITE_P(
    Files, ScheduleRefuses,
    testing::Values(
        Hostile{"", "'groups' is missing"}, Hostile{"[groups", "hours.toml:1: no TOML"},
        Hostile{"\xFF\xFE", "no TOML"}, Hostile{"[groups]\n[[a]]", "'a' is not a known key"},
        Hostile{"groups = 1", "hours.toml:1: 'groups' is not a table"},
        Hostile{"[groups]\n\nzone = 1", "hours.toml:3: 'zone' is neither \"always\" nor"},
        Hostile{"zone = 1\n[groups]", "hours.toml:1: 'zone' is not a text"},
        Hostile{"zone = \"Mars/Olympus\"\n[groups]", "time zone 'Mars/Olympus' is not known"},
        Hostile{"zone = \"../../etc/passwd\"\n[groups]", "is no time zone"},
        Hostile{"zone = \"\"\n[groups]", "is no time zone"},
        Hostile{"others = true\n[groups]", "'others' is neither"},
        Hostile{"holidays = \"12-25\"\n[groups]", "'holidays' is not a list"},
        Hostile{"holidays = [\n1,\n]\n[groups]", "hours.toml:2: 'holidays' has an entry"},
        Hostile{"holidays = [\"02-30\"]\n[groups]", "is no date"},
        Hostile{"holidays = [\"2026-02-29\"]\n[groups]", "is no date"},
        Hostile{"holidays = [\"12-2\"]\n[groups]", "is no date"},
        Hostile{"holidays = [\"+1-25\"]\n[groups]", "is no date"},
        Hostile{"holidays = [\"-1-25\"]\n[groups]", "is no date"},
        Hostile{"holidays = [\"12/25\"]\n[groups]", "is no date"},
        Hostile{"holidays = [\"\"]\n[groups]", "is no date"},
        Hostile{"[groups.a]\nmonday = \"always\"", "hours.toml:2: 'a.monday' is no day"},
        Hostile{"[groups.a]\nmon- = \"always\"", "is no day"},
        Hostile{"[groups.a]\nmon-fri-sun = \"always\"", "is no day"},
        Hostile{"[groups.a]\nmon-fri = \"never\"\nwed = \"always\"",
                "hours.toml:3: 'a.wed' says a day that another key"},
        Hostile{"[groups.a]\nmon = 8", "hours.toml:2: 'a.mon' has hours that are none"},
        Hostile{"[groups.a]\nmon = \"8:00-18:00\"", "hours that are none"},
        Hostile{"[groups.a]\nmon = \"08:00-24:01\"", "hours that are none"},
        Hostile{"[groups.a]\nmon = \"24:00-06:00\"", "hours that are none"},
        Hostile{"[groups.a]\nmon = \"08:00-08:00\"", "hours that are none"},
        Hostile{"[groups.a]\nmon = \"08:60-09:00\"", "hours that are none"},
        Hostile{"[groups.a]\nmon = \"08:00\"", "hours that are none"},
        Hostile{"[groups.a]\nmon = \"\"", "hours that are none"},
        Hostile{"[groups.a]\nmon = [[\"08:00-09:00\"]]", "hours that are none"},
        Hostile{"[groups.a]\nmon = [\"08:00-09:00\", \"always\"]", "hours that are none"},
        Hostile{"[groups.a]\n\"[x\" = 1", "is no day"},
        Hostile{"[groups]\na = \"always\"\na = \"never\"", "hours.toml:3: no TOML"}));

TEST(ScheduleFile, MustBeThereAndNotTooLarge) {
  EXPECT_EQ(Schedule::read("/nowhere/hours.toml").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(Schedule::parse("[groups", "x").error().code(), ErrorCode::kCorruption);
}

TEST(ScheduleFile, SurvivesDeepNesting) {
  const std::string deep(100'000, '[');
  EXPECT_FALSE(Schedule::parse("holidays = " + deep, "x").ok());
}

}  // namespace
}  // namespace kface
