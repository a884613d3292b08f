#include "align/simulate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kface/status.h"

namespace kface {
namespace {

constexpr int kWidth = 200;
constexpr int kHeight = 300;

// Eyes 40 px apart, at (80, 120) and (120, 120).
constexpr Landmarks5 kFace = {
    {{129.0F, 120.0F}, {111.0F, 120.0F}, {71.0F, 120.0F}, {89.0F, 120.0F}, {100.0F, 149.0F}}};

Image grey_photo(std::uint8_t level = 160) {
  Image image;
  image.width = kWidth;
  image.height = kHeight;
  image.pixels.assign(image.offset(0, kHeight), level);
  return image;
}

Landmarks5 moved(Landmarks5 landmarks, float x, float y) {
  for (Point& point : landmarks) {
    point = {point.x + x, point.y + y};
  }
  return landmarks;
}

// Mean grey level of a rectangle.
double mean_level(const Image& image, Box box = {0, 0, kWidth, kHeight}) {
  double sum = 0;
  for (int y = box.y; y < box.y + box.height; ++y) {
    for (int x = box.x; x < box.x + box.width; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        sum += image.pixels[image.offset(x, y) + c];
      }
    }
  }
  return sum / (3.0 * box.width * box.height);
}

constexpr Box kRightCheek = {115, 135, 14, 14};
constexpr Box kLeftCheek = {71, 135, 14, 14};
constexpr Box kRightEye = {115, 117, 10, 8};
constexpr Box kForehead = {85, 70, 30, 20};
constexpr Box kMouth = {90, 155, 20, 15};

Simulation wearing(Accessory accessory) {
  Simulation simulation;
  simulation.accessory = accessory;
  return simulation;
}

Simulation lit_from(double azimuth, double elevation) {
  Simulation simulation;
  simulation.directional = true;
  simulation.light_azimuth_degrees = azimuth;
  simulation.light_elevation_degrees = elevation;
  return simulation;
}

TEST(Simulate, ChangesNothingByDefault) {
  const Image photo = grey_photo();
  EXPECT_EQ(simulate(photo, kFace, {}, 1).pixels, photo.pixels);
}

TEST(Simulate, GivesTheSameBytesForTheSameSeedAndOthersForAnother) {
  Simulation everything = lit_from(45, 10);
  everything.accessory = Accessory::kCapAndHornRimmed;
  everything.lux = 100;
  everything.blur_sigma_px = 1;
  everything.noise_sigma = 3;
  const Image first = simulate(grey_photo(), kFace, everything, 7);
  EXPECT_EQ(first.pixels, simulate(grey_photo(), kFace, everything, 7).pixels);
  EXPECT_NE(first.pixels, simulate(grey_photo(), kFace, everything, 8).pixels);
}

TEST(Simulate, GetsDarkerWithEveryStepOfLux) {
  double brighter = mean_level(grey_photo());
  for (const int lux : {999, 400, 200, 150, 100, 40, 0}) {
    Simulation simulation;
    simulation.lux = lux;
    const double level = mean_level(simulate(grey_photo(), kFace, simulation, 1));
    EXPECT_LT(level, brighter) << lux << " lux";
    brighter = level;
  }
  EXPECT_GT(brighter, 0.5);  // a dark room is not quite dark
  EXPECT_LT(brighter, 15);
}

TEST(Simulate, MakesDimLightWarm) {
  Simulation simulation;
  simulation.lux = 40;
  const Image dim = simulate(grey_photo(200), kFace, simulation, 1);
  double red = 0;
  double blue = 0;
  for (std::size_t at = 0; at < dim.pixels.size(); at += 3) {
    red += dim.pixels[at];
    blue += dim.pixels[at + 2];
  }
  EXPECT_GT(red, 1.05 * blue);
}

TEST(Simulate, LightensTheSideOfTheLamp) {
  const Image from_right = simulate(grey_photo(), kFace, lit_from(90, 0), 1);
  EXPECT_GT(mean_level(from_right, kRightCheek), 1.3 * mean_level(from_right, kLeftCheek));
  const Image from_left = simulate(grey_photo(), kFace, lit_from(-90, 0), 1);
  EXPECT_GT(mean_level(from_left, kLeftCheek), 1.3 * mean_level(from_left, kRightCheek));
}

TEST(Simulate, LightensTheForeheadFromAboveAndTheChinFromBelow) {
  const double above = mean_level(simulate(grey_photo(), kFace, lit_from(0, 40), 1), kForehead);
  const double below = mean_level(simulate(grey_photo(), kFace, lit_from(0, -40), 1), kForehead);
  EXPECT_GT(above, below + 10);
}

TEST(Simulate, LeavesALampAtTheCameraAsItWas) {
  EXPECT_NEAR(mean_level(simulate(grey_photo(), kFace, lit_from(0, 0), 1), kForehead), 160, 6);
}

TEST(Simulate, DarkensTheEyesWithSunglassesAndHardlyWithGlasses) {
  const auto eye = [](Accessory accessory) {
    return mean_level(simulate(grey_photo(), kFace, wearing(accessory), 1), kRightEye);
  };
  EXPECT_LT(eye(Accessory::kSunglasses), 60);
  EXPECT_NEAR(eye(Accessory::kGlasses), 160, 25);
  EXPECT_NEAR(eye(Accessory::kHornRimmed), 160, 25);
}

TEST(Simulate, DrawsWhatIsWornAndOnlyWhereItIs) {
  const Image photo = grey_photo();
  const Image cap = simulate(photo, kFace, wearing(Accessory::kCap), 3);
  EXPECT_GT(std::abs(mean_level(cap, kForehead) - 160), 10);
  EXPECT_NEAR(mean_level(cap, kMouth), 160, 1);
  const Image mask = simulate(photo, kFace, wearing(Accessory::kMask), 3);
  EXPECT_GT(std::abs(mean_level(mask, kMouth) - 160), 10);
  EXPECT_NEAR(mean_level(mask, kForehead), 160, 1);
}

TEST(Simulate, BlursAnEdgeAndAddsNoiseOfTheGivenSize) {
  Image edge = grey_photo(50);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth / 2; ++x) {
      edge.pixels[edge.offset(x, y)] = 250;
    }
  }
  Simulation simulation;
  simulation.blur_sigma_px = 3;
  const Image blurred = simulate(edge, kFace, simulation, 1);
  EXPECT_NEAR(blurred.pixels[edge.offset(kWidth / 2, 50)], 150, 20);

  simulation = {};
  simulation.noise_sigma = 10;
  const Image noisy = simulate(grey_photo(), kFace, simulation, 1);
  double squares = 0;
  for (const std::uint8_t level : noisy.pixels) {
    squares += (level - 160.0) * (level - 160.0);
  }
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(noisy.pixels.size())), 10, 0.5);
}

