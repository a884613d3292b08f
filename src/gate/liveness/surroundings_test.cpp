#include "gate/liveness/surroundings.h"

#include <gtest/gtest.h>

#include "gate/liveness/painted_frame_for_test.h"
#include "gate/liveness/synthetic_face_for_test.h"
#include "kface/status.h"

namespace kface {
namespace {

// A face that moves `way_px` sideways and back.
Cue cue_of(double reach, double way_px, int num_frames = 40) {
  Rng rng(5);
  Surroundings surroundings;
  for (int i = 0; i < num_frames; ++i) {
    SyntheticView view;
    view.scale = 0.8;
    view.noise_px = 0.5;
    view.x = 320 + way_px * std::sin(2 * std::numbers::pi * i / num_frames);
    view.y = 220;
    const FaceSample sample = synthetic_sample(view, 100 * i, rng);
    surroundings.add(sample, painted_frame(sample, reach));
  }
  return surroundings.cue();
}

TEST(Surroundings, OfAPersonStayWhereTheyAre) {
  const Cue cue = cue_of(0.7, 60);
  ASSERT_TRUE(cue.score.has_value()) << cue.reason;
  EXPECT_GE(*cue.score, kCueLive) << cue.reason;
}

TEST(Surroundings, OfAPhotoInAHandMoveWithTheFace) {
  const Cue cue = cue_of(2, 60);
  ASSERT_TRUE(cue.score.has_value()) << cue.reason;
  EXPECT_LE(*cue.score, kCueAttack) << cue.reason;
}

TEST(Surroundings, AreUnknownWhereTheFaceDoesNotMove) {
  for (const double reach : {0.7, 2.0}) {
    const Cue cue = cue_of(reach, 1);
    EXPECT_FALSE(cue.score.has_value()) << cue.reason;
    EXPECT_NE(cue.reason.find("too little to see"), std::string::npos);
  }
}

TEST(Surroundings, OfALongTrackAreKeptInFewPictures) {
  const Cue cue = cue_of(2, 60, 400);
  ASSERT_TRUE(cue.score.has_value()) << cue.reason;
  EXPECT_LE(*cue.score, kCueAttack) << cue.reason;
}

TEST(Surroundings, AreUnknownForNoFramesAndForAFaceBeyondTheFrame) {
  EXPECT_FALSE(Surroundings().cue().score.has_value());
  Surroundings surroundings;
  Rng rng(5);
  FaceSample sample = synthetic_sample({.x = 320, .y = 200}, 0, rng);
  const Image frame = painted_frame(sample, 1);
  for (int i = 0; i < 12; ++i) {
    sample = synthetic_sample({.x = -900.0 + 300 * i, .y = 2000}, 300 * i, rng);
    surroundings.add(sample, frame);
  }
  EXPECT_FALSE(surroundings.cue().score.has_value());
  EXPECT_THROW(surroundings.add(sample, Image{}), ContractViolation);
}

}  // namespace
}  // namespace kface
