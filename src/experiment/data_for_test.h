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
  std::unique_ptr<FeatureExtractor> make_extractor() const override { return nullptr; }

 private:
  BackboneInfo info_;
  Head head_;
};

struct MadeUpData {
  Manifest manifest;
  FeatureSet set;
  MadeUpBackbone backbone{8};
};

inline MadeUpData make_up_data(std::size_t people, std::size_t images) {
  constexpr std::size_t kDim = 8;
  MadeUpData data;
  data.manifest.facts = {{"kind", "folder"}, {"crop", "dlib"}, {"color", "none"}};
  data.set.d = kDim;
  Rng rng(7);
  for (std::size_t person = 0; person < people; ++person) {
    const std::string name = "p" + std::to_string(100 + person);
    data.set.identity_names.push_back(name);
    double centre[kDim];
    for (double& value : centre) {
      value = rng.normal();
    }
    for (std::size_t image = 0; image < images; ++image) {
      const bool dark = image % 2 == 1;
      for (const double value : centre) {
        data.set.features.push_back(static_cast<float>(value + (dark ? 0.5 : 0.2) * rng.normal()));
      }
      ImageRecord record;
      record.id = name + "/" + std::to_string(image);
      record.identity = name;
      record.source = record.id + ".jpg";
      record.attributes = {{"lux", dark ? "40" : "1000"}};
      record.chip = "chips/" + record.id + ".png";
      record.chip_sha256 = record.id;
      data.set.identities.push_back(static_cast<std::uint32_t>(person));
      data.set.images.push_back(static_cast<std::uint32_t>(data.manifest.images.size()));
      data.manifest.images.push_back(std::move(record));
    }
  }
  data.set.backbone_digest = data.backbone.info().digest;
  data.set.data_digest = data.manifest.digest();
  return data;
}

}  // namespace kface
