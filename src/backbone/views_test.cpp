#include "backbone/views.h"

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

TEST(ViewsBackbone, AveragesTheChipAndItsMirrorImage) {
  const auto backbone = with_views(std::make_unique<CornerBackbone>(), Views::kMirror);
  Image chip{2, 2, {10, 0, 0, 20, 0, 0, 30, 0, 0, 40, 0, 0}};
  std::vector<float> features(2);
  const auto extractor = backbone->make_extractor({});
  ASSERT_TRUE(extractor.ok());
  ASSERT_TRUE(extractor.value()->extract(std::span(&chip, 1), features).ok());
  EXPECT_EQ(features, (std::vector<float>{15, 35}));
}

TEST(ViewsBackbone, AveragesSixViewsOfAJitteredChip) {
  const auto backbone = with_views(std::make_unique<CornerBackbone>(), Views::kJitter);
  // Moved by one pixel, the edge repeats: first and last pixel of the six views are
  // (10, 40) (20, 30) left (20, 40) right (10, 30) up (30, 40) down (10, 20).
  Image chip{2, 2, {10, 0, 0, 20, 0, 0, 30, 0, 0, 40, 0, 0}};
  std::vector<float> features(2);
  const auto extractor = backbone->make_extractor({});
  ASSERT_TRUE(extractor.ok());
  ASSERT_TRUE(extractor.value()->extract(std::span(&chip, 1), features).ok());
  EXPECT_EQ(features, (std::vector<float>{100.0F / 6, 200.0F / 6}));
}

TEST(ViewsBackbone, KeepsEachChipsViewsToItself) {
  const auto backbone = with_views(std::make_unique<CornerBackbone>(), Views::kMirror);
  const Image chips[2] = {{1, 1, {10, 0, 0}}, {1, 1, {50, 0, 0}}};
  std::vector<float> features(4);
  ASSERT_TRUE(backbone->make_extractor({}).value()->extract(chips, features).ok());
  EXPECT_EQ(features, (std::vector<float>{10, 10, 50, 50}));
}

TEST(MakeViews, MovesByAThirtiethOfTheSide) {
  Image chip{60, 60, std::vector<std::uint8_t>(60 * 60 * 3)};
  chip.pixels[chip.offset(30, 30)] = 200;
  const auto views = make_views(chip, Views::kJitter);
  ASSERT_EQ(views.size(), num_views(Views::kJitter));
  EXPECT_EQ(views[2].pixels[chip.offset(28, 30)], 200);
  EXPECT_EQ(views[3].pixels[chip.offset(32, 30)], 200);
  EXPECT_EQ(views[4].pixels[chip.offset(30, 28)], 200);
  EXPECT_EQ(views[5].pixels[chip.offset(30, 32)], 200);
}

TEST(ViewsBackbone, IsAnotherBackbone) {
  const auto backbone = with_views(std::make_unique<CornerBackbone>(), Views::kMirror);
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
