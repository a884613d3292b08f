// Depth from parallax: between two views, does a face move like a head or like a picture of one?
#pragma once

#include <optional>

#include "align/landmarks68.h"

namespace kface {

struct Parallax {
  // Sine of the angle by which a head of generic depth would have turned between the views, told by
  // parallax alone; with its standard error from the residuals. Near 0 for any plane.
  double turn = 0;
  double turn_error = 0;
  // Smaller by larger singular value of the views' affine map, in (0, 1]: the cosine of the angle
  // by which a plane would have turned, told by foreshortening.
  double narrowing = 1;
  double residual = 0;  // root mean square, in outer eye distances of the first view
};

// Fits the rigid landmarks (generic_face.h) of `now` from those of `reference`. Both views of a
// plane are related by a homography, 8 numbers (Hartley and Zisserman 2004, ch. 2); those of a head
// under weak perspective by an affine map and depth times one direction (Koenderink and van Doorn
// 1991). With p the reference landmarks, q those now, both in outer eye distances of the reference
// from its middle, and z the depth of the generic face in its eye distances,
//   q (1 + g p) = A p + t + e z      turn = |e| / larger singular value of A
// is linear in A, t, g, e: 10 numbers from 46 equations, by least squares. g takes up what
// perspective does to a tilted picture; without it a picture near the camera looks bent.
//
// Nothing if a view is degenerate (not finite, fewer than 10 pixels between the outer corners of
// the eyes, mirrored). Thread-safe. Cost: microseconds.
std::optional<Parallax> fit_parallax(const Landmarks68& reference, const Landmarks68& now);

}  // namespace kface
