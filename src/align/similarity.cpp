#include "align/similarity.h"

#include <algorithm>
#include <cmath>
#include <complex>

#include "kface/status.h"

namespace kface {
namespace {

constexpr int kColors = 3;

// A similarity of the plane is z -> c z + d on complex numbers.
using Complex = std::complex<double>;

Complex mean_of(const FivePoints& points) {
  Complex sum = 0;
  for (const Point& point : points) {
    sum += Complex(point.x, point.y);
  }
  return sum / static_cast<double>(points.size());
}

// The pixel's colour, black outside.
float pixel_at(const Image& image, int x, int y, int color) {
  if (x < 0 || y < 0 || x >= image.width || y >= image.height) {
    return 0;
  }
  return image.pixels[image.offset(x, y) + static_cast<std::size_t>(color)];
}

void sample(const Image& image, double x, double y, std::uint8_t* colors) {
  // So far outside, all four neighbours are black; and the cast below is defined.
  if (!(x > -1 && y > -1 && x < image.width && y < image.height)) {
    std::fill_n(colors, kColors, std::uint8_t{0});
    return;
  }
  const int left = static_cast<int>(std::floor(x));
  const int top = static_cast<int>(std::floor(y));
  const auto across = static_cast<float>(x - left);
  const auto down = static_cast<float>(y - top);
  for (int c = 0; c < kColors; ++c) {
    const float upper =
        pixel_at(image, left, top, c) * (1 - across) + pixel_at(image, left + 1, top, c) * across;
    const float lower = pixel_at(image, left, top + 1, c) * (1 - across) +
                        pixel_at(image, left + 1, top + 1, c) * across;
    colors[c] = static_cast<std::uint8_t>(std::lround(upper * (1 - down) + lower * down));
  }
}

}  // namespace

double Similarity::scale() const { return std::hypot(a, b); }

Similarity fit_similarity(const FivePoints& from, const FivePoints& to) {
  const Complex from_mean = mean_of(from);
  const Complex to_mean = mean_of(to);
  Complex product = 0;
  double spread = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const Complex p = Complex(from[i].x, from[i].y) - from_mean;
    const Complex q = Complex(to[i].x, to[i].y) - to_mean;
    product += std::conj(p) * q;
    spread += std::norm(p);
  }
  const Complex turn = product / spread;
  const Complex move = to_mean - turn * from_mean;
  if (!std::isfinite(turn.real()) || !std::isfinite(turn.imag()) || !std::isfinite(move.real()) ||
      !std::isfinite(move.imag())) {
    return {.a = 0};
  }
  return {turn.real(), turn.imag(), move.real(), move.imag()};
}

Image warp(const Image& image, const Similarity& s, int width, int height) {
  KF_REQUIRE(!image.empty() && width > 0 && height > 0 && s.scale() > 0, image.width, image.height,
             width, height, s.scale());
  const double square = s.a * s.a + s.b * s.b;
  Image moved;
  moved.width = width;
  moved.height = height;
  moved.pixels.resize(moved.offset(0, height));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double dx = x - s.move_x;
      const double dy = y - s.move_y;
      sample(image, (s.a * dx + s.b * dy) / square, (s.a * dy - s.b * dx) / square,
             &moved.pixels[moved.offset(x, y)]);
    }
  }
  return moved;
}

}  // namespace kface
