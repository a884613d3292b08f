#include "gate/camera/frame_source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>

#include "align/decode.h"
#include "base/files.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

constexpr int kWidth = 64;
constexpr int kHeight = 48;
constexpr int kNumFrames = 10;

std::int64_t no_clock() { return 0; }

class FrameSources : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    work = fs::temp_directory_path() /
           ("kface-frames-" + std::to_string(getpid()) + "-" + test->name());
    fs::create_directories(work);
  }
  void TearDown() override { fs::remove_all(work); }

  // Frame i is red, of level 20 i. Motion JPEG: OpenCV writes it by itself.
  fs::path write_video(double fps) const {
    fs::path file = work / "clip.avi";
    cv::VideoWriter writer(file.string(), cv::CAP_OPENCV_MJPEG,
                           cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), fps,
                           cv::Size(kWidth, kHeight));
    for (int i = 0; i < kNumFrames; ++i) {
      writer.write(cv::Mat(kHeight, kWidth, CV_8UC3, cv::Scalar(0, 0, 20 * i)));
    }
    return file;
  }

  void write_image(const std::string& name, std::uint8_t level) const {
    Image image{kWidth, kHeight, {}};
    image.pixels.assign(image.offset(0, kHeight), level);
    ASSERT_TRUE(write_file_atomic(work / name, encode_png(image)).ok());
  }

  static std::vector<Frame> read_all(FrameSource& source) {
    std::vector<Frame> frames;
    while (true) {
      auto frame = source.next();
      EXPECT_TRUE(frame.ok()) << frame.error().message();
      if (!frame.ok() || !frame.value()) {
        return frames;
      }
      frames.push_back(std::move(*frame.value()));
    }
  }

  fs::path work;
};

TEST_F(FrameSources, AVideoFileGivesItsFramesAndTheirTimes) {
  const auto source = open_frame_source(write_video(20).string(), {}, no_clock);
  ASSERT_TRUE(source.ok()) << source.error().message();
  EXPECT_FALSE(source.value()->live());
  const auto frames = read_all(*source.value());
  ASSERT_EQ(frames.size(), std::size_t{kNumFrames});
  for (int i = 0; i < kNumFrames; ++i) {
    const Frame& frame = frames[static_cast<std::size_t>(i)];
    EXPECT_EQ(frame.time_ms, 50 * i);
    EXPECT_EQ(frame.image.width, kWidth);
    EXPECT_EQ(frame.image.height, kHeight);
    EXPECT_NEAR(frame.image.pixels[0], 20 * i, 6) << "red comes first";
    EXPECT_NEAR(frame.image.pixels[2], 0, 6);
  }
  EXPECT_FALSE(source.value()->next().value().has_value()) << "the end stays the end";
}

TEST_F(FrameSources, AFolderGivesItsImagesInOrderOfTheirNamesAtTheRateAsked) {
  write_image("b.png", 2);
  write_image("a.png", 1);
  write_image("c.PNG", 3);
  ASSERT_TRUE(write_file_atomic(work / "notes.txt", std::string_view("no image")).ok());
  fs::create_directories(work / "d.png");
  const auto source = open_frame_source(work.string(), {.folder_fps = 10}, no_clock);
  ASSERT_TRUE(source.ok()) << source.error().message();
  EXPECT_FALSE(source.value()->live());
  const auto frames = read_all(*source.value());
  ASSERT_EQ(frames.size(), 3U);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].image.pixels[0], i + 1);
    EXPECT_EQ(frames[i].time_ms, static_cast<std::int64_t>(100 * i));
  }
}

TEST_F(FrameSources, ADamagedImageIsAnErrorWithItsNameAndTheNextOneFollows) {
  write_image("a.png", 1);
  ASSERT_TRUE(write_file_atomic(work / "b.png", std::string_view("no image")).ok());
  write_image("c.png", 3);
  const auto source = open_frame_source(work.string(), {}, no_clock);
  ASSERT_TRUE(source.ok());
  EXPECT_TRUE(source.value()->next().ok());
  const auto damaged = source.value()->next();
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(damaged.error().message().find("b.png: not an image"), std::string::npos)
      << damaged.error().message();
  EXPECT_EQ(source.value()->next().value()->image.pixels[0], 3);
}

