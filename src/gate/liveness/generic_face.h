// The shape of a face in three dimensions, roughly: what a head's landmarks do when it turns.
#pragma once

#include <array>
#include <cstddef>

#include "align/landmarks68.h"

namespace kface {

struct Point3 {
  double x = 0;
  double y = 0;
  double z = 0;
};

using Face3 = std::array<Point3, 68>;

// In millimetres, in the order of Landmarks68: x to the viewer's right, y down, z towards the
// viewer; origin between the eyes, in the plane of the outer corners of the eyes. Symmetric; eyes
// open, mouth shut. Written down by hand from customary proportions (outer eye corners 90 mm apart,
// face 144 mm wide, tip of the nose 42 mm in front of the eye corners): nobody's face, and not
// measured. Only ratios matter to what uses it; people differ from it by some 15 %.
const Face3& generic_face();

// The landmarks that bone holds: corners of the eyes, brows, bridge and base of the nose. The
// lids, the mouth and the chin move by themselves; the contour of the jaw is not a set of points of
// the head, but where the view ends, which wanders over the cheek as the head turns.
inline constexpr std::array<std::size_t, 23> kRigidLandmarks = {
    17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 39, 42, 45};

}  // namespace kface
