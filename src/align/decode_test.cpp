#include "align/decode.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <limits>
// After <cstdio>, which it needs.
#include <jpeglib.h>
#include <png.h>

#include "align/test_images.h"

namespace kface {
namespace {

using namespace kface::test;  // NOLINT: test helpers

constexpr int kWidth = 37;
constexpr int kHeight = 23;

int largest_difference(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height || a.pixels.size() != b.pixels.size()) {
    return std::numeric_limits<int>::max();
  }
  int largest = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    largest = std::max(largest, std::abs(int{a.pixels[i]} - int{b.pixels[i]}));
  }
  return largest;
}

Image must_decode(const Bytes& bytes) {
  testing::internal::CaptureStderr();
  auto image = decode_image(bytes);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_TRUE(image.ok()) << image.error().message();
  return image.ok() ? std::move(image).value() : Image{};
}

class LosslessFormat : public testing::TestWithParam<const char*> {};

TEST_P(LosslessFormat, GivesThePixelsBack) {
  const Image image = make_gradient(kWidth, kHeight);
  std::vector<int> options;
  if (std::string(GetParam()) == ".webp") {
    options = {cv::IMWRITE_WEBP_QUALITY, 101};  // above 100: lossless
  }
  EXPECT_EQ(must_decode(encode_with_opencv(image, GetParam(), options)).pixels, image.pixels);
}

INSTANTIATE_TEST_SUITE_P(Formats, LosslessFormat,
                         testing::Values(".png", ".bmp", ".tiff", ".ppm", ".webp"));

TEST(DecodeImage, DecodesJpegWithinItsLoss) {
  const Image image = make_gradient(kWidth, kHeight);
  const Bytes baseline = encode_with_opencv(image, ".jpg", {cv::IMWRITE_JPEG_QUALITY, 98});
  const Bytes progressive = encode_with_opencv(
      image, ".jpg", {cv::IMWRITE_JPEG_QUALITY, 98, cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  EXPECT_LE(largest_difference(must_decode(baseline), image), 8);
  EXPECT_EQ(must_decode(baseline).pixels, must_decode(progressive).pixels);
}

TEST(DecodeImage, DecodesLossyWebp) {
  const Image image = make_gradient(kWidth, kHeight);
  const Image decoded =
      must_decode(encode_with_opencv(image, ".webp", {cv::IMWRITE_WEBP_QUALITY, 95}));
  EXPECT_LE(largest_difference(decoded, image), 20);
}

TEST(DecodeImage, MakesThreeEqualChannelsOfGrey) {
  const cv::Mat grey(3, 5, CV_8UC1, cv::Scalar(77));
  for (const char* extension : {".png", ".jpg", ".bmp", ".tiff", ".pgm"}) {
    Bytes bytes;
    cv::imencode(extension, grey, bytes);
    const Image image = must_decode(bytes);
    EXPECT_EQ(image.pixels, Bytes(45, 77)) << extension;
  }
}

TEST(DecodeImage, Scales16BitTo8) {
  const cv::Mat deep(2, 2, CV_16UC3, cv::Scalar(257 * 10, 257 * 20, 65535));
  for (const char* extension : {".png", ".tiff", ".ppm"}) {
    Bytes bytes;
    cv::imencode(extension, deep, bytes);
    EXPECT_EQ(pixel(must_decode(bytes), 1, 1), (Rgb{255, 20, 10})) << extension;
  }
}

TEST(DecodeImage, PutsTransparencyOverWhite) {
  cv::Mat bgra(1, 3, CV_8UC4);
  bgra.at<cv::Vec4b>(0, 0) = {0, 0, 0, 0};       // fully transparent black
  bgra.at<cv::Vec4b>(0, 1) = {30, 20, 10, 255};  // opaque
  bgra.at<cv::Vec4b>(0, 2) = {0, 0, 0, 128};     // half
  for (const char* extension : {".png", ".webp", ".tiff"}) {
    Bytes bytes;
    cv::imencode(extension, bgra, bytes, {cv::IMWRITE_WEBP_QUALITY, 101});
    const Image image = must_decode(bytes);
    EXPECT_EQ(pixel(image, 0, 0), (Rgb{255, 255, 255})) << extension;
    EXPECT_EQ(pixel(image, 1, 0), (Rgb{10, 20, 30})) << extension;
    EXPECT_EQ(pixel(image, 2, 0), (Rgb{127, 127, 127})) << extension;
  }
}

TEST(DecodeImage, DecodesPalettePng) {
  const std::array<std::uint8_t, 6> colours = {1, 2, 3, 200, 100, 50};
  const std::array<std::uint8_t, 4> indices = {0, 1, 1, 0};
  png_image target = {};
  target.version = PNG_IMAGE_VERSION;
  target.width = 2;
  target.height = 2;
  target.format = PNG_FORMAT_RGB_COLORMAP;
  target.colormap_entries = 2;
  Bytes bytes(4096);
  png_alloc_size_t size = bytes.size();
  ASSERT_NE(
      png_image_write_to_memory(&target, bytes.data(), &size, 0, indices.data(), 0, colours.data()),
      0);
  bytes.resize(size);
  const Image image = must_decode(bytes);
  EXPECT_EQ(pixel(image, 0, 0), (Rgb{1, 2, 3}));
  EXPECT_EQ(pixel(image, 1, 0), (Rgb{200, 100, 50}));
}

// A JPEG of four inks, every pixel the same. `stored`: as the file holds it.
Bytes make_four_ink_jpeg(const std::array<JSAMPLE, 4>& stored, J_COLOR_SPACE space, bool adobe) {
  constexpr JDIMENSION kSide = 16;
  jpeg_compress_struct info = {};
  jpeg_error_mgr errors = {};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &buffer, &size);
  info.image_width = kSide;
  info.image_height = kSide;
  info.input_components = 4;
  info.in_color_space = JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_colorspace(&info, space);
  jpeg_set_quality(&info, 100, TRUE);
  info.write_Adobe_marker = adobe ? TRUE : FALSE;
  jpeg_start_compress(&info, TRUE);
  std::vector<JSAMPLE> row;
  for (JDIMENSION x = 0; x < kSide; ++x) {
    row.insert(row.end(), stored.begin(), stored.end());
  }
  for (JDIMENSION y = 0; y < kSide; ++y) {
    JSAMPROW pointer = row.data();
    jpeg_write_scanlines(&info, &pointer, 1);
  }
  jpeg_finish_compress(&info);
  Bytes bytes(buffer, buffer + size);
  jpeg_destroy_compress(&info);
  std::free(buffer);
  return bytes;
}

void expect_near(const Rgb& found, const Rgb& expected) {
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(found[c], expected[c], 3) << "channel " << c;
  }
}

