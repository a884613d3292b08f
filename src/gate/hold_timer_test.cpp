#include "gate/hold_timer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "gate/wait_for_test.h"

namespace kface {
namespace {

using Ms = std::chrono::milliseconds;

constexpr Ms kLimit{20'000};
constexpr Ms kForEver{3'600'000};

Status nothing(Ms) { return {}; }

TEST(HoldTimer, ClosesWhenTheHoldTimeIsOver) {
  std::atomic<int> closings{0};
  HoldTimer timer(Ms(20), [&] {
    ++closings;
    return Status{};
  });
  EXPECT_EQ(door_state(timer), "closed");
  EXPECT_TRUE(timer.open(kLimit, nothing).ok());
  EXPECT_TRUE(eventually([&] { return !timer.is_open(); }));
  EXPECT_EQ(closings, 1);
  EXPECT_EQ(door_state(timer), "closed");
}

TEST(HoldTimer, IsProlongedByANewOpening) {
  using Clock = std::chrono::steady_clock;
  constexpr Ms kHold{200};
  std::mutex mutex;
  Clock::time_point opened;
  Clock::duration shortest = std::chrono::hours(1);
  HoldTimer timer(kHold, [&] {
    const std::lock_guard lock(mutex);
    shortest = std::min(shortest, Clock::now() - opened);
    return Status{};
  });
  for (int i = 0; i < 3; ++i) {
    const Status status = timer.open(kLimit, [&](Ms) {
      const std::lock_guard lock(mutex);
      opened = Clock::now();
      return Status{};
    });
    EXPECT_TRUE(status.ok());
    std::this_thread::sleep_for(kHold / 4);
  }
  EXPECT_TRUE(eventually([&] { return !timer.is_open(); }));
  const std::lock_guard lock(mutex);
  EXPECT_GE(shortest, kHold);  // after the last opening, however long the pauses were
}

TEST(HoldTimer, ClosesAtTheEnd) {
  std::atomic<int> closings{0};
  {
    HoldTimer timer(kForEver, [&] {
      ++closings;
      return Status{};
    });
    EXPECT_TRUE(timer.open(kLimit, nothing).ok());
    EXPECT_EQ(door_state(timer), "open");
  }
  EXPECT_EQ(closings, 1);
  {
    const HoldTimer unused(kForEver, [&] { return ++closings, Status{}; });
  }
  EXPECT_EQ(closings, 1);
}

TEST(HoldTimer, ClosesAlsoWhatFailedToOpen) {
  std::atomic<int> closings{0};
  HoldTimer timer(Ms(1), [&] {
    ++closings;
    return Status{};
  });
  const Status opened = timer.open(kLimit, [](Ms) { return Status{ErrorCode::kIo, "half way"}; });
  EXPECT_EQ(opened.message(), "half way");
  EXPECT_TRUE(eventually([&] { return closings == 1; }));
}

TEST(HoldTimer, TriesAgainUntilItIsClosedAndSaysWhyNot) {
  std::atomic<int> tries{0};
  HoldTimer timer(Ms(1), [&] {
    return ++tries == 1 ? Status{ErrorCode::kIo, "the bolt sticks"} : Status{};
  });
  EXPECT_TRUE(timer.open(kLimit, nothing).ok());
  EXPECT_TRUE(eventually([&] { return timer.trouble() == "the bolt sticks"; }));
  EXPECT_EQ(door_state(timer), "unreachable: the bolt sticks");
  EXPECT_TRUE(eventually([&] { return !timer.is_open(); }));
  EXPECT_EQ(door_state(timer), "closed");
  EXPECT_EQ(tries, 2);
}

TEST(HoldTimer, GivesUpOpeningWhileAClosingTakesTooLong) {
  std::atomic<bool> closing{false};
  std::atomic<bool> go_on{false};
  HoldTimer timer(Ms(1), [&] {
    closing = true;
    eventually([&] { return go_on.load(); });
    return Status{};
  });
  EXPECT_TRUE(timer.open(kLimit, nothing).ok());
  ASSERT_TRUE(eventually([&] { return closing.load(); }));
  const Status opened = timer.open(Ms(10), nothing);
  EXPECT_EQ(opened.code(), ErrorCode::kIo);
  EXPECT_NE(opened.message().find("still being closed after 10 ms"), std::string::npos);
  go_on = true;
}

TEST(HoldTimer, TurnsExceptionsIntoErrors) {
  HoldTimer timer(kForEver, []() -> Status { throw std::runtime_error("no close"); });
  const Status opened =
      timer.open(kLimit, [](Ms) -> Status { throw std::runtime_error("no open"); });
  EXPECT_EQ(opened.code(), ErrorCode::kIo);
  EXPECT_EQ(opened.message(), "door: no open");
}

}  // namespace
}  // namespace kface
