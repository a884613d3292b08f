#include "gate/liveness/parallax.h"

#include <gtest/gtest.h>

#include <limits>

#include "gate/liveness/synthetic_face_for_test.h"

namespace kface {
namespace {

Landmarks68 seen(const SyntheticView& view, std::uint64_t seed = 1) {
  Rng rng(seed);
  return synthetic_landmarks(view, rng);
}

TEST(FitParallax, OfAHeadIsTheSineOfItsTurn) {
  const Landmarks68 frontal = seen({});
  for (const double yaw : {-30.0, -20.0, 20.0, 30.0}) {
    const auto fit = fit_parallax(frontal, seen({.yaw_degrees = yaw, .roll_degrees = 10}));
    ASSERT_TRUE(fit.has_value());
    EXPECT_NEAR(fit->turn, std::abs(std::sin(yaw * std::numbers::pi / 180)), 0.08) << yaw;
    EXPECT_LT(fit->turn_error, 0.03);
  }
  EXPECT_GT(fit_parallax(frontal, seen({.pitch_degrees = 20}))->turn, 0.25);
}

TEST(FitParallax, OfAPlaneIsSmallAtAnyAngleAndItsNarrowingIsTheCosine) {
  const Landmarks68 frontal = seen({.flat = true});
  for (const double distance : {250.0, 400.0, 800.0}) {
    for (const double tilt : {-45.0, -30.0, 0.0, 30.0, 45.0}) {
      const auto fit =
          fit_parallax(frontal, seen({.yaw_degrees = tilt, .distance_mm = distance, .flat = true}));
      ASSERT_TRUE(fit.has_value());
      EXPECT_LT(fit->turn, 0.12) << distance << ' ' << tilt;
      EXPECT_NEAR(fit->narrowing, std::cos(tilt * std::numbers::pi / 180), 0.05)
          << distance << ' ' << tilt;
    }
  }
}

TEST(FitParallax, DoesNotMistakeMovingAndTurningInThePlaneForDepth) {
  const auto fit = fit_parallax(seen({}), seen({.roll_degrees = 25, .x = 200, .scale = 1}));
  ASSERT_TRUE(fit.has_value());
  EXPECT_LT(fit->turn, 0.08);
  EXPECT_GT(fit->narrowing, 0.96);
}

TEST(FitParallax, StatesAnErrorThatGrowsWithTheNoise) {
  const auto quiet = fit_parallax(seen({.noise_px = 0.5}, 1), seen({.noise_px = 0.5}, 2));
  const auto loud = fit_parallax(seen({.noise_px = 4}, 1), seen({.noise_px = 4}, 2));
  ASSERT_TRUE(quiet && loud);
  EXPECT_LT(quiet->turn_error, loud->turn_error / 2);
}

TEST(FitParallax, IsNothingForViewsThatAreNoFace) {
  const Landmarks68 face = seen({});
  EXPECT_FALSE(fit_parallax(face, Landmarks68{}).has_value());
  EXPECT_FALSE(fit_parallax(Landmarks68{}, face).has_value());
  Landmarks68 bad = face;
  bad[30].y = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(fit_parallax(face, bad).has_value());
  Landmarks68 mirrored = face;
  for (Point& point : mirrored) {
    point.x = 640 - point.x;
  }
  EXPECT_FALSE(fit_parallax(face, mirrored).has_value());
}

}  // namespace
}  // namespace kface
