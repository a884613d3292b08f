#include "align/aligner.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "align/chip_adjust.h"
#include "align/face_finder.h"
#include "align/face_geometry.h"

namespace kface {
namespace {

std::string size_text(const Image& photo) {
  return std::to_string(photo.width) + " x " + std::to_string(photo.height);
}

// A library's message, which may have several lines, in one.
std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// What `work` gives; an exception of dlib or OpenCV (out of memory among them) is a Status.
template <typename T, typename Work>
Result<T> guarded(const Image& photo, const Work& work) {
  try {
    return work();
  } catch (const ContractViolation&) {
    throw;
  } catch (const std::exception& error) {
    return Status{ErrorCode::kInvalidArgument,
                  "cannot be aligned (" + size_text(photo) + "): " + one_line(error.what())};
  }
}

}  // namespace

struct Aligner::Impl {
  AlignOptions options;
  std::unique_ptr<FaceFinder> finder;  // null with crop = false

  // Everything but the chip, its measures, and what follows from them.
  Result<AlignedFace> locate(const Image& photo, const std::optional<Landmarks5>& known) {
    AlignedFace face;
    if (known.has_value()) {
      const std::string reason = implausible_landmarks(*known);
      if (!reason.empty()) {
        return Status{ErrorCode::kInvalidArgument,
                      "no face at the given landmarks: " + reason + "; correct the landmark file"};
      }
      face.num_faces = 1;
      face.detector = "sidecar";
      face.landmarks = *known;
      face.box = box_of_landmarks(*known);
      return face;
    }
    FaceSearch search = finder->find(photo);
    if (search.faces.empty()) {
      return Status{ErrorCode::kInvalidArgument,
                    "no face found (tried " + search.tried + ", on " + size_text(photo) + ")"};
    }
    const FoundFace& chosen = search.faces[choose_face(search.faces, photo.width, photo.height)];
    face.num_faces = static_cast<int>(search.faces.size());
    face.detector = std::move(search.detector);
    face.landmarks = chosen.landmarks;
    face.box = chosen.box;
    return face;
  }

  Result<AlignedFace> crop(const Image& photo, const std::optional<Landmarks5>& known) {
    KF_ASSIGN(AlignedFace face, locate(photo, known));
    face.chip = FaceFinder::cut_chip(photo, face.landmarks, options.chip_size, options.padding);
    face.quality.face_size_px = static_cast<float>(face.box.width);
    face.quality.yaw_degrees = estimate_yaw_degrees(face.landmarks);
    face.quality.roll_degrees = estimate_roll_degrees(face.landmarks);
    return face;
  }

  AlignedFace take_whole(const Image& photo) const {
    AlignedFace face;
    face.num_faces = 1;
    face.detector = "none";
    face.box = {0, 0, photo.width, photo.height};
    face.chip = resize_to_square(photo, options.chip_size);
    face.quality.face_size_px = static_cast<float>(std::min(photo.width, photo.height));
    return face;
  }
};

Aligner::Aligner(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Aligner::~Aligner() = default;

Result<std::unique_ptr<Aligner>> Aligner::create(const std::filesystem::path& models,
                                                 const AlignOptions& options) {
  KF_REQUIRE(options.chip_size > 0, options.chip_size);
  KF_REQUIRE(options.padding >= 0, options.padding);
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  if (options.crop) {
    KF_ASSIGN(impl->finder, FaceFinder::create(models));
  }
  return std::unique_ptr<Aligner>(new Aligner(std::move(impl)));
}

Result<AlignedFace> Aligner::align(const Image& photo, const std::optional<Landmarks5>& known) {
  KF_REQUIRE(!photo.empty(), photo.width, photo.height);
  return guarded<AlignedFace>(photo, [&]() -> Result<AlignedFace> {
    AlignedFace face;
    if (impl_->options.crop) {
      KF_ASSIGN(face, impl_->crop(photo, known));
    } else {
      face = impl_->take_whole(photo);
    }
    face.quality.sharpness = measure_sharpness(face.chip);
    face.quality.brightness = measure_brightness(face.chip);
    adjust_color(face.chip, impl_->options.color);
    return face;
  });
}

Result<std::vector<FoundFace>> Aligner::find(const Image& photo, Search search) {
  KF_REQUIRE(!photo.empty(), photo.width, photo.height);
  if (!impl_->options.crop) {
    return std::vector{FoundFace{.box = {0, 0, photo.width, photo.height}, .landmarks = {}}};
  }
  return guarded<std::vector<FoundFace>>(photo, [&]() -> Result<std::vector<FoundFace>> {
    return search == Search::kThorough ? impl_->finder->find(photo).faces
                                       : impl_->finder->find_frontal(photo).faces;
  });
}

}  // namespace kface
