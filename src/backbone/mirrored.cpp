#include "backbone/mirrored.h"

#include <algorithm>

#include "base/digest.h"

namespace kface {
namespace {

Image mirror(const Image& image) {
  Image mirrored = image;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      std::copy_n(&image.pixels[image.offset(x, y)], 3,
                  &mirrored.pixels[image.offset(image.width - 1 - x, y)]);
    }
  }
  return mirrored;
}

class MirroredExtractor : public FeatureExtractor {
 public:
  explicit MirroredExtractor(std::unique_ptr<FeatureExtractor> inner) : inner_(std::move(inner)) {}

  Status extract(std::span<const Image> chips, std::span<float> features) override {
    KF_TRY(inner_->extract(chips, features));
    std::vector<Image> mirrored;
    mirrored.reserve(chips.size());
    std::transform(chips.begin(), chips.end(), std::back_inserter(mirrored), mirror);
    std::vector<float> other(features.size());
    KF_TRY(inner_->extract(mirrored, other));
    for (std::size_t i = 0; i < features.size(); ++i) {
      features[i] = (features[i] + other[i]) / 2;
    }
    return {};
  }

 private:
  std::unique_ptr<FeatureExtractor> inner_;
};

class MirroredBackbone : public Backbone {
 public:
  explicit MirroredBackbone(std::unique_ptr<Backbone> inner) : inner_(std::move(inner)) {
    KF_REQUIRE(inner_ != nullptr);
    info_ = inner_->info();
    info_.digest = sha256_hex(info_.digest + kMirroredSuffix);
    if (!info_.variant_digest.empty()) {
      info_.variant_digest = sha256_hex(info_.variant_digest + kMirroredSuffix);
    }
    info_.id += kMirroredSuffix;
  }

  const BackboneInfo& info() const override { return info_; }
  const Head& last_layer() const override { return inner_->last_layer(); }
  Result<std::unique_ptr<FeatureExtractor>> make_extractor(
      const ExtractorOptions& options) const override {
    KF_ASSIGN(auto inner, inner_->make_extractor(options));
    return std::unique_ptr<FeatureExtractor>(std::make_unique<MirroredExtractor>(std::move(inner)));
  }
  const EngineBackbone* engine_backbone() const override { return inner_->engine_backbone(); }

 private:
  std::unique_ptr<Backbone> inner_;
  BackboneInfo info_;
};

}  // namespace

std::unique_ptr<Backbone> mirror_backbone(std::unique_ptr<Backbone> inner) {
  return std::make_unique<MirroredBackbone>(std::move(inner));
}

}  // namespace kface
