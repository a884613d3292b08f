#include "align/similarity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <opencv2/imgproc.hpp>

#include "base/rng.h"
#include "kface/status.h"

namespace kface {
namespace {

constexpr FivePoints kTemplate = {
    {{38.29F, 51.70F}, {73.53F, 51.50F}, {56.03F, 71.74F}, {41.55F, 92.37F}, {70.73F, 92.20F}}};

Point moved(const Similarity& s, const Point& p) {
  return {static_cast<float>(s.a * p.x - s.b * p.y + s.move_x),
          static_cast<float>(s.b * p.x + s.a * p.y + s.move_y)};
}

Image random_picture(int width, int height) {
  Image image{.width = width, .height = height, .pixels = {}};
  Rng random(3);
  image.pixels.resize(image.offset(0, height));
  for (auto& pixel : image.pixels) {
    pixel = static_cast<std::uint8_t>(random.below(256));
  }
  return image;
}

TEST(FitSimilarity, FindsTheRotationScaleAndMoveThatMadeThePoints) {
  const Similarity made{0.6, -0.3, 12, -7};
  FivePoints from = kTemplate;
  FivePoints to;
  for (std::size_t i = 0; i < from.size(); ++i) {
    to[i] = moved(made, from[i]);
  }
  const Similarity found = fit_similarity(from, to);
  EXPECT_NEAR(found.a, made.a, 1e-5);
  EXPECT_NEAR(found.b, made.b, 1e-5);
  EXPECT_NEAR(found.move_x, made.move_x, 1e-3);
  EXPECT_NEAR(found.move_y, made.move_y, 1e-3);
  EXPECT_NEAR(found.scale(), std::hypot(0.6, 0.3), 1e-5);
}

TEST(FitSimilarity, HasNoBetterNeighbour) {
  FivePoints to = kTemplate;
  to[2] = {60, 70};  // the nose aside: no similarity fits exactly
  FivePoints from = kTemplate;
  const Similarity found = fit_similarity(from, to);
  const auto error_of = [&](const Similarity& s) {
    double error = 0;
    for (std::size_t i = 0; i < from.size(); ++i) {
      const double dx = s.a * from[i].x - s.b * from[i].y + s.move_x - to[i].x;
      const double dy = s.b * from[i].x + s.a * from[i].y + s.move_y - to[i].y;
      error += dx * dx + dy * dy;
    }
    return error;
  };
  const double least = error_of(found);
  EXPECT_GT(least, 1);
  constexpr double kStep = 1e-3;
  for (double Similarity::*number :
       {&Similarity::a, &Similarity::b, &Similarity::move_x, &Similarity::move_y}) {
    for (const double step : {-kStep, kStep}) {
      Similarity other = found;
      other.*number += step;
      EXPECT_GT(error_of(other), least);
    }
  }
}

TEST(FitSimilarity, DoesNotMirrorAFace) {
  FivePoints mirrored = kTemplate;
  for (Point& point : mirrored) {
    point.x = 112 - point.x;
  }
  const Similarity found = fit_similarity(mirrored, kTemplate);
  // A mirroring would fit almost exactly, at scale 1.
  EXPECT_LT(found.scale(), 0.7);
}

TEST(FitSimilarity, SaysByScaleZeroThatItCannotTell) {
  FivePoints same;
  same.fill({5, 5});
  EXPECT_EQ(fit_similarity(same, kTemplate).scale(), 0);
  FivePoints broken = kTemplate;
  broken[1].x = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(fit_similarity(broken, kTemplate).scale(), 0);
}

TEST(Warp, IsTheIdentityForTheIdentity) {
  const Image picture = random_picture(9, 7);
  EXPECT_EQ(warp(picture, Similarity{}, 9, 7).pixels, picture.pixels);
}

TEST(Warp, MovesByWholePixelsAndFillsWithBlack) {
  const Image picture = random_picture(9, 7);
  const Image result = warp(picture, {.move_x = 2, .move_y = -1}, 9, 7);
  EXPECT_EQ(result.pixels[result.offset(3, 2)], picture.pixels[picture.offset(1, 3)]);
  EXPECT_EQ(result.pixels[result.offset(1, 2)], 0);
  EXPECT_EQ(result.pixels[result.offset(4, 6)], 0);
}

TEST(Warp, GivesWhatOpenCvGives) {
  const Image picture = random_picture(60, 60);
  // Smoothed: OpenCV rounds places to 1/32 of a pixel, which on noise alone is many grey levels.
  cv::Mat source(60, 60, CV_8UC3, const_cast<std::uint8_t*>(picture.pixels.data()));
  cv::GaussianBlur(source, source, {9, 9}, 4);
  const Similarity s{0.7, 0.2, 5.3, -4.1};
  const cv::Matx23d matrix(s.a, -s.b, s.move_x, s.b, s.a, s.move_y);
  cv::Mat theirs;
  cv::warpAffine(source, theirs, matrix, {48, 40});
  const Image ours = warp(picture, s, 48, 40);
  int differing = 0;
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 48; ++x) {
      for (int c = 0; c < 3; ++c) {
        const int difference =
            std::abs(ours.pixels[ours.offset(x, y) + static_cast<std::size_t>(c)] -
                     theirs.at<cv::Vec3b>(y, x)[c]);
        differing += difference > 1 ? 1 : 0;
        EXPECT_LE(difference, 5) << x << ' ' << y;
      }
    }
  }
  EXPECT_LT(differing, 48 * 40 * 3 / 20);
}

TEST(Warp, AsksForASimilarityThatHasAScale) {
  EXPECT_THROW(warp(random_picture(3, 3), {.a = 0}, 3, 3), ContractViolation);
}

}  // namespace
}  // namespace kface
