#include "gate/service/limits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "kface/status.h"

namespace kface::service {
namespace {

TEST(Buckets, GiveABurstAndThenARate) {
  Buckets buckets(2, 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(buckets.take("a", 100), 0);
  }
  EXPECT_DOUBLE_EQ(buckets.take("a", 100), 0.5);
  EXPECT_EQ(buckets.take("b", 100), 0);  // another key has its own
  EXPECT_EQ(buckets.take("a", 100.5), 0);
  EXPECT_GT(buckets.take("a", 100.5), 0);
}

TEST(Buckets, DoNotFillByAClockThatGoesBack) {
  Buckets buckets(1, 1);
  EXPECT_EQ(buckets.take("a", 100), 0);
  EXPECT_GT(buckets.take("a", 50), 0);
  EXPECT_GT(buckets.take("a", 50.5), 0);
}

TEST(Buckets, OfManyKeysShareOneBeyondTheMost) {
  Buckets buckets(1, 1, 2);
  EXPECT_EQ(buckets.take("a", 0), 0);
  EXPECT_EQ(buckets.take("b", 0), 0);
  EXPECT_EQ(buckets.take("c", 0), 0);  // the crowd's
  EXPECT_GT(buckets.take("d", 0), 0);
  EXPECT_EQ(buckets.take("e", 5), 0);  // full buckets are forgotten, so there is room
}

TEST(Buckets, NeedARate) { EXPECT_THROW(Buckets(0, 1), ContractViolation); }

TEST(BackOff, WaitsLongerWithEveryFailure) {
  BackOff back_off(2);
  back_off.failed("a", 100);
  back_off.failed("a", 100);
  EXPECT_EQ(back_off.wait("a", 100), 0);
  back_off.failed("a", 100);
  EXPECT_EQ(back_off.wait("a", 100), 1);
  back_off.failed("a", 101);
  EXPECT_EQ(back_off.wait("a", 101), 2);
  for (int i = 0; i < 20; ++i) {
    back_off.failed("a", 101);
  }
  EXPECT_EQ(back_off.wait("a", 101), 60);
  EXPECT_EQ(back_off.wait("b", 101), 0);
  back_off.failed("a", 2000);  // quiet for long: forgotten
  EXPECT_EQ(back_off.wait("a", 2000), 0);
}

TEST(Admission, LetsInAsManyAsItSaysAndSendsTheRestAway) {
  Admission admission(2, 0, 1000);
  const auto first = admission.enter();
  {
    const auto second = admission.enter();
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(admission.enter());
    EXPECT_EQ(admission.num_running(), 2u);
  }
  EXPECT_TRUE(admission.enter());
}

TEST(Admission, HandsThePlaceOnInOrder) {
  Admission admission(1, 2, 60'000);
  auto first = admission.enter();
  std::atomic<int> served{0};
  std::atomic<int> place_of_second{0};
  std::thread second([&] {
    const auto ticket = admission.enter();
    place_of_second = ++served;
  });
  while (admission.num_waiting() < 1) {
    std::this_thread::yield();
  }
  std::atomic<int> place_of_third{0};
  std::thread third([&] {
    const auto ticket = admission.enter();
    place_of_third = ++served;
  });
  while (admission.num_waiting() < 2) {
    std::this_thread::yield();
  }
  EXPECT_FALSE(admission.enter());  // the line is full
  first.reset();
  second.join();
  third.join();
  EXPECT_EQ(place_of_second, 1);
  EXPECT_EQ(place_of_third, 2);
  EXPECT_EQ(admission.num_running(), 0u);
}

TEST(Admission, SendsAwayWhoStoodInLineTooLong) {
  Admission admission(1, 4, 10);
  const auto first = admission.enter();
  EXPECT_FALSE(admission.enter());
  EXPECT_EQ(admission.num_waiting(), 0u);
}

}  // namespace
}  // namespace kface::service
