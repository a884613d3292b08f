#include "store/stored_weights.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/files.h"
#include "base/safetensors.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

class StoredWeights : public testing::Test {
 protected:
  void SetUp() override {
    stored =
        fs::temp_directory_path() / ("kface-stored-" + std::to_string(::getpid()) + ".safetensors");
    good.metadata = {{"format", "kface-vgg-face"}, {"version", "1"}, {"channels", "bgr"}};
    for (const VggLayer& layer : layout.layers) {
      good.tensors[layer.name + ".weight"] = {
          layer.weight_shape(), std::vector<float>(value_count(layer.weight_shape()), 1)};
      good.tensors[layer.name + ".bias"] = {layer.bias_shape(), std::vector<float>(layer.out, 1)};
    }
  }
  void TearDown() override { fs::remove(stored); }

  Status check(const TensorFile& file) const {
    EXPECT_TRUE(write_safetensors(stored, file).ok());
    const auto mapped = map_safetensors(stored);
    EXPECT_TRUE(mapped.ok());
    return check_stored_weights(*mapped.value(), layout, "x");
  }

  void expect_error(const TensorFile& file, ErrorCode code, const std::string& message) const {
    const Status status = check(file);
    EXPECT_EQ(status.code(), code);
    EXPECT_EQ(status.message(), message);
  }

  const VggLayout layout = scaled_vgg_layout({2, 3, 4, 5, 6}, 8, 7);
  TensorFile good;
  fs::path stored;
};

TEST_F(StoredWeights, WholeNetworksAndConvolutionsAloneAreGood) {
  EXPECT_TRUE(check(good).ok());
  std::erase_if(good.tensors, [](const auto& tensor) { return tensor.first.starts_with("fc"); });
  EXPECT_EQ(good.tensors.size(), 26U);
  EXPECT_TRUE(check(good).ok());
}

TEST_F(StoredWeights, AMissingTensorIsNamed) {
  for (const std::string name : {"conv1_1.weight", "conv5_3.bias", "fc7.bias", "fc8.weight"}) {
    TensorFile bad = good;
    bad.tensors.erase(name);
    expect_error(bad, ErrorCode::kCorruption, "x: tensor '" + name + "' is missing");
  }
}

TEST_F(StoredWeights, AHalfOfTheTopIsNoConvolutionsAlone) {
  good.tensors.erase("fc6.weight");
  expect_error(good, ErrorCode::kCorruption, "x: holds 31 tensors, VGG-Face has 26 of them");
}

TEST_F(StoredWeights, AnotherShapeIsNamed) {
  good.tensors["conv1_1.bias"] = {{1, 2}, {0, 0}};
  expect_error(good, ErrorCode::kCorruption,
               "x: tensor 'conv1_1.bias' has shape [1, 2], expected [2]");
}

TEST_F(StoredWeights, ASuperfluousTensorIsRefused) {
  good.tensors["extra"] = {{1}, {1}};
  expect_error(good, ErrorCode::kCorruption, "x: holds 33 tensors, VGG-Face has 32 of them");
}

TEST_F(StoredWeights, OtherMetadataAreRefused) {
  TensorFile bad = good;
  bad.metadata["version"] = "2";
  expect_error(bad, ErrorCode::kVersion,
               "x: format version '2', this build reads 1; update kface, or import the file again");
  bad = good;
  bad.metadata["channels"] = "rgb";
  expect_error(bad, ErrorCode::kCorruption, "x: its channels are 'rgb', expected 'bgr'");
  bad = good;
  bad.metadata = {};
  expect_error(bad, ErrorCode::kCorruption, "x: is of format '', expected 'kface-vgg-face'");
}

TEST_F(StoredWeights, TheFormatIsReadFromTheHeaderAlone) {
  EXPECT_EQ(safetensors_format(stored), std::nullopt) << "no file";
  ASSERT_TRUE(check(good).ok());
  EXPECT_EQ(safetensors_format(stored), kVggFaceFormat);
  good.metadata.clear();
  ASSERT_TRUE(write_safetensors(stored, good).ok());
  EXPECT_EQ(safetensors_format(stored), "");
  ASSERT_TRUE(write_file_atomic(stored, std::string_view("no tensors")).ok());
  EXPECT_EQ(safetensors_format(stored), std::nullopt);
}

}  // namespace
}  // namespace kface
