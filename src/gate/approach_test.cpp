#include "gate/approach.h"

#include <gtest/gtest.h>

#include <string>

namespace kface {
namespace {

constexpr Box kHere{.x = 100, .y = 100, .width = 100, .height = 100};
constexpr Box kElsewhere{.x = 400, .y = 100, .width = 100, .height = 100};
constexpr double kFrameMs = 66;

ApproachOptions options() {
  ApproachOptions options;
  options.frames = 3;
  options.settle_ms = 500;
  options.min_quality = 0.2;
  return options;
}

ApproachFrame frame(double time_ms, double quality) {
  ApproachFrame frame;
  frame.quality = quality;
  frame.time_ms = time_ms;
  return frame;
}

// Shows `qualities` frame by frame; the steps as letters: . nothing, D decide, P poor quality,
// - not wanted.
std::string show(Approach& approach, double& time_ms, const std::vector<double>& qualities,
                 const Box& box = kHere) {
  std::string steps;
  for (const double quality : qualities) {
    time_ms += kFrameMs;
    if (!approach.wants(box, time_ms)) {
      steps += '-';
      continue;
    }
    const ApproachStep step = approach.saw(frame(time_ms, quality));
    steps += step == ApproachStep::kNothing ? '.' : step == ApproachStep::kDecide ? 'D' : 'P';
    if (step != ApproachStep::kNothing) {
      approach.decided(step == ApproachStep::kDecide, time_ms);
    }
  }
  return steps;
}

TEST(Approach, DecidesOnceOnThreeGoodFrames) {
  Approach approach(options());
  double time_ms = 0;
  EXPECT_EQ(show(approach, time_ms, {0.5, 0.6, 0.4, 0.9, 0.9}), "..D--");
  EXPECT_EQ(approach.number(), 1U);
}

TEST(Approach, KeepsTheBestFramesBestFirst) {
  ApproachOptions two = options();
  two.frames = 4;
  Approach approach(two);
  double time_ms = 0;
  for (const double quality : {0.3, 0.1, 0.9, 0.5}) {
    ASSERT_TRUE(approach.wants(kHere, ++time_ms));
    EXPECT_EQ(approach.saw(frame(time_ms, quality)), ApproachStep::kNothing);
  }
  ASSERT_EQ(approach.best_frames().size(), 3U);  // 0.1 is no good frame
  EXPECT_EQ(approach.best_frames()[0].quality, 0.9);
  EXPECT_EQ(approach.best_frames()[2].quality, 0.3);
}

TEST(Approach, DecidesOnFewerFramesWhenTheTimeIsOver) {
  Approach approach(options());
  double time_ms = 0;
  EXPECT_EQ(show(approach, time_ms, {0.5, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}), "........D");
}

TEST(Approach, SaysThatTheQualityIsPoor) {
  Approach approach(options());
  double time_ms = 0;
  EXPECT_EQ(show(approach, time_ms, std::vector<double>(10, 0.1)), "........P-");
}

TEST(Approach, LooksAgainAtSomebodyWhoWasNotLetIn) {
  Approach approach(options());
  double time_ms = 0;
  ASSERT_EQ(show(approach, time_ms, std::vector<double>(9, 0.1)), "........P");
  time_ms += 2500;
  // The face was away for longer than lost_ms: that is a new approach at once.
  EXPECT_EQ(show(approach, time_ms, {0.5, 0.5, 0.5}), "..D");
  EXPECT_EQ(approach.number(), 2U);

  Approach staying(options());
  time_ms = 0;
  const std::string steps = show(staying, time_ms, std::vector<double>(60, 0.1));
  EXPECT_EQ(steps.substr(0, 10), "........P-");
  EXPECT_EQ(steps.find('.', 9), 54U);  // 3 s after the decision
  EXPECT_EQ(staying.number(), 1U);
}

TEST(Approach, NeverDecidesTwiceWithoutRetry) {
  ApproachOptions once = options();
  once.retry_ms = 0;
  Approach approach(once);
  double time_ms = 0;
  EXPECT_EQ(show(approach, time_ms, std::vector<double>(200, 0.1)).find('P', 9), std::string::npos);
}

TEST(Approach, BeginsAnewWithAnotherFaceInAnotherPlace) {
  Approach approach(options());
  double time_ms = 0;
  ASSERT_EQ(show(approach, time_ms, {0.5, 0.5}), "..");
  // The first one's two frames do not count for the second.
  EXPECT_EQ(show(approach, time_ms, {0.5, 0.5, 0.5}, kElsewhere), "..D");
  EXPECT_EQ(approach.number(), 2U);
}

TEST(Approach, SurvivesAFrameWithoutTheFace) {
  Approach approach(options());
  double time_ms = 0;
  ASSERT_EQ(show(approach, time_ms, {0.5, 0.5, 0.5}), "..D");
  time_ms += kFrameMs;
  approach.saw_nobody(time_ms);
  EXPECT_EQ(show(approach, time_ms, {0.5}), "-");
  time_ms += 800;
  approach.saw_nobody(time_ms);
  EXPECT_EQ(show(approach, time_ms, {0.5, 0.5, 0.5}), "..D");
}

TEST(Approach, SaysThatThereAreSeveralOnceTheyHaveStayed) {
  Approach approach(options());
  EXPECT_EQ(approach.saw_several(0), ApproachStep::kNothing);
  EXPECT_EQ(approach.saw_several(400), ApproachStep::kNothing);
  EXPECT_EQ(approach.saw_several(600), ApproachStep::kSeveralFaces);
  approach.decided(false, 600);
  EXPECT_EQ(approach.saw_several(700), ApproachStep::kNothing);
  EXPECT_EQ(approach.saw_several(1300), ApproachStep::kNothing);
}

TEST(OverlapOfBoxes, IsTheCommonPartOfBoth) {
  EXPECT_EQ(overlap_of_boxes(kHere, kHere), 1);
  EXPECT_EQ(overlap_of_boxes(kHere, kElsewhere), 0);
  EXPECT_DOUBLE_EQ(overlap_of_boxes(kHere, {.x = 150, .y = 100, .width = 100, .height = 100}),
                   1.0 / 3);
}

TEST(ShowOneFace, NoticesWhoTookAnothersPlace) {
  std::vector<ApproachFrame> frames(3);
  frames[0].face.embedding = {0, 0};
  frames[1].face.embedding = {0.25F, 0};
  frames[2].face.embedding = {0.5F, 0};
  EXPECT_TRUE(show_one_face(frames, 0.5));
  EXPECT_FALSE(show_one_face(frames, 0.4));
  EXPECT_TRUE(show_one_face({frames[0]}, 0));
}

TEST(PoolFrames, NormalisesAsTheHeadDoes) {
  Head head;
  head.d = head.m = 2;
  head.l2_normalize = true;
  std::vector<ApproachFrame> frames(2);
  frames[0].face.embedding = {1, 0};
  frames[1].face.embedding = {0, 1};
  frames[0].face.quality.face_size_px = frames[1].face.quality.face_size_px = 100;
  const ReadFace pooled = pool_frames(head, frames);
  EXPECT_FLOAT_EQ(pooled.embedding[0], 0.70710678F);
  EXPECT_FLOAT_EQ(pooled.embedding[1], 0.70710678F);
  EXPECT_EQ(pooled.quality.face_size_px, 100);
  EXPECT_THROW(pool_frames(head, {}), ContractViolation);
}

}  // namespace
}  // namespace kface
