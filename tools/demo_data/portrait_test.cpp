#include "portrait.h"

#include <gtest/gtest.h>

namespace kface {
namespace {

constexpr Landmarks5 kChipFace = {
    {{112.0F, 47.5F}, {90.0F, 48.0F}, {38.0F, 47.5F}, {60.0F, 48.0F}, {75.0F, 81.0F}}};

Image red_photo(int width, int height) {
  Image image;
  image.width = width;
  image.height = height;
  image.pixels.resize(image.offset(0, height));
  for (std::size_t at = 0; at < image.pixels.size(); at += 3) {
    image.pixels[at] = 200;
  }
  return image;
}

TEST(StudioPortrait, PutsTheEyesWhereTheStudioHasThem) {
  const Portrait portrait = studio_portrait(red_photo(150, 150), kChipFace);
  EXPECT_EQ(portrait.image.width, kPortraitWidth);
  EXPECT_EQ(portrait.image.height, kPortraitHeight);
  const auto& at = portrait.landmarks;
  EXPECT_NEAR((at[0].x + at[1].x + at[2].x + at[3].x) / 4, kPortraitWidth / 2.0, 0.01);
  EXPECT_NEAR((at[0].x + at[1].x - at[2].x - at[3].x) / 2, 70, 0.01);
}

TEST(StudioPortrait, KeepsTheFaceAndFadesIntoAGreyWall) {
  for (const int side : {150, 600}) {  // enlarged, and made smaller
    Landmarks5 face = kChipFace;
    for (Point& point : face) {
      point = {point.x * static_cast<float>(side) / 150, point.y * static_cast<float>(side) / 150};
    }
    const Image image = studio_portrait(red_photo(side, side), face).image;
    const std::uint8_t* nose = &image.pixels[image.offset(kPortraitWidth / 2, 230)];
    EXPECT_EQ(nose[0], 200);
    EXPECT_EQ(nose[1], 0);
    const std::uint8_t* corner = &image.pixels[image.offset(2, 2)];
    EXPECT_GT(corner[1], 140);
    EXPECT_NEAR(corner[0], corner[2], 12);
  }
}

}  // namespace
}  // namespace kface
