#include "gate/liveness/moire.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "kface/status.h"

namespace kface {
namespace {

constexpr int kSide = 128;  // pixels
constexpr int kMinFrames = 3;
constexpr double kLowest = 0.1;  // cycles a pixel
constexpr double kHighest = 0.5;
constexpr int kAxis = 2;   // bins on either side of an axis
constexpr int kReach = 4;  // of the neighbourhood: 9 x 9

// [kSide, kSide] grey levels of the middle of the face; empty if that is not all in the frame.
cv::Mat middle_of_face(const FaceSample& sample, const Image& frame) {
  const cv::Rect middle(sample.box.x + (sample.box.width - kSide) / 2,
                        sample.box.y + (sample.box.height - kSide) / 2, kSide, kSide);
  if (sample.box.width < kSide || sample.box.height < kSide ||
      (middle & cv::Rect(0, 0, frame.width, frame.height)) != middle) {
    return {};
  }
  const cv::Mat pixels(frame.height, frame.width, CV_8UC3,
                       const_cast<std::uint8_t*>(frame.pixels.data()));
  cv::Mat grey;
  cv::cvtColor(pixels(middle), grey, cv::COLOR_RGB2GRAY);
  grey.convertTo(grey, CV_32F);
  return grey;
}

// Frequency of a bin: -kSide / 2 + 1 .. kSide / 2.
int signed_bin(int bin) { return bin > kSide / 2 ? bin - kSide : bin; }

bool looked_at(int row, int column) {
  const int y = signed_bin(row);
  const int x = signed_bin(column);
  const double frequency = std::hypot(x, y) / kSide;
  return std::abs(x) > kAxis && std::abs(y) > kAxis && frequency >= kLowest &&
         frequency <= kHighest;
}

float neighbourhood_median(const cv::Mat& power, int row, int column) {
  std::array<float, (2 * kReach + 1) * (2 * kReach + 1)> around{};
  std::size_t count = 0;
  for (int dy = -kReach; dy <= kReach; ++dy) {
    for (int dx = -kReach; dx <= kReach; ++dx) {
      if (std::abs(dx) > 1 || std::abs(dy) > 1) {
        around[count++] =
            power.at<float>((row + dy + kSide) % kSide, (column + dx + kSide) % kSide);
      }
    }
  }
  const auto middle = around.begin() + static_cast<std::ptrdiff_t>(count / 2);
  std::nth_element(around.begin(), middle, around.begin() + static_cast<std::ptrdiff_t>(count));
  return *middle;
}

}  // namespace

struct Moire::Impl {
  cv::Mat window;
  cv::Mat power = cv::Mat::zeros(kSide, kSide, CV_32F);  // sum of the frames' spectra
  int num_frames = 0;
};

Moire::Moire() : impl_(std::make_unique<Impl>()) {
  cv::createHanningWindow(impl_->window, cv::Size(kSide, kSide), CV_32F);
}
Moire::~Moire() = default;

void Moire::add(const FaceSample& sample, const Image& frame) {
  KF_REQUIRE(!frame.empty(), frame.width, frame.height);
  cv::Mat grey = middle_of_face(sample, frame);
  if (grey.empty()) {
    return;
  }
  grey = (grey - cv::mean(grey)[0]).mul(impl_->window);
  cv::Mat spectrum;
  cv::dft(grey, spectrum, cv::DFT_COMPLEX_OUTPUT);
  std::array<cv::Mat, 2> parts;
  cv::split(spectrum, parts.data());
  impl_->power += parts[0].mul(parts[0]) + parts[1].mul(parts[1]);
  ++impl_->num_frames;
}

std::optional<double> Moire::peak() const {
  if (impl_->num_frames < kMinFrames) {
    return std::nullopt;
  }
  // What one grey level of noise would have: a picture without any detail has no peaks of weight.
  const double noise = impl_->num_frames * cv::norm(impl_->window, cv::NORM_L2SQR) / 12;
  double highest = 0;
  for (int row = 0; row < kSide; ++row) {
    for (int column = 0; column <= kSide / 2; ++column) {
      if (looked_at(row, column)) {
        const double around = neighbourhood_median(impl_->power, row, column);
        highest = std::max(highest, impl_->power.at<float>(row, column) / (around + noise));
      }
    }
  }
  return highest;
}

Cue Moire::cue() const {
  Cue cue{"moire", std::nullopt, "the face was not seen at 128 pixels or wider in three frames"};
  const auto highest = peak();
  if (!highest) {
    return cue;
  }
  char text[120];
  std::snprintf(text, sizeof(text), "highest peak %.0f times its neighbourhood, %.0f is a screen's",
                *highest, kMoirePeak);
  cue.reason = text;
  if (*highest >= kMoirePeak) {
    cue.score = 0;
  }
  return cue;
}

}  // namespace kface
