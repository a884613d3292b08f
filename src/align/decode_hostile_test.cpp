// Damaged, enormous, animated and random files: each is refused with its reason, nothing crashes,
// nothing is printed.
#include <gtest/gtest.h>

#include <map>

#include "align/decode.h"
#include "align/test_images.h"
#include "base/rng.h"

namespace kface {
namespace {

using namespace kface::test;  // NOLINT: test helpers

std::map<std::string, Bytes> make_samples() {
  const Image image = make_gradient(33, 21);
  std::map<std::string, Bytes> samples;
  for (const char* extension : {".jpg", ".png", ".bmp", ".tiff", ".ppm", ".webp"}) {
    samples[extension] = encode_with_opencv(image, extension);
  }
  samples["progressive.jpg"] = encode_with_opencv(image, ".jpg", {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  samples["lossless.webp"] = encode_with_opencv(image, ".webp", {cv::IMWRITE_WEBP_QUALITY, 101});
  samples["plain.tiff"] = make_tiff(image, 1, 1);
  samples["exif.jpg"] = with_jpeg_exif(samples[".jpg"], 6);
  return samples;
}

std::string refusal_of(const Bytes& bytes, const DecodeLimits& limits = {}) {
  testing::internal::CaptureStderr();
  const auto image = decode_image(bytes, limits);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  if (image.ok()) {
    return "decoded";
  }
  EXPECT_EQ(image.error().code(), ErrorCode::kCorruption);
  return image.error().message();
}

void expect_refused(const Bytes& bytes, const std::string& reason) {
  const std::string found = refusal_of(bytes);
  EXPECT_EQ(found.substr(0, reason.size()), reason) << found;
}

TEST(DecodeHostile, RefusesNothingAndNonsense) {
  expect_refused({}, "empty file");
  expect_refused({'h', 'e', 'l', 'l', 'o'}, "not an image (first bytes 68 65 6c 6c)");
  expect_refused({0}, "not an image (first bytes 00)");
  expect_refused(Bytes(1000), "not an image");
}

TEST(DecodeHostile, RefusesEveryTruncation) {
  for (const auto& [name, bytes] : make_samples()) {
    ASSERT_EQ(refusal_of(bytes), "decoded") << name;
    for (std::size_t size = 0; size < bytes.size(); size += size < 200 ? 1 : 7) {
      EXPECT_NE(refusal_of(first_bytes(bytes, size)), "decoded") << name << " cut to " << size;
    }
    const std::string last = refusal_of(first_bytes(bytes, bytes.size() - 1));
    EXPECT_EQ(last.substr(0, 9), "truncated") << name << ": " << last;
    const std::string half = refusal_of(first_bytes(bytes, bytes.size() / 2));
    EXPECT_EQ(half.substr(0, 9), "truncated") << name << ": " << half;
  }
}

TEST(DecodeHostile, TakesHarmlessNoiseInJpeg) {
  const Bytes jpeg = encode_with_opencv(make_gradient(33, 21), ".jpg");
  Bytes trailing = jpeg;
  append(trailing, "camera's own data after the end marker");
  EXPECT_EQ(refusal_of(trailing), "decoded");
  Bytes between = jpeg;
  insert(between, find(between, "\xFF\xDB"), {1, 2, 3});
  EXPECT_EQ(refusal_of(between), "decoded");
  Bytes broken_exif = with_jpeg_exif(jpeg, 6);
  broken_exif[find(broken_exif, "II*") + 4] = 200;  // the directory lies outside the block
  EXPECT_EQ(refusal_of(broken_exif), "decoded");
}

TEST(DecodeHostile, RefusesJpegWithDamagedPixels) {
  Bytes jpeg = encode_with_opencv(make_gradient(33, 21), ".jpg");
  const std::size_t scan = find(jpeg, "\xFF\xDA");
  ASSERT_NE(scan, std::string_view::npos);
  insert(jpeg, scan + 30, {0xFF, 0xC4, 0x00, 0x02});  // a marker in the middle of the pixels
  EXPECT_NE(refusal_of(jpeg), "decoded");
}

TEST(DecodeHostile, RefusesJpegWithThousandsOfScans) {
  Bytes jpeg = make_samples()["progressive.jpg"];
  const std::size_t first = find(jpeg, "\xFF\xDA");
  const std::size_t second = find(jpeg, "\xFF\xDA", first + 2);
  // The tables between two scans belong to the second one; repeated they do no harm.
  const Bytes scan(jpeg.begin() + static_cast<std::ptrdiff_t>(first),
                   jpeg.begin() + static_cast<std::ptrdiff_t>(second));
  Bytes scans;
  for (int i = 0; i < 300; ++i) {
    insert(scans, scans.size(), scan);
  }
  insert(jpeg, first, scans);
  expect_refused(jpeg, "cannot be decoded: JPEG with more than 200 scans");
}

void patch(Bytes& bytes, std::size_t at, const Bytes& piece) {
  std::copy(piece.begin(), piece.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

TEST(DecodeHostile, RefusesBombsBeforeDecompressing) {
  auto samples = make_samples();
  const Bytes big_60000 = {0xEA, 0x60};
  const Bytes little_60000 = {0x60, 0xEA};
  const std::string reason = "enormous (60000 x 60000, at most 100000000 pixels)";

  Bytes& jpeg = samples[".jpg"];
  patch(jpeg, find(jpeg, "\xFF\xC0") + 5, big_60000);
  patch(jpeg, find(jpeg, "\xFF\xC0") + 7, big_60000);
  expect_refused(jpeg, reason);

  Bytes& png = samples[".png"];
  patch(png, 16 + 2, big_60000);
  patch(png, 20 + 2, big_60000);
  expect_refused(png, reason);

  Bytes& bmp = samples[".bmp"];
  patch(bmp, 18, {0x60, 0xEA, 0, 0, 0x60, 0xEA, 0, 0});
  expect_refused(bmp, reason);

  Bytes& tiff = samples["plain.tiff"];
  patch(tiff, 10 + 8, little_60000);
  patch(tiff, 10 + 12 + 8, little_60000);
  expect_refused(tiff, reason);

  Bytes pnm;
  append(pnm, "P6 60000 60000 255\n");
  expect_refused(pnm, reason);

  Bytes& webp = samples["lossless.webp"];
  const std::size_t bits = find(webp, "VP8L") + 9;
  patch(webp, bits, {0xFF, 0xFF, 0xFF, 0x0F});
  expect_refused(webp, "enormous (16384 x 16384, at most 100000000 pixels)");
}

TEST(DecodeHostile, AppliesItsLimits) {
  const Bytes png = encode_with_opencv(make_gradient(33, 21), ".png");
  EXPECT_EQ(refusal_of(png, {.max_bytes = 10}),
            "enormous (" + std::to_string(png.size()) + " bytes, at most 10)");
  EXPECT_EQ(refusal_of(png, {.max_pixels = 693}), "decoded");
  EXPECT_EQ(refusal_of(png, {.max_pixels = 692}), "enormous (33 x 21, at most 692 pixels)");
}

TEST(DecodeHostile, RefusesSizesOfZeroAndBelow) {
  auto samples = make_samples();
  patch(samples[".bmp"], 18, {0xFF, 0xFF, 0xFF, 0xFF});
  expect_refused(samples[".bmp"], "cannot be decoded: its header says a negative size");
  patch(samples[".png"], 16, {0, 0, 0, 0});
  expect_refused(samples[".png"], "cannot be decoded: its header says that it has no pixels");
  Bytes pnm;
  append(pnm, "P6 99999999999999999999 1 255\n");
  expect_refused(pnm, "cannot be decoded: PNM with a number that is far too large");
}

TEST(DecodeHostile, RefusesAnimations) {
  const Bytes still = encode_with_opencv(make_gradient(33, 21), ".png");
  Bytes apng = still;
  insert(apng, kAfterPngHeader, make_png_chunk("acTL", {0, 0, 0, 12, 0, 0, 0, 0}));
  expect_refused(apng, "animated (12 frames)");
  Bytes one_frame = still;
  insert(one_frame, kAfterPngHeader, make_png_chunk("acTL", {0, 0, 0, 1, 0, 0, 0, 0}));
  EXPECT_EQ(refusal_of(one_frame), "decoded");

  Bytes webp;
  append(webp, "RIFF");
  append_little(webp, 4 + 18 + 8 + 8, 4);
  append(webp, "WEBPVP8X");
  append_little(webp, 10, 4);
  append_little(webp, 0x02, 4);
  append_little(webp, 32, 3);
  append_little(webp, 20, 3);
  append(webp, std::string_view("ANMF\0\0\0\0ANMF\0\0\0\0", 16));
  expect_refused(webp, "animated (2 frames)");
}

TEST(DecodeHostile, RefusesSeveralPages) {
  const Image image = make_gradient(8, 8);
  expect_refused(make_tiff(image, 1, 2), "several pages (2)");
  Bytes endless = make_tiff(image, 1, 1);
  patch(endless, 8 + 2 + 9 * 12, {8, 0, 0, 0});  // the directory's successor is itself
  expect_refused(endless, "several pages (1000)");
}

TEST(DecodeHostile, NamesFormatsItDoesNotRead) {
  const auto bytes_of = [](std::string_view text) {
    Bytes bytes;
    append(bytes, text);
    return bytes;
  };
  expect_refused(bytes_of("GIF89a......"), "not an image that is read here (GIF)");
  expect_refused(bytes_of("....ftypheic...."), "not an image that is read here (HEIF");
  expect_refused(bytes_of("%PDF-1.7"), "not an image that is read here (PDF)");
}

TEST(DecodeHostile, SurvivesRandomDamage) {
  Rng rng(2024);
  const DecodeLimits limits{.max_pixels = 1'000'000};
  testing::internal::CaptureStderr();
  for (const auto& [name, original] : make_samples()) {
    for (int round = 0; round < 400; ++round) {
      Bytes bytes = original;
      const std::size_t damages = 1 + rng.below(8);
      for (std::size_t i = 0; i < damages; ++i) {
        // Half of it in the first bytes, where the sizes are.
        const std::size_t reach = rng.below(2) == 0 ? 64 : bytes.size();
        bytes[rng.below(std::min(reach, bytes.size()))] = static_cast<std::uint8_t>(rng.below(256));
      }
      const auto image = decode_image(bytes, limits);
      if (image.ok()) {
        ASSERT_EQ(image.value().pixels.size(), image.value().offset(0, image.value().height));
      } else {
        ASSERT_FALSE(image.error().message().empty());
      }
    }
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(DecodeHostile, SurvivesRandomBytesAfterASignature) {
  Rng rng(7);
  const std::vector<std::string> signatures = {"\xFF\xD8\xFF",
                                               "\x89PNG\r\n\x1a\n",
                                               std::string("RIFF\x40\0\0\0WEBPVP8L", 16),
                                               std::string("II*\0\x08\0\0\0", 8),
                                               std::string("MM\0*\0\0\0\x08", 8),
                                               "BM",
                                               "P1 3 3 ",
                                               "P6 2 2 255 "};
  testing::internal::CaptureStderr();
  for (int round = 0; round < 4000; ++round) {
    Bytes bytes;
    append(bytes, signatures[static_cast<std::size_t>(round) % signatures.size()]);
    const std::size_t count = rng.below(200);
    for (std::size_t i = 0; i < count; ++i) {
      bytes.push_back(static_cast<std::uint8_t>(rng.below(256)));
    }
    (void)decode_image(bytes, {.max_pixels = 1'000'000}).ok();
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace kface
