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
    path_ =
        fs::temp_directory_path() / ("kface-stored-" + std::to_string(::getpid()) + ".safetensors");
    file_.metadata = {{"format", "kface-vgg-face"}, {"version", "1"}, {"channels", "bgr"}};
    for (const VggLayer& layer : layout_.layers) {
      file_.tensors[layer.name + ".weight"] = {
          layer.weight_shape(), std::vector<float>(value_count(layer.weight_shape()), 1)};
      file_.tensors[layer.name + ".bias"] = {layer.bias_shape(), std::vector<float>(layer.out, 1)};
    }
  }
  void TearDown() override { fs::remove(path_); }

  Status check(const TensorFile& file) const {
    EXPECT_TRUE(write_safetensors(path_, file).ok());
    const auto mapped = map_safetensors(path_);
    EXPECT_TRUE(mapped.ok());
    return check_stored_weights(*mapped.value(), layout_, "x");
  }

  void expect_error(const TensorFile& file, ErrorCode code, const std::string& message) const {
    const Status status = check(file);
    EXPECT_EQ(status.code(), code);
    EXPECT_EQ(status.message(), message);
  }

  const VggLayout layout_ = scaled_vgg_layout({2, 3, 4, 5, 6}, 8, 7);
  TensorFile file_;
  fs::path path_;
};

TEST_F(StoredWeights, WholeNetworksAndConvolutionsAloneAreGood) {
  EXPECT_TRUE(check(file_).ok());
  std::erase_if(file_.tensors, [](const auto& tensor) { return tensor.first.starts_with("fc"); });
  EXPECT_EQ(file_.tensors.size(), 26U);
  EXPECT_TRUE(check(file_).ok());
}

TEST_F(StoredWeights, AMissingTensorIsNamed) {
  for (const std::string name : {"conv1_1.weight", "conv5_3.bias", "fc7.bias", "fc8.weight"}) {
    TensorFile bad = file_;
    bad.tensors.erase(name);
    expect_error(bad, ErrorCode::kCorruption, "x: tensor '" + name + "' is missing");
  }
}

TEST_F(StoredWeights, AHalfOfTheTopIsNoConvolutionsAlone) {
  file_.tensors.erase("fc6.weight");
  expect_error(file_, ErrorCode::kCorruption, "x: holds 31 tensors, VGG-Face has 26 of them");
}

TEST_F(StoredWeights, AnotherShapeIsNamed) {
  file_.tensors["conv1_1.bias"] = {{1, 2}, {0, 0}};
  expect_error(file_, ErrorCode::kCorruption,
               "x: tensor 'conv1_1.bias' has shape [1, 2], expected [2]");
}

TEST_F(StoredWeights, ASuperfluousTensorIsRefused) {
  file_.tensors["extra"] = {{1}, {1}};
  expect_error(file_, ErrorCode::kCorruption, "x: holds 33 tensors, VGG-Face has 32 of them");
}

TEST_F(StoredWeights, OtherMetadataAreRefused) {
  TensorFile bad = file_;
  bad.metadata["version"] = "2";
  expect_error(bad, ErrorCode::kVersion,
               "x: format version '2', this build reads 1; update kface, or import the file again");
  bad = file_;
  bad.metadata["channels"] = "rgb";
  expect_error(bad, ErrorCode::kCorruption, "x: its channels are 'rgb', expected 'bgr'");
  bad = file_;
  bad.metadata = {};
  expect_error(bad, ErrorCode::kCorruption, "x: is of format '', expected 'kface-vgg-face'");
}

TEST_F(StoredWeights, TheFormatIsReadFromTheHeaderAlone) {
  EXPECT_EQ(safetensors_format(path_), std::nullopt) << "no file";
  ASSERT_TRUE(check(file_).ok());
  EXPECT_EQ(safetensors_format(path_), kVggFaceFormat);
  file_.metadata.clear();
  ASSERT_TRUE(write_safetensors(path_, file_).ok());
  EXPECT_EQ(safetensors_format(path_), "");
  ASSERT_TRUE(write_file_atomic(path_, std::string_view("no tensors")).ok());
  EXPECT_EQ(safetensors_format(path_), std::nullopt);
}

}  // namespace
}  // namespace kface
