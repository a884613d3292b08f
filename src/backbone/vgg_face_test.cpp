#include "backbone/vgg_face.h"

#include <gtest/gtest.h>

#include <cmath>

#include "backbone/engine_backbone.h"
#include "base/rng.h"
#include "base/safetensors.h"
#include "nn/network_ref.h"

namespace kface {
namespace {

// VGG-Face's layers with few channels: the picture is as large as ever.
VggLayout narrow() { return scaled_vgg_layout({2, 3, 3, 4, 4}, 6, 5); }

class VggFaceTest : public testing::Test {
 protected:
  void SetUp() override {
    folder =
        std::filesystem::temp_directory_path() /
        ("kface_vgg_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::create_directories(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  // Random weights under which values neither vanish nor explode.
  TensorFile weights(bool with_top) const {
    TensorFile file;
    file.metadata = {{"format", "kface-vgg-face"}, {"version", "1"}, {"channels", "bgr"}};
    Rng rng(5);
    for (const VggLayer& layer : narrow().layers) {
      if (layer.linear && !with_top) {
        continue;
      }
      Tensor weight{layer.weight_shape(), {}};
      const std::size_t count = value_count(weight.shape);
      const double spread =
          std::sqrt(2.0 * static_cast<double>(layer.out) / static_cast<double>(count));
      for (std::size_t i = 0; i < count; ++i) {
        weight.data.push_back(static_cast<float>(rng.normal() * spread));
      }
      Tensor bias{layer.bias_shape(), std::vector<float>(layer.out)};
      for (float& value : bias.data) {
        value = static_cast<float>(rng.normal());
      }
      file.tensors[layer.name + ".weight"] = weight;
      file.tensors[layer.name + ".bias"] = bias;
    }
    return file;
  }

  void write(const TensorFile& file, const char* name = kVggFaceFile) const {
    ASSERT_TRUE(write_safetensors(folder / name, file).ok());
  }

  std::string refusal(const std::string& id = kVggFaceId) const {
    const auto opened = open_vgg_face_as(narrow(), id, folder, {});
    return opened.ok() ? "" : opened.error().message();
  }

  static Image chip() {
    Image image{150, 150, {}};
    Rng rng(9);
    for (std::size_t i = 0; i < std::size_t{150} * 150 * 3; ++i) {
      image.pixels.push_back(static_cast<std::uint8_t>(rng.below(256)));
    }
    return image;
  }

  std::vector<float> feature(const std::string& id) const {
    const auto backbone = open_vgg_face_as(narrow(), id, folder, {});
    EXPECT_TRUE(backbone.ok()) << backbone.error().message();
    const auto extractor = backbone.value()->make_extractor({.threads = 2, .batch = 1});
    EXPECT_TRUE(extractor.ok()) << extractor.error().message();
    std::vector<float> features(backbone.value()->info().feature_dim);
    const Image image = chip();
    EXPECT_TRUE(extractor.value()->extract(std::span(&image, 1), features).ok());
    return features;
  }

  std::filesystem::path folder;
};

TEST_F(VggFaceTest, ComputesFc7AfterItsReluAsTheDefinitionDoes) {
  write(weights(true));
  const auto backbone = open_vgg_face_as(narrow(), kVggFaceId, folder, {});
  ASSERT_TRUE(backbone.ok()) << backbone.error().message();
  const EngineBackbone* engine = backbone.value()->engine_backbone();
  std::vector<float> input(engine->network().input.size());
  ASSERT_TRUE(engine->chip_reader()(chip(), input).ok());
  const auto expected = run_ref(engine->network(), input).back();
  const auto found = feature(kVggFaceId);
  ASSERT_EQ(found.size(), expected.size());
  const float size = *std::max_element(expected.begin(), expected.end());
  ASSERT_GT(size, 0);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], 1e-4F * size);
    EXPECT_GE(found[i], 0);
  }
}

TEST_F(VggFaceTest, ItsLastLayerIsFc8) {
  const TensorFile file = weights(true);
  write(file);
  const auto backbone = open_vgg_face_as(narrow(), kVggFaceId, folder, {});
  ASSERT_TRUE(backbone.ok());
  const Head& head = backbone.value()->last_layer();
  EXPECT_EQ(head.d, 6U);
  EXPECT_EQ(head.m, 5U);
  EXPECT_EQ(head.bias, file.tensors.at("fc8.bias").data);
  EXPECT_EQ(head.weight[2 * head.m + 4], file.tensors.at("fc8.weight").data[4 * head.d + 2]);
}

TEST_F(VggFaceTest, WithoutTopAveragesTheLastConvolutionAndPassesItOn) {
  write(weights(false), kVggFaceNotopFile);
  const auto backbone = open_vgg_face_as(narrow(), kVggFaceNotopId, folder, {});
  ASSERT_TRUE(backbone.ok()) << backbone.error().message();
  EXPECT_EQ(backbone.value()->info().feature_dim, 4U);
  const auto found = feature(kVggFaceNotopId);
  auto embedded = embed(backbone.value()->last_layer(), found);
  auto normalized = found;
  l2_normalize_rows(normalized, found.size());
  EXPECT_EQ(embedded, normalized);
}

TEST_F(VggFaceTest, ItsInputsDifferAndEachIsABackboneOfItsOwn) {
  write(weights(true));
  std::vector<std::vector<float>> features;
  std::vector<std::string> digests;
  for (const std::string id : {"vgg-face", "vgg-face-paper", "vgg-face-deepface"}) {
    features.push_back(feature(id));
    digests.push_back(open_vgg_face_as(narrow(), id, folder, {}).value()->info().digest);
  }
  EXPECT_NE(features[0], features[1]);
  EXPECT_NE(features[1], features[2]);
  EXPECT_NE(digests[0], digests[1]);
  EXPECT_NE(digests[1], digests[2]);
}

TEST_F(VggFaceTest, TakesTheFilesOwnMean) {
  TensorFile file = weights(true);
  write(file);
  const auto usual = feature(kVggFaceId);
  file.metadata["mean_bgr"] = "1,2,3";
  write(file);
  EXPECT_NE(feature(kVggFaceId), usual);
}

TEST_F(VggFaceTest, RefusesWhatIsNotItsWeights) {
  EXPECT_NE(refusal().find("kface models import"), std::string::npos);
  TensorFile file = weights(true);
  file.tensors.erase("fc6.bias");
  write(file);
  EXPECT_NE(refusal().find("it holds 31 tensors, expected 32"), std::string::npos) << refusal();
  file.tensors["fc9.bias"] = weights(true).tensors.at("fc6.bias");
  write(file);
  EXPECT_NE(refusal().find("tensor 'fc6.bias' is missing"), std::string::npos) << refusal();
  file = weights(true);
  file.tensors["conv2_1.bias"] = {{4}, {1, 2, 3, 4}};
  write(file);
  EXPECT_NE(refusal().find("tensor 'conv2_1.bias' has the shape [4], expected [3]"),
            std::string::npos)
      << refusal();
  file = weights(true);
  file.metadata["version"] = "9";
  write(file);
  EXPECT_NE(refusal().find("format version '9'"), std::string::npos) << refusal();
  EXPECT_NE(refusal("vgg-face-x").find("no VGG-Face backbone is called"), std::string::npos);
}

}  // namespace
}  // namespace kface
