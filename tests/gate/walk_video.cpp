#include "walk_video.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <stdexcept>

namespace kface::fixture {
namespace {

constexpr double kSwayPx = 24;
constexpr double kSwayFrames = 16;

cv::Mat empty_hall(const WalkOptions& options) {
  cv::Mat hall(options.height, options.width, CV_8UC3);
  for (int y = 0; y < hall.rows; ++y) {
    const double grey = 90 + 40.0 * y / hall.rows;
    hall.row(y).setTo(cv::Scalar::all(grey));
  }
  return hall;
}

// `photo` as high as the frame, moved `sideways` pixels from the middle.
cv::Mat with_person(const cv::Mat& hall, const cv::Mat& photo, int sideways) {
  cv::Mat frame = hall.clone();
  const double scale = static_cast<double>(hall.rows) / std::max(photo.rows, photo.cols);
  cv::Mat sized;
  cv::resize(photo, sized, {}, scale, scale, cv::INTER_AREA);
  const int left = (hall.cols - sized.cols) / 2 + sideways;
  const cv::Rect whole(left, (hall.rows - sized.rows) / 2, sized.cols, sized.rows);
  const cv::Rect seen = whole & cv::Rect(0, 0, hall.cols, hall.rows);
  sized(cv::Rect(seen.x - whole.x, seen.y - whole.y, seen.width, seen.height)).copyTo(frame(seen));
  return frame;
}

cv::Mat read_photo(const std::filesystem::path& path) {
  cv::Mat photo = cv::imread(path.string(), cv::IMREAD_COLOR);
  if (photo.empty()) {
    throw std::runtime_error(path.string() + ": cannot be read");
  }
  return photo;
}

}  // namespace

void write_frame(const std::filesystem::path& photo, const std::filesystem::path& file,
                 const WalkOptions& options) {
  if (!cv::imwrite(file.string(), with_person(empty_hall(options), read_photo(photo), 0))) {
    throw std::runtime_error(file.string() + ": cannot be written");
  }
}

void write_walk_video(const std::vector<std::filesystem::path>& photos,
                      const std::filesystem::path& video, const WalkOptions& options) {
  cv::VideoWriter writer(video.string(), cv::CAP_OPENCV_MJPEG,
                         cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), options.fps,
                         {options.width, options.height});
  if (!writer.isOpened()) {
    throw std::runtime_error(video.string() + ": cannot be written");
  }
  const cv::Mat hall = empty_hall(options);
  const auto show_hall = [&] {
    for (std::size_t i = 0; i < options.frames_between; ++i) {
      writer << hall;
    }
  };
  show_hall();
  for (const auto& path : photos) {
    const cv::Mat photo = read_photo(path);
    for (std::size_t i = 0; i < options.frames_each; ++i) {
      const double angle = 2 * CV_PI * static_cast<double>(i) / kSwayFrames;
      writer << with_person(hall, photo, static_cast<int>(std::lround(kSwayPx * std::sin(angle))));
    }
    show_hall();
  }
}

}  // namespace kface::fixture
