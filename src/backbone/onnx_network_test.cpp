#include "backbone/onnx_network.h"

#include <gtest/gtest.h>

#include <cmath>

#include "backbone/engine_backbone.h"
#include "base/digest.h"
#include "base/files.h"
#include "base/rng.h"
#include "onnx/networks_for_test.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

class OnnxNetworkFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) /
             ("kface-onnx-" +
              std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  // A description of one of the test networks, with `more` lines.
  fs::path describe(const std::string& network, const std::string& more = "",
                    const std::string& name = "net.toml") const {
    fs::copy_file(test::network_file(network), folder / (network + ".onnx"),
                  fs::copy_options::overwrite_existing);
    const std::string text = "name = \"" + network + "\"\nfile = \"" + network +
                             ".onnx\"\n"
                             "license = \"none\"\nwidth = 12\nheight = 12\nchannels = \"rgb\"\n"
                             "mean = [127.5, 127.5, 127.5]\nscale = [0.01, 0.01, 0.01]\n"
                             "customary_threshold = 1.1\n" +
                             more;
    EXPECT_TRUE(write_file_atomic(folder / name, text).ok());
    return folder / name;
  }

  static Image chip(std::uint64_t seed = 1) {
    Image image{.width = 12, .height = 12, .pixels = {}};
    Rng random(seed);
    image.pixels.resize(image.offset(0, 12));
    for (auto& pixel : image.pixels) {
      pixel = static_cast<std::uint8_t>(random.below(256));
    }
    return image;
  }

  static std::unique_ptr<Backbone> open(const fs::path& path) {
    auto backbone = open_backbone(path.string(), "/nowhere");
    EXPECT_TRUE(backbone.ok()) << backbone.error().message();
    return std::move(backbone).value();
  }

  static std::vector<float> embedding(const Backbone& backbone, const Image& image) {
    auto extractor = backbone.make_extractor({.threads = 1, .batch = 1});
    EXPECT_TRUE(extractor.ok()) << extractor.error().message();
    std::vector<float> features(backbone.info().feature_dim);
    const Status status = extractor.value()->extract(std::span(&image, 1), features);
    EXPECT_TRUE(status.ok()) << status.message();
    return embed(backbone.last_layer(), features);
  }

  // The same by OpenCV from the untouched file, L2-normalised.
  static std::vector<float> expected(const std::string& network, const Image& image) {
    std::vector<float> input;
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t i = c; i < image.pixels.size(); i += 3) {
        input.push_back((static_cast<float>(image.pixels[i]) - 127.5F) * 0.01F);
      }
    }
    auto values = test::run_opencv(read_file(test::network_file(network)).value(), input);
    l2_normalize_rows(values, values.size());
    return values;
  }

  static void expect_near(const std::vector<float>& found, const std::vector<float>& wanted) {
    ASSERT_EQ(found.size(), wanted.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_NEAR(found[i], wanted[i], 1e-4);
    }
  }

  fs::path folder;
};

TEST_F(OnnxNetworkFolder, RunsOnOurEngineWhereEveryOperatorIsKnown) {
  const auto backbone = open(describe("residual_network"));
  EXPECT_EQ(backbone->info().engine, "kface");
  EXPECT_NE(backbone->engine_backbone(), nullptr);
  EXPECT_EQ(backbone->info().id, (folder / "net.toml").string());
  EXPECT_EQ(backbone->info().customary_threshold, 1.1);
  EXPECT_EQ(backbone->info().license, "none");
  expect_near(embedding(*backbone, chip()), expected("residual_network", chip()));
}

TEST_F(OnnxNetworkFolder, KeepsTheLastLinearLayerApart) {
  const auto gemm = open(describe("residual_network"));
  EXPECT_EQ(gemm->info().feature_dim, 288U);
  EXPECT_EQ(gemm->last_layer().d, 288U);
  EXPECT_EQ(gemm->last_layer().m, 16U);
  EXPECT_TRUE(gemm->last_layer().l2_normalize);
  const auto conv = open(describe("convolution_at_the_end"));
  EXPECT_EQ(conv->info().feature_dim, 8U);
  EXPECT_EQ(conv->last_layer().m, 5U);
  expect_near(embedding(*conv, chip()), expected("convolution_at_the_end", chip()));
}

TEST_F(OnnxNetworkFolder, HasTheIdentityWhereNoLinearLayerEndsIt) {
  const auto backbone = open(describe("global_average_pool", "normalize = false\n"));
  EXPECT_EQ(backbone->info().feature_dim, 6U);
  EXPECT_EQ(backbone->last_layer().m, 6U);
  EXPECT_EQ(backbone->last_layer().weight[7], 1.0F);
  EXPECT_FALSE(backbone->last_layer().l2_normalize);
}

TEST_F(OnnxNetworkFolder, RunsInOpenCvWhereAnOperatorIsUnknownAndSaysSo) {
  const auto backbone = open(describe("unknown_sigmoid"));
  EXPECT_EQ(backbone->info().engine,
            "opencv-dnn (" + (folder / "unknown_sigmoid.onnx").string() +
                ": node 'Sigmoid_1' (Sigmoid) has an operator that the engine does not know)");
  EXPECT_EQ(backbone->engine_backbone(), nullptr);
  EXPECT_EQ(backbone->info().feature_dim, 6U);
  expect_near(embedding(*backbone, chip()), expected("unknown_sigmoid", chip()));
}

