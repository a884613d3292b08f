#include "backbone/preprocess.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

#include "kface/status.h"

namespace kface {
namespace {

constexpr std::size_t kChannels = 3;

// Where output pixel `at` of `out` lies in `in` source pixels: two neighbours and the second's
// weight.
struct Tap {
  int first;
  int second;
  float weight;
};

std::vector<Tap> taps(int in, int out) {
  std::vector<Tap> result;
  for (int at = 0; at < out; ++at) {
    const double place = (at + 0.5) * in / out - 0.5;
    const double first = std::clamp(std::floor(place), 0.0, in - 1.0);
    const double weight = std::clamp(place - first, 0.0, 1.0);
    result.push_back({static_cast<int>(first), std::min(static_cast<int>(first) + 1, in - 1),
                      static_cast<float>(weight)});
  }
  return result;
}

// The part of the input that the chip fills.
struct Target {
  int left;
  int top;
  int width;
  int height;
};

Target target_of(const Preprocess& preprocess, const Image& chip) {
  if (!preprocess.letterbox) {
    return {0, 0, preprocess.width, preprocess.height};
  }
  const double factor = std::min(static_cast<double>(preprocess.width) / chip.width,
                                 static_cast<double>(preprocess.height) / chip.height);
  const int width = std::max(1, static_cast<int>(chip.width * factor));
  const int height = std::max(1, static_cast<int>(chip.height * factor));
  return {(preprocess.width - width) / 2, (preprocess.height - height) / 2, width, height};
}

}  // namespace

std::string describe(const Preprocess& preprocess) {
  std::ostringstream text;
  text.precision(9);
  text << (preprocess.bgr ? "bgr " : "rgb ") << preprocess.width << 'x' << preprocess.height
       << (preprocess.letterbox ? " letterbox" : " stretch") << " bilinear";
  for (const auto& [name, values] :
       {std::pair("mean", preprocess.mean), std::pair("scale", preprocess.scale)}) {
    text << ' ' << name << ' ' << values[0] << ' ' << values[1] << ' ' << values[2];
  }
  return text.str();
}

void preprocess_chip(const Preprocess& preprocess, const Image& chip, std::span<float> input) {
  const auto plane =
      static_cast<std::size_t>(preprocess.width) * static_cast<std::size_t>(preprocess.height);
  KF_REQUIRE(!chip.empty() && input.size() == kChannels * plane, chip.width, chip.height,
             input.size());
  for (std::size_t c = 0; c < kChannels; ++c) {  // black, where the chip does not reach
    std::fill_n(input.begin() + static_cast<std::ptrdiff_t>(c * plane), plane,
                -preprocess.mean[c] * preprocess.scale[c]);
  }
  const Target target = target_of(preprocess, chip);
  const auto columns = taps(chip.width, target.width);
  const auto rows = taps(chip.height, target.height);
  for (int y = 0; y < target.height; ++y) {
    const auto [upper, lower, down] = rows[static_cast<std::size_t>(y)];
    float* const row = &input[static_cast<std::size_t>(target.top + y) *
                                  static_cast<std::size_t>(preprocess.width) +
                              static_cast<std::size_t>(target.left)];
    for (int x = 0; x < target.width; ++x) {
      const auto [left, right, across] = columns[static_cast<std::size_t>(x)];
      const std::uint8_t* corners[] = {
          &chip.pixels[chip.offset(left, upper)], &chip.pixels[chip.offset(right, upper)],
          &chip.pixels[chip.offset(left, lower)], &chip.pixels[chip.offset(right, lower)]};
      for (std::size_t c = 0; c < kChannels; ++c) {
        const std::size_t from = preprocess.bgr ? kChannels - 1 - c : c;
        const auto pixel = [&](int i) { return static_cast<float>(corners[i][from]); };
        const float top = pixel(0) + (pixel(1) - pixel(0)) * across;
        const float bottom = pixel(2) + (pixel(3) - pixel(2)) * across;
        const float value = top + (bottom - top) * down;
        row[c * plane + static_cast<std::size_t>(x)] =
            (value - preprocess.mean[c]) * preprocess.scale[c];
      }
    }
  }
}

}  // namespace kface
