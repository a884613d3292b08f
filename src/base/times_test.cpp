#include "base/times.h"

#include <gtest/gtest.h>

namespace kface {
namespace {

TEST(Times, ShowsAMomentInUtc) {
  EXPECT_EQ(time_text(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(time_text(1'764'101'355'123), "2025-11-25T20:09:15.123Z");
  EXPECT_EQ(time_text(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(time_text(951'782'400'000), "2000-02-29T00:00:00.000Z");
}

TEST(Times, ReadsDatesClocksAndOffsets) {
  const auto read = [](const char* text) { return time_text(parse_time(text).value()); };
  EXPECT_EQ(read("2026-11-25"), "2026-11-25T00:00:00.000Z");
  EXPECT_EQ(read("2026-11-25T20:09"), "2026-11-25T20:09:00.000Z");
  EXPECT_EQ(read("2026-11-25T20:09:15Z"), "2026-11-25T20:09:15.000Z");
  EXPECT_EQ(read("2026-11-25T20:09:15.123"), "2026-11-25T20:09:15.123Z");
  EXPECT_EQ(read("2026-11-26T05:09:15+09:00"), "2026-11-25T20:09:15.000Z");
  EXPECT_EQ(read("2026-11-25T16:39-03:30"), "2026-11-25T20:09:00.000Z");
  EXPECT_EQ(read("0001-01-01"), "0001-01-01T00:00:00.000Z");
}

TEST(Times, RefusesWhatIsNoMoment) {
  for (const char* text :
       {"", "today", "2026", "2026-13-01", "2026-02-29", "2026-11-25 20:09", "2026-11-25T24:00",
        "2026-11-25T20:60", "2026-11-25T20", "2026-11-25T20:09:60", "2026-11-25T20:09:15.12",
        "2026-11-25T20:09+15:00", "2026-11-25T20:09+09", "2026-11-25T20:09Zx", "2026-11-25Z",
        "+026-11-25", "-2026-11-25"}) {
    const auto moment = parse_time(text);
    ASSERT_FALSE(moment.ok()) << text;
    EXPECT_EQ(moment.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(moment.error().message().find("expected 2026-11-25"), std::string::npos);
  }
}

}  // namespace
}  // namespace kface
