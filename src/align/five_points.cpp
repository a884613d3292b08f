#include "align/five_points.h"

#include <dlib/image_processing.h>
#include <dlib/opencv.h>

#include <opencv2/core.hpp>
#include <string>

#include "align/dlib_model.h"
#include "align/face_geometry.h"

namespace kface {
namespace {

constexpr unsigned long kNumLandmarks = 68;
// First landmark of each eye, of six; tip of the nose; corners of the mouth.
constexpr unsigned long kLeftEye = 36;
constexpr unsigned long kRightEye = 42;
constexpr unsigned long kEyePoints = 6;
constexpr unsigned long kNose = 30;
constexpr unsigned long kMouthLeft = 48;
constexpr unsigned long kMouthRight = 54;

Point part(const dlib::full_object_detection& shape, unsigned long i) {
  return {static_cast<float>(shape.part(i).x()), static_cast<float>(shape.part(i).y())};
}

Point eye_centre(const dlib::full_object_detection& shape, unsigned long first) {
  Point centre;
  for (unsigned long i = first; i < first + kEyePoints; ++i) {
    centre.x += part(shape, i).x / kEyePoints;
    centre.y += part(shape, i).y / kEyePoints;
  }
  return centre;
}

}  // namespace

struct FivePointFinder::Impl {
  dlib::shape_predictor predictor;
};

FivePointFinder::FivePointFinder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FivePointFinder::~FivePointFinder() = default;

Result<std::shared_ptr<const FivePointFinder>> FivePointFinder::create(
    const std::filesystem::path& models) {
  const auto path = models / "shape_predictor_68_face_landmarks.dat";
  auto impl = std::make_unique<Impl>();
  KF_TRY(load_dlib_model(path, impl->predictor));
  if (impl->predictor.num_parts() != kNumLandmarks) {
    return Status{ErrorCode::kCorruption,
                  path.string() + ": predicts " + std::to_string(impl->predictor.num_parts()) +
                      " landmarks, 68 are expected; delete it and run `make setup`"};
  }
  return std::shared_ptr<const FivePointFinder>(new FivePointFinder(std::move(impl)));
}

FivePoints FivePointFinder::find(const Image& chip, double padding) const {
  KF_REQUIRE(!chip.empty() && chip.width == chip.height && padding >= 0, chip.width, chip.height,
             padding);
  const cv::Mat pixels(chip.height, chip.width, CV_8UC3,
                       const_cast<std::uint8_t*>(chip.pixels.data()));
  const Box box = box_of_landmarks(mean_landmarks(chip.width, padding));
  const dlib::rectangle face(box.x, box.y, box.x + box.width - 1, box.y + box.height - 1);
  const dlib::full_object_detection shape =
      impl_->predictor(dlib::cv_image<dlib::rgb_pixel>(pixels), face);
  return {eye_centre(shape, kLeftEye), eye_centre(shape, kRightEye), part(shape, kNose),
          part(shape, kMouthLeft), part(shape, kMouthRight)};
}

}  // namespace kface
