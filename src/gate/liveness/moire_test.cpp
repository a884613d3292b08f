#include "gate/liveness/moire.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/rng.h"
#include "kface/status.h"

namespace kface {
namespace {

constexpr int kSide = 200;

FaceSample whole_frame() {
  FaceSample sample;
  sample.box = {20, 20, 160, 160};
  return sample;
}

// A smooth picture with a camera's noise, and over it a grid of `amplitude` of the brightness.
Image picture(double amplitude, double cycles_per_pixel, Rng& rng) {
  Image image{kSide, kSide, {}};
  image.pixels.resize(image.offset(0, kSide));
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const double smooth = 120 + 50 * std::sin(x / 40.0) * std::cos(y / 55.0);
      const double along = 0.8 * x + 0.6 * y;
      const double grid = 1 + amplitude * std::cos(2 * std::numbers::pi * cycles_per_pixel * along);
      const double level = std::clamp(smooth * grid + 3 * rng.normal(), 0.0, 255.0);
      for (std::size_t c = 0; c < 3; ++c) {
        image.pixels[image.offset(x, y) + c] = static_cast<std::uint8_t>(std::lround(level));
      }
    }
  }
  return image;
}

Cue cue_of(double amplitude, double cycles_per_pixel, int num_frames = 4) {
  Rng rng(9);
  Moire moire;
  for (int i = 0; i < num_frames; ++i) {
    moire.add(whole_frame(), picture(amplitude, cycles_per_pixel, rng));
  }
  return moire.cue();
}

TEST(Moire, AccusesAFaceWithAGridOverIt) {
  for (const double frequency : {0.15, 0.25, 0.4}) {
    const Cue cue = cue_of(0.05, frequency);
    ASSERT_TRUE(cue.score.has_value()) << cue.reason;
    EXPECT_EQ(*cue.score, 0);
    EXPECT_NE(cue.reason.find("is a screen's"), std::string::npos);
  }
}

TEST(Moire, SaysNothingOfASmoothPicture) {
  const Cue cue = cue_of(0, 0);
  EXPECT_FALSE(cue.score.has_value()) << cue.reason;
}

TEST(Moire, SaysNothingOfCoarseStripes) { EXPECT_FALSE(cue_of(0.05, 0.04).score.has_value()); }

TEST(Moire, NeedsThreeFramesOfALargeFaceInsideTheFrame) {
  EXPECT_FALSE(cue_of(0.05, 0.25, 2).score.has_value());
  Rng rng(9);
  Moire moire;
  for (int i = 0; i < 4; ++i) {
    FaceSample small = whole_frame();
    small.box = {20, 20, 120, 120};
    moire.add(small, picture(0.05, 0.25, rng));
    FaceSample outside = whole_frame();
    outside.box = {120, 20, 160, 160};
    moire.add(outside, picture(0.05, 0.25, rng));
  }
  EXPECT_FALSE(moire.peak().has_value());
  EXPECT_THROW(moire.add(whole_frame(), Image{}), ContractViolation);
}

TEST(Moire, OfABlackPictureHasNoPeak) {
  Moire moire;
  Image black{kSide, kSide, {}};
  black.pixels.resize(black.offset(0, kSide));
  for (int i = 0; i < 4; ++i) {
    moire.add(whole_frame(), black);
  }
  EXPECT_EQ(moire.peak().value(), 0);
}

}  // namespace
}  // namespace kface
