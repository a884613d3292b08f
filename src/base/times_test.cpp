#include "base/times.h"

#include <gtest/gtest.h>

namespace kface {
namespace {

TEST(TimeText, IsIso8601InUtc) {
  EXPECT_EQ(time_text(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(time_text(1'000'000'000'123), "2001-09-09T01:46:40.123Z");
  EXPECT_EQ(time_text(-1), "1969-12-31T23:59:59.999Z");
}

TEST(ParseTime, ReadsWhatTimeTextWrites) {
  for (const UnixMs at : {UnixMs{0}, UnixMs{1'000'000'000'123}, UnixMs{1'764'101'234'567}}) {
    const auto again = parse_time(time_text(at));
    ASSERT_TRUE(again.ok()) << again.error().message();
    EXPECT_EQ(again.value(), at);
  }
}

TEST(ParseTime, ReadsOffsetsAndDates) {
  EXPECT_EQ(parse_time("1970-01-01T09:00:00+09:00").value(), 0);
  EXPECT_EQ(parse_time("1969-12-31").ok(), false);
  EXPECT_EQ(parse_time("1970-01-02").value(), 86'400'000);
  EXPECT_EQ(parse_time("1970-01-01T00:00:01Z").value(), 1000);
}

TEST(ParseTime, RefusesEverythingElse) {
  for (const char* text :
       {"", "today", "2026-13-01", "2026-02-30", "2026-1-1", "2026-11-25T25:00:00Z",
        "2026-11-25T10:00:00", "2026-11-25 10:00:00Z", "2026-11-25T10:00:00+9",
        "2026-11-25T10:00:00Zx", "2026-11-25T10:00:00.1Z", "-026-11-25"}) {
    const auto time = parse_time(text);
    EXPECT_FALSE(time.ok()) << text;
  }
  EXPECT_NE(parse_time("x").error().message().find("2026-11-25T20:10:00Z"), std::string::npos);
}

}  // namespace
}  // namespace kface
