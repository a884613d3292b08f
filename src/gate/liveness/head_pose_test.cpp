#include "gate/liveness/head_pose.h"

#include <gtest/gtest.h>

#include <limits>

#include "gate/liveness/synthetic_face_for_test.h"

namespace kface {
namespace {

HeadPose pose_of(const SyntheticView& view) {
  Rng rng(1);
  return head_pose(synthetic_landmarks(view, rng)).value();
}

TEST(GenericFace, IsSymmetric) {
  const Face3& face = generic_face();
  constexpr std::size_t kMirror[][2] = {{0, 16},  {3, 13},  {7, 9},   {17, 26}, {21, 22}, {31, 35},
                                        {36, 45}, {37, 44}, {39, 42}, {41, 46}, {48, 54}, {50, 52},
                                        {58, 56}, {60, 64}, {61, 63}, {67, 65}};
  for (const auto& pair : kMirror) {
    EXPECT_EQ(face[pair[0]].x, -face[pair[1]].x) << pair[0];
    EXPECT_EQ(face[pair[0]].y, face[pair[1]].y) << pair[0];
    EXPECT_EQ(face[pair[0]].z, face[pair[1]].z) << pair[0];
  }
}

TEST(HeadPose, FindsHowAHeadIsTurned) {
  for (const double yaw : {-30.0, -15.0, 0.0, 15.0, 30.0}) {
    for (const double pitch : {-15.0, 0.0, 15.0}) {
      const HeadPose pose = pose_of({.yaw_degrees = yaw, .pitch_degrees = pitch});
      EXPECT_NEAR(pose.yaw_degrees, yaw, 4) << yaw << ' ' << pitch;
      EXPECT_NEAR(pose.pitch_degrees, pitch, 5) << yaw << ' ' << pitch;
    }
  }
}

TEST(HeadPose, FollowsTheHeadsRollAndSize) {
  for (const double roll : {-25.0, 0.0, 40.0}) {
    const HeadPose pose = pose_of({.yaw_degrees = 20, .roll_degrees = roll, .scale = 0.8});
    EXPECT_NEAR(pose.roll_degrees, roll, 2);
    EXPECT_NEAR(pose.yaw_degrees, 20, 5);
    EXPECT_NEAR(pose.scale, 0.8, 0.08);
  }
}

TEST(HeadPose, OfAFlatPictureStaysWhatItsSubjectHad) {
  for (const double tilt : {-40.0, -20.0, 0.0, 20.0, 40.0}) {
    EXPECT_NEAR(pose_of({.yaw_degrees = tilt, .flat = true}).yaw_degrees, 0, 9) << tilt;
  }
  EXPECT_NEAR(pose_of({.flat = true, .picture_yaw_degrees = 25}).yaw_degrees, 25, 5);
}

TEST(HeadPose, IsNothingForPointsThatAreNoFace) {
  Landmarks68 points{};
  EXPECT_FALSE(head_pose(points).has_value());
  EXPECT_EQ(eye_openness(points), 0);
  Rng rng(1);
  points = synthetic_landmarks({}, rng);
  points[30].x = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(head_pose(points).has_value());
  points = synthetic_landmarks({}, rng);
  points[45].x = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(head_pose(points).has_value());
  points[38].y = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(eye_openness(points), 0);
}

TEST(EyeOpenness, IsTheRatioOfTheArticle) {
  Landmarks68 points{};
  for (const std::size_t first : {std::size_t{36}, std::size_t{42}}) {
    points[first] = {0, 0};
    points[first + 1] = {10, -3};
    points[first + 2] = {20, -4};
    points[first + 3] = {30, 0};
    points[first + 4] = {20, 4};
    points[first + 5] = {10, 3};
  }
  EXPECT_NEAR(eye_openness(points), (6.0 + 8.0) / (2 * 30), 1e-6);
  EXPECT_EQ(eye_distance_px(points), 30);  // both eyes lie on each other here
}

TEST(EyeOpenness, FallsWhenTheLidsClose) {
  Rng rng(1);
  const double open = eye_openness(synthetic_landmarks({}, rng));
  const double shut = eye_openness(synthetic_landmarks({.open = 0}, rng));
  EXPECT_GT(open, 0.25);
  EXPECT_LT(shut, 0.5 * open);
}

}  // namespace
}  // namespace kface
