#include "gate/liveness/clip_score.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "align/decode.h"
#include "align/face_finder.h"
#include "align/landmarks68.h"
#include "base/files.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

fs::path models_folder() {
  const char* folder = std::getenv("KFACE_MODELS");
  return folder != nullptr ? fs::path(folder) : fs::path(KFACE_CHECKOUT) / "third_party" / "models";
}

class Clips : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root = fs::temp_directory_path() /
           ("kface-clips-" + std::to_string(getpid()) + "-" + test->name());
    fs::create_directories(root);
  }
  void TearDown() override { fs::remove_all(root); }

  void write(const fs::path& name, std::string_view text = "") const {
    ASSERT_TRUE(write_file_atomic(root / name, text).ok());
  }

  fs::path root;
};

TEST_F(Clips, AreListedByKindAndName) {
  write("bona-fide/b.mp4");
  write("bona-fide/a.MKV");
  write("print/one/0001.png");
  write("print/notes.txt");
  write("print/.hidden.mp4");
  write("README.md");
  const auto listing = list_clips(root / ".");
  ASSERT_TRUE(listing.ok()) << listing.error().message();
  const auto& clips = listing.value().clips;
  ASSERT_EQ(clips.size(), 3U);
  EXPECT_EQ(clips[0].kind, "bona-fide");
  EXPECT_EQ(clips[0].path.filename(), "a.MKV");
  EXPECT_EQ(clips[1].path.filename(), "b.mp4");
  EXPECT_EQ(clips[2].kind, "print");
  EXPECT_EQ(clips[2].path.filename(), "one");
  EXPECT_EQ(listing.value().ignored, 2U);
}

