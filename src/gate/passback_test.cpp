#include "gate/passback.h"

#include <gtest/gtest.h>

#include "kface/status.h"

namespace kface {
namespace {

constexpr UnixMs kNow = 1'764'101'355'123;
constexpr UnixMs kHour = 3'600'000;

std::optional<Passage> passed(Direction direction, UnixMs at) {
  return Passage{.direction = direction, .gate = "north", .at = at};
}

TEST(Passback, IsAnEntryAfterAnEntryAndAnExitAfterAnExit) {
  EXPECT_TRUE(is_passback(passed(Direction::kEntry, kNow - kHour), Direction::kEntry, kNow));
  EXPECT_TRUE(is_passback(passed(Direction::kExit, kNow - kHour), Direction::kExit, kNow));
  EXPECT_TRUE(is_passback(passed(Direction::kEntry, kNow), Direction::kEntry, kNow));
}

TEST(Passback, IsNoAlternation) {
  EXPECT_FALSE(is_passback(passed(Direction::kEntry, kNow - kHour), Direction::kExit, kNow));
  EXPECT_FALSE(is_passback(passed(Direction::kExit, kNow - kHour), Direction::kEntry, kNow));
}

TEST(Passback, NeedsALastPassageAndDirections) {
  EXPECT_FALSE(is_passback({}, Direction::kEntry, kNow));
  EXPECT_FALSE(is_passback(passed(Direction::kNone, kNow), Direction::kNone, kNow));
  EXPECT_FALSE(is_passback(passed(Direction::kNone, kNow), Direction::kEntry, kNow));
}

TEST(Passback, IsForgottenAfterTwelveHours) {
  const auto after = [](UnixMs age) {
    return is_passback(passed(Direction::kEntry, kNow - age), Direction::kEntry, kNow);
  };
  EXPECT_TRUE(after(12 * kHour - 1));
  EXPECT_FALSE(after(12 * kHour));
  EXPECT_TRUE(is_passback(passed(Direction::kEntry, kNow - 13 * kHour), Direction::kEntry, kNow,
                          14 * kHour));
  EXPECT_FALSE(is_passback(passed(Direction::kEntry, kNow), Direction::kEntry, kNow, 0));
  EXPECT_THROW(is_passback({}, Direction::kEntry, kNow, -1), ContractViolation);
}

TEST(Passback, IsNotProlongedByAClockThatWasSetWrong) {
  EXPECT_TRUE(is_passback(passed(Direction::kEntry, kNow + kHour), Direction::kEntry, kNow));
  EXPECT_FALSE(
      is_passback(passed(Direction::kEntry, kNow + 365 * (24 * kHour)), Direction::kEntry, kNow));
}

}  // namespace
}  // namespace kface
