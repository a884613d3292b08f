#include "align/landmarks68.h"

#include <dlib/image_processing.h>
#include <dlib/opencv.h>

#include <map>
#include <mutex>
#include <opencv2/core.hpp>
#include <string>

#include "align/dlib_model.h"

namespace kface {
namespace {

// The models that are in memory, by file. Weak: the last user frees the 100 MB.
struct LoadedModels {
  std::mutex mutex;
  std::map<std::filesystem::path, std::weak_ptr<const Landmarks68Finder>> by_file;
};

LoadedModels& loaded_models() {
  static LoadedModels loaded;
  return loaded;
}

}  // namespace

struct Landmarks68Finder::Impl {
  dlib::shape_predictor predictor;
};

Landmarks68Finder::Landmarks68Finder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Landmarks68Finder::~Landmarks68Finder() = default;

Result<std::shared_ptr<const Landmarks68Finder>> Landmarks68Finder::create(
    const std::filesystem::path& models) {
  const auto path = models / "shape_predictor_68_face_landmarks.dat";
  std::error_code unknown_path;  // then its text is as good a key as any
  const auto key = std::filesystem::weakly_canonical(path, unknown_path);
  LoadedModels& loaded = loaded_models();
  // Held while the file is read: two threads that start together read it once.
  const std::lock_guard lock(loaded.mutex);
  auto& known = loaded.by_file[unknown_path ? path : key];
  if (auto finder = known.lock()) {
    return finder;
  }
  auto impl = std::make_unique<Impl>();
  KF_TRY(load_dlib_model(path, impl->predictor));
  if (impl->predictor.num_parts() != Landmarks68{}.size()) {
    return Status{ErrorCode::kCorruption,
                  path.string() + ": predicts " + std::to_string(impl->predictor.num_parts()) +
                      " landmarks, 68 are expected; delete it and run `make setup`"};
  }
  const std::shared_ptr<const Landmarks68Finder> finder(new Landmarks68Finder(std::move(impl)));
  known = finder;
  return finder;
}

Landmarks68 Landmarks68Finder::find(const Image& photo, const Box& face) const {
  KF_REQUIRE(!photo.empty() && face.width > 0 && face.height > 0, photo.width, photo.height,
             face.width, face.height);
  const cv::Mat pixels(photo.height, photo.width, CV_8UC3,
                       const_cast<std::uint8_t*>(photo.pixels.data()));
  const dlib::rectangle box(face.x, face.y, face.x + face.width - 1, face.y + face.height - 1);
  const dlib::full_object_detection shape =
      impl_->predictor(dlib::cv_image<dlib::rgb_pixel>(pixels), box);
  Landmarks68 landmarks;
  for (unsigned long i = 0; i < landmarks.size(); ++i) {
    landmarks[i] = {static_cast<float>(shape.part(i).x()), static_cast<float>(shape.part(i).y())};
  }
  return landmarks;
}

}  // namespace kface