TEST_F(Clips, AreRefusedWhereTheFolderIsMissingOrEmptyOrHoldsPhotos) {
  const auto missing = list_clips(root / "none");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  const auto empty = list_clips(root);
  ASSERT_FALSE(empty.ok());
  EXPECT_EQ(empty.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(empty.error().message().find("holds no clips; expected are folders bona-fide"),
            std::string::npos);
  write("print/photo.jpg");
  const auto photos = list_clips(root);
  ASSERT_FALSE(photos.ok());
  EXPECT_EQ(photos.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(photos.error().message().find("photo.jpg: a photo among clips"), std::string::npos);
}

class ClipsWithFaces : public Clips {
 protected:
  void SetUp() override {
    Clips::SetUp();
    const fs::path johns = fs::path(KFACE_CHECKOUT) / "third_party" / "dlib-examples" / "johns";
    if (!fs::exists(models_folder()) || !fs::exists(johns)) {
      GTEST_SKIP() << "needs dlib's models and examples; run `make setup`";
    }
    for (const auto& entry : fs::recursive_directory_iterator(johns)) {
      if (entry.path().extension() == ".jpg" && face.empty()) {
        const Image image = decode_image(read_file(entry.path()).value()).value();
        const cv::Mat pixels(image.height, image.width, CV_8UC3,
                             const_cast<std::uint8_t*>(image.pixels.data()));
        cv::resize(pixels, face, cv::Size(300, 300));
        cv::cvtColor(face, face, cv::COLOR_RGB2BGR);
      }
    }
  }

  // The photo on a stand, with a camera's noise.
  void write_still_clip(const fs::path& name, double seconds) {
    fs::create_directories((root / name).parent_path());
    cv::VideoWriter writer((root / name).string(), cv::CAP_OPENCV_MJPEG,
                           cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 10, cv::Size(360, 360));
    cv::RNG noise(1);
    for (int i = 0; i < static_cast<int>(10 * seconds); ++i) {
      cv::Mat frame(360, 360, CV_8UC3, cv::Scalar::all(100));
      face.copyTo(frame(cv::Rect(30, 30, 300, 300)));
      cv::Mat grain(frame.size(), CV_16SC3);
      noise.fill(grain, cv::RNG::NORMAL, 0, 3);
      cv::add(frame, grain, frame, cv::noArray(), CV_8U);
      writer.write(frame);
    }
  }

  cv::Mat face;
};

TEST_F(ClipsWithFaces, OfAStillPhotoAreAttacksAndNeverPassAChallenge) {
  write_still_clip("print/still.avi", 5);
  const auto clips = list_clips(root).value().clips;
  for (const std::string challenge : {"", "blink,turn-left"}) {
    const auto results =
        score_clips(clips, models_folder(), {.challenge = challenge}, {.threads = 1});
    ASSERT_TRUE(results.ok()) << results.error().message();
    const ClipResult& result = results.value().at(0);
    EXPECT_EQ(result.num_frames, 50U);
    EXPECT_EQ(result.num_with_face, 50U);
    EXPECT_EQ(result.liveness.verdict, LivenessVerdict::kAttack) << result.liveness.reason;
    EXPECT_NE(result.challenge, ChallengePhase::kPassed);
  }
}

TEST_F(ClipsWithFaces, AreLookedAtNoLongerAndNoMoreOftenThanAsked) {
  write_still_clip("print/still.avi", 4);
  const auto clips = list_clips(root).value().clips;
  const auto results = score_clips(clips, models_folder(),
                                   {.clip_seconds = 1.9, .frames_per_second = 5}, {.threads = 1});
  ASSERT_TRUE(results.ok());
  EXPECT_EQ(results.value()[0].num_frames, 10U);
}

TEST_F(ClipsWithFaces, GiveTheSameForAnyNumberOfThreadsAndAreCountedByKind) {
  write_still_clip("print/a.avi", 1);
  write_still_clip("print/b.avi", 1);
  write_still_clip("bona-fide/c.avi", 1);
  const auto clips = list_clips(root).value().clips;
  const auto one = score_clips(clips, models_folder(), {}, {.threads = 1});
  const auto two = score_clips(clips, models_folder(), {}, {.threads = 2});
  ASSERT_TRUE(one.ok() && two.ok());
  for (std::size_t i = 0; i < clips.size(); ++i) {
    EXPECT_EQ(one.value()[i].clip.path, clips[i].path);
    EXPECT_EQ(two.value()[i].clip.path, clips[i].path);
    EXPECT_EQ(one.value()[i].liveness.reason, two.value()[i].liveness.reason);
  }
  const auto kinds = count_kinds(one.value());
  ASSERT_EQ(kinds.size(), 2U);
  EXPECT_EQ(kinds[0].kind, "bona-fide");
  EXPECT_EQ(kinds[0].total(), 1U);
  EXPECT_EQ(kinds[1].unknown, 2U) << "a second is too short to tell anything";
}

TEST_F(ClipsWithFaces, ThatCannotBeReadEndItAll) {
  write("print/broken.avi", "no video");
  const auto clips = list_clips(root).value().clips;
  const auto results = score_clips(clips, models_folder(), {}, {.threads = 1});
  ASSERT_FALSE(results.ok());
  EXPECT_EQ(results.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(results.error().message().find("broken.avi: not a video"), std::string::npos);
}

TEST_F(ClipsWithFaces, AreRefusedWithAChallengeThatIsNone) {
  write_still_clip("print/a.avi", 0.5);
  const auto clips = list_clips(root).value().clips;
  const auto results = score_clips(clips, models_folder(), {.challenge = "wink"}, {.threads = 1});
  ASSERT_FALSE(results.ok());
  EXPECT_EQ(results.error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(ClipsWithFaces, StopWhenAskedTo) {
  write_still_clip("print/a.avi", 0.5);
  StopFlag stop;
  stop.request();
  const auto results = score_clips(list_clips(root).value().clips, models_folder(), {},
                                   {.threads = 1, .stop = &stop});
  ASSERT_FALSE(results.ok());
  EXPECT_EQ(results.error().code(), ErrorCode::kInterrupted);
}

TEST_F(Clips, AreNotScoredWithoutTheModels) {
  const auto results = score_clips({}, "/nowhere", {}, {.threads = 1});
  ASSERT_FALSE(results.ok());
  EXPECT_EQ(results.error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kface
