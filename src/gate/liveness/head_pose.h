// What 68 landmarks say of a head at one moment: how it is turned, and how open its eyes are.
#pragma once

#include <optional>

#include "align/landmarks68.h"

namespace kface {

struct HeadPose {
  double yaw_degrees = 0;    // + = towards the viewer's right, which is the person's own left
  double pitch_degrees = 0;  // + = up
  double roll_degrees = 0;   // in the plane, + = clockwise
  double scale = 0;          // pixels a millimetre of the generic face
};

// The pose under weak perspective: the 2 x 3 matrix P and the move t that bring the rigid landmarks
// M of the generic face nearest to those seen, q = P M + t, by least squares. Turned upright (roll
// is the direction between the outer eye corners), the third column of P is what depth does to the
// picture:
//   scale = |columns 1 and 2| by the larger singular value,
//   yaw = asin(P13 / scale), pitch = asin(-P23 / scale).
// Not from how narrow the face looks: a flat picture, held at any angle, shows the yaw that its
// subject had, plus at most a few degrees of perspective; it cannot be turned further.
// The generic face is nobody's: good to about 10 degrees, better relative to the same person's own
// frontal pose.
//
// Nothing if the landmarks are not finite or coincide. Thread-safe. Cost: microseconds.
std::optional<HeadPose> head_pose(const Landmarks68& landmarks);

// Eye aspect ratio (Soukupova and Cech 2016): with p1..p6 an eye's landmarks from its left corner,
// over the upper lid, to the lower lid, (|p2 - p6| + |p3 - p5|) / (2 |p1 - p4|); the mean of both
// eyes. About 0.3 open, below 0.2 closed; it differs between people, so compare it with the same
// person's open eyes. 0 if the corners of an eye coincide or a landmark is not finite.
double eye_openness(const Landmarks68& landmarks);

// Distance of the outer corners of the eyes, in pixels.
double eye_distance_px(const Landmarks68& landmarks);

}  // namespace kface
