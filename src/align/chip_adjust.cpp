#include "align/chip_adjust.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "kface/status.h"

namespace kface {
namespace {

constexpr double kClaheClipLimit = 2.0;
constexpr int kClaheTiles = 8;

// OpenCV's view of the pixels: no copy, valid as long as the image.
cv::Mat view_of(const Image& image) {
  KF_REQUIRE(!image.empty(), image.width, image.height);
  return {image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data())};
}

cv::Mat grey_of(const Image& image) {
  cv::Mat grey;
  cv::cvtColor(view_of(image), grey, cv::COLOR_RGB2GRAY);
  return grey;
}

void apply_gray_world(Image& image) {
  std::array<double, 3> sums = {};
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    sums[i % 3] += image.pixels[i];
  }
  if (sums[0] == sums[1] && sums[1] == sums[2]) {
    return;
  }
  const double target = (sums[0] + sums[1] + sums[2]) / 3;
  std::array<std::array<std::uint8_t, 256>, 3> table = {};
  for (std::size_t c = 0; c < 3; ++c) {
    const double gain = sums[c] > 0 ? target / sums[c] : 1.0;
    for (std::size_t level = 0; level < 256; ++level) {
      table[c][level] = static_cast<std::uint8_t>(
          std::lround(std::min(255.0, static_cast<double>(level) * gain)));
    }
  }
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = table[i % 3][image.pixels[i]];
  }
}

void apply_clahe(Image& image) {
  cv::Mat rgb = view_of(image);
  cv::Mat lab;
  cv::cvtColor(rgb, lab, cv::COLOR_RGB2Lab);
  std::vector<cv::Mat> planes;
  cv::split(lab, planes);
  cv::createCLAHE(kClaheClipLimit, {kClaheTiles, kClaheTiles})->apply(planes[0], planes[0]);
  cv::merge(planes, lab);
  cv::cvtColor(lab, rgb, cv::COLOR_Lab2RGB);  // writes into the image: same size and type
}

}  // namespace

void adjust_color(Image& image, ColorAdjust adjust) {
  KF_REQUIRE(!image.empty(), image.width, image.height);
  switch (adjust) {
    case ColorAdjust::kNone:
      return;
    case ColorAdjust::kGrayWorld:
      apply_gray_world(image);
      return;
    case ColorAdjust::kClahe:
      apply_clahe(image);
      return;
  }
}

Image resize_to_square(const Image& image, int size) {
  KF_REQUIRE(size > 0, size);
  Image square;
  square.width = size;
  square.height = size;
  square.pixels.resize(square.offset(0, size));
  cv::Mat target = view_of(square);
  const bool shrinks = image.width > size && image.height > size;
  cv::resize(view_of(image), target, target.size(), 0, 0,
             shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
  return square;
}

float measure_sharpness(const Image& image) {
  cv::Mat laplacian;
  cv::Laplacian(grey_of(image), laplacian, CV_32F);
  cv::Scalar mean;
  cv::Scalar deviation;
  cv::meanStdDev(laplacian, mean, deviation);
  return static_cast<float>(deviation[0] * deviation[0]);
}

float measure_brightness(const Image& image) {
  return static_cast<float>(cv::mean(grey_of(image))[0]);
}

}  // namespace kface
