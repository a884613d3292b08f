#include "dataset/sidecar.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "dataset/text.h"

namespace kface {
namespace {

// Order of the lines.
enum SidecarPoint : std::size_t {
  kNoseTip,
  kEyeA,
  kEyeB,
  kMouthA,
  kMouthB,
  kNumUsed,
  kNumLines = 7
};

// Of dlib's mean face: half an eye's width over the distance of the eyes' centres, and where the
// base of the nose lies between its tip (0) and the middle of the mouth (1).
constexpr float kHalfEye = 0.2032F;
constexpr float kNoseBase = 0.425F;

// Below these, an estimate from the centres of the eyes would be worse than detection.
constexpr float kLeastEyeDistance = 8;         // pixels
constexpr float kLeastEyeToMouthRatio = 0.3F;  // eyes' distance over eyes to mouth: a profile

Status refuse(const std::string& what) { return Status{ErrorCode::kCorruption, what}; }

std::vector<std::string_view> split_fields(std::string_view line) {
  constexpr std::string_view kSplitters = " \t,;\r";
  std::vector<std::string_view> fields;
  for (std::size_t start = line.find_first_not_of(kSplitters); start != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(kSplitters, start), line.size());
    fields.push_back(line.substr(start, end - start));
    start = line.find_first_not_of(kSplitters, end);
  }
  return fields;
}

Result<std::vector<Point>> read_points(std::string_view text) {
  std::vector<Point> points;
  while (!text.empty() && points.size() < kNumLines) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto fields = split_fields(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (fields.empty()) {
      continue;
    }
    const auto x = parse_double(fields[0]);
    const auto y = fields.size() == 2 ? parse_double(fields[1]) : std::nullopt;
    if (!x || !y) {
      return refuse("landmark line " + std::to_string(points.size() + 1) + " is not two numbers");
    }
    points.push_back({static_cast<float>(*x), static_cast<float>(*y)});
  }
  if (points.size() < kNumLines) {
    return refuse(std::to_string(points.size()) + " landmark lines, expected 7");
  }
  return points;
}

Point between(const Point& a, const Point& b, float fraction) {
  return {a.x + fraction * (b.x - a.x), a.y + fraction * (b.y - a.y)};
}

}  // namespace

Result<Landmarks5> parse_sidecar(std::string_view text, int width, int height) {
  KF_ASSIGN(const std::vector<Point> points, read_points(text));
  for (std::size_t i = 0; i < kNumUsed; ++i) {
    const Point& point = points[i];
    if (point.x < 0 || point.y < 0 || point.x >= static_cast<float>(width) ||
        point.y >= static_cast<float>(height)) {
      return refuse("landmark " + std::to_string(i + 1) + " lies outside the picture");
    }
  }
  Point right = points[kEyeA];  // the viewer's right
  Point left = points[kEyeB];
  if (right.x < left.x) {
    std::swap(right, left);
  }
  const Point eyes = between(left, right, 0.5F);
  const Point mouth = between(points[kMouthA], points[kMouthB], 0.5F);
  const float eye_distance = std::hypot(right.x - left.x, right.y - left.y);
  const float eyes_to_mouth = std::hypot(mouth.x - eyes.x, mouth.y - eyes.y);
  if (eye_distance < kLeastEyeDistance || mouth.y <= eyes.y ||
      eye_distance < kLeastEyeToMouthRatio * eyes_to_mouth) {
    return refuse("the landmarks are no face seen from the front");
  }
  const Point corner{kHalfEye * (right.x - left.x), kHalfEye * (right.y - left.y)};
  return Landmarks5{
      Point{right.x + corner.x, right.y + corner.y}, Point{right.x - corner.x, right.y - corner.y},
      Point{left.x - corner.x, left.y - corner.y}, Point{left.x + corner.x, left.y + corner.y},
      between(points[kNoseTip], mouth, kNoseBase)};
}

}  // namespace kface
