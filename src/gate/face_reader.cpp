#include "gate/face_reader.h"

#include <cstdint>
#include <utility>

#include "align/aligner.h"
#include "align/face_geometry.h"
#include "nn/last_layer.h"

namespace kface {
namespace {

constexpr std::int64_t kRivalShare = 4;  // a rival has at least this part of the area: 1 / 4

std::int64_t area(const Box& box) {
  return static_cast<std::int64_t>(box.width) * static_cast<std::int64_t>(box.height);
}

}  // namespace

struct FaceReader::Impl {
  const Model* model = nullptr;
  AlignOptions options;
  std::unique_ptr<Aligner> aligner;
  std::unique_ptr<FeatureExtractor> extractor;
};

FaceReader::FaceReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FaceReader::~FaceReader() = default;

Result<std::unique_ptr<FaceReader>> FaceReader::create(const OpenedModel& opened,
                                                       const std::filesystem::path& models,
                                                       unsigned threads) {
  KF_REQUIRE(opened.backbone != nullptr);
  auto impl = std::make_unique<Impl>();
  impl->model = &opened.model;
  KF_ASSIGN(impl->options, parse_align(opened.model.preprocessing));
  KF_ASSIGN(impl->aligner, Aligner::create(models, impl->options));
  KF_ASSIGN(impl->extractor, opened.backbone->make_extractor({.threads = threads, .batch = 1}));
  return std::unique_ptr<FaceReader>(new FaceReader(std::move(impl)));
}

Result<FacesInPicture> FaceReader::find(const Image& picture, Aligner::Search search) {
  FacesInPicture found;
  KF_ASSIGN(found.faces, impl_->aligner->find(picture, search));
  if (found.faces.empty()) {
    return found;
  }
  found.chosen = choose_face(found.faces, picture.width, picture.height);
  const std::int64_t chosen = area(found.faces[found.chosen].box);
  for (std::size_t i = 0; i < found.faces.size(); ++i) {
    if (i != found.chosen && area(found.faces[i].box) * kRivalShare >= chosen) {
      ++found.rivals;
    }
  }
  return found;
}

Result<ReadFace> FaceReader::read(const Image& picture, const FoundFace& face) {
  std::optional<Landmarks5> known;
  if (impl_->options.crop) {
    known = face.landmarks;
  }
  KF_ASSIGN(const AlignedFace aligned, impl_->aligner->align(picture, known));
  std::vector<float> features(impl_->model->head.d);
  KF_TRY(impl_->extractor->extract(std::span(&aligned.chip, 1), features));
  return ReadFace{.box = face.box,
                  .landmarks = face.landmarks,
                  .quality = aligned.quality,
                  .embedding = embed(impl_->model->head, features)};
}

}  // namespace kface
