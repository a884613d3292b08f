#include "gate/camera/frame_source.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "gate/camera/folder_source.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMaxPixels = 50'000'000;

// OpenCV gives blue first, and grey where a camera has no colours.
Image to_image(const cv::Mat& frame) {
  Image image{frame.cols, frame.rows, {}};
  image.pixels.resize(image.offset(0, image.height));
  const int channels = frame.channels();
  std::uint8_t* out = image.pixels.data();
  for (int y = 0; y < frame.rows; ++y) {
    const std::uint8_t* in = frame.ptr<std::uint8_t>(y);
    for (int x = 0; x < frame.cols; ++x, in += channels, out += 3) {
      out[0] = in[channels > 2 ? 2 : 0];
      out[1] = in[channels > 2 ? 1 : 0];
      out[2] = in[0];
    }
  }
  return image;
}

// One of OpenCV's captures, behind our errors.
class CaptureSource : public FrameSource {
 public:
  CaptureSource(std::unique_ptr<cv::VideoCapture> capture, std::string name, bool live,
                double fallback_fps, ClockMs clock)
      : capture_(std::move(capture)),
        name_(std::move(name)),
        live_(live),
        fallback_fps_(fallback_fps),
        clock_(std::move(clock)) {}

  Result<std::optional<Frame>> next() override {
    cv::Mat pixels;
    try {
      if (!capture_->read(pixels) || pixels.empty()) {
        return end_of_frames();
      }
      const std::int64_t time = time_of_frame();
      ++num_read_;
      KF_TRY(check(pixels));
      last_time_ms_ = std::max(last_time_ms_, time);
      return std::optional<Frame>(Frame{to_image(pixels), last_time_ms_});
    } catch (const std::exception& error) {  // OpenCV's, or bad_alloc
      return Status{live_ ? ErrorCode::kIo : ErrorCode::kCorruption,
                    name_ + ": frame " + std::to_string(num_read_) + " cannot be read (" +
                        error.what() + ")"};
    }
  }

  bool live() const override { return live_; }

 private:
  Result<std::optional<Frame>> end_of_frames() {
    if (live_) {
      return Status{ErrorCode::kIo, name_ + ": gives no more frames after " +
                                        std::to_string(num_read_) +
                                        "; is it still connected, and used by nobody else?"};
    }
    if (num_read_ == 0) {
      return Status{ErrorCode::kCorruption, name_ + ": no frame of it can be decoded"};
    }
    return std::optional<Frame>();
  }

  Status check(const cv::Mat& pixels) const {
    if (static_cast<std::int64_t>(pixels.cols) * pixels.rows > kMaxPixels) {
      return {ErrorCode::kCorruption, name_ + ": a frame of " + std::to_string(pixels.cols) +
                                          " x " + std::to_string(pixels.rows) +
                                          " pixels; 50 megapixels are the most"};
    }
    if (pixels.depth() != CV_8U || pixels.channels() == 2 || pixels.channels() > 4) {
      return {ErrorCode::kCorruption, name_ + ": frames of an unknown kind (OpenCV's type " +
                                          std::to_string(pixels.type()) +
                                          "); 8-bit grey or colour is expected"};
    }
    return {};
  }

  std::int64_t time_of_frame() {
    if (live_) {
      return clock_();
    }
    const double position_ms = capture_->get(cv::CAP_PROP_POS_MSEC);
    if (num_read_ == 0) {
      first_ms_ = std::isfinite(position_ms) ? position_ms : 0;
      const double fps = capture_->get(cv::CAP_PROP_FPS);
      fps_ = fps > 0 && fps < 1000 ? fps : fallback_fps_;
      return 0;
    }
    // A file without times, or with times that make no sense, has its frames at an even rate.
    const double since_first = position_ms - first_ms_;
    constexpr double kDayMs = 86'400'000;
    if (since_first > 0 && since_first < kDayMs) {
      return std::llround(since_first);
    }
    return std::llround(static_cast<double>(num_read_) * 1000 / fps_);
  }

  std::unique_ptr<cv::VideoCapture> capture_;
  std::string name_;
  bool live_;
  double fallback_fps_;
  ClockMs clock_;
  double fps_ = 0;
  double first_ms_ = 0;
  std::int64_t num_read_ = 0;
  std::int64_t last_time_ms_ = 0;
};

