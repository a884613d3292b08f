#include "gate/live_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "align/aligner.h"
#include "align/decode.h"
#include "base/files.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

constexpr double kFrameMs = 66;
constexpr double kLongest = 60000;

// A photograph held still before the camera.
class StillPhoto : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("KFACE_MODELS");
    models = folder == nullptr ? "third_party/models" : folder;
    const fs::path people = fs::path(KFACE_EXAMPLES) / "johns" / "John_Savage";
    if (!fs::exists(models / "shape_predictor_68_face_landmarks.dat") || !fs::exists(people)) {
      GTEST_SKIP() << "no models or photos; run `make setup`";
    }
    std::vector<fs::path> photos;
    for (const auto& entry : fs::directory_iterator(people)) {
      photos.push_back(entry.path());
    }
    const auto first = std::min_element(photos.begin(), photos.end());
    picture = decode_image(read_file(*first).value()).value();
    const auto aligner = Aligner::create(models, {}).value();
    faces = aligner->find(picture, Aligner::Search::kThorough).value();
    ASSERT_EQ(faces.size(), 1U);
  }

  LiveCheck make(bool with_challenge) const {
    LiveCheckOptions options;
    options.with_challenge = with_challenge;
    return {Landmarks68Finder::create(models).value(), options,
            [](std::size_t count) { return std::vector<std::uint8_t>(count, 5); }};
  }

  // Shows the photograph until there is an answer; when that was.
  double show(LiveCheck& check) const {
    check.begin(0);
    double time_ms = 0;
    while (!check.done() && time_ms < kLongest) {
      time_ms += kFrameMs;
      check.saw(picture, faces, time_ms);
    }
    return time_ms;
  }

  fs::path models;
  Image picture;
  std::vector<FoundFace> faces;
};

TEST_F(StillPhoto, IsNeverLiveWithoutAChallenge) {
  LiveCheck check = make(false);
  EXPECT_LT(show(check), kLongest);
  EXPECT_TRUE(check.done());
  EXPECT_NE(check.liveness().value_or(0), 1);
  EXPECT_EQ(check.prompt(), "");
}

TEST_F(StillPhoto, NeverPassesAChallenge) {
  LiveCheck check = make(true);
  check.begin(0);
  EXPECT_EQ(check.prompt(), "look");
  EXPECT_LT(show(check), kLongest);
  EXPECT_TRUE(check.done());
  EXPECT_NE(check.liveness().value_or(0), 1);
  EXPECT_EQ(check.prompt(), "");
}

TEST_F(StillPhoto, IsExaminedAnewInTheNextApproach) {
  LiveCheck check = make(true);
  show(check);
  ASSERT_TRUE(check.done());
  check.begin(kLongest);
  EXPECT_FALSE(check.done());
  EXPECT_FALSE(check.liveness().has_value());
}

TEST_F(StillPhoto, RequiresABeginning) {
  LiveCheck check = make(false);
  EXPECT_THROW(check.saw(picture, faces, 0), ContractViolation);
}

}  // namespace
}  // namespace kface
