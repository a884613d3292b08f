#include "align/five_points.h"

#include "align/face_geometry.h"

namespace kface {
namespace {

// First landmark of each eye, of six; tip of the nose; corners of the mouth.
constexpr std::size_t kLeftEye = 36;
constexpr std::size_t kRightEye = 42;
constexpr std::size_t kEyePoints = 6;
constexpr std::size_t kNose = 30;
constexpr std::size_t kMouthLeft = 48;
constexpr std::size_t kMouthRight = 54;

Point eye_centre(const Landmarks68& shape, std::size_t first) {
  Point centre;
  for (std::size_t i = first; i < first + kEyePoints; ++i) {
    centre.x += shape[i].x / kEyePoints;
    centre.y += shape[i].y / kEyePoints;
  }
  return centre;
}

}  // namespace

FivePointFinder::FivePointFinder(std::shared_ptr<const Landmarks68Finder> landmarks)
    : landmarks_(std::move(landmarks)) {}

Result<std::shared_ptr<const FivePointFinder>> FivePointFinder::create(
    const std::filesystem::path& models) {
  KF_ASSIGN(auto landmarks, Landmarks68Finder::create(models));
  return std::shared_ptr<const FivePointFinder>(new FivePointFinder(std::move(landmarks)));
}

FivePoints FivePointFinder::find(const Image& chip, double padding) const {
  KF_REQUIRE(!chip.empty() && chip.width == chip.height && padding >= 0, chip.width, chip.height,
             padding);
  const Landmarks68 shape =
      landmarks_->find(chip, box_of_landmarks(mean_landmarks(chip.width, padding)));
  return {eye_centre(shape, kLeftEye), eye_centre(shape, kRightEye), shape[kNose],
          shape[kMouthLeft], shape[kMouthRight]};
}

}  // namespace kface
