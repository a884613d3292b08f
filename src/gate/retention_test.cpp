#include "gate/retention.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "gallery/random_id.h"
#include "gate/gallery_for_test.h"

namespace kface {
namespace {

constexpr UnixMs kDayMs = UnixMs{24} * 60 * 60 * 1000;

class RetentionTest : public test::GateGallery {
 protected:
  std::string keep_event(UnixMs at) {
    EventDetails details;
    details.event = random_id('e');
    details.gate = "north";
    details.at = at;
    details.vehicle = "12가3456";
    EXPECT_TRUE(gallery_->keep_event(details).ok());
    return details.event;
  }
};

TEST_F(RetentionTest, RemovesDetailsWhoseTimeIsOverAndNoOthers) {
  const std::string old = keep_event(test::kNow - 31 * kDayMs);
  const std::string recent = keep_event(test::kNow - 29 * kDayMs);
  const Retention retention(*gallery_, 30, [] { return test::kNow; });
  bool gone = false;
  for (int i = 0; i < 1000 && !gone; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    gone = !gallery_->event_details(old).ok();
  }
  EXPECT_TRUE(gone);
  EXPECT_TRUE(gallery_->event_details(recent).ok());
  EXPECT_EQ(retention.state(), "ok");
}

TEST_F(RetentionTest, RequiresDays) {
  EXPECT_THROW(Retention(*gallery_, -1, [] { return test::kNow; }), ContractViolation);
}

}  // namespace
}  // namespace kface
