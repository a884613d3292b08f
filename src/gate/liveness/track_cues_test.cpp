#include "gate/liveness/track_cues.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <vector>

#include "gate/liveness/synthetic_face_for_test.h"

namespace kface {
namespace {

// 15 frames a second; `view_at` gets the share of the way, 0 to 1.
std::vector<FaceSample> track_of(int num_frames,
                                 const std::function<SyntheticView(double)>& view_at) {
  Rng rng(11);
  std::vector<FaceSample> track;
  for (int i = 0; i < num_frames; ++i) {
    SyntheticView view = view_at(static_cast<double>(i) / num_frames);
    view.noise_px = 0.8;
    track.push_back(synthetic_sample(view, 66 * i, rng));
  }
  return track;
}

double swing(double way) { return std::sin(2 * std::numbers::pi * way); }

TEST(ParallaxCue, SeesAHeadInAHeadThatTurns) {
  const Cue cue = parallax_cue(track_of(60, [](double way) {
    return SyntheticView{.yaw_degrees = 28 * swing(way), .pitch_degrees = 5 * swing(2 * way)};
  }));
  ASSERT_TRUE(cue.score.has_value()) << cue.reason;
  EXPECT_GE(*cue.score, kCueLive) << cue.reason;
  EXPECT_EQ(cue.name, "parallax");
}

TEST(ParallaxCue, SeesAPlaneInAPictureThatIsTurnedHoweverNear) {
  for (const double distance : {250.0, 500.0}) {
    const Cue cue = parallax_cue(track_of(60, [distance](double way) {
      return SyntheticView{.yaw_degrees = 45 * swing(way), .distance_mm = distance, .flat = true};
    }));
    ASSERT_TRUE(cue.score.has_value()) << cue.reason;
    EXPECT_LE(*cue.score, kCueAttack) << cue.reason;
  }
}

TEST(ParallaxCue, DoesNotKnowWhereNothingTurns) {
  for (const bool flat : {false, true}) {
    const Cue cue = parallax_cue(track_of(60, [flat](double way) {
      return SyntheticView{.yaw_degrees = 6 * swing(way),
                           .roll_degrees = 20 * swing(way),
                           .x = 320 + 100 * swing(way),
                           .scale = 1.2 + 0.3 * swing(way),
                           .flat = flat};
    }));
    EXPECT_FALSE(cue.score.has_value()) << cue.reason;
    EXPECT_NE(cue.reason.find("not turned far enough"), std::string::npos);
  }
}

TEST(ParallaxCue, DoesNotTakePhotosShownInTurnForAHead) {
  // A photo from the front and one from the side, half a second each: depth without a turn.
  const Cue cue = parallax_cue(track_of(80, [](double way) {
    const bool side = static_cast<int>(way * 10) % 2 == 1;
    return SyntheticView{.flat = true, .picture_yaw_degrees = side ? 18.0 : 0.0};
  }));
  EXPECT_FALSE(cue.score.has_value()) << cue.reason;
}

TEST(ParallaxCue, OfNothingIsUnknown) {
  EXPECT_FALSE(parallax_cue({}).score.has_value());
  const std::vector<FaceSample> empty(30);  // all points coincide
  EXPECT_FALSE(parallax_cue(empty).score.has_value());
}

TEST(StillnessCue, AccusesAPictureThatStandsStill) {
  const Cue cue = stillness_cue(track_of(75, [](double) { return SyntheticView{.flat = true}; }));
  ASSERT_TRUE(cue.score.has_value()) << cue.reason;
  EXPECT_EQ(*cue.score, 0) << cue.reason;
}

TEST(StillnessCue, SaysNothingOfAFaceThatSwaysOrBlinks) {
  const Cue sways = stillness_cue(
      track_of(75, [](double way) { return SyntheticView{.x = 320 + 4 * swing(way)}; }));
  EXPECT_FALSE(sways.score.has_value()) << sways.reason;
  const Cue blinks = stillness_cue(track_of(
      75, [](double way) { return SyntheticView{.open = way > 0.5 && way < 0.54 ? 0.0 : 1.0}; }));
  EXPECT_FALSE(blinks.score.has_value()) << blinks.reason;
}

TEST(StillnessCue, NeedsFourSeconds) {
  const Cue cue = stillness_cue(track_of(45, [](double) { return SyntheticView{}; }));
  EXPECT_FALSE(cue.score.has_value());
  EXPECT_EQ(cue.reason, "too short to tell");
  EXPECT_FALSE(stillness_cue({}).score.has_value());
}

}  // namespace
}  // namespace kface
