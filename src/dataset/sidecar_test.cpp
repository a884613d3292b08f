#include "dataset/sidecar.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace kface {
namespace {

// dlib's mean face times 100: nose tip, eyes' centres, corners of the mouth, ears.
const std::string kMeanFace =
    "49.01\t51.56\n22.73\t22.14\n75.28\t22.12\n25.41\t78.02\n72.61\t78.02\n5\t40\n95\t40\n"
    "10 10 80 80\n";

// The points by which dlib aligns: its five-point mean face, times 100.
const Landmarks5 kExpected = {
    {{85.96F, 21.35F}, {64.61F, 22.90F}, {12.06F, 21.37F}, {33.41F, 22.91F}, {49.01F, 62.78F}}};

TEST(ParseSidecar, GivesDlibsFivePointsOnItsMeanFace) {
  const auto landmarks = parse_sidecar(kMeanFace, 100, 100);
  ASSERT_TRUE(landmarks.ok()) << landmarks.error().message();
  for (std::size_t i = 0; i < kExpected.size(); ++i) {
    const Point& point = landmarks.value()[i];
    EXPECT_LT(std::hypot(point.x - kExpected[i].x, point.y - kExpected[i].y), 2) << i;
  }
}

TEST(ParseSidecar, TellsEyesByPlaceNotByOrder) {
  const std::string swapped =
      "49.01 51.56\n75.28 22.12\n22.73 22.14\n25.41 78.02\n72.61 78.02\n5 40\n95 40\n";
  const auto landmarks = parse_sidecar(swapped, 100, 100);
  ASSERT_TRUE(landmarks.ok());
  EXPECT_GT(landmarks.value()[0].x, landmarks.value()[1].x);
  EXPECT_GT(landmarks.value()[1].x, landmarks.value()[3].x);
}

TEST(ParseSidecar, AcceptsEverySplitterAndWindowsLines) {
  const std::string mixed =
      "49.01,51.56\r\n22.73;22.14\r\n75.28  22.12\r\n25.41\t78.02\r\n72.61, 78.02\r\n5 40\r\n95 40";
  EXPECT_TRUE(parse_sidecar(mixed, 100, 100).ok());
}

TEST(ParseSidecar, FollowsATiltedFace) {
  // Quarter of the mean face's tilt: the eye line goes down by 20 over 50.
  const auto landmarks =
      parse_sidecar("45 55\n20 20\n70 40\n20 75\n60 90\n1 1\n2 2\n", 100, 100).value();
  const float slope = (landmarks[0].y - landmarks[2].y) / (landmarks[0].x - landmarks[2].x);
  EXPECT_NEAR(slope, 0.4, 1e-5);
}

TEST(ParseSidecar, RefusesWhatIsNoLandmarkFile) {
  for (const std::string& bad :
       {std::string(), std::string("garbage"), std::string("1 2\n3 4\n"), kMeanFace.substr(0, 40),
        "nan 1\n" + kMeanFace, "1 2 3\n" + kMeanFace, std::string(1000, '\xFF'),
        std::string("1e999 5\n") + kMeanFace}) {
    EXPECT_EQ(parse_sidecar(bad, 100, 100).error().code(), ErrorCode::kCorruption) << bad;
  }
}

TEST(ParseSidecar, RefusesPointsOutsideThePicture) {
  const auto landmarks = parse_sidecar(kMeanFace, 60, 60);
  ASSERT_FALSE(landmarks.ok());
  EXPECT_NE(landmarks.error().message().find("outside the picture"), std::string::npos);
  EXPECT_FALSE(parse_sidecar("-1 5\n" + kMeanFace, 100, 100).ok());
}

TEST(ParseSidecar, RefusesProfilesAndUpsideDownFaces) {
  EXPECT_FALSE(parse_sidecar("50 50\n45 20\n50 20\n45 80\n50 80\n1 1\n2 2\n", 100, 100).ok());
  EXPECT_FALSE(parse_sidecar("50 50\n20 80\n70 80\n30 20\n60 20\n1 1\n2 2\n", 100, 100).ok());
}

}  // namespace
}  // namespace kface