TEST(Simulate, StaysInThePictureWhereverTheFaceIs) {
  const std::vector<Landmarks5> faces = {
      moved(kFace, -100, -120),
      moved(kFace, 100, 180),
      moved(kFace, 1e4F, 0),
      moved(kFace, 0, -1e4F),
      moved(kFace, 9e4F, 9e4F),
      // Upside down, a giant, the smallest that is allowed.
      {{{71, 120}, {89, 120}, {129, 120}, {111, 120}, {100, 91}}},
      {{{9e4F, 0}, {8e4F, 0}, {-9e4F, 0}, {-8e4F, 0}, {0, 9e4F}}},
      {{{103, 100}, {102, 100}, {98, 100}, {99, 100}, {100, 103}}}};
  for (const Landmarks5& face : faces) {
    for (int accessory = 0; accessory <= static_cast<int>(Accessory::kMask); ++accessory) {
      Simulation simulation = lit_from(-90, 30);
      simulation.accessory = static_cast<Accessory>(accessory);
      EXPECT_EQ(simulate(grey_photo(), face, simulation, 1).pixels.size(),
                grey_photo().pixels.size());
    }
  }
}

TEST(Simulate, WorksOnASinglePixel) {
  Image pixel;
  pixel.width = pixel.height = 1;
  pixel.pixels = {10, 20, 30};
  Simulation simulation = lit_from(90, 0);
  simulation.accessory = Accessory::kCap;
  simulation.blur_sigma_px = 2;
  EXPECT_EQ(simulate(pixel, kFace, simulation, 1).pixels.size(), 3U);
}

TEST(Simulate, RefusesWhatItsContractExcludes) {
  EXPECT_THROW(simulate({}, kFace, {}, 1), ContractViolation);
  Landmarks5 face = kFace;
  face[4].x = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(simulate(grey_photo(), face, {}, 1), ContractViolation);
  EXPECT_THROW(simulate(grey_photo(), Landmarks5{}, {}, 1), ContractViolation);
  EXPECT_THROW(simulate(grey_photo(), moved(kFace, 2e5F, 0), {}, 1), ContractViolation);
  Simulation simulation;
  simulation.lux = 1001;
  EXPECT_THROW(simulate(grey_photo(), kFace, simulation, 1), ContractViolation);
  simulation = lit_from(91, 0);
  EXPECT_THROW(simulate(grey_photo(), kFace, simulation, 1), ContractViolation);
  simulation = lit_from(0, -61);
  EXPECT_THROW(simulate(grey_photo(), kFace, simulation, 1), ContractViolation);
  simulation = {};
  simulation.noise_sigma = -1;
  EXPECT_THROW(simulate(grey_photo(), kFace, simulation, 1), ContractViolation);
  simulation = {};
  simulation.blur_sigma_px = 65;
  EXPECT_THROW(simulate(grey_photo(), kFace, simulation, 1), ContractViolation);
}

}  // namespace
}  // namespace kface
