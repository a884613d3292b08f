// Real photographs, moved before the camera as an attacker moves a print: never judged live.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "align/decode.h"
#include "align/face_finder.h"
#include "align/landmarks68.h"
#include "base/files.h"
#include "gate/liveness/challenge.h"
#include "gate/liveness/liveness.h"
#include "gate/liveness/synthetic_face_for_test.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(const char* variable, const fs::path& otherwise) {
  const char* folder = std::getenv(variable);
  return folder != nullptr ? fs::path(folder) : fs::path(KFACE_CHECKOUT) / otherwise;
}

constexpr int kFrames = 48;
constexpr int kWidth = 640;
constexpr int kHeight = 480;

// The photo as a print of `side` pixels, turned about the vertical by `tilt` degrees, at (x, y).
Image shown(const cv::Mat& photo, double x, double y, double side, double tilt, cv::RNG& noise) {
  const double distance = 3 * side;
  const double angle = tilt * std::numbers::pi / 180;
  std::vector<cv::Point2f> from;
  std::vector<cv::Point2f> to;
  for (const auto& [u, v] : {std::pair{-0.5, -0.5}, {0.5, -0.5}, {0.5, 0.5}, {-0.5, 0.5}}) {
    const double near = distance / (distance + u * side * std::sin(angle));
    from.emplace_back(static_cast<float>((u + 0.5) * photo.cols),
                      static_cast<float>((v + 0.5) * photo.rows));
    to.emplace_back(static_cast<float>(x + u * side * std::cos(angle) * near),
                    static_cast<float>(y + v * side * near));
  }
  cv::Mat frame(kHeight, kWidth, CV_8UC3, cv::Scalar::all(110));
  cv::warpPerspective(photo, frame, cv::getPerspectiveTransform(from, to), frame.size(),
                      cv::INTER_LINEAR, cv::BORDER_TRANSPARENT);
  cv::Mat grain(frame.size(), CV_16SC3);
  noise.fill(grain, cv::RNG::NORMAL, 0, 4);
  cv::add(frame, grain, frame, cv::noArray(), CV_8U);
  Image image{kWidth, kHeight, {}};
  image.pixels.assign(frame.datastart, frame.dataend);
  return image;
}

class RealPhotos : public ::testing::Test {
 protected:
  void SetUp() override {
    const fs::path folder = folder_of("KFACE_DATA", "../shared/data") / "lfw" / "images";
    const fs::path models = folder_of("KFACE_MODELS", "third_party/models");
    if (!fs::exists(models) || !fs::exists(folder)) {
      GTEST_SKIP() << "needs dlib's models and real photographs in $KFACE_DATA";
    }
    faces = FaceFinder::create(models).value();
    landmarks = Landmarks68Finder::create(models).value();
    for (const char* name : {"Junichiro_Koizumi", "Gloria_Macapagal_Arroyo"}) {
      const fs::path file = folder / name / (std::string(name) + "_0002.jpg");
      const Image image = decode_image(read_file(file).value()).value();
      photos.push_back(cv::Mat(image.height, image.width, CV_8UC3,
                               const_cast<std::uint8_t*>(image.pixels.data()))
                           .clone());
    }
  }

  struct Attack {
    double pan = 0;   // pixels
    double zoom = 0;  // share of the size
    double tilt = 0;  // degrees
  };

  // The verdicts on the track alone, and together with a challenge.
  void expect_not_live(const cv::Mat& photo, const Attack& attack) {
    LivenessTrack track;
    Challenge challenge({ChallengeStep::kTurnLeft, ChallengeStep::kTurnRight}, {});
    cv::RNG noise(1);
    int found = 0;
    for (int i = 0; i < kFrames; ++i) {
      const double swing = std::sin(2 * std::numbers::pi * i / kFrames);
      const Image frame =
          shown(photo, 320 + attack.pan * swing, 240, 440 * (1 - attack.zoom * swing * swing),
                attack.tilt * swing, noise);
      const auto search = faces->find_frontal(frame);
      Observation seen{.time_ms = 80 * i,
                       .num_faces = static_cast<int>(search.faces.size()),
                       .frame_width = kWidth,
                       .frame_height = kHeight};
      if (search.faces.size() == 1) {
        ++found;
        seen.face.time_ms = seen.time_ms;
        seen.face.box = search.faces[0].box;
        seen.face.landmarks = landmarks->find(frame, seen.face.box);
        track.add(seen.face, frame);
      }
      challenge.add(seen);
    }
    EXPECT_GT(found, kFrames / 2);
    const auto alone = judge_liveness(track.cues());
    EXPECT_NE(alone.verdict, LivenessVerdict::kLive) << alone.reason;
    EXPECT_NE(challenge.state().phase, ChallengePhase::kPassed);
    EXPECT_NE(judge_liveness(track.cues(), challenge.state()).verdict, LivenessVerdict::kLive);
  }

  std::unique_ptr<FaceFinder> faces;
  std::shared_ptr<const Landmarks68Finder> landmarks;
  std::vector<cv::Mat> photos;
};

TEST_F(RealPhotos, PannedAndScaledAreNotLive) {
  for (const cv::Mat& photo : photos) {
    expect_not_live(photo, {.pan = 80, .zoom = 0.3});
  }
}

TEST_F(RealPhotos, TurnedAboutTheVerticalAreNotLive) {
  for (const cv::Mat& photo : photos) {
    expect_not_live(photo, {.pan = 20, .tilt = 42});
  }
}

TEST_F(RealPhotos, HeldStillAreNotLive) { expect_not_live(photos[0], {}); }

}  // namespace
}  // namespace kface
