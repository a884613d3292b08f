#include "gate/zone_clock.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "base/files.h"
#include "base/rng.h"
#include "base/times.h"
#include "gate/zone_rule.h"

namespace kface {
namespace {

std::string shown(const LocalTime& time) {
  char text[64];
  std::snprintf(text, sizeof(text), "%04d-%02d-%02d %02d:%02d:%02d", time.year, time.month,
                time.day, time.hour, time.minute, time.second);
  return text;
}

class Zone : public testing::TestWithParam<const char*> {};

// The C library is the reference; it knows one zone at a time.
TEST_P(Zone, ShowsTheTimeThatTheCLibraryShows) {
  const std::string name = GetParam();
  if (!std::filesystem::exists(std::filesystem::path(kZoneFolder) / name)) {
    GTEST_SKIP() << "tzdata is not installed";
  }
  const auto clock = open_zone(name);
  ASSERT_TRUE(clock.ok()) << clock.error().message();
  ::setenv("TZ", name.c_str(), 1);
  ::tzset();
  Rng rng(11);
  constexpr std::int64_t kFrom = -2'208'988'800;  // 1900
  constexpr std::int64_t kTo = 4'102'444'800;     // 2100
  for (int i = 0; i < 20'000; ++i) {
    const std::time_t seconds =
        kFrom + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(kTo - kFrom)));
    std::tm parts{};
    ASSERT_NE(::localtime_r(&seconds, &parts), nullptr);
    const LocalTime expected{parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                             parts.tm_hour,        parts.tm_min,     parts.tm_sec};
    ASSERT_EQ(shown(clock.value()(seconds * 1000 + 999)), shown(expected)) << seconds;
  }
  ::unsetenv("TZ");
}

INSTANTIATE_TEST_SUITE_P(Zones, Zone,
                         testing::Values("Asia/Seoul", "Europe/Berlin", "America/New_York",
                                         "Australia/Sydney", "America/St_Johns", "Europe/Dublin",
                                         "Asia/Kathmandu", "Africa/Casablanca", "Etc/UTC",
                                         "Pacific/Apia", "America/Nuuk", "Asia/Gaza"));

TEST(ZoneClock, RefusesNamesThatAreNone) {
  for (const char* name : {"", "/etc/passwd", "../../../etc/passwd", "Asia/Seoul ", "a\nb"}) {
    EXPECT_EQ(open_zone(name).error().code(), ErrorCode::kInvalidArgument) << name;
  }
  const auto unknown = open_zone("Asia/Atlantis");
  EXPECT_EQ(unknown.error().code(), ErrorCode::kNotFound);
  EXPECT_NE(unknown.error().message().find("package tzdata"), std::string::npos);
}

TEST(ZoneClock, RefusesEveryFileThatIsCutShort) {
  const auto bytes = read_text(std::filesystem::path(kZoneFolder) / "Europe/Berlin");
  if (!bytes.ok()) {
    GTEST_SKIP() << "tzdata is not installed";
  }
  EXPECT_TRUE(decode_zone(bytes.value(), "zone").ok());
  for (std::size_t size = 0; size < bytes.value().size(); ++size) {
    const auto zone = decode_zone(std::string_view(bytes.value()).substr(0, size), "zone");
    ASSERT_FALSE(zone.ok()) << size;
    ASSERT_EQ(zone.error().code(), ErrorCode::kCorruption);
  }
}

TEST(ZoneClock, SurvivesEveryChangedByte) {
  const auto bytes = read_text(std::filesystem::path(kZoneFolder) / "Asia/Seoul");
  if (!bytes.ok()) {
    GTEST_SKIP() << "tzdata is not installed";
  }
  for (std::size_t at = 0; at < bytes.value().size(); ++at) {
    for (const char value : {'\0', '\x7F', '\xFF', '\n'}) {
      std::string changed = bytes.value();
      changed[at] = value;
      const auto zone = decode_zone(changed, "zone");
      if (zone.ok()) {
        (void)zone.value()(1'764'101'355'123);
        (void)zone.value()(-2'000'000'000'000);
      }
    }
  }
}

TEST(ZoneRule, ReadsWhatPosixAndItsExtensionsSay) {
  const auto offset = [](const char* rule, const char* moment) {
    const auto parsed = ZoneRule::parse(rule);
    EXPECT_TRUE(parsed.has_value()) << rule;
    return parsed ? parsed->offset_at(parse_time(moment).value() / 1000) : -1;
  };
  constexpr std::int64_t kHour = 3600;
  EXPECT_EQ(offset("KST-9", "2026-07-01"), 9 * kHour);
  EXPECT_EQ(offset("<+0330>-3:30", "2026-07-01"), 3 * kHour + kHour / 2);
  EXPECT_EQ(offset("CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T00:59:59"), kHour);
  EXPECT_EQ(offset("CET-1CEST,M3.5.0,M10.5.0/3", "2026-03-29T01:00"), 2 * kHour);
  EXPECT_EQ(offset("CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T00:59:59"), 2 * kHour);
  EXPECT_EQ(offset("CET-1CEST,M3.5.0,M10.5.0/3", "2026-10-25T01:00"), kHour);
  EXPECT_EQ(offset("AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-01-01"), 11 * kHour);
  EXPECT_EQ(offset("AAA0BBB-2,J60,J61", "2028-03-01T12:00"), 2 * kHour);  // J60: 1st of March
  EXPECT_EQ(offset("AAA0BBB-2,59,60", "2028-02-29T12:00"), 2 * kHour);    // from 0 on, leap year
}

TEST(ZoneRule, IsNoneOfAnythingElse) {
  for (const char* rule :
       {"", "K-9", "KST", "KST-", "KST-168", "KST-9x", "CET-1CEST", "CET-1CEST,M3.5.0",
        "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,J0,J1", "CET-1CEST,366,1", "<+09-9", "KST-9:60", "CET-1CEST,M3.5.0/,M10.5.0"}) {
    EXPECT_FALSE(ZoneRule::parse(rule).has_value()) << rule;
  }
}

}  // namespace
}  // namespace kface
