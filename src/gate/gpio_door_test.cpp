// No GPIO chip is at hand in tests: a line that remembers what it was told stands for one.
#include "gate/gpio_door.h"

#include <gtest/gtest.h>

#include <mutex>
#include <vector>

#include "gate/wait_for_test.h"

namespace kface {
namespace {

using Ms = std::chrono::milliseconds;

constexpr Ms kLimit{20'000};
constexpr Ms kForEver{3'600'000};

// What a relay sees, and whether its chip is there.
struct Relay {
  std::mutex mutex;
  std::vector<std::string> said;
  bool broken = false;
  bool absent = false;

  void say(const std::string& what) {
    const std::lock_guard lock(mutex);
    said.push_back(what);
  }
  std::vector<std::string> heard() {
    const std::lock_guard lock(mutex);
    return said;
  }
  void set(bool is_broken, bool is_absent) {
    const std::lock_guard lock(mutex);
    broken = is_broken;
    absent = is_absent;
  }
  bool is_broken() {
    const std::lock_guard lock(mutex);
    return broken;
  }
};

class FakeLine final : public GpioLine {
 public:
  explicit FakeLine(Relay& relay) : relay_(relay) { relay_.say("taken"); }
  ~FakeLine() override { relay_.say("released"); }
  Status set(bool active) override {
    if (relay_.is_broken()) {
      return {ErrorCode::kIo, "no such device"};
    }
    relay_.say(active ? "active" : "inactive");
    return {};
  }

 private:
  Relay& relay_;
};

GpioLineOpener opener_of(Relay& relay) {
  return [&relay]() -> Result<std::unique_ptr<GpioLine>> {
    {
      const std::lock_guard lock(relay.mutex);
      if (relay.absent) {
        return Status{ErrorCode::kNotFound, "no such chip"};
      }
    }
    return std::unique_ptr<GpioLine>(std::make_unique<FakeLine>(relay));
  };
}

DoorEvent event_of(const std::string& verdict) {
  return {.event = "e-1", .gate = "north", .person = "p-1", .verdict = verdict, .reason = "match"};
}

TEST(GpioDoor, IsActiveForTheHoldTimeAndReleasedInactive) {
  Relay relay;
  {
    const auto door = make_gpio_door(opener_of(relay), Ms(20), kLimit);
    ASSERT_TRUE(door.ok()) << door.error().message();
    EXPECT_TRUE(door.value()->tell(event_of("granted")).ok());
    EXPECT_TRUE(eventually([&] { return door.value()->state() == "closed"; }));
  }
  EXPECT_EQ(relay.heard(),
            (std::vector<std::string>{"taken", "inactive", "active", "inactive", "released"}));
}

TEST(GpioDoor, OpensForNothingButGranted) {
  Relay relay;
  const auto door = make_gpio_door(opener_of(relay), kForEver, kLimit);
  ASSERT_TRUE(door.ok());
  for (const char* verdict : {"denied", "not sure", "", "GRANTED", "granted "}) {
    EXPECT_TRUE(door.value()->tell(event_of(verdict)).ok());
  }
  EXPECT_EQ(relay.heard(), (std::vector<std::string>{"taken", "inactive"}));
  EXPECT_EQ(door.value()->state(), "closed");
}

TEST(GpioDoor, ClosesBeforeItIsReleasedAtTheEnd) {
  Relay relay;
  {
    const auto door = make_gpio_door(opener_of(relay), kForEver, kLimit);
    ASSERT_TRUE(door.ok());
    EXPECT_TRUE(door.value()->tell(event_of("granted")).ok());
    EXPECT_EQ(door.value()->state(), "open");
  }
  EXPECT_EQ(relay.heard(),
            (std::vector<std::string>{"taken", "inactive", "active", "inactive", "released"}));
}

TEST(GpioDoor, TakesALineThatFailedAnew) {
  Relay relay;
  const auto door = make_gpio_door(opener_of(relay), Ms(1), kLimit);
  ASSERT_TRUE(door.ok());
  relay.set(true, true);
  const Status told = door.value()->tell(event_of("granted"));
  EXPECT_EQ(told.code(), ErrorCode::kIo);
  EXPECT_EQ(door.value()->state(), "unreachable: no such device");
  EXPECT_EQ(door.value()->tell(event_of("granted")).message(), "no such chip");
  relay.set(false, false);
  EXPECT_TRUE(eventually([&] { return door.value()->state() == "closed"; }));
  EXPECT_TRUE(door.value()->tell(event_of("granted")).ok());
}

TEST(GpioDoor, IsNotMadeWithoutItsChip) {
  Relay relay;
  relay.absent = true;
  EXPECT_EQ(make_gpio_door(opener_of(relay), kForEver, kLimit).error().code(),
            ErrorCode::kNotFound);
  relay.set(true, false);
  EXPECT_EQ(make_gpio_door(opener_of(relay), kForEver, kLimit).error().code(), ErrorCode::kIo);
}

TEST(GpioLine, SaysThatAChipIsNotThere) {
  const auto line = open_gpio_line({.chip = "gpiochip-that-nobody-has", .line = 3});
  ASSERT_FALSE(line.ok());
  EXPECT_EQ(line.error().code(), ErrorCode::kNotFound);
  EXPECT_NE(line.error().message().find("gpiochip-that-nobody-has line 3"), std::string::npos)
      << line.error().message();
}

}  // namespace
}  // namespace kface