TEST_F(FrameSources, AFolderWithoutImagesIsRefused) {
  const auto source = open_frame_source(work.string(), {}, no_clock);
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(source.error().message().find("holds no images"), std::string::npos);
}

TEST_F(FrameSources, AFileThatIsNoVideoIsRefused) {
  const fs::path file = work / "clip.mp4";
  ASSERT_TRUE(write_file_atomic(file, std::string_view("no video, but some text")).ok());
  const auto source = open_frame_source(file.string(), {}, no_clock);
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(source.error().message().find("not a video"), std::string::npos);
}

TEST_F(FrameSources, AVideoThatIsCutShortEndsEarly) {
  const fs::path file = write_video(20);
  const auto bytes = read_file(file).value();
  for (const std::size_t kept : {bytes.size() / 2, bytes.size() / 8, std::size_t{100}}) {
    ASSERT_TRUE(write_file_atomic(file, std::span(bytes).first(kept)).ok());
    const auto source = open_frame_source(file.string(), {}, no_clock);
    if (!source.ok()) {
      EXPECT_EQ(source.error().code(), ErrorCode::kCorruption);
      continue;
    }
    int num_frames = 0;
    for (auto frame = source.value()->next(); frame.ok() && frame.value();
         frame = source.value()->next()) {
      ++num_frames;
    }
    EXPECT_LT(num_frames, kNumFrames);
  }
}

TEST_F(FrameSources, WhatIsNotThereIsNotFound) {
  const auto source = open_frame_source((work / "none").string(), {}, no_clock);
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.error().code(), ErrorCode::kNotFound);
  EXPECT_NE(source.error().message().find("no such device, video file or folder"),
            std::string::npos);
}

TEST_F(FrameSources, ADeviceThatIsNoCameraIsRefused) {
  const auto source = open_frame_source("/dev/null", {.width = 640, .height = 480}, no_clock);
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.error().code(), ErrorCode::kIo);
  EXPECT_NE(source.error().message().find("/dev/null: not a camera"), std::string::npos);
}

TEST_F(FrameSources, AStreamThatDoesNotAnswerIsRefusedWithoutItsPassword) {
  // Port 1 of this machine: nobody listens there.
  const auto source =
      open_frame_source("rtsp://door:secret@127.0.0.1:1/live", {.open_timeout_ms = 2000}, no_clock);
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.error().code(), ErrorCode::kIo);
  EXPECT_NE(source.error().message().find("rtsp://***@127.0.0.1:1/live: no stream"),
            std::string::npos)
      << source.error().message();
}

TEST_F(FrameSources, AStreamHasTheClocksTimesAndAnErrorAtItsEnd) {
  std::int64_t now = 1000;
  const auto source = open_frame_source("file://" + write_video(20).string(), {}, [&now] {
    now += 7;
    return now;
  });
  ASSERT_TRUE(source.ok()) << source.error().message();
  EXPECT_TRUE(source.value()->live());
  for (int i = 0; i < kNumFrames; ++i) {
    const auto frame = source.value()->next();
    ASSERT_TRUE(frame.ok() && frame.value());
    EXPECT_EQ(frame.value()->time_ms, 1007 + 7 * i);
  }
  const auto end = source.value()->next();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().code(), ErrorCode::kIo);
  EXPECT_NE(end.error().message().find("gives no more frames after 10"), std::string::npos);
}

TEST_F(FrameSources, RequireAClockAndOptionsInTheirRanges) {
  EXPECT_THROW((void)open_frame_source(work.string(), {}, nullptr), ContractViolation);
  EXPECT_THROW((void)open_frame_source(work.string(), {.folder_fps = 0}, no_clock),
               ContractViolation);
}

TEST(WithoutPassword, LeavesNothingOfIt) {
  EXPECT_EQ(without_password("rtsp://u:p@host/a"), "rtsp://***@host/a");
  EXPECT_EQ(without_password("rtsp://u:p@ss/w@host/a"), "rtsp://***@host/a");
  EXPECT_EQ(without_password("rtsp://host/a"), "rtsp://host/a");
  EXPECT_EQ(without_password("/dev/video0"), "/dev/video0");
}

}  // namespace
}  // namespace kface
