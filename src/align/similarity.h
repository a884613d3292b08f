// Bringing a face to where a network expects it: five points, the similarity that moves them onto
// a template, and the picture moved by it.
#pragma once

#include <array>

#include "kface/image.h"

namespace kface {

// As ArcFace's successors order them, "left" and "right" being the viewer's: centre of the left
// eye, of the right eye, tip of the nose, left and right corner of the mouth. In pixels; (0, 0) is
// the centre of the upper left pixel.
using FivePoints = std::array<Point, 5>;

// (x, y) -> (a x - b y + move_x, b x + a y + move_y): a rotation, one scale, a move; no mirroring.
struct Similarity {
  double a = 1;
  double b = 0;
  double move_x = 0;
  double move_y = 0;

  double scale() const;
};

// The similarity that brings `from` nearest to `to`, in the sum of squared distances (Umeyama 1991,
// without reflection).
//
// Ensures: scale() is 0 if it cannot be told: the points of `from` coincide or a number is not
//          finite.
Similarity fit_similarity(const FivePoints& from, const FivePoints& to);

// The picture [height, width] whose pixel s(p) is `image` at p, between pixels bilinearly; black
// counts where the image does not reach.
//
// Requires: an image that is not empty, s.scale() > 0, height and width at least 1. Thread-safe.
Image warp(const Image& image, const Similarity& s, int width, int height);

}  // namespace kface
