// What five landmarks say: pose, where the face is, and whether it can be a face at all.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "kface/image.h"

namespace kface {

// A face found in a photo.
struct FoundFace {
  Box box;               // pixels of the photo; square for dlib's detectors
  Landmarks5 landmarks;  // pixels of the photo
};

// In-plane rotation in degrees, (-180, 180], + = clockwise: the direction from the outer corner of
// the eye at the viewer's left to that at the viewer's right.
float estimate_roll_degrees(const Landmarks5& landmarks);

// Out-of-plane rotation in degrees, 0 = frontal, + = towards the viewer's right.
//
// With W the distance of the outer eye corners and s the signed offset, along the line through
// them, of the nose base from the mean of the four eye corners: a head turned by yaw moves the nose
// base, which stands p in front of the eye corners, by p sin(yaw), and narrows W by cos(yaw). Hence
// yaw = atan((s / W) / (p / W0)), p / W0 = 0.25 (a generic 3-D face: eye corners 10.6 apart, nose
// base 2.7 in front of them). Perspective and the individual face are ignored: good to about
// 10 degrees for yaw below 45. 0 if the outer eye corners coincide.
float estimate_yaw_degrees(const Landmarks5& landmarks);

// Why these landmarks cannot be an upright face, or "" if they can. Checked in the frame of the
// eyes, W as above: all finite; W at least `min_eye_distance_px`; each eye's corners in order and
// 0.08 W to 0.6 W apart; the nose base 0.1 W to 1.2 W below the line of the eyes and at most 0.75 W
// beside its middle; roll at most 60 degrees.
std::string implausible_landmarks(const Landmarks5& landmarks, double min_eye_distance_px = 8);

// The same for a detection: moreover W is 0.25 to 1.05 of the box's width, and all five landmarks
// lie inside the box grown by a fifth of its size on every side.
std::string implausible_face(const FoundFace& face);

// The box that dlib's detector would give for these landmarks, on average.
Box box_of_landmarks(const Landmarks5& landmarks);

// Where dlib's mean face has its landmarks on a chip of `size` pixels and `padding`.
Landmarks5 mean_landmarks(int size, double padding);

// Index of the largest central face: largest area x (1 - d / h)^2, d the distance of the box's
// centre from the photo's, h half the photo's diagonal (d at most h). Requires: at least one face.
std::size_t choose_face(const std::vector<FoundFace>& faces, int photo_width, int photo_height);

}  // namespace kface