TEST(DecodeImage, TakesAdobeCmykAsInverted) {
  // Inks 20 % cyan, 60 % magenta, 40 % yellow, no black, stored inverted: 255 = no ink.
  const std::array<JSAMPLE, 4> stored = {204, 102, 153, 255};
  const Rgb expected = {204, 102, 153};
  expect_near(pixel(must_decode(make_four_ink_jpeg(stored, JCS_CMYK, true)), 5, 5), expected);
  expect_near(pixel(must_decode(make_four_ink_jpeg(stored, JCS_YCCK, true)), 5, 5), expected);
}

TEST(DecodeImage, TakesPlainCmykAsInk) {
  const std::array<JSAMPLE, 4> stored = {51, 153, 102, 0};
  expect_near(pixel(must_decode(make_four_ink_jpeg(stored, JCS_CMYK, false)), 5, 5),
              {204, 102, 153});
}

// Red at the top left, green at the top right, black below.
Image make_corners() {
  Image image = make_image(48, 32);
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 16; ++x) {
      image.pixels[image.offset(x, y)] = 255;
      image.pixels[image.offset(32 + x, y) + 1] = 255;
    }
  }
  return image;
}

// Where the EXIF standard puts the stored picture's top left and top right corners:
// "tl" top left, and so on. By "0th row is at the visual ..., 0th column at the visual ...".
struct CornerPlaces {
  const char* top_left;
  const char* top_right;
};
constexpr std::array<CornerPlaces, 8> kCornerPlaces = {{{"tl", "tr"},
                                                        {"tr", "tl"},
                                                        {"br", "bl"},
                                                        {"bl", "br"},
                                                        {"tl", "bl"},
                                                        {"tr", "br"},
                                                        {"br", "tr"},
                                                        {"bl", "tl"}}};

Rgb corner(const Image& image, std::string_view place) {
  return pixel(image, place[1] == 'l' ? 4 : image.width - 5,
               place[0] == 't' ? 4 : image.height - 5);
}

void expect_oriented(const Image& image, int orientation) {
  const CornerPlaces& places = kCornerPlaces.at(static_cast<std::size_t>(orientation - 1));
  EXPECT_EQ(image.width, orientation >= 5 ? 32 : 48) << orientation;
  EXPECT_GT(corner(image, places.top_left)[0], 200) << orientation;
  EXPECT_GT(corner(image, places.top_right)[1], 200) << orientation;
}

TEST(DecodeImage, AppliesTheOrientationOfEveryFormatThatHasOne) {
  const Image corners = make_corners();
  const Bytes jpeg = encode_with_opencv(corners, ".jpg");
  const Bytes png = encode_with_opencv(corners, ".png");
  for (int orientation = 1; orientation <= 8; ++orientation) {
    expect_oriented(must_decode(with_jpeg_exif(jpeg, orientation, false)), orientation);
    expect_oriented(must_decode(with_jpeg_exif(jpeg, orientation, true)), orientation);
    expect_oriented(must_decode(make_tiff(corners, orientation, 1)), orientation);
    Bytes png_with_exif = png;
    insert(png_with_exif, kAfterPngHeader, make_png_chunk("eXIf", make_exif(orientation, true)));
    expect_oriented(must_decode(png_with_exif), orientation);
  }
}