// nullptr if it does not open.
Result<std::unique_ptr<cv::VideoCapture>> open_capture(const std::string& what, int backend,
                                                       const std::vector<int>& parameters) {
  try {
    auto capture = std::make_unique<cv::VideoCapture>();
    if (!capture->open(what, backend, parameters)) {
      capture.reset();
    }
    return capture;
  } catch (const std::exception& error) {
    return Status{ErrorCode::kIo,
                  without_password(what) + ": OpenCV cannot open it (" + error.what() + ")"};
  }
}

Result<std::unique_ptr<FrameSource>> open_stream(const std::string& url,
                                                 const FrameSourceOptions& options, ClockMs clock) {
  KF_ASSIGN(auto capture, open_capture(url, cv::CAP_FFMPEG,
                                       {cv::CAP_PROP_OPEN_TIMEOUT_MSEC, options.open_timeout_ms,
                                        cv::CAP_PROP_READ_TIMEOUT_MSEC, options.read_timeout_ms}));
  if (capture == nullptr) {
    return Status{ErrorCode::kIo, without_password(url) +
                                      ": no stream there; check address, user and password, and "
                                      "that the camera answers"};
  }
  return std::unique_ptr<FrameSource>(new CaptureSource(
      std::move(capture), without_password(url), true, options.folder_fps, std::move(clock)));
}

Result<std::unique_ptr<FrameSource>> open_device(const std::string& device,
                                                 const FrameSourceOptions& options, ClockMs clock) {
  std::vector<int> wishes;
  const auto wish = [&wishes](int property, int value) {
    if (value > 0) {
      wishes.insert(wishes.end(), {property, value});
    }
  };
  wish(cv::CAP_PROP_FRAME_WIDTH, options.width);
  wish(cv::CAP_PROP_FRAME_HEIGHT, options.height);
  wish(cv::CAP_PROP_FPS, static_cast<int>(std::lround(options.fps)));
  KF_ASSIGN(auto capture, open_capture(device, cv::CAP_V4L2, wishes));
  if (capture == nullptr) {
    return Status{ErrorCode::kIo, device +
                                      ": not a camera that can be opened; does another program "
                                      "hold it, and may this user read it (group video)?"};
  }
  return std::unique_ptr<FrameSource>(
      new CaptureSource(std::move(capture), device, true, options.folder_fps, std::move(clock)));
}

Result<std::unique_ptr<FrameSource>> open_video_file(const std::string& file,
                                                     const FrameSourceOptions& options,
                                                     ClockMs clock) {
  KF_ASSIGN(auto capture, open_capture(file, cv::CAP_FFMPEG, {}));
  if (capture == nullptr) {
    return Status{ErrorCode::kCorruption, file + ": not a video that OpenCV's FFmpeg reads"};
  }
  return std::unique_ptr<FrameSource>(
      new CaptureSource(std::move(capture), file, false, options.folder_fps, std::move(clock)));
}

}  // namespace

Result<std::unique_ptr<FrameSource>> open_frame_source(const std::string& what,
                                                       const FrameSourceOptions& options,
                                                       ClockMs clock) {
  KF_REQUIRE(clock != nullptr && options.folder_fps > 0 && options.open_timeout_ms > 0 &&
                 options.read_timeout_ms > 0 && options.width >= 0 && options.height >= 0 &&
                 options.fps >= 0,
             options.folder_fps, options.open_timeout_ms, options.read_timeout_ms, options.width,
             options.height, options.fps);
  if (what.find("://") != std::string::npos) {
    return open_stream(what, options, std::move(clock));
  }
  std::error_code error;
  const fs::file_status status = fs::status(what, error);
  if (fs::is_directory(status)) {
    return open_folder_source(what, options.folder_fps);
  }
  if (fs::is_character_file(status)) {
    return open_device(what, options, std::move(clock));
  }
  if (fs::is_regular_file(status)) {
    return open_video_file(fs::absolute(what).string(), options, std::move(clock));
  }
  return Status{ErrorCode::kNotFound,
                what + ": no such device, video file or folder of images (a stream's URL has ://)"};
}

std::string without_password(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) {
    return url;
  }
  const std::size_t host = scheme + 3;
  // A password may hold an unescaped '/' or '@': everything up to the last '@' may be part of it.
  const std::size_t at = url.rfind('@');
  if (at == std::string::npos || at < host) {
    return url;
  }
  return url.substr(0, host) + "***" + url.substr(at);
}

bool is_image_name(const std::string& name) {
  constexpr std::array<std::string_view, 9> kEndings = {".jpg",  ".jpeg", ".png", ".bmp", ".tif",
                                                        ".tiff", ".webp", ".pgm", ".ppm"};
  std::string ending = fs::path(name).extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

}  // namespace kface
