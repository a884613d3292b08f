#include "backbone/dlib_resnet.h"

#include <utility>

#include "backbone/engine_backbone.h"
#include "backbone/preprocess.h"
#include "base/digest.h"

namespace kface {
namespace {

constexpr int kChipSize = 150;
constexpr double kChipPadding = 0.25;
constexpr std::size_t kFeatureDim = 256;
constexpr std::size_t kEmbeddingDim = 128;
constexpr std::size_t kNumConvs = 29;
constexpr double kCustomaryThreshold = 0.6;

Preprocess preprocess() {
  constexpr float kScale = 1.0F / 256.0F;
  return {.width = kChipSize,
          .height = kChipSize,
          .mean = {122.782F, 117.001F, 104.298F},
          .scale = {kScale, kScale, kScale}};
}

// Residual blocks from the first to the last: channels, and whether the block halves the picture.
constexpr std::pair<std::size_t, bool> kBlocks[] = {
    {32, false}, {32, false},  {32, false},                // level 4
    {64, true},  {64, false},  {64, false},  {64, false},  // level 3
    {128, true}, {128, false}, {128, false},               // level 2
    {256, true}, {256, false}, {256, false},               // level 1
    {256, true},                                           // level 0
};

class NetworkBuilder {
 public:
  explicit NetworkBuilder(const DlibResnetWeights& weights) : weights_(weights) {
    const auto side = static_cast<std::size_t>(kChipSize);
    network_ = {kDlibResnetId, {3, side, side}, {}};
  }

  Network build() {
    constexpr std::size_t kStemChannels = 32;
    std::size_t at = relu(conv(0, kStemChannels, square_window(7, 2, 0)));
    at = pool(at, LayerKind::kMaxPool, square_window(3, 2, 0));
    for (const auto& [channels, down] : kBlocks) {
      const std::size_t inner =
          relu(conv(at, channels, down ? square_window(3, 2, 0) : square_window(3, 1, 1)));
      const std::size_t outer = conv(inner, channels, square_window(3, 1, 1));
      const std::size_t skip =
          down ? pool(at, LayerKind::kAveragePool, square_window(2, 2, 0)) : at;
      at = relu(add({.name = "add" + number(), .kind = LayerKind::kAdd, .inputs = {outer, skip}}));
    }
    pool(at, LayerKind::kAveragePool, square_window(2, 1, 0));  // of the 2x2 picture that is left
    return std::move(network_);
  }

 private:
  std::string number() const { return std::to_string(next_conv_); }

  std::size_t add(Layer layer) {
    network_.layers.push_back(std::move(layer));
    return network_.layers.size();
  }

  std::size_t conv(std::size_t input, std::size_t channels, Window window) {
    const auto& from = weights_.convs[next_conv_];
    ++next_conv_;
    std::vector<float> weight = from.weight;
    std::vector<float> bias = from.bias;
    const std::size_t each = weight.size() / channels;
    for (std::size_t i = 0; i < weight.size(); ++i) {
      weight[i] *= from.scale[i / each];
    }
    for (std::size_t c = 0; c < channels; ++c) {
      bias[c] = from.scale[c] * bias[c] + from.shift[c];
    }
    return add({.name = "conv" + number(),
                .kind = LayerKind::kConv,
                .inputs = {input},
                .window = window,
                .channels = channels,
                .weight = own_weights(std::move(weight)),
                .bias = own_weights(std::move(bias))});
  }

  std::size_t relu(std::size_t input) {
    return add({.name = "relu" + std::to_string(network_.layers.size()),
                .kind = LayerKind::kRelu,
                .inputs = {input}});
  }

  std::size_t pool(std::size_t input, LayerKind kind, Window window) {
    return add({.name = "pool" + std::to_string(network_.layers.size()),
                .kind = kind,
                .inputs = {input},
                .window = window});
  }

  const DlibResnetWeights& weights_;
  std::size_t next_conv_ = 0;
  Network network_;
};

Status check(const DlibResnetWeights& weights) {
  bool good = weights.convs.size() == kNumConvs;
  for (std::size_t i = 0; good && i < kNumConvs; ++i) {
    const std::size_t channels = i == 0 ? kBlocks[0].first : kBlocks[(i - 1) / 2].first;
    const auto& conv = weights.convs[i];
    good = conv.bias.size() == channels && conv.scale.size() == channels &&
           conv.shift.size() == channels && !conv.weight.empty() &&
           conv.weight.size() % channels == 0;
  }
  if (!good || weights.last_layer.size() != kFeatureDim * kEmbeddingDim) {
    return Status{ErrorCode::kCorruption,
                  "not the layers of dlib's face recognition network: " +
                      std::to_string(weights.convs.size()) + " convolutions, a last layer of " +
                      std::to_string(weights.last_layer.size()) + " weights, expected " +
                      std::to_string(kNumConvs) + " and 256 x 128"};
  }
  return {};
}

}  // namespace

Result<Network> dlib_resnet_network(const DlibResnetWeights& weights) {
  KF_TRY(check(weights));
  Network network = NetworkBuilder(weights).build();
  KF_ASSIGN(const auto shapes, value_shapes(network));
  KF_REQUIRE(shapes.back().size() == kFeatureDim, shapes.back().size());
  return network;
}

Result<std::unique_ptr<Backbone>> open_dlib_resnet(const std::filesystem::path& models,
                                                   const BackboneOptions& options) {
  const auto path = models / kDlibResnetFile;
  KF_ASSIGN(const DlibResnetWeights weights, read_dlib_resnet(path));
  auto network = dlib_resnet_network(weights);
  if (!network.ok()) {
    return Status{network.error().code(),
                  path.string() + ": " + network.error().message() + "; run 'make setup'"};
  }
  const Preprocess input = preprocess();
  EngineBackbone::Parts parts{
      .info = {.id = kDlibResnetId,
               .digest = sha256_hex(std::string(kDlibResnetId) + "\n" + weights.file_digest + "\n" +
                                    describe(input)),
               .feature_dim = kFeatureDim,
               .chip_size = kChipSize,
               .chip_padding = kChipPadding,
               .customary_threshold = kCustomaryThreshold},
      .network = std::move(network).value(),
      .read_chip =
          [input](const Image& chip, std::span<float> to) {
            preprocess_chip(input, chip, to);
            return Status{};
          },
      .make_last_layer =
          [weight = weights.last_layer] {
            return Head{.d = kFeatureDim,
                        .m = kEmbeddingDim,
                        .weight = weight,
                        .bias = std::vector<float>(kEmbeddingDim, 0.0F)};
          }};
  return std::unique_ptr<Backbone>(std::make_unique<EngineBackbone>(std::move(parts), options));
}

}  // namespace kface
