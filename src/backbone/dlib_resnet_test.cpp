// Our engine against dlib's own forward pass, on real faces where they are, on noise else.
#include "backbone/dlib_resnet.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "backbone/dlib_resnet_topology.h"
#include "base/files.h"
#include "base/rng.h"

namespace kface {
namespace {

std::filesystem::path models() {
  const char* folder = std::getenv("KFACE_MODELS");
  return folder != nullptr ? folder : "third_party/models";
}

class DlibResnetTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(models() / kDlibResnetFile)) {
      GTEST_SKIP() << "no " << kDlibResnetFile << " in " << models() << ": run 'make setup'";
    }
  }
};

// A smooth coloured pattern: closer to a photograph than noise is.
Image pattern(std::uint64_t seed) {
  Rng rng(seed);
  Image image{150, 150, {}};
  double phase[3];
  for (double& p : phase) {
    p = rng.uniform() * 6;
  }
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      for (const double p : phase) {
        const double wave = std::sin(x * 0.05 + p) + std::cos(y * 0.07 - p) + rng.uniform() * 0.2;
        image.pixels.push_back(static_cast<std::uint8_t>(127 + 50 * wave));
      }
    }
  }
  return image;
}

struct Oracle {
  dlib_topology::Network network;

  Oracle() { dlib::deserialize((models() / kDlibResnetFile).string()) >> network; }
  // The pooled feature and the embedding.
  std::pair<std::vector<float>, std::vector<float>> run(const Image& chip) {
    dlib::matrix<dlib::rgb_pixel> picture(chip.height, chip.width);
    for (int y = 0; y < chip.height; ++y) {
      for (int x = 0; x < chip.width; ++x) {
        const std::uint8_t* p = &chip.pixels[chip.offset(x, y)];
        picture(y, x) = dlib::rgb_pixel(p[0], p[1], p[2]);
      }
    }
    const dlib::matrix<float, 0, 1> embedding = network(picture);
    const dlib::tensor& pooled = dlib::layer<2>(network).get_output();
    return {{pooled.host(), pooled.host() + pooled.size()}, {embedding.begin(), embedding.end()}};
  }
};

TEST_F(DlibResnetTest, GivesWhatDlibsForwardPassGives) {
  const auto backbone = open_dlib_resnet(models(), {});
  ASSERT_TRUE(backbone.ok()) << backbone.error().message();
  Oracle oracle;
  for (const unsigned threads : {1U, 2U}) {
    for (const std::size_t batch : {std::size_t{1}, std::size_t{3}}) {
      const auto extractor = backbone.value()->make_extractor({.threads = threads, .batch = batch});
      ASSERT_TRUE(extractor.ok()) << extractor.error().message();
      const std::vector<Image> chips = {pattern(1), pattern(2)};
      std::vector<float> features(chips.size() * 256);
      ASSERT_TRUE(extractor.value()->extract(chips, features).ok());
      const auto embeddings = embed(backbone.value()->last_layer(), features);
      for (std::size_t i = 0; i < chips.size(); ++i) {
        const auto [feature, embedding] = oracle.run(chips[i]);
        for (std::size_t j = 0; j < feature.size(); ++j) {
          ASSERT_NEAR(features[i * feature.size() + j], feature[j], 1e-4) << j;
        }
        for (std::size_t j = 0; j < embedding.size(); ++j) {
          ASSERT_NEAR(embeddings[i * embedding.size() + j], embedding[j], 1e-4) << j;
        }
      }
    }
  }
}

TEST_F(DlibResnetTest, HoldsTheFilesWeightsBitForBit) {
  const auto weights = read_dlib_resnet(models() / kDlibResnetFile);
  ASSERT_TRUE(weights.ok()) << weights.error().message();
  Oracle oracle;
  std::vector<std::vector<float>> convolutions;  // from the last to the first
  dlib::visit_layer_parameters(oracle.network, [&](dlib::tensor& all) {
    constexpr std::size_t kLastLayer = 256 * 128;
    if (all.size() > 0 && all.size() != kLastLayer) {
      convolutions.emplace_back(all.host(), all.host() + all.size());
    }
  });
  ASSERT_EQ(weights.value().convs.size(), convolutions.size());
  for (std::size_t i = 0; i < convolutions.size(); ++i) {
    const auto& conv = weights.value().convs[convolutions.size() - 1 - i];
    std::vector<float> both = conv.weight;
    both.insert(both.end(), conv.bias.begin(), conv.bias.end());
    EXPECT_EQ(both, convolutions[i]);
  }
}

TEST_F(DlibResnetTest, RefusesOtherWeights) {
  const auto read = read_dlib_resnet(models() / kDlibResnetFile);
  ASSERT_TRUE(read.ok());
  DlibResnetWeights fewer = read.value();
  fewer.convs.pop_back();
  const auto network = dlib_resnet_network(fewer);
  ASSERT_FALSE(network.ok());
  EXPECT_EQ(network.error().message(),
            "not the layers of dlib's face recognition network: 28 convolutions, a last layer of "
            "32768 weights, expected 29 and 256 x 128");
}

TEST(DlibResnetFile, SaysWhatIsWrongWithAFile) {
  const auto folder = std::filesystem::temp_directory_path() / "kface_dlib_resnet_test";
  std::filesystem::create_directories(folder);
  const auto missing = open_dlib_resnet(folder / "nowhere", {});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::kNotFound);
  EXPECT_NE(missing.error().message().find("run 'make setup'"), std::string::npos);
  ASSERT_TRUE(write_file_atomic(folder / kDlibResnetFile, std::string_view("not a network")).ok());
  const auto damaged = open_dlib_resnet(folder, {});
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(damaged.error().message().find("not dlib's face recognition network"),
            std::string::npos);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace kface
