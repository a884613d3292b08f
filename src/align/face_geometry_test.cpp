#include "align/face_geometry.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "kface/status.h"

namespace kface {
namespace {

// Eyes 100 apart at the outer corners, 40 at the inner ones; nose base 60 below, `nose_x` aside.
Landmarks5 make_face(float nose_x = 0, double roll_degrees = 0) {
  Landmarks5 face = {{{50, 0}, {20, 0}, {-50, 0}, {-20, 0}, {nose_x, 60}}};
  const double roll = roll_degrees * std::numbers::pi / 180;
  for (Point& point : face) {
    const double x = point.x;
    const double y = point.y;
    point.x = static_cast<float>(200 + x * std::cos(roll) - y * std::sin(roll));
    point.y = static_cast<float>(150 + x * std::sin(roll) + y * std::cos(roll));
  }
  return face;
}

TEST(EstimatePose, IsZeroForAnUprightFrontalFace) {
  EXPECT_NEAR(estimate_yaw_degrees(make_face()), 0, 1e-4);
  EXPECT_NEAR(estimate_roll_degrees(make_face()), 0, 1e-4);
}

TEST(EstimatePose, RollIsPositiveClockwise) {
  // y is down: turning x towards y is clockwise for the viewer.
  EXPECT_NEAR(estimate_roll_degrees(make_face(0, 20)), 20, 1e-3);
  EXPECT_NEAR(estimate_roll_degrees(make_face(0, -35)), -35, 1e-3);
}

TEST(EstimatePose, YawIsPositiveTowardsTheViewersRightWhateverTheRoll) {
  // 25 of 100 aside: tan(yaw) = 0.25 / 0.25.
  EXPECT_NEAR(estimate_yaw_degrees(make_face(25)), 45, 1e-3);
  EXPECT_NEAR(estimate_yaw_degrees(make_face(-25, 30)), -45, 1e-3);
}

TEST(EstimatePose, IsDefinedForCoincidingPoints) {
  EXPECT_EQ(estimate_yaw_degrees(Landmarks5{}), 0);
  EXPECT_EQ(estimate_roll_degrees(Landmarks5{}), 0);
}

TEST(ImplausibleLandmarks, AcceptsOrdinaryFaces) {
  EXPECT_EQ(implausible_landmarks(make_face()), "");
  EXPECT_EQ(implausible_landmarks(make_face(25, 40)), "");
}

TEST(ImplausibleLandmarks, SaysWhatIsWrong) {
  Landmarks5 face = make_face();
  face[2].x = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(implausible_landmarks(face), "a landmark is not a number");
  EXPECT_EQ(implausible_landmarks(Landmarks5{}), "the eyes are less than 8 pixels apart");
  EXPECT_EQ(implausible_landmarks(make_face(0, 61)),
            "the face is turned by more than 60 degrees in its plane");
  EXPECT_EQ(implausible_landmarks(make_face(0, 180)),
            "the face is turned by more than 60 degrees in its plane");
  face = make_face();
  std::swap(face[1], face[3]);
  EXPECT_EQ(implausible_landmarks(face), "the corners of the eyes are out of order");
  face = make_face();
  face[4].y = 140;
  EXPECT_EQ(implausible_landmarks(face), "the nose is not below the eyes");
  EXPECT_EQ(implausible_landmarks(make_face(80)), "the nose is not below the eyes");
}

TEST(ImplausibleFace, ComparesTheLandmarksWithTheBox) {
  const Landmarks5 landmarks = make_face();
  EXPECT_EQ(implausible_face({{100, 90, 190, 190}, landmarks}), "");
  EXPECT_EQ(implausible_face({{0, 0, 500, 500}, landmarks}), "the eyes do not fit the face's box");
  EXPECT_EQ(implausible_face({{195, 90, 190, 190}, landmarks}),
            "a landmark lies outside the face's box");
  EXPECT_EQ(implausible_face({{100, 90, 190, 190}, Landmarks5{}}),
            "the eyes are less than 8 pixels apart");
}

TEST(BoxOfLandmarks, IsAsLargeAsADetectorsAndTurnsWithTheFace) {
  const Box upright = box_of_landmarks(make_face());
  EXPECT_EQ(upright.width, 185);
  EXPECT_EQ(upright.height, 185);
  EXPECT_NEAR(upright.x + upright.width / 2.0, 200, 1);
  EXPECT_NEAR(upright.y + upright.height / 2.0, 187, 1);
  const Box turned = box_of_landmarks(make_face(0, 90));
  EXPECT_NEAR(turned.x + turned.width / 2.0, 163, 1);
  EXPECT_NEAR(turned.y + turned.height / 2.0, 150, 1);
}

FoundFace face_at(int x, int y, int side) { return {{x, y, side, side}, {}}; }

TEST(ChooseFace, PrefersTheLargestAndTheMostCentral) {
  const FoundFace centre = face_at(80, 80, 40);
  EXPECT_EQ(choose_face({face_at(60, 60, 80), centre}, 200, 200), 0U);
  EXPECT_EQ(choose_face({face_at(0, 0, 40), centre}, 200, 200), 1U);
  // Twice the side in the corner: area 4, (1 - 85 / 141)^2 = 0.16; the small one in the middle
  // wins.
  EXPECT_EQ(choose_face({face_at(0, 0, 80), centre}, 200, 200), 1U);
  // Four times the side a little aside wins over it.
  EXPECT_EQ(choose_face({centre, face_at(0, 0, 160)}, 200, 200), 1U);
}

TEST(ChooseFace, TakesTheFirstOfEqualsAndRequiresOne) {
  EXPECT_EQ(choose_face({face_at(10, 80, 40), face_at(150, 80, 40)}, 200, 200), 0U);
  EXPECT_THROW((void)choose_face({}, 200, 200), ContractViolation);
}

}  // namespace
}  // namespace kface
