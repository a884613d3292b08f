#include "backbone/dlib_resnet.h"

#include <dlib/dnn.h>
#include <dlib/image_transforms/interpolation.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "base/digest.h"
#include "base/files.h"

namespace kface {
namespace {

// The topology as the weight file has it: four levels of residual blocks, each level but the first
// halving the picture, after a 7x7 convolution and a max pool.
template <template <int, template <typename> class, int, typename> class Block, int N,
          template <typename> class BN, typename Below>
using Residual = dlib::add_prev1<Block<N, BN, 1, dlib::tag1<Below>>>;

template <template <int, template <typename> class, int, typename> class Block, int N,
          template <typename> class BN, typename Below>
using ResidualDown = dlib::add_prev2<
    dlib::avg_pool<2, 2, 2, 2, dlib::skip1<dlib::tag2<Block<N, BN, 2, dlib::tag1<Below>>>>>>;

template <int N, template <typename> class BN, int stride, typename Below>
using Block =
    BN<dlib::con<N, 3, 3, 1, 1, dlib::relu<BN<dlib::con<N, 3, 3, stride, stride, Below>>>>>;

template <int N, typename Below>
using Same = dlib::relu<Residual<Block, N, dlib::affine, Below>>;
template <int N, typename Below>
using Down = dlib::relu<ResidualDown<Block, N, dlib::affine, Below>>;

template <typename Below>
using Level0 = Down<256, Below>;
template <typename Below>
using Level1 = Same<256, Same<256, Down<256, Below>>>;
template <typename Below>
using Level2 = Same<128, Same<128, Down<128, Below>>>;
template <typename Below>
using Level3 = Same<64, Same<64, Same<64, Down<64, Below>>>>;
template <typename Below>
using Level4 = Same<32, Same<32, Same<32, Below>>>;

constexpr int kChipSize = 150;
constexpr double kChipPadding = 0.25;
constexpr std::size_t kFeatureDim = 256;
constexpr std::size_t kEmbeddingDim = 128;
constexpr double kCustomaryThreshold = 0.6;
// Everything that turns a chip into the network's input; a change here is another backbone.
constexpr char kPreprocessing[] =
    "rgb 150x150; (r - 122.782, g - 117.001, b - 104.298) / 256; other sizes bilinear";

using Network = dlib::loss_metric<dlib::fc_no_bias<
    kEmbeddingDim, dlib::avg_pool_everything<Level0<Level1<Level2<Level3<Level4<dlib::max_pool<
                       3, 3, 2, 2,
                       dlib::relu<dlib::affine<dlib::con<
                           32, 7, 7, 2, 2, dlib::input_rgb_image_sized<kChipSize>>>>>>>>>>>>>;

dlib::matrix<dlib::rgb_pixel> to_dlib(const Image& chip) {
  dlib::matrix<dlib::rgb_pixel> picture(chip.height, chip.width);
  for (int y = 0; y < chip.height; ++y) {
    for (int x = 0; x < chip.width; ++x) {
      const std::uint8_t* p = &chip.pixels[chip.offset(x, y)];
      picture(y, x) = dlib::rgb_pixel(p[0], p[1], p[2]);
    }
  }
  if (chip.width == kChipSize && chip.height == kChipSize) {
    return picture;
  }
  dlib::matrix<dlib::rgb_pixel> resized(kChipSize, kChipSize);
  dlib::resize_image(picture, resized, dlib::interpolate_bilinear());
  return resized;
}

class DlibExtractor : public FeatureExtractor {
 public:
  explicit DlibExtractor(const Network& network) : network_(network) {}

  Status extract(std::span<const Image> chips, std::span<float> features) override {
    KF_REQUIRE(!chips.empty() && features.size() == chips.size() * kFeatureDim, chips.size(),
               features.size());
    std::vector<dlib::matrix<dlib::rgb_pixel>> pictures;
    pictures.reserve(chips.size());
    std::transform(chips.begin(), chips.end(), std::back_inserter(pictures), to_dlib);
    try {
      dlib::resizable_tensor input;
      network_.to_tensor(pictures.begin(), pictures.end(), input);
      network_.subnet().forward(input);
      const auto& pooled = dlib::layer<2>(network_).get_output();  // 0 loss, 1 last layer, 2 pool
      KF_REQUIRE(pooled.size() == features.size(), pooled.size(), features.size());
      std::copy_n(pooled.host(), pooled.size(), features.begin());
    } catch (const std::exception& error) {
      return Status{ErrorCode::kCorruption, std::string("dlib-resnet: ") + error.what()};
    }
    return {};
  }

 private:
  Network network_;
};

class DlibResnet : public Backbone {
 public:
  DlibResnet(Network network, const std::string& file_digest) : network_(std::move(network)) {
    info_ = {.id = kDlibResnetId,
             .digest = sha256_hex(std::string(kDlibResnetId) + "\n" + file_digest + "\n" +
                                  kPreprocessing),
             .feature_dim = kFeatureDim,
             .chip_size = kChipSize,
             .chip_padding = kChipPadding,
             .customary_threshold = kCustomaryThreshold,
             .engine = kEngineDlib};
    // Stored as [256, 128], so that feature * weight is the embedding.
    const auto& weights = dlib::layer<1>(network_).layer_details().get_layer_params();
    last_layer_ = {.d = kFeatureDim,
                   .m = kEmbeddingDim,
                   .weight = {weights.host(), weights.host() + weights.size()},
                   .bias = std::vector<float>(kEmbeddingDim, 0.0F)};
  }

  const BackboneInfo& info() const override { return info_; }
  const Head& last_layer() const override { return last_layer_; }
  std::unique_ptr<FeatureExtractor> make_extractor() const override {
    return std::make_unique<DlibExtractor>(network_);
  }

 private:
  Network network_;
  BackboneInfo info_;
  Head last_layer_;
};

}  // namespace

Result<std::unique_ptr<Backbone>> open_dlib_resnet(const std::filesystem::path& models) {
  const auto path = models / kDlibResnetFile;
  auto bytes = read_file(path);
  if (!bytes.ok()) {
    return Status{bytes.error().code(), bytes.error().message() +
                                            "; expected dlib's face recognition network there: "
                                            "run 'make setup', or name its folder with --models"};
  }
  try {
    const std::vector<std::uint8_t>& data = bytes.value();
    std::istringstream stream(std::string(data.begin(), data.end()));
    Network network;
    dlib::deserialize(network, stream);
    const auto& weights = dlib::layer<1>(network).layer_details().get_layer_params();
    if (weights.size() != kFeatureDim * kEmbeddingDim) {
      return Status{ErrorCode::kCorruption, path.string() + ": its last layer has " +
                                                std::to_string(weights.size()) +
                                                " weights, expected 256 x 128"};
    }
    return std::unique_ptr<Backbone>(
        std::make_unique<DlibResnet>(std::move(network), sha256_hex(std::span(data))));
  } catch (const std::exception& error) {
    return Status{ErrorCode::kCorruption, path.string() +
                                              ": not dlib's face recognition network (" +
                                              error.what() + "); run 'make setup' to get it again"};
  }
}

}  // namespace kface
