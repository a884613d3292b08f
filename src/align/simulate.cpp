#include "align/simulate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "align/simulate_accessory.h"
#include "align/simulate_frame.h"
#include "align/simulate_light.h"
#include "base/rng.h"
#include "kface/status.h"

namespace kface {
namespace {

constexpr int kFullLux = 1000;        // what the photo is taken to show
constexpr double kStrayLux = 4;       // a dark room is not quite dark
constexpr double kWarmLux = 40;       // where lamps have become as warm as they get
constexpr double kSaturation = 9000;  // electrons of a white pixel at ISO 400
constexpr double kReadNoise = 6;      // electrons
constexpr double kShoulder = 0.7;     // above this, highlights are compressed

double linear_from_srgb(double value) {
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double srgb_from_linear(double value) {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * std::pow(value, 1 / 2.4) - 0.055;
}

std::array<float, 256> make_linear_table() {
  std::array<float, 256> table{};
  for (std::size_t level = 0; level < table.size(); ++level) {
    table[level] = static_cast<float>(linear_from_srgb(static_cast<double>(level) / 255));
  }
  return table;
}

// Grey level from the square root of linear light: steps fine enough in the dark.
constexpr std::size_t kLevelSteps = 8192;
std::array<float, kLevelSteps + 1> make_level_table() {
  std::array<float, kLevelSteps + 1> table{};
  for (std::size_t step = 0; step < table.size(); ++step) {
    const double root = static_cast<double>(step) / kLevelSteps;
    table[step] = static_cast<float>(255 * srgb_from_linear(root * root));
  }
  return table;
}

float level_of(float linear) {
  static const std::array<float, kLevelSteps + 1> table = make_level_table();
  const float root = std::sqrt(std::clamp(linear, 0.0F, 1.0F));
  return table[static_cast<std::size_t>(std::lround(root * kLevelSteps))];
}

// Standard normal numbers, quickly: a table drawn once, read at random places.
class NoiseSource {
 public:
  explicit NoiseSource(Rng rng) : rng_(rng), table_(std::size_t{1} << kIndexBits) {
    for (float& value : table_) {
      value = static_cast<float>(rng_.normal());
    }
  }

  float next() {
    if (bits_left_ < kIndexBits) {
      bits_ = rng_.next();
      bits_left_ = 64;
    }
    const auto index = static_cast<std::size_t>(bits_ & (table_.size() - 1));
    bits_ >>= kIndexBits;
    bits_left_ -= kIndexBits;
    return table_[index];
  }

 private:
  static constexpr unsigned kIndexBits = 15;
  Rng rng_;
  std::vector<float> table_;
  std::uint64_t bits_ = 0;
  unsigned bits_left_ = 0;
};

// A camera has no hard limit: what is brighter than kShoulder nears 1 slowly.
float compress_highlight(float linear) {
  constexpr auto kStart = static_cast<float>(kShoulder);
  return linear <= kStart
             ? linear
             : kStart + (1 - kStart) * (1 - std::exp((kStart - linear) / (1 - kStart)));
}

// How much of the 1000 lux is left, by colour: dim lamps are warm ones.
cv::Vec3f exposure_at(int lux) {
  const double share = (lux + kStrayLux) / (kFullLux + kStrayLux);
  const double warmth = std::clamp(
      std::log(kFullLux / (lux + kStrayLux)) / std::log(kFullLux / (kWarmLux + kStrayLux)), 0.0,
      1.0);
  return {static_cast<float>(share * (1 + 0.10 * warmth)), static_cast<float>(share),
          static_cast<float>(share * (1 - 0.22 * warmth))};
}

// Light by `gain` (empty: as the photo has it), then what a camera makes of it.
void expose(cv::Mat3b& photo, const cv::Mat1f& gain, int lux, Rng& rng) {
  static const std::array<float, 256> linear_of = make_linear_table();
  const bool dim = lux < kFullLux;
  const cv::Vec3f exposure = dim ? exposure_at(lux) : cv::Vec3f(1, 1, 1);
  constexpr auto kElectrons = static_cast<float>(kSaturation);
  NoiseSource noise(rng.fork(1));
  for (int y = 0; y < photo.rows; ++y) {
    for (int x = 0; x < photo.cols; ++x) {
      const float light = gain.empty() ? 1.0F : gain(y, x);
      cv::Vec3b& pixel = photo(y, x);
      for (int c = 0; c < 3; ++c) {
        float linear = linear_of[pixel[c]] * light * exposure[c];
        if (light > 1) {
          linear = compress_highlight(linear);
        }
        if (dim) {
          const float variance =
              linear / kElectrons +
              static_cast<float>(kReadNoise * kReadNoise / (kSaturation * kSaturation));
          linear += std::sqrt(variance) * noise.next();
        }
        pixel[c] = cv::saturate_cast<std::uint8_t>(level_of(linear));
      }
    }
  }
}

void add_noise(cv::Mat3b& photo, double sigma, Rng& rng) {
  NoiseSource noise(rng.fork(2));
  const auto scale = static_cast<float>(sigma);
  for (cv::Vec3b& pixel : photo) {
    for (int c = 0; c < 3; ++c) {
      pixel[c] =
          cv::saturate_cast<std::uint8_t>(static_cast<float>(pixel[c]) + scale * noise.next());
    }
  }
}

void require_valid(const Image& photo, const Simulation& simulation) {
  KF_REQUIRE(photo.width > 0 && photo.height > 0, photo.width, photo.height);
  KF_REQUIRE(photo.pixels.size() == photo.offset(0, photo.height), photo.pixels.size());
  KF_REQUIRE(simulation.lux >= 0 && simulation.lux <= kFullLux, simulation.lux);
  KF_REQUIRE(std::abs(simulation.light_azimuth_degrees) <= 90, simulation.light_azimuth_degrees);
  KF_REQUIRE(std::abs(simulation.light_elevation_degrees) <= 60,
             simulation.light_elevation_degrees);
  KF_REQUIRE(simulation.blur_sigma_px >= 0 && simulation.blur_sigma_px <= 64,
             simulation.blur_sigma_px);
  KF_REQUIRE(simulation.noise_sigma >= 0 && simulation.noise_sigma <= 64, simulation.noise_sigma);
}

}  // namespace

Image simulate(const Image& photo, const Landmarks5& landmarks, const Simulation& simulation,
               std::uint64_t seed) {
  require_valid(photo, simulation);
  const FaceFrame frame(landmarks);
  Rng rng(seed);
  Image result = photo;
  cv::Mat rgb(result.height, result.width, CV_8UC3, result.pixels.data());
  cv::Mat3b pixels(rgb);

  // In the order of nature: what is worn, how it is lit, what the lens and the sensor see.
  Rng colors = rng.fork(3);
  draw_accessory(pixels, frame, simulation.accessory, colors);
  if (simulation.blur_sigma_px > 0) {
    cv::GaussianBlur(pixels, pixels, cv::Size(), simulation.blur_sigma_px);
  }
  if (simulation.directional || simulation.lux < kFullLux) {
    cv::Mat1f gain;
    if (simulation.directional) {
      gain = relighting_gain(frame, pixels.size(), simulation.light_azimuth_degrees,
                             simulation.light_elevation_degrees);
    }
    expose(pixels, gain, simulation.lux, rng);
  }
  if (simulation.noise_sigma > 0) {
    add_noise(pixels, simulation.noise_sigma, rng);
  }
  return result;
}

}  // namespace kface
