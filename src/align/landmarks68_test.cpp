#include "align/landmarks68.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "align/decode.h"
#include "align/face_finder.h"
#include "align/five_points.h"
#include "base/files.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

fs::path repository() { return KFACE_CHECKOUT; }

fs::path models_folder() {
  const char* folder = std::getenv("KFACE_MODELS");
  return folder != nullptr ? fs::path(folder) : repository() / "third_party" / "models";
}

class Landmarks68OnFaces : public ::testing::Test {
 protected:
  void SetUp() override {
    const fs::path johns = repository() / "third_party" / "dlib-examples" / "johns";
    if (!fs::exists(models_folder()) || !fs::exists(johns)) {
      GTEST_SKIP() << "needs dlib's models and examples; run `make setup`";
    }
    for (const auto& entry : fs::recursive_directory_iterator(johns)) {
      if (entry.path().extension() == ".jpg" && photos.size() < 6) {
        photos.push_back(decode_image(read_file(entry.path()).value()).value());
      }
    }
    ASSERT_EQ(photos.size(), 6U);
  }

  std::vector<Image> photos;
};

TEST_F(Landmarks68OnFaces, AreInTheOrderThatTheHeaderStates) {
  const auto faces = FaceFinder::create(models_folder()).value();
  const auto finder = Landmarks68Finder::create(models_folder()).value();
  int num_found = 0;
  for (const Image& photo : photos) {
    for (const FoundFace& face : faces->find_frontal(photo).faces) {
      ++num_found;
      const Landmarks68 p = finder->find(photo, face.box);
      EXPECT_LT(p[0].x, p[8].x);
      EXPECT_LT(p[8].x, p[16].x);
      EXPECT_LT(p[36].x, p[39].x);
      EXPECT_LT(p[39].x, p[42].x);
      EXPECT_LT(p[42].x, p[45].x);
      EXPECT_LT(p[27].y, p[30].y);
      EXPECT_LT(p[48].x, p[54].x);
      EXPECT_LT(p[48].y, p[8].y);
      // The eyes' corners, where the other predictor sees them, within a twelfth of their distance.
      const float near = (p[45].x - p[36].x) / 12;
      EXPECT_NEAR(p[45].x, face.landmarks[0].x, near);
      EXPECT_NEAR(p[36].x, face.landmarks[2].x, near);
      EXPECT_NEAR(p[36].y, face.landmarks[2].y, near);
    }
  }
  EXPECT_GE(num_found, 4);  // of six; the frontal detector misses a few
}

TEST_F(Landmarks68OnFaces, AreGivenForABoxBeyondThePhoto) {
  const auto finder = Landmarks68Finder::create(models_folder()).value();
  const Image& photo = photos.front();
  for (const Point& point : finder->find(photo, {-5000, photo.height + 100, 300, 1})) {
    EXPECT_TRUE(point.x < 0 && point.y > 0) << point.x << ' ' << point.y;
  }
}

TEST_F(Landmarks68OnFaces, TheModelIsInMemoryOnceForAllThreadsAndUsers) {
  std::shared_ptr<const Landmarks68Finder> found[4];
  {
    std::vector<std::jthread> threads;
    for (auto& slot : found) {
      threads.emplace_back([&slot] { slot = Landmarks68Finder::create(models_folder()).value(); });
    }
  }
  for (const auto& finder : found) {
    EXPECT_EQ(finder, found[0]);
  }
  const long users = found[0].use_count();
  const auto five = FivePointFinder::create(models_folder()).value();
  EXPECT_EQ(found[0].use_count(), users + 1);
  EXPECT_EQ(Landmarks68Finder::create(models_folder() / "." / "").value(), found[0]);
}

TEST_F(Landmarks68OnFaces, RefuseAnEmptyPhotoAndAnEmptyBox) {
  const auto finder = Landmarks68Finder::create(models_folder()).value();
  EXPECT_THROW(finder->find(Image{}, {0, 0, 10, 10}), ContractViolation);
  EXPECT_THROW(finder->find(photos.front(), {0, 0, 0, 10}), ContractViolation);
}

TEST_F(Landmarks68OnFaces, TheFrontalSearchFindsWhatTheFullSearchFindsFirst) {
  const auto faces = FaceFinder::create(models_folder()).value();
  for (const Image& photo : photos) {
    const FaceSearch fast = faces->find_frontal(photo);
    if (fast.faces.empty()) {
      EXPECT_EQ(fast.detector, "");
      EXPECT_EQ(fast.tried, "the HOG detector");
      continue;
    }
    const FaceSearch full = faces->find(photo);
    EXPECT_EQ(fast.detector, "hog");
    EXPECT_EQ(full.detector, "hog");
    ASSERT_EQ(fast.faces.size(), full.faces.size());
    EXPECT_EQ(fast.faces[0].box.x, full.faces[0].box.x);
  }
}

TEST_F(Landmarks68OnFaces, TheFrontalSearchOfAnEmptyPictureFindsNothing) {
  const auto faces = FaceFinder::create(models_folder()).value();
  Image grey{640, 480, {}};
  grey.pixels.assign(grey.offset(0, grey.height), 128);
  const FaceSearch search = faces->find_frontal(grey);
  EXPECT_TRUE(search.faces.empty());
  EXPECT_EQ(search.detector, "");
  EXPECT_EQ(search.tried, "the HOG detector");
}

TEST(Landmarks68Finder, SaysThatItsModelIsMissing) {
  const auto finder = Landmarks68Finder::create("/nowhere");
  ASSERT_FALSE(finder.ok());
  EXPECT_EQ(finder.error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(finder.error().message(),
            "/nowhere/shape_predictor_68_face_landmarks.dat: no such file; run `make setup`");
}

TEST(Landmarks68Finder, SaysThatItsModelIsDamaged) {
  const fs::path folder =
      fs::temp_directory_path() / ("kface-landmarks68-" + std::to_string(getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "shape_predictor_68_face_landmarks.dat") << "no model";
  for (int i = 0; i < 2; ++i) {
    const auto finder = Landmarks68Finder::create(folder);
    ASSERT_FALSE(finder.ok());
    EXPECT_EQ(finder.error().code(), ErrorCode::kCorruption);
    EXPECT_NE(finder.error().message().find("delete it and run `make setup`"), std::string::npos);
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace kface
