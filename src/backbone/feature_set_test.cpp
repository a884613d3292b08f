#include "backbone/feature_set.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>

#include "align/decode.h"
#include "base/digest.h"
#include "base/files.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

// Feature: the red value of the first pixel, and 1. Counts the chips that it was shown.
class CountingBackbone : public Backbone {
 public:
  explicit CountingBackbone(const std::string& digest = "abc") {
    info_ = {.id = "counting", .digest = digest, .feature_dim = 2};
  }
  const BackboneInfo& info() const override { return info_; }
  const Head& last_layer() const override { return head_; }
  Result<std::unique_ptr<FeatureExtractor>> make_extractor(
      const ExtractorOptions& options) const override;
  mutable std::atomic<int> shown{0};

 private:
  BackboneInfo info_;
  Head head_;
};

class CountingExtractor : public FeatureExtractor {
 public:
  explicit CountingExtractor(std::atomic<int>& shown) : shown_(shown) {}
  Status extract(std::span<const Image> chips, std::span<float> features) override {
    for (std::size_t i = 0; i < chips.size(); ++i) {
      features[2 * i] = chips[i].pixels[0];
      features[2 * i + 1] = 1;
      ++shown_;
    }
    return {};
  }

 private:
  std::atomic<int>& shown_;
};

Result<std::unique_ptr<FeatureExtractor>> CountingBackbone::make_extractor(
    const ExtractorOptions& /*options*/) const {
  return std::unique_ptr<FeatureExtractor>(std::make_unique<CountingExtractor>(shown));
}

class FeatureSetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dataset_ = fs::temp_directory_path() / ("kface-features-" + std::to_string(::getpid()));
    fs::remove_all(dataset_);
  }
  void TearDown() override { fs::remove_all(dataset_); }

  // An image of `identity` whose chip has the given red value; a negative one is refused.
  void add(const std::string& identity, int red) {
    ImageRecord record;
    record.id = identity + std::to_string(manifest_.images.size());
    record.identity = identity;
    if (red < 0) {
      record.reason = "no face found";
    } else {
      const Image chip{1, 1, {static_cast<std::uint8_t>(red), 0, 0}};
      const auto png = encode_png(chip);
      record.chip = "chips/" + record.id + ".png";
      record.chip_sha256 = sha256_hex(std::span<const std::uint8_t>(png));
      ASSERT_TRUE(write_file_atomic(dataset_ / record.chip, png).ok());
    }
    manifest_.images.push_back(record);
  }

  fs::path cache() const { return dataset_ / "features" / "abc.safetensors"; }

  fs::path dataset_;
  Manifest manifest_;
  CountingBackbone backbone_;
  JobContext context_{.threads = 2};
};

TEST_F(FeatureSetTest, RowsAreTheAcceptedImagesWithTheirPeople) {
  add("b", 10);
  add("a", -1);
  add("a", 20);
  add("b", 30);
  const auto set = load_or_extract(dataset_, manifest_, backbone_, context_);
  ASSERT_TRUE(set.ok()) << set.error().message();
  EXPECT_EQ(set.value().features, (std::vector<float>{10, 1, 20, 1, 30, 1}));
  EXPECT_EQ(set.value().identity_names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(set.value().identities, (std::vector<std::uint32_t>{1, 0, 1}));
  EXPECT_EQ(set.value().images, (std::vector<std::uint32_t>{0, 2, 3}));
}

TEST_F(FeatureSetTest, IsComputedOnceAndOnlyForWhatIsNew) {
  add("a", 1);
  add("b", 2);
  EXPECT_FALSE(features_cached(dataset_, manifest_, backbone_.info()));
  ASSERT_TRUE(load_or_extract(dataset_, manifest_, backbone_, context_).ok());
  EXPECT_EQ(backbone_.shown, 2);
  EXPECT_TRUE(features_cached(dataset_, manifest_, backbone_.info()));
  ASSERT_TRUE(load_or_extract(dataset_, manifest_, backbone_, context_).ok());
  EXPECT_EQ(backbone_.shown, 2);
  add("b", 3);
  const auto set = load_or_extract(dataset_, manifest_, backbone_, context_);
  EXPECT_EQ(backbone_.shown, 3);
  EXPECT_EQ(set.value().features, (std::vector<float>{1, 1, 2, 1, 3, 1}));
}

TEST_F(FeatureSetTest, ADamagedCacheIsComputedAgain) {
  add("a", 1);
  add("b", 2);
  ASSERT_TRUE(load_or_extract(dataset_, manifest_, backbone_, context_).ok());
  const auto bytes = read_file(cache()).value();
  ASSERT_TRUE(write_file_atomic(cache(), std::span(bytes).first(bytes.size() - 1)).ok());
  ASSERT_TRUE(load_or_extract(dataset_, manifest_, backbone_, context_).ok());
  EXPECT_EQ(backbone_.shown, 4);
  EXPECT_EQ(read_file(cache()).value(), bytes);
}

TEST_F(FeatureSetTest, AnotherBackboneHasACacheOfItsOwn) {
  add("a", 1);
  add("b", 2);
  ASSERT_TRUE(load_or_extract(dataset_, manifest_, backbone_, context_).ok());
  const CountingBackbone other("def");
  ASSERT_TRUE(load_or_extract(dataset_, manifest_, other, context_).ok());
  EXPECT_EQ(other.shown, 2);
  EXPECT_TRUE(fs::exists(cache()));
}

TEST_F(FeatureSetTest, AStoppedExtractionLeavesNoCacheAndGoesOn) {
  for (int i = 0; i < 200; ++i) {
    add("a", i);
    add("b", i + 50);  // 250 different chips: one part of 256 would hold them
  }
  for (int i = 0; i < 200; ++i) {
    add("c" + std::to_string(i), i);
  }
  StopFlag stop;
  JobContext stopping{.threads = 1, .stop = &stop};
  stopping.progress = [&](std::size_t done, std::size_t) {
    if (done >= 100) {
      stop.request();
    }
  };
  const auto stopped = load_or_extract(dataset_, manifest_, backbone_, stopping);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code(), ErrorCode::kInterrupted);
  EXPECT_FALSE(fs::exists(cache()));
  ASSERT_TRUE(load_or_extract(dataset_, manifest_, backbone_, context_).ok());
  EXPECT_FALSE(fs::exists(dataset_ / "features" / "abc.parts"));
}

TEST_F(FeatureSetTest, AMissingOrChangedChipIsAnErrorThatNamesIt) {
  add("a", 1);
  add("b", 2);
  ASSERT_TRUE(write_file_atomic(dataset_ / manifest_.images[1].chip, "other").ok());
  const auto changed = load_or_extract(dataset_, manifest_, backbone_, context_);
  ASSERT_FALSE(changed.ok());
  EXPECT_EQ(changed.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(changed.error().message().find("run 'kface import' again"), std::string::npos);
  fs::remove(dataset_ / manifest_.images[1].chip);
  EXPECT_EQ(load_or_extract(dataset_, manifest_, backbone_, context_).error().code(),
            ErrorCode::kNotFound);
}

TEST_F(FeatureSetTest, NothingAcceptedIsAnError) {
  add("a", -1);
  const auto set = load_or_extract(dataset_, manifest_, backbone_, context_);
  EXPECT_EQ(set.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(set.error().message().find("all 1 images were refused"), std::string::npos);
}

}  // namespace
}  // namespace kface
