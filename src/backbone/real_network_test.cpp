// A network as the world has them, through everything. It is not ours to ship: the tests are
// skipped until `scripts/setup.sh test-networks` has fetched it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "align/aligner.h"
#include "align/decode.h"
#include "backbone/engine_backbone.h"
#include "backbone/onnx_network.h"
#include "onnx/networks_for_test.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

fs::path networks_folder() {
  const char* folder = std::getenv("KFACE_TEST_NETWORKS");
  return folder != nullptr ? fs::path(folder)
                           : fs::path(KFACE_CHECKOUT) / "third_party" / "test-networks";
}
constexpr char kFile[] = "fr_feature.onnx";
constexpr std::size_t kSide = 112;

class RealNetwork : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(networks_folder() / kFile)) {
      GTEST_SKIP() << (networks_folder() / kFile).string()
                   << " is not there; scripts/setup.sh test-networks fetches it";
    }
    const char* models = std::getenv("KFACE_MODELS");
    models_ =
        models != nullptr ? fs::path(models) : fs::path(KFACE_CHECKOUT) / "third_party" / "models";
    description_ =
        fs::path(testing::TempDir()) /
        (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".toml");
    auto text = read_text(fs::path(KFACE_CHECKOUT) / "examples/networks/mobilefacenet.toml");
    ASSERT_TRUE(text.ok()) << text.error().message();
    const std::string named = "file = \"mobilefacenet.onnx\"";
    const auto at = text.value().find(named);
    ASSERT_NE(at, std::string::npos);
    text.value().replace(at, named.size(),
                         "file = \"" + (networks_folder() / kFile).string() + "\"");
    ASSERT_TRUE(write_file_atomic(description_, text.value()).ok());
  }
  void TearDown() override {
    std::error_code ignored;
    fs::remove(description_, ignored);
  }

  fs::path models_;
  fs::path description_;
};

TEST_F(RealNetwork, RunsWhollyOnOurEngine) {
  const auto backbone = open_backbone(description_.string(), models_);
  ASSERT_TRUE(backbone.ok()) << backbone.error().message();
  EXPECT_EQ(backbone.value()->info().engine, "kface");
  EXPECT_EQ(backbone.value()->info().feature_dim, 512U);
  EXPECT_EQ(backbone.value()->last_layer().m, 512U);
}

TEST_F(RealNetwork, GivesWhatOpenCvGives) {
  const auto bytes = read_file(networks_folder() / kFile);
  ASSERT_TRUE(bytes.ok());
  const auto model = parse_onnx(bytes.value(), kFile);
  ASSERT_TRUE(model.ok()) << model.error().message();
  const auto network = map_to_network(model.value(), kSide, kSide, "output");
  ASSERT_TRUE(network.ok()) << network.error().message();
  const auto engine = Engine::create(network.value(), {}, std::make_shared<WeightStore>());
  ASSERT_TRUE(engine.ok()) << engine.error().message();
  auto input = test::random_input(3 * kSide * kSide);
  std::copy(input.begin(), input.end(), engine.value()->input().begin());
  engine.value()->run();
  cv::dnn::Net net = cv::dnn::readNetFromONNX(bytes.value());
  const int sizes[] = {1, 3, kSide, kSide};
  net.setInput(cv::Mat(4, sizes, CV_32F, input.data()));
  const cv::Mat theirs = net.forward();
  ASSERT_EQ(theirs.total(), engine.value()->output().size());
  float largest = 0;
  for (std::size_t i = 0; i < theirs.total(); ++i) {
    EXPECT_NEAR(engine.value()->output()[i], theirs.ptr<float>()[i], 1e-4F);
    largest = std::max(largest, std::abs(theirs.ptr<float>()[i]));
  }
  EXPECT_GT(largest, 0.1F);
}

TEST_F(RealNetwork, TellsPeopleApart) {
  const char* data = std::getenv("KFACE_DATA");
  const fs::path orl = fs::path(data != nullptr ? data : "../shared/data") / "orl";
  if (!fs::exists(orl) || !fs::exists(models_)) {
    GTEST_SKIP() << "KFACE_DATA with orl and KFACE_MODELS are needed";
  }
  const auto backbone = open_backbone(description_.string(), models_);
  ASSERT_TRUE(backbone.ok()) << backbone.error().message();
  const BackboneInfo& info = backbone.value()->info();
  const auto aligner =
      Aligner::create(models_, {.chip_size = info.chip_size, .padding = info.chip_padding});
  ASSERT_TRUE(aligner.ok()) << aligner.error().message();
  const auto extractor = backbone.value()->make_extractor({.threads = 1, .batch = 1});
  ASSERT_TRUE(extractor.ok()) << extractor.error().message();
  std::vector<std::vector<float>> embeddings;  // two of each of six people
  for (const std::string photo : {"s1/1", "s1/5", "s2/1", "s2/5", "s3/1", "s3/5", "s4/1", "s4/5",
                                  "s5/1", "s5/5", "s6/1", "s6/5"}) {
    const auto bytes = read_file(orl / (photo + ".pgm"));
    ASSERT_TRUE(bytes.ok()) << bytes.error().message();
    const auto face = aligner.value()->align(decode_image(bytes.value()).value());
    ASSERT_TRUE(face.ok()) << photo << ": " << face.error().message();
    std::vector<float> features(info.feature_dim);
    const Status status = extractor.value()->extract(std::span(&face.value().chip, 1), features);
    ASSERT_TRUE(status.ok()) << status.message();
    embeddings.push_back(embed(backbone.value()->last_layer(), features));
  }
  float farthest_same = 0;
  float nearest_different = 2;
  for (std::size_t i = 0; i < embeddings.size(); ++i) {
    for (std::size_t j = i + 1; j < embeddings.size(); ++j) {
      float square = 0;
      for (std::size_t k = 0; k < embeddings[i].size(); ++k) {
        square += (embeddings[i][k] - embeddings[j][k]) * (embeddings[i][k] - embeddings[j][k]);
      }
      float& extreme = i / 2 == j / 2 ? farthest_same : nearest_different;
      extreme = i / 2 == j / 2 ? std::max(extreme, std::sqrt(square))
                               : std::min(extreme, std::sqrt(square));
    }
  }
  EXPECT_LT(farthest_same, nearest_different);
}

}  // namespace
}  // namespace kface