TEST_F(OnnxNetworkFolder, RunsInOpenCvOnlyWhatTheFeatureNeeds) {
  const auto backbone =
      open(describe("unknown_concat", "feature = \"Concat_2\"\nnormalize = false\n"));
  EXPECT_TRUE(backbone->info().engine.starts_with("opencv-dnn"));
  EXPECT_EQ(backbone->info().feature_dim, 6U * 10 * 10);
}

TEST_F(OnnxNetworkFolder, GivesBothReasonsWhereNeitherEngineCan) {
  const auto backbone = open_backbone(describe("unknown_half_precision").string(), "/nowhere");
  ASSERT_FALSE(backbone.ok());
  EXPECT_EQ(backbone.error().code(), ErrorCode::kMismatch);
  EXPECT_NE(backbone.error().message().find("numbers of type FLOAT16"), std::string::npos);
  EXPECT_NE(backbone.error().message().find("OpenCV DNN cannot run it"), std::string::npos);
}

TEST_F(OnnxNetworkFolder, HasOtherPrecisionsOnOurEngineOnly) {
  const auto backbone = open_backbone(describe("unknown_sigmoid").string(), "/nowhere",
                                      {.precision = Precision::kBf16});
  ASSERT_FALSE(backbone.ok());
  EXPECT_EQ(backbone.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(backbone.error().message().starts_with(
      "precision bf16 is for networks that run on our own engine"));
}

TEST_F(OnnxNetworkFolder, IsAnotherBackboneWhenAnythingThatMattersChanges) {
  const std::string digest = open(describe("residual_network"))->info().digest;
  EXPECT_EQ(open(describe("residual_network", "chip_size = 99\n"))->info().digest, digest);
  EXPECT_NE(open(describe("residual_network", "feature = \"Gemm_24\"\n"))->info().digest, digest);
  EXPECT_NE(open(describe("convolution_at_the_end"))->info().digest, digest);
  const auto path = describe("residual_network");
  std::string text = read_text(path).value();
  text.replace(text.find("0.01"), 4, "0.02");
  ASSERT_TRUE(write_file_atomic(path, text).ok());
  EXPECT_NE(open(path)->info().digest, digest);
}

TEST_F(OnnxNetworkFolder, CanBeMirrored) {
  const auto path = describe("residual_network");
  const auto backbone = open(path.string() + "+mirror");
  EXPECT_EQ(backbone->info().id, path.string() + "+mirror");
  EXPECT_NE(backbone->info().digest, open(path)->info().digest);
}

TEST_F(OnnxNetworkFolder, IsAlsoFoundInTheModelsFolder) {
  describe("residual_network", "", "elsewhere.toml");
  const auto backbone = open_backbone("elsewhere.toml", folder);
  ASSERT_TRUE(backbone.ok()) << backbone.error().message();
  EXPECT_EQ(backbone.value()->info().id, "elsewhere.toml");
  const auto missing = open_backbone("nowhere.toml", folder);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().message(),
            "nowhere.toml: no such network description, neither here nor in " + folder.string() +
                "; docs/networks.md says how to write one");
}

TEST_F(OnnxNetworkFolder, MustBeTheFileThatTheDescriptionMeans) {
  const std::string right = sha256_file(test::network_file("residual_network")).value();
  EXPECT_TRUE(open_backbone(describe("residual_network", "sha256 = \"" + right + "\"\n").string(),
                            "/nowhere")
                  .ok());
  const std::string wrong(64, '0');
  const auto path = describe("residual_network", "sha256 = \"" + wrong + "\"\n");
  const auto backbone = open_backbone(path.string(), "/nowhere");
  ASSERT_FALSE(backbone.ok());
  EXPECT_EQ(backbone.error().message(), (folder / "residual_network.onnx").string() +
                                            ": SHA-256 is " + right + ", " + path.string() +
                                            " expects " + wrong);
}

TEST_F(OnnxNetworkFolder, MustHaveTheSizeThatTheDescriptionSays) {
  const auto path = describe("residual_network");
  std::string text = read_text(path).value();
  text.replace(text.find("width = 12"), 10, "width = 16");
  ASSERT_TRUE(write_file_atomic(path, text).ok());
  const auto backbone = open_backbone(path.string(), "/nowhere");
  ASSERT_FALSE(backbone.ok());
  EXPECT_EQ(backbone.error().code(), ErrorCode::kMismatch);
  EXPECT_TRUE(backbone.error().message().ends_with("its input is 12 x 12 pixels, not 16 x 12"));
}

TEST_F(OnnxNetworkFolder, NeedsTheLandmarkModelForATemplate) {
  const auto backbone = open_backbone(
      describe("residual_network", "template = [[3, 5], [8, 5], [6, 7], [4, 9], [7, 9]]\n")
          .string(),
      "/nowhere");
  ASSERT_FALSE(backbone.ok());
  EXPECT_EQ(backbone.error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kface
