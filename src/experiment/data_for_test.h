// A made-up dataset for the experiments' tests: people are points, images are those points with
// noise, one attribute makes images noisier.
#pragma once

#include <memory>
#include <string>

#include "backbone/feature_set.h"
#include "base/rng.h"

namespace kface {

class MadeUpBackbone : public Backbone {
 public:
  explicit MadeUpBackbone(std::size_t d) {
    info_ = {.id = "made-up",
             .digest = "0123456789abcdef",
             .feature_dim = d,
             .chip_size = 16,
             .chip_padding = 0,
             .customary_threshold = 0.6};
    head_ = {.d = d, .m = d, .weight = std::vector<float>(d * d), .bias = std::vector<float>(d)};
    for (std::size_t i = 0; i < d; ++i) {
      head_.weight[i * d + i] = 1;
    }
  }
  const BackboneInfo& info() const override { return info_; }
  const Head& last_layer() const override { return head_; }
  Result<std::unique_ptr<FeatureExtractor>> make_extractor(
      const ExtractorOptions& /*options*/) const override {
    return Status{ErrorCode::kNotFound, "made up"};
  }

 private:
  BackboneInfo info_;
  Head head_;
};

constexpr std::size_t kMadeUpDim = 8;

struct MadeUpData {
  MadeUpData(std::size_t people, std::size_t images);
  Manifest manifest;
  FeatureSet set;
  MadeUpBackbone backbone{kMadeUpDim};
};

inline MadeUpData make_up_data(std::size_t people, std::size_t images) { return {people, images}; }

inline MadeUpData::MadeUpData(std::size_t people, std::size_t images) {
  manifest.facts = {{"kind", "folder"}, {"crop", "dlib"}, {"color", "none"}};
  set.d = kMadeUpDim;
  Rng rng(7);
  for (std::size_t person = 0; person < people; ++person) {
    const std::string name = "p" + std::to_string(100 + person);
    set.identity_names.push_back(name);
    double centre[kMadeUpDim];
    for (double& value : centre) {
      value = rng.normal();
    }
    for (std::size_t image = 0; image < images; ++image) {
      const bool dark = image % 2 == 1;
      for (const double value : centre) {
        set.features.push_back(static_cast<float>(value + (dark ? 0.5 : 0.2) * rng.normal()));
      }
      ImageRecord record;
      record.id = name + "/" + std::to_string(image);
      record.identity = name;
      record.source = record.id + ".jpg";
      record.attributes = {{"lux", dark ? "40" : "1000"}};
      record.chip = "chips/" + record.id + ".png";
      record.chip_sha256 = record.id;
      set.identities.push_back(static_cast<std::uint32_t>(person));
      set.images.push_back(static_cast<std::uint32_t>(manifest.images.size()));
      manifest.images.push_back(std::move(record));
    }
  }
  set.backbone_digest = backbone.info().digest;
  set.data_digest = manifest.digest();
}

}  // namespace kface
