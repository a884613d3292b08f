#include "align/chip_adjust.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "align/test_images.h"

namespace kface {
namespace {

using namespace kface::test;  // NOLINT: test helpers

Image make_flat(int width, int height, Rgb colour) {
  Image image = make_image(width, height);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = static_cast<std::uint8_t>(colour.at(i % 3));
  }
  return image;
}

TEST(AdjustColor, NoneChangesNothing) {
  Image image = make_gradient(20, 20);
  const Bytes before = image.pixels;
  adjust_color(image, ColorAdjust::kNone);
  EXPECT_EQ(image.pixels, before);
}

TEST(AdjustColor, GrayWorldBringsTheMeansTogether) {
  Image image = make_flat(4, 4, {60, 120, 90});
  adjust_color(image, ColorAdjust::kGrayWorld);
  EXPECT_EQ(pixel(image, 2, 2), (Rgb{90, 90, 90}));
}

TEST(AdjustColor, GrayWorldLeavesGreyAndEmptyChannelsAlone) {
  Image grey = make_gradient(20, 20);
  for (std::size_t i = 0; i < grey.pixels.size(); ++i) {
    grey.pixels[i] = grey.pixels[i / 3 * 3];
  }
  const Bytes before = grey.pixels;
  adjust_color(grey, ColorAdjust::kGrayWorld);
  EXPECT_EQ(grey.pixels, before);
  Image no_red = make_flat(4, 4, {0, 100, 50});
  adjust_color(no_red, ColorAdjust::kGrayWorld);
  EXPECT_EQ(pixel(no_red, 0, 0), (Rgb{0, 50, 50}));
}

TEST(AdjustColor, ClaheSpreadsALowContrast) {
  Image image = make_image(64, 64);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = static_cast<std::uint8_t>(100 + (i / 3 * 7 + i / 192 * 3) % 16);
  }
  const Image before = image;
  adjust_color(image, ColorAdjust::kClahe);
  const auto spread = [](const Image& of) {
    const auto [lowest, highest] = std::minmax_element(of.pixels.begin(), of.pixels.end());
    return *highest - *lowest;
  };
  EXPECT_EQ(image.pixels.size(), before.pixels.size());
  EXPECT_GT(spread(image), spread(before) * 3 / 2);
  Image again = before;
  adjust_color(again, ColorAdjust::kClahe);
  EXPECT_EQ(again.pixels, image.pixels);
}

TEST(ResizeToSquare, IgnoresTheAspect) {
  const Image square = resize_to_square(make_flat(40, 10, {1, 2, 3}), 16);
  EXPECT_EQ(square.width, 16);
  EXPECT_EQ(square.height, 16);
  EXPECT_EQ(pixel(square, 15, 15), (Rgb{1, 2, 3}));
}

TEST(ResizeToSquare, AveragesWhenShrinking) {
  Image board = make_image(4, 4);
  for (std::size_t i = 0; i < 16; ++i) {
    const bool white = (i + i / 4) % 2 == 0;
    for (std::size_t c = 0; c < 3; ++c) {
      board.pixels[i * 3 + c] = white ? 200 : 100;
    }
  }
  EXPECT_EQ(resize_to_square(board, 2).pixels, Bytes(12, 150));
}

TEST(MeasureSharpness, IsZeroWithoutEdgesAndKnownForStripes) {
  EXPECT_EQ(measure_sharpness(make_flat(8, 8, {9, 9, 9})), 0);
  // Columns 10, 0, 10, 0...: the Laplacian is -20 and +20 in turn, edges mirrored: variance 400.
  Image stripes = make_image(8, 8);
  for (std::size_t i = 0; i < stripes.pixels.size(); ++i) {
    stripes.pixels[i] = i / 3 % 2 == 0 ? 10 : 0;
  }
  EXPECT_FLOAT_EQ(measure_sharpness(stripes), 400);
}

TEST(MeasureBrightness, IsTheMeanGrey) {
  EXPECT_FLOAT_EQ(measure_brightness(make_flat(8, 8, {90, 90, 90})), 90);
  EXPECT_FLOAT_EQ(measure_brightness(make_flat(8, 8, {0, 255, 0})), 150);  // 0.587 x 255
}

TEST(ChipAdjust, RequiresAPicture) {
  Image none;
  EXPECT_THROW(adjust_color(none, ColorAdjust::kNone), ContractViolation);
  EXPECT_THROW((void)resize_to_square(none, 10), ContractViolation);
  EXPECT_THROW((void)measure_sharpness(none), ContractViolation);
}

}  // namespace
}  // namespace kface
