#include "align/face_geometry.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kface/status.h"

namespace kface {
namespace {

constexpr double kDegrees = 180.0 / std::numbers::pi;
constexpr double kNoseDepth = 0.25;  // p / W0, see estimate_yaw_degrees
constexpr double kBoxGrowth = 0.2;

// Landmarks in the frame of the eyes: origin at the mean of the four corners, x along the line from
// the outer corner at the left to the outer corner at the right, unit their distance.
struct EyeFrame {
  double eye_distance_px = 0;
  double roll = 0;  // radians
  std::array<double, 5> x = {};
  std::array<double, 5> y = {};
};

EyeFrame eye_frame(const Landmarks5& points) {
  EyeFrame frame;
  const double dx = double{points[0].x} - double{points[2].x};
  const double dy = double{points[0].y} - double{points[2].y};
  frame.eye_distance_px = std::hypot(dx, dy);
  frame.roll = std::atan2(dy, dx);
  if (!(frame.eye_distance_px > 0)) {
    return frame;
  }
  double middle_x = 0;
  double middle_y = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    middle_x += double{points[i].x} / 4;
    middle_y += double{points[i].y} / 4;
  }
  const double cosine = dx / frame.eye_distance_px;
  const double sine = dy / frame.eye_distance_px;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double x = (double{points[i].x} - middle_x) / frame.eye_distance_px;
    const double y = (double{points[i].y} - middle_y) / frame.eye_distance_px;
    frame.x[i] = x * cosine + y * sine;
    frame.y[i] = y * cosine - x * sine;
  }
  return frame;
}

bool within(double value, double lowest, double highest) {
  return value >= lowest && value <= highest;
}

}  // namespace

float estimate_roll_degrees(const Landmarks5& landmarks) {
  return static_cast<float>(eye_frame(landmarks).roll * kDegrees);
}

float estimate_yaw_degrees(const Landmarks5& landmarks) {
  return static_cast<float>(std::atan(eye_frame(landmarks).x[4] / kNoseDepth) * kDegrees);
}

std::string implausible_landmarks(const Landmarks5& landmarks, double min_eye_distance_px) {
  for (const Point& point : landmarks) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) {
      return "a landmark is not a number";
    }
  }
  const EyeFrame frame = eye_frame(landmarks);
  if (!(frame.eye_distance_px >= min_eye_distance_px)) {
    return "the eyes are less than " + std::to_string(static_cast<int>(min_eye_distance_px)) +
           " pixels apart";
  }
  if (std::abs(frame.roll) * kDegrees > 60) {
    return "the face is turned by more than 60 degrees in its plane";
  }
  if (!within(frame.x[0] - frame.x[1], 0.08, 0.6) || !within(frame.x[3] - frame.x[2], 0.08, 0.6) ||
      frame.x[3] >= frame.x[1]) {
    return "the corners of the eyes are out of order";
  }
  if (!within(frame.y[4], 0.1, 1.2) || std::abs(frame.x[4]) > 0.75) {
    return "the nose is not below the eyes";
  }
  return "";
}

std::string implausible_face(const FoundFace& face) {
  std::string reason = implausible_landmarks(face.landmarks);
  if (!reason.empty()) {
    return reason;
  }
  const double width = face.box.width;
  const double height = face.box.height;
  if (!within(eye_frame(face.landmarks).eye_distance_px, 0.25 * width, 1.05 * width)) {
    return "the eyes do not fit the face's box";
  }
  for (const Point& point : face.landmarks) {
    const double x = (double{point.x} - face.box.x) / width;
    const double y = (double{point.y} - face.box.y) / height;
    if (!within(x, -kBoxGrowth, 1 + kBoxGrowth) || !within(y, -kBoxGrowth, 1 + kBoxGrowth)) {
      return "a landmark lies outside the face's box";
    }
  }
  return "";
}

Box box_of_landmarks(const Landmarks5& landmarks) {
  // Means over the faces that the HOG detector finds in LFW.
  constexpr double kSide = 1.85;     // of the outer eye corners' distance
  constexpr double kCentreX = 0.0;   // of the box from the middle of the eyes, in the eyes' frame
  constexpr double kCentreY = 0.37;  // the same, downwards
  const EyeFrame frame = eye_frame(landmarks);
  double middle_x = 0;
  double middle_y = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    middle_x += double{landmarks[i].x} / 4;
    middle_y += double{landmarks[i].y} / 4;
  }
  const double cosine = std::cos(frame.roll);
  const double sine = std::sin(frame.roll);
  const double centre_x = middle_x + frame.eye_distance_px * (kCentreX * cosine - kCentreY * sine);
  const double centre_y = middle_y + frame.eye_distance_px * (kCentreX * sine + kCentreY * cosine);
  const double side = kSide * frame.eye_distance_px;
  Box box;
  box.x = static_cast<int>(std::lround(centre_x - side / 2));
  box.y = static_cast<int>(std::lround(centre_y - side / 2));
  box.width = static_cast<int>(std::lround(side));
  box.height = box.width;
  return box;
}

Landmarks5 mean_landmarks(int size, double padding) {
  // dlib, get_face_chip_details; rounded to what a pixel needs.
  constexpr double kMean[][2] = {{0.85957, 0.21350},
                                 {0.64606, 0.22897},
                                 {0.12058, 0.21373},
                                 {0.33409, 0.22906},
                                 {0.49011, 0.62780}};
  const double unit = size / (1 + 2 * padding);
  Landmarks5 landmarks;
  for (std::size_t i = 0; i < landmarks.size(); ++i) {
    landmarks[i] = {static_cast<float>((kMean[i][0] + padding) * unit),
                    static_cast<float>((kMean[i][1] + padding) * unit)};
  }
  return landmarks;
}

std::size_t choose_face(const std::vector<FoundFace>& faces, int photo_width, int photo_height) {
  KF_REQUIRE(!faces.empty());
  const double half_diagonal = std::hypot(photo_width, photo_height) / 2;
  std::size_t best = 0;
  double best_score = -1;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const Box& box = faces[i].box;
    const double dx = box.x + box.width / 2.0 - photo_width / 2.0;
    const double dy = box.y + box.height / 2.0 - photo_height / 2.0;
    const double nearness = 1 - std::min(1.0, std::hypot(dx, dy) / half_diagonal);
    const double score = static_cast<double>(box.width) * box.height * nearness * nearness;
    if (score > best_score) {
      best = i;
      best_score = score;
    }
  }
  return best;
}

}  // namespace kface