TEST(DecodeImage, AppliesTheOrientationOfWebp) {
  const Bytes plain = encode_with_opencv(make_corners(), ".webp", {cv::IMWRITE_WEBP_QUALITY, 101});
  Bytes webp = first_bytes(plain, 12);
  append(webp, "VP8X");
  append_little(webp, 10, 4);
  append_little(webp, 0x08, 4);  // has EXIF
  append_little(webp, 47, 3);
  append_little(webp, 31, 3);
  webp.insert(webp.end(), plain.begin() + 12, plain.end());
  const Bytes exif = make_exif(6, false);
  append(webp, "EXIF");
  append_little(webp, static_cast<std::uint32_t>(exif.size()), 4);
  insert(webp, webp.size(), exif);
  Bytes size;
  append_little(size, static_cast<std::uint32_t>(webp.size() - 8), 4);
  std::copy(size.begin(), size.end(), webp.begin() + 4);
  expect_oriented(must_decode(webp), 6);
}

TEST(DecodeImage, IgnoresAnOrientationOutOfRange) {
  const Bytes jpeg = encode_with_opencv(make_corners(), ".jpg");
  expect_oriented(must_decode(with_jpeg_exif(jpeg, 0)), 1);
  expect_oriented(must_decode(with_jpeg_exif(jpeg, 9)), 1);
}

TEST(DecodeImage, DecodesEveryKindOfPnm) {
  const auto decode_text = [](std::string_view text) {
    Bytes bytes;
    append(bytes, text);
    return must_decode(bytes);
  };
  EXPECT_EQ(decode_text("P1 # a comment\n2 1\n1 0\n").pixels, (Bytes{0, 0, 0, 255, 255, 255}));
  EXPECT_EQ(decode_text("P1\n2 1\n10").pixels, (Bytes{0, 0, 0, 255, 255, 255}));
  EXPECT_EQ(decode_text("P2 1 1 15 15 ").pixels, (Bytes{255, 255, 255}));
  EXPECT_EQ(decode_text("P3 1 1 100 100 50 0\n").pixels, (Bytes{255, 128, 0}));
  EXPECT_EQ(decode_text("P4\n2 1\n\x40").pixels, (Bytes{255, 255, 255, 0, 0, 0}));
  EXPECT_EQ(decode_text("P5 1 1 255\nA").pixels, (Bytes{65, 65, 65}));
  EXPECT_EQ(decode_text("P5 1 1 65535\n\x80\x80").pixels, (Bytes{128, 128, 128}));
  EXPECT_EQ(decode_text("P6 1 1 255\nABC").pixels, (Bytes{65, 66, 67}));
}

// A BMP of one row, two pixels.
Bytes make_bmp(std::uint32_t bits, std::int32_t height, std::uint32_t compression,
               const Bytes& masks, const Bytes& data) {
  Bytes bmp;
  append(bmp, "BM");
  append_little(bmp, 0, 4);
  append_little(bmp, 0, 4);
  append_little(bmp, static_cast<std::uint32_t>(54 + masks.size()), 4);
  append_little(bmp, 40, 4);
  append_little(bmp, 2, 4);
  append_little(bmp, static_cast<std::uint32_t>(height), 4);
  append_little(bmp, 1, 2);
  append_little(bmp, bits, 2);
  append_little(bmp, compression, 4);
  bmp.resize(54);
  insert(bmp, 54, masks);
  insert(bmp, bmp.size(), data);
  return bmp;
}

TEST(DecodeImage, DecodesBmpOfOtherDepths) {
  const Bytes expected = {10, 20, 30, 40, 50, 60};
  EXPECT_EQ(must_decode(make_bmp(32, -1, 0, {}, {30, 20, 10, 0, 60, 50, 40, 0})).pixels, expected);
  const Bytes masks_565 = {0, 0xF8, 0, 0, 0xE0, 0x07, 0, 0, 0x1F, 0, 0, 0};
  EXPECT_EQ(must_decode(make_bmp(16, 1, 3, masks_565, {0x00, 0xF8, 0x1F, 0x00})).pixels,
            (Bytes{255, 0, 0, 0, 0, 255}));
  const Bytes palette = {0, 0, 0, 0, 30, 20, 10, 0};  // as masks: it follows the header too
  EXPECT_EQ(must_decode(make_bmp(1, 1, 0, palette, {0x40, 0, 0, 0})).pixels,
            (Bytes{0, 0, 0, 10, 20, 30}));
}

TEST(DecodeImage, RefusesCompressedBmp) {
  const auto image = decode_image(make_bmp(8, 1, 1, Bytes(1024), {2, 1, 0, 1}));
  ASSERT_FALSE(image.ok());
  EXPECT_NE(image.error().message().find("compressed BMP"), std::string::npos);
}

TEST(EncodePng, IsLosslessAndDeterministic) {
  const Image image = make_gradient(kWidth, kHeight);
  const Bytes bytes = encode_png(image);
  EXPECT_EQ(bytes, encode_png(image));
  EXPECT_EQ(must_decode(bytes).pixels, image.pixels);
}

TEST(EncodePng, RequiresAPicture) { EXPECT_THROW((void)encode_png(Image{}), ContractViolation); }

}  // namespace
}  // namespace kface
