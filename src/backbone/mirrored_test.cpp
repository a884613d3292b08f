#include "backbone/mirrored.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace kface {
namespace {

// Feature: the red values of the first and of the last pixel.
class CornerExtractor : public FeatureExtractor {
 public:
  Status extract(std::span<const Image> chips, std::span<float> features) override {
    for (std::size_t i = 0; i < chips.size(); ++i) {
      features[2 * i] = chips[i].pixels[0];
      features[2 * i + 1] = chips[i].pixels[chips[i].pixels.size() - 3];
    }
    return {};
  }
};

class CornerBackbone : public Backbone {
 public:
  CornerBackbone() { info_ = {.id = "corner", .digest = "d", .feature_dim = 2, .chip_size = 2}; }
  const BackboneInfo& info() const override { return info_; }
  const Head& last_layer() const override { return head_; }
  Result<std::unique_ptr<FeatureExtractor>> make_extractor(
      const ExtractorOptions& /*options*/) const override {
    return std::unique_ptr<FeatureExtractor>(std::make_unique<CornerExtractor>());
  }

 private:
  BackboneInfo info_;
  Head head_;
};

TEST(MirroredBackbone, AveragesTheChipAndItsMirrorImage) {
  const auto backbone = mirror_backbone(std::make_unique<CornerBackbone>());
  Image chip{2, 2, {10, 0, 0, 20, 0, 0, 30, 0, 0, 40, 0, 0}};
  std::vector<float> features(2);
  const auto extractor = backbone->make_extractor({});
  ASSERT_TRUE(extractor.ok());
  ASSERT_TRUE(extractor.value()->extract(std::span(&chip, 1), features).ok());
  EXPECT_EQ(features, (std::vector<float>{15, 35}));
}

TEST(MirroredBackbone, IsAnotherBackbone) {
  const auto backbone = mirror_backbone(std::make_unique<CornerBackbone>());
  EXPECT_EQ(backbone->info().id, "corner+mirror");
  EXPECT_NE(backbone->info().digest, "d");
}

TEST(OpenBackbone, TakesTheSuffixOffAndListsWhatThereIs) {
  const auto unknown = open_backbone("vgg+mirror", "/nonexistent");
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().message().find("no backbone is called 'vgg'"), std::string::npos);
  const auto missing = open_backbone("dlib-resnet+mirror", "/nonexistent");
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kface
