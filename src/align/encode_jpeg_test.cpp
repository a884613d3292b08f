#include "align/encode_jpeg.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "align/decode.h"
#include "kface/status.h"

namespace kface {
namespace {

// Smooth, as photographs are; JPEG keeps it well.
Image ramp(int width, int height) {
  Image image{.width = width, .height = height, .pixels = {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.pixels.push_back(static_cast<std::uint8_t>(x * 255 / width));
      image.pixels.push_back(static_cast<std::uint8_t>(y * 255 / height));
      image.pixels.push_back(100);
    }
  }
  return image;
}

TEST(EncodeJpeg, IsReadBackAlmostAsItWas) {
  const Image image = ramp(64, 48);
  const auto again = decode_image(encode_jpeg(image, 95));
  ASSERT_TRUE(again.ok()) << again.error().message();
  ASSERT_EQ(again.value().width, 64);
  ASSERT_EQ(again.value().height, 48);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    ASSERT_NEAR(again.value().pixels[i], image.pixels[i], 12) << i;
  }
}

TEST(EncodeJpeg, IsSmallerAtLowerQualityAndTheSameTwice) {
  const Image image = ramp(200, 100);
  EXPECT_LT(encode_jpeg(image, 20).size(), encode_jpeg(image, 95).size());
  EXPECT_EQ(encode_jpeg(image, 80), encode_jpeg(image, 80));
}

TEST(EncodeJpeg, RequiresAPictureAndAQuality) {
  EXPECT_THROW(encode_jpeg({}, 90), ContractViolation);
  EXPECT_THROW(encode_jpeg(ramp(2, 2), 0), ContractViolation);
  EXPECT_THROW(encode_jpeg(ramp(2, 2), 101), ContractViolation);
}

}  // namespace
}  // namespace kface
