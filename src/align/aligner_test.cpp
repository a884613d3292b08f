#include "align/aligner.h"

#include <dlib/image_processing.h>
#include <dlib/image_processing/frontal_face_detector.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "align/decode.h"
#include "align/face_geometry.h"
#include "align/test_images.h"
#include "base/files.h"
#include "base/rng.h"

namespace kface {
namespace {

using namespace kface::test;  // NOLINT: test helpers
namespace fs = std::filesystem;

fs::path repository() { return KFACE_CHECKOUT; }

fs::path models_folder() {
  const char* folder = std::getenv("KFACE_MODELS");
  return folder != nullptr ? fs::path(folder) : repository() / "third_party" / "models";
}

// Up to `count` photos with one face each: of LFW where KFACE_DATA is set, else dlib's examples.
std::vector<fs::path> face_photos(std::size_t count) {
  const char* data = std::getenv("KFACE_DATA");
  const fs::path root = data != nullptr ? fs::path(data) / "lfw" / "images"
                                        : repository() / "third_party" / "dlib-examples";
  std::vector<fs::path> photos;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(root, error)) {
    const bool single = data != nullptr || entry.path().string().find("johns") != std::string::npos;
    if (single && entry.path().extension() == ".jpg") {
      photos.push_back(entry.path());
    }
  }
  std::sort(photos.begin(), photos.end());
  std::vector<fs::path> some;
  const std::size_t step = std::max<std::size_t>(1, photos.size() / count);
  for (std::size_t i = 0; i < photos.size() && some.size() < count; i += step) {
    some.push_back(photos[i]);
  }
  return some;
}

Image load(const fs::path& path) { return decode_image(read_file(path).value()).value(); }

std::unique_ptr<Aligner> make_aligner(const AlignOptions& options = {}) {
  auto aligner = Aligner::create(models_folder(), options);
  EXPECT_TRUE(aligner.ok()) << aligner.error().message();
  return std::move(aligner).value();
}

#define SKIP_WITHOUT_MODELS()                                                           \
  if (!fs::exists(models_folder() / "mmod_human_face_detector.dat")) {                  \
    GTEST_SKIP() << "no models in " << models_folder() << "; run `make setup`, or set " \
                 << "KFACE_MODELS";                                                     \
  }                                                                                     \
  static_assert(true)

#define SKIP_WITHOUT_FACES()                                                   \
  SKIP_WITHOUT_MODELS();                                                       \
  if (face_photos(1).empty()) {                                                \
    GTEST_SKIP() << "no photos of faces; run `make setup`, or set KFACE_DATA"; \
  }                                                                            \
  static_assert(true)

Image make_noise(int width, int height) {
  Rng rng(5);
  Image image = make_image(width, height);
  for (std::uint8_t& value : image.pixels) {
    value = static_cast<std::uint8_t>(rng.below(256));
  }
  return image;
}

TEST(AlignerCreate, SaysWhichModelIsMissing) {
  const auto aligner = Aligner::create("/no/such/folder", {});
  ASSERT_FALSE(aligner.ok());
  EXPECT_EQ(aligner.error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(aligner.error().message(),
            "/no/such/folder/shape_predictor_5_face_landmarks.dat: no such file; run `make setup`");
}

TEST(AlignerCreate, RefusesADamagedModel) {
  const fs::path folder = fs::path(testing::TempDir()) / "kface_aligner_damaged";
  for (const std::string& content : {std::string(), std::string("not a model"),
                                     std::string(5000, '\xFF'), std::string(5000, '\x08')}) {
    ASSERT_TRUE(write_file_atomic(folder / "shape_predictor_5_face_landmarks.dat",
                                  std::string_view(content))
                    .ok());
    const auto aligner = Aligner::create(folder, {});
    ASSERT_FALSE(aligner.ok());
    EXPECT_EQ(aligner.error().code(), ErrorCode::kCorruption);
    EXPECT_NE(aligner.error().message().find("delete it and run `make setup`"), std::string::npos)
        << aligner.error().message();
  }
  fs::remove_all(folder);
}

TEST(AlignerCreate, RefusesACutOrOtherModel) {
  SKIP_WITHOUT_MODELS();
  const fs::path folder = fs::path(testing::TempDir()) / "kface_aligner_cut";
  const fs::path predictor = folder / "shape_predictor_5_face_landmarks.dat";
  const Bytes whole = read_file(models_folder() / predictor.filename()).value();
  ASSERT_TRUE(write_file_atomic(predictor, first_bytes(whole, whole.size() / 2)).ok());
  EXPECT_EQ(Aligner::create(folder, {}).error().code(), ErrorCode::kCorruption);
  fs::copy_file(models_folder() / "mmod_human_face_detector.dat", predictor,
                fs::copy_options::overwrite_existing);
  EXPECT_EQ(Aligner::create(folder, {}).error().code(), ErrorCode::kCorruption);
  fs::remove_all(folder);
}

TEST(AlignerCreate, RequiresASize) {
  EXPECT_THROW((void)Aligner::create("", {.crop = false, .chip_size = 0}), ContractViolation);
}

TEST(AlignerWithoutCrop, ResizesTheWholePhotoAndNeedsNoModels) {
  const auto aligner = Aligner::create("/no/such/folder", {.crop = false, .chip_size = 64});
  ASSERT_TRUE(aligner.ok());
  const auto face = aligner.value()->align(make_gradient(100, 80));
  ASSERT_TRUE(face.ok());
  EXPECT_EQ(face.value().detector, "none");
  EXPECT_EQ(face.value().num_faces, 1);
  EXPECT_EQ(face.value().chip.width, 64);
  EXPECT_EQ(face.value().chip.height, 64);
  EXPECT_EQ(face.value().box.width, 100);
  EXPECT_EQ(face.value().box.height, 80);
  EXPECT_EQ(face.value().quality.face_size_px, 80);
  EXPECT_EQ(face.value().landmarks[0].x, 0);
}

TEST(AlignerWithoutCrop, MeasuresBeforeItAdjustsColour) {
  const AlignOptions plain{.crop = false, .chip_size = 64};
  AlignOptions adjusted = plain;
  adjusted.color = ColorAdjust::kClahe;
  const Image photo = make_gradient(100, 80);
  const AlignedFace a = Aligner::create("", plain).value()->align(photo).value();
  const AlignedFace b = Aligner::create("", adjusted).value()->align(photo).value();
  EXPECT_NE(a.chip.pixels, b.chip.pixels);
  EXPECT_EQ(a.quality.brightness, b.quality.brightness);
  EXPECT_EQ(a.quality.sharpness, b.quality.sharpness);
}

TEST(Aligner, RequiresAPhoto) {
  const auto aligner = Aligner::create("", {.crop = false});
  EXPECT_THROW((void)aligner.value()->align(Image{}), ContractViolation);
}

TEST(Aligner, RefusesAPhotoWithoutAFace) {
  SKIP_WITHOUT_MODELS();
  const auto aligner = make_aligner();
  for (const Image& photo : {make_noise(160, 120), make_gradient(200, 150), make_image(1, 1),
                             make_image(2000, 1), make_image(3, 2), make_image(28, 2000)}) {
    const auto face = aligner->align(photo);
    ASSERT_FALSE(face.ok());
    EXPECT_EQ(face.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(face.error().message().find("no face found (tried the HOG detector"), 0U)
        << face.error().message();
  }
}

TEST(Aligner, RefusesGivenLandmarksThatAreNoFace) {
  SKIP_WITHOUT_MODELS();
  const auto face = make_aligner()->align(make_gradient(100, 100), Landmarks5{});
  ASSERT_FALSE(face.ok());
  EXPECT_EQ(face.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(face.error().message().find("no face at the given landmarks"), std::string::npos);
}

dlib::matrix<dlib::rgb_pixel> to_dlib(const Image& image) {
  dlib::matrix<dlib::rgb_pixel> pixels(image.height, image.width);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const std::uint8_t* rgb = image.pixels.data() + image.offset(x, y);
      pixels(y, x) = {rgb[0], rgb[1], rgb[2]};
    }
  }
  return pixels;
}

// dlib's own way, as its example dnn_face_recognition_ex.cpp has it.
Bytes chip_of_dlib(const dlib::matrix<dlib::rgb_pixel>& photo, const dlib::rectangle& box,
                   const dlib::shape_predictor& predictor) {
  dlib::matrix<dlib::rgb_pixel> chip;
  dlib::extract_image_chip(photo, dlib::get_face_chip_details(predictor(photo, box), 150, 0.25),
                           chip);
  Bytes pixels;
  for (const dlib::rgb_pixel& pixel : chip) {
    pixels.insert(pixels.end(), {pixel.red, pixel.green, pixel.blue});
  }
  return pixels;
}

TEST(AlignerOnFaces, CutsTheChipThatDlibCuts) {
  SKIP_WITHOUT_FACES();
  dlib::frontal_face_detector detector = dlib::get_frontal_face_detector();
  dlib::shape_predictor predictor;
  dlib::deserialize((models_folder() / "shape_predictor_5_face_landmarks.dat").string()) >>
      predictor;
  const auto aligner = make_aligner();
  int compared = 0;
  for (const fs::path& path : face_photos(6)) {
    const Image photo = load(path);
    const auto pixels = to_dlib(photo);
    const std::vector<dlib::rectangle> boxes = detector(pixels);
    if (boxes.size() != 1) {
      continue;
    }
    const auto face = aligner->align(photo);
    ASSERT_TRUE(face.ok()) << path << face.error().message();
    EXPECT_EQ(face.value().detector, "hog");
    EXPECT_EQ(face.value().box.x, boxes[0].left());
    EXPECT_EQ(face.value().box.width, static_cast<int>(boxes[0].width()));
    EXPECT_EQ(face.value().chip.pixels, chip_of_dlib(pixels, boxes[0], predictor)) << path;
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

TEST(AlignerOnFaces, FindsAlmostAllAndMeasuresThem) {
  SKIP_WITHOUT_FACES();
  const auto aligner = make_aligner();
  const std::vector<fs::path> photos = face_photos(30);
  std::size_t found = 0;
  for (const fs::path& path : photos) {
    const auto face = aligner->align(load(path));
    found += face.ok() ? 1 : 0;
    if (face.ok()) {
      EXPECT_EQ(implausible_landmarks(face.value().landmarks), "") << path;
      EXPECT_GT(face.value().quality.face_size_px, 20) << path;
      EXPECT_GT(face.value().quality.sharpness, 0) << path;
      EXPECT_GT(face.value().quality.brightness, 5) << path;
    }
  }
  EXPECT_GE(static_cast<double>(found), 0.965 * static_cast<double>(photos.size()));
}

TEST(AlignerOnFaces, GivesTheSameChipForTheSameLandmarks) {
  SKIP_WITHOUT_FACES();
  const auto aligner = make_aligner();
  const Image photo = load(face_photos(1).front());
  const AlignedFace found = aligner->align(photo).value();
  const AlignedFace known = aligner->align(photo, found.landmarks).value();
  EXPECT_EQ(known.detector, "sidecar");
  EXPECT_EQ(known.num_faces, 1);
  EXPECT_EQ(known.chip.pixels, found.chip.pixels);
  EXPECT_NEAR(known.box.width, found.box.width, 0.35 * found.box.width);
  EXPECT_NEAR(known.box.x, found.box.x, 0.25 * found.box.width);
}

Image enlarge(const Image& image, int factor) {
  Image large = make_image(image.width * factor, image.height * factor);
  for (int y = 0; y < large.height; ++y) {
    for (int x = 0; x < large.width; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        large.pixels[large.offset(x, y) + c] =
            image.pixels[image.offset(x / factor, y / factor) + c];
      }
    }
  }
  return large;
}

// `small` in the middle of the left edge of a white picture, `large` at the right of it.
Image side_by_side(const Image& small, const Image& large) {
  Image both = make_image(small.width + large.width, std::max(small.height, large.height));
  std::fill(both.pixels.begin(), both.pixels.end(), std::uint8_t{255});
  const auto paste = [&both](const Image& image, int left) {
    for (int y = 0; y < image.height; ++y) {
      std::copy_n(image.pixels.data() + image.offset(0, y), image.width * 3,
                  both.pixels.data() + both.offset(left, y));
    }
  };
  paste(small, 0);
  paste(large, small.width);
  return both;
}

TEST(AlignerOnFaces, TakesTheLargerOfTwoAndCountsBoth) {
  SKIP_WITHOUT_FACES();
  const Image photo = load(face_photos(1).front());
  const auto face = make_aligner()->align(side_by_side(photo, enlarge(photo, 2)));
  ASSERT_TRUE(face.ok());
  EXPECT_EQ(face.value().num_faces, 2);
  EXPECT_GT(face.value().box.x + face.value().box.width / 2, photo.width);
}

TEST(AlignerOnFaces, SearchesALargePhotoShrunkAndCutsFromTheWhole) {
  SKIP_WITHOUT_FACES();
  const Image photo = load(face_photos(1).front());
  const auto aligner = make_aligner();
  const AlignedFace normal = aligner->align(photo).value();
  const int factor = 1 + 1600 / photo.width;
  const AlignedFace large = aligner->align(enlarge(photo, factor)).value();
  EXPECT_EQ(large.detector, "hog");
  EXPECT_NEAR(large.box.width, normal.box.width * factor, 0.3 * normal.box.width * factor);
  EXPECT_NEAR(large.landmarks[4].x, (normal.landmarks[4].x + 0.5) * factor,
              0.1 * normal.box.width * factor);
}

TEST(AlignerOnFaces, MirroringTurnsTheYaw) {
  SKIP_WITHOUT_FACES();
  const Image photo = load(face_photos(1).front());
  Image mirrored = photo;
  for (int y = 0; y < photo.height; ++y) {
    for (int x = 0; x < photo.width; ++x) {
      std::copy_n(photo.pixels.data() + photo.offset(photo.width - 1 - x, y), 3,
                  mirrored.pixels.data() + mirrored.offset(x, y));
    }
  }
  const auto aligner = make_aligner();
  const Quality a = aligner->align(photo).value().quality;
  const Quality b = aligner->align(mirrored).value().quality;
  EXPECT_NEAR(a.yaw_degrees, -b.yaw_degrees, 12);
  EXPECT_NEAR(a.roll_degrees, -b.roll_degrees, 6);
}

TEST(AlignerFind, GivesTheFaceThatAlignCuts) {
  SKIP_WITHOUT_MODELS();
  SKIP_WITHOUT_FACES();
  const auto aligner = make_aligner();
  const Image photo = load(face_photos(1).front());
  const auto whole = aligner->align(photo);
  ASSERT_TRUE(whole.ok()) << whole.error().message();
  for (const auto search : {Aligner::Search::kFrontal, Aligner::Search::kThorough}) {
    const auto faces = aligner->find(photo, search);
    ASSERT_TRUE(faces.ok()) << faces.error().message();
    ASSERT_FALSE(faces.value().empty());
    const auto chosen = choose_face(faces.value(), photo.width, photo.height);
    const auto again = aligner->align(photo, faces.value()[chosen].landmarks);
    ASSERT_TRUE(again.ok()) << again.error().message();
    EXPECT_EQ(again.value().chip.pixels, whole.value().chip.pixels);
  }
}

TEST(AlignerFind, FindsNothingInAGreyWall) {
  SKIP_WITHOUT_MODELS();
  const Image wall{.width = 320, .height = 240, .pixels = std::vector<std::uint8_t>(320 * 240 * 3)};
  const auto faces = make_aligner()->find(wall, Aligner::Search::kFrontal);
  ASSERT_TRUE(faces.ok()) << faces.error().message();
  EXPECT_TRUE(faces.value().empty());
}

TEST(AlignerFind, TakesTheWholePhotoWithoutCrop) {
  AlignOptions options;
  options.crop = false;
  const Image photo{.width = 30, .height = 20, .pixels = std::vector<std::uint8_t>(30 * 20 * 3)};
  const auto faces = make_aligner(options)->find(photo, Aligner::Search::kFrontal);
  ASSERT_TRUE(faces.ok()) << faces.error().message();
  ASSERT_EQ(faces.value().size(), 1U);
  EXPECT_EQ(faces.value()[0].box.width, 30);
  EXPECT_EQ(faces.value()[0].box.height, 20);
}

}  // namespace
}  // namespace kface
