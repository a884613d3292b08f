// The generic face, turned, moved, blinking, as a head or as a flat picture of it, seen by a
// camera.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "align/face_geometry.h"
#include "base/rng.h"
#include "gate/liveness/face_sample.h"
#include "gate/liveness/generic_face.h"

namespace kface {

struct SyntheticView {
  double yaw_degrees = 0;    // as HeadPose
  double pitch_degrees = 0;  // the same
  double roll_degrees = 0;   // the same
  double open = 1;           // 0: lids shut
  double x = 320;            // pixels of the frame, between the eyes
  double y = 200;
  double scale = 1.4;              // pixels a millimetre; 126 pixels between the outer eye corners
  double distance_mm = 700;        // of the camera
  bool flat = false;               // a picture of the frontal face, at that distance
  double picture_yaw_degrees = 0;  // of the head on the picture, if flat
  double noise_px = 0;             // standard deviation; dlib's points tremble by about 1
};

// Turned about the vertical by yaw (+ = the nose moves to larger x), then by pitch (+ = up).
inline Point3 turned(const Point3& p, double yaw_degrees, double pitch_degrees) {
  const double yaw = yaw_degrees * std::numbers::pi / 180;
  const double pitch = pitch_degrees * std::numbers::pi / 180;
  const double x = p.x * std::cos(yaw) + p.z * std::sin(yaw);
  const double z = p.z * std::cos(yaw) - p.x * std::sin(yaw);
  return {x, p.y * std::cos(pitch) - z * std::sin(pitch),
          z * std::cos(pitch) + p.y * std::sin(pitch)};
}

inline Landmarks68 synthetic_landmarks(const SyntheticView& view, Rng& rng) {
  Face3 face = generic_face();
  constexpr std::size_t kLids[4][2] = {{37, 41}, {38, 40}, {43, 47}, {44, 46}};
  for (const auto& lid : kLids) {
    const double middle = (face[lid[0]].y + face[lid[1]].y) / 2;
    face[lid[0]].y = middle + (face[lid[0]].y - middle) * std::max(view.open, 0.2);
    face[lid[1]].y = middle + (face[lid[1]].y - middle) * std::max(view.open, 0.2);
  }
  const double roll = view.roll_degrees * std::numbers::pi / 180;
  Landmarks68 seen;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    Point3 p = face[i];
    if (view.flat) {
      p = turned(p, view.picture_yaw_degrees, 0);
      p.z = 0;
    }
    p = turned(p, view.yaw_degrees, view.pitch_degrees);
    const double near = view.scale * view.distance_mm / (view.distance_mm - p.z);
    const double x = near * (p.x * std::cos(roll) - p.y * std::sin(roll));
    const double y = near * (p.x * std::sin(roll) + p.y * std::cos(roll));
    // Whole pixels, as dlib gives them.
    seen[i] = {static_cast<float>(std::round(view.x + x + view.noise_px * rng.normal())),
               static_cast<float>(std::round(view.y + y + view.noise_px * rng.normal()))};
  }
  return seen;
}

inline FaceSample synthetic_sample(const SyntheticView& view, std::int64_t time_ms, Rng& rng) {
  FaceSample sample;
  sample.time_ms = time_ms;
  sample.landmarks = synthetic_landmarks(view, rng);
  const Landmarks68& p = sample.landmarks;
  sample.box = box_of_landmarks({p[45], p[42], p[36], p[39], p[33]});
  return sample;
}

}  // namespace kface
