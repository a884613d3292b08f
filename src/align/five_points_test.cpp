#include "align/five_points.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "align/aligner.h"
#include "align/decode.h"
#include "align/face_geometry.h"
#include "base/files.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

fs::path repository() { return KFACE_CHECKOUT; }

fs::path models_folder() {
  const char* folder = std::getenv("KFACE_MODELS");
  return folder != nullptr ? fs::path(folder) : repository() / "third_party" / "models";
}

class FivePointsOnFaces : public ::testing::Test {
 protected:
  void SetUp() override {
    const fs::path johns = repository() / "third_party" / "dlib-examples" / "johns";
    if (!fs::exists(models_folder()) || !fs::exists(johns)) {
      GTEST_SKIP() << "needs dlib's models and examples; run `make setup`";
    }
    for (const auto& entry : fs::recursive_directory_iterator(johns)) {
      if (entry.path().extension() == ".jpg") {
        photos_.push_back(decode_image(read_file(entry.path()).value()).value());
      }
      if (photos_.size() == 6) {
        break;
      }
    }
    ASSERT_EQ(photos_.size(), 6U);
  }

  static std::vector<FivePoints> find_on_chips(const std::vector<Image>& photos, int size,
                                               double padding) {
    const auto finder = FivePointFinder::create(models_folder());
    EXPECT_TRUE(finder.ok()) << finder.error().message();
    const auto aligner = Aligner::create(models_folder(), {.chip_size = size, .padding = padding});
    EXPECT_TRUE(aligner.ok()) << aligner.error().message();
    std::vector<FivePoints> found;
    for (const Image& photo : photos) {
      const auto face = aligner.value()->align(photo);
      EXPECT_TRUE(face.ok()) << face.error().message();
      found.push_back(finder.value()->find(face.value().chip, padding));
    }
    return found;
  }

  std::vector<Image> photos_;
};

TEST_F(FivePointsOnFaces, FindsTheEyesWhereTheChipHasThem) {
  const Landmarks5 mean = mean_landmarks(150, 0.25);
  for (const FivePoints& points : find_on_chips(photos_, 150, 0.25)) {
    // The chip was cut by the corners of the eyes: their middle is known to a few pixels.
    EXPECT_NEAR(points[0].x, (mean[2].x + mean[3].x) / 2, 6);
    EXPECT_NEAR(points[0].y, (mean[2].y + mean[3].y) / 2, 6);
    EXPECT_NEAR(points[1].x, (mean[0].x + mean[1].x) / 2, 6);
    EXPECT_NEAR(points[1].y, (mean[0].y + mean[1].y) / 2, 6);
  }
}

TEST_F(FivePointsOnFaces, GivesThemInTheViewersOrder) {
  for (const FivePoints& p : find_on_chips(photos_, 150, 0.25)) {
    EXPECT_LT(p[0].x, p[1].x);  // eyes
    EXPECT_LT(p[3].x, p[4].x);  // corners of the mouth
    EXPECT_LT(p[0].y, p[2].y);  // eyes above the nose
    EXPECT_LT(p[2].y, p[3].y);  // nose above the mouth
  }
}

TEST_F(FivePointsOnFaces, FindsTheSamePointsOnALargerChip) {
  const auto small = find_on_chips(photos_, 150, 0.25);
  const auto large = find_on_chips(photos_, 440, 0.6);  // twice the pixels a face
  double distance = 0;
  for (std::size_t i = 0; i < small.size(); ++i) {
    for (std::size_t j = 0; j < small[i].size(); ++j) {
      // In units of the face: both chips are 1 + 2 padding units wide.
      const double dx = small[i][j].x / 100.0 - 0.25 - (large[i][j].x / 200.0 - 0.6);
      const double dy = small[i][j].y / 100.0 - 0.25 - (large[i][j].y / 200.0 - 0.6);
      distance += std::hypot(dx, dy) / static_cast<double>(5 * small.size());
    }
  }
  EXPECT_LT(distance, 0.02);  // 2 pixels of the smaller chip, on average
}

TEST(FivePointFinder, SaysThatItsModelIsMissing) {
  const auto finder = FivePointFinder::create("/nowhere");
  ASSERT_FALSE(finder.ok());
  EXPECT_EQ(finder.error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(finder.error().message(),
            "/nowhere/shape_predictor_68_face_landmarks.dat: no such file; run `make setup`");
}

}  // namespace
}  // namespace kface
