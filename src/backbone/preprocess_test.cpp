#include "backbone/preprocess.h"

#include <gtest/gtest.h>

#include <vector>

namespace kface {
namespace {

// One pixel of red 10, green 20, blue 30 repeated.
Image plain(int width, int height) {
  Image image{width, height, {}};
  for (int i = 0; i < width * height; ++i) {
    image.pixels.insert(image.pixels.end(), {10, 20, 30});
  }
  return image;
}

std::vector<float> input_of(const Preprocess& preprocess, const Image& chip) {
  std::vector<float> input(3U * static_cast<std::size_t>(preprocess.width * preprocess.height));
  preprocess_chip(preprocess, chip, input);
  return input;
}

TEST(PreprocessChip, PutsTheFirstChannelFirstAndScalesAfterTheMean) {
  Preprocess preprocess{.width = 1, .height = 1, .mean = {1, 2, 3}, .scale = {1, 10, 100}};
  EXPECT_EQ(input_of(preprocess, plain(2, 2)), (std::vector<float>{9, 180, 2700}));
  preprocess.bgr = true;
  EXPECT_EQ(input_of(preprocess, plain(2, 2)), (std::vector<float>{29, 180, 700}));
}

TEST(PreprocessChip, InterpolatesBetweenPixelCentres) {
  Image chip = plain(2, 1);
  chip.pixels = {0, 0, 0, 100, 100, 100};
  const Preprocess preprocess{.width = 4, .height = 1};
  const auto input = input_of(preprocess, chip);
  EXPECT_EQ((std::vector<float>(input.begin(), input.begin() + 4)),
            (std::vector<float>{0, 25, 75, 100}));
}

TEST(PreprocessChip, LetterboxKeepsTheAspectAndFillsWithBlack) {
  const Preprocess preprocess{.width = 2, .height = 4, .letterbox = true, .mean = {1, 1, 1}};
  const auto input = input_of(preprocess, plain(2, 2));
  EXPECT_EQ((std::vector<float>(input.begin(), input.begin() + 8)),
            (std::vector<float>{-1, -1, 9, 9, 9, 9, -1, -1}));
}

TEST(Describe, NamesEveryField) {
  const Preprocess preprocess{.width = 2,
                              .height = 4,
                              .bgr = true,
                              .letterbox = true,
                              .mean = {1, 2, 3},
                              .scale = {0.5F, 1, 1}};
  EXPECT_EQ(describe(preprocess), "bgr 2x4 letterbox bilinear mean 1 2 3 scale 0.5 1 1");
}

}  // namespace
}  // namespace kface
