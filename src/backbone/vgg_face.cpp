#include "backbone/vgg_face.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "backbone/engine_backbone.h"
#include "base/digest.h"
#include "weights/own_form.h"
#include "weights/readers.h"

namespace kface {
namespace {

constexpr int kSide = 224;
constexpr double kChipPadding = 0.25;
// The training photographs' mean, blue, green, red (VGG-Face's own README).
constexpr std::array<float, 3> kMeanBgr = {93.5940F, 104.7624F, 129.1863F};
// What deepface up to 0.0.79 recommends for L2-normalised fc8; nobody recommends one for the
// convolutions alone, and 0 accepts nobody.
constexpr double kCustomaryThreshold = 0.86;

constexpr std::string_view kPaperSuffix = "-paper";
constexpr std::string_view kDeepfaceSuffix = "-deepface";

struct Variant {
  bool with_top = true;
  std::string_view suffix;
};

std::optional<Variant> parse_id(std::string_view id) {
  for (const bool with_top : {true, false}) {
    const std::string_view base = with_top ? kVggFaceId : kVggFaceNotopId;
    for (const auto suffix : {std::string_view{}, kPaperSuffix, kDeepfaceSuffix}) {
      if (id.size() == base.size() + suffix.size() && id.starts_with(base) &&
          id.ends_with(suffix)) {
        return Variant{with_top, suffix};
      }
    }
  }
  return std::nullopt;
}

Preprocess preprocess_of(const Variant& variant,
                         const std::optional<std::array<float, 3>>& file_mean) {
  Preprocess preprocess{.width = kSide, .height = kSide, .bgr = true};
  if (variant.suffix.empty()) {
    preprocess.mean = file_mean.value_or(kMeanBgr);
  } else if (variant.suffix == kDeepfaceSuffix) {
    constexpr float kScale = 1.0F / 255.0F;
    preprocess.letterbox = true;
    preprocess.scale = {kScale, kScale, kScale};
  }
  return preprocess;
}

class NetworkBuilder {
 public:
  NetworkBuilder(const VggLayout& layout, const std::shared_ptr<const MappedTensors>& tensors)
      : layout_(layout), tensors_(tensors) {
    const auto side = static_cast<std::size_t>(kSide);
    network_ = {kVggFaceId, {layout.layers.front().in, side, side}, {}};
  }

  Result<Network> build(bool with_top) {
    KF_TRY(check_names(with_top));
    for (const VggLayer& layer : layout_.layers) {
      const bool beyond = layer.name == layout_.layers.back().name || (layer.linear && !with_top);
      if (!beyond) {
        KF_TRY(add(layer));
      }
    }
    if (!with_top) {
      KF_ASSIGN(const auto shapes, value_shapes(network_));
      network_.layers.push_back(
          {.name = "mean",
           .kind = LayerKind::kAveragePool,
           .inputs = {network_.layers.size()},
           .window = {.height = shapes.back().height, .width = shapes.back().width}});
    }
    return std::move(network_);
  }

 private:
  // No tensor but those of the network, so that no other network passes for it.
  Status check_names(bool with_top) const {
    std::size_t expected = 0;
    for (const VggLayer& layer : layout_.layers) {
      expected += layer.linear && !with_top ? 0 : 2;
    }
    if (tensors_->tensors().size() != expected) {
      return Status{ErrorCode::kCorruption, "it holds " +
                                                std::to_string(tensors_->tensors().size()) +
                                                " tensors, expected " + std::to_string(expected)};
    }
    return {};
  }

  Result<Weights> take(const std::string& name, const TensorShape& shape) const {
    const auto found = tensors_->tensors().find(name);
    if (found == tensors_->tensors().end()) {
      return Status{ErrorCode::kCorruption, "tensor '" + name + "' is missing"};
    }
    if (found->second.shape != shape) {
      return Status{ErrorCode::kCorruption, "tensor '" + name + "' has the shape " +
                                                shape_text(found->second.shape) + ", expected " +
                                                shape_text(shape)};
    }
    return Weights{found->second.values, tensors_};
  }

  Status add(const VggLayer& layer) {
    KF_ASSIGN(const Weights weight, take(layer.name + ".weight", layer.weight_shape()));
    KF_ASSIGN(const Weights bias, take(layer.name + ".bias", layer.bias_shape()));
    const std::size_t at = network_.layers.size();
    network_.layers.push_back(
        {.name = layer.name,
         .kind = layer.linear ? LayerKind::kFullyConnected : LayerKind::kConv,
         .inputs = {at},
         .window = layer.linear ? Window{} : square_window(layer.side, 1, layer.side / 2),
         .channels = layer.out,
         .weight = weight,
         .bias = bias});
    network_.layers.push_back(
        {.name = layer.name + "/relu", .kind = LayerKind::kRelu, .inputs = {at + 1}});
    if (layer.ends_block) {
      network_.layers.push_back({.name = layer.name + "/pool",
                                 .kind = LayerKind::kMaxPool,
                                 .inputs = {at + 2},
                                 .window = square_window(2, 2, 0)});
    }
    return {};
  }

  const VggLayout& layout_;
  const std::shared_ptr<const MappedTensors>& tensors_;
  Network network_;
};

// fc8 as a head, or what passes a feature on as it is.
Head last_layer(const VggLayer& fc8, const MappedTensors& tensors) {
  const auto& weight = tensors.tensors().at(fc8.name + ".weight").values;
  const auto& bias = tensors.tensors().at(fc8.name + ".bias").values;
  Head head{.d = fc8.in, .m = fc8.out, .weight = {}, .bias = {bias.begin(), bias.end()}};
  head.weight.resize(weight.size());
  for (std::size_t j = 0; j < head.m; ++j) {
    for (std::size_t i = 0; i < head.d; ++i) {
      head.weight[i * head.m + j] = weight[j * head.d + i];
    }
  }
  head.l2_normalize = true;
  tensors.release(fc8.name + ".weight");
  return head;
}

Head identity_head(std::size_t d) {
  Head head{.d = d, .m = d, .weight = std::vector<float>(d * d), .bias = std::vector<float>(d)};
  for (std::size_t i = 0; i < d; ++i) {
    head.weight[i * d + i] = 1;
  }
  head.l2_normalize = true;
  return head;
}

Result<std::shared_ptr<const MappedTensors>> open_weights(const std::filesystem::path& path) {
  constexpr unsigned kThreads = 2;
  auto tensors = map_safetensors(path, kThreads);
  if (!tensors.ok() && tensors.error().code() == ErrorCode::kNotFound) {
    return Status{ErrorCode::kNotFound,
                  tensors.error().message() +
                      "; bring VGG-Face's weights with 'kface models import FILE' (any of its "
                      "usual files), or see 'kface models fetch --help'"};
  }
  return tensors;
}

}  // namespace

std::vector<std::string> vgg_face_ids() {
  std::vector<std::string> ids;
  for (const auto* const base : {kVggFaceId, kVggFaceNotopId}) {
    for (const auto suffix : {std::string_view{}, kPaperSuffix, kDeepfaceSuffix}) {
      ids.push_back(base + std::string(suffix));
    }
  }
  return ids;
}

bool is_vgg_face_id(std::string_view id) { return parse_id(id).has_value(); }

Result<Network> vgg_face_network(const VggLayout& layout,
                                 const std::shared_ptr<const MappedTensors>& tensors,
                                 bool with_top) {
  return NetworkBuilder(layout, tensors).build(with_top);
}

Result<std::unique_ptr<Backbone>> open_vgg_face(const std::string& id,
                                                const std::filesystem::path& models,
                                                const BackboneOptions& options) {
  return open_vgg_face_as(vgg_face_layout(), id, models, options);
}

Result<std::unique_ptr<Backbone>> open_vgg_face_as(const VggLayout& layout, const std::string& id,
                                                   const std::filesystem::path& models,
                                                   const BackboneOptions& options) {
  const auto variant = parse_id(id);
  if (!variant) {
    return Status{ErrorCode::kInvalidArgument, "no VGG-Face backbone is called '" + id + "'"};
  }
  const auto path = models / (variant->with_top ? kVggFaceFile : kVggFaceNotopFile);
  KF_ASSIGN(const auto tensors, open_weights(path));
  FoundWeights facts;
  KF_TRY(read_own_metadata(tensors->metadata(), path.string(), facts));
  auto network = vgg_face_network(layout, tensors, variant->with_top);
  if (!network.ok()) {
    return Status{network.error().code(), path.string() + ": not VGG-Face's weights: " +
                                              network.error().message() + "; import them again"};
  }
  KF_ASSIGN(const auto shapes, value_shapes(network.value()));
  const std::size_t d = shapes.back().size();
  const Preprocess input = preprocess_of(*variant, facts.mean_bgr);
  const VggLayer fc8 = layout.layers.back();
  EngineBackbone::Parts parts;
  parts.info.id = id;
  parts.info.digest = sha256_hex(std::string(kVggFaceId) + "\n" + tensors->content_digest() + "\n" +
                                 describe(input));
  parts.info.feature_dim = d;
  parts.info.chip_size = kSide;
  parts.info.chip_padding = kChipPadding;
  parts.info.customary_threshold = variant->with_top ? kCustomaryThreshold : 0;
  parts.network = std::move(network).value();
  parts.read_chip = chip_reader(input);
  parts.make_last_layer = [fc8, tensors, d, with_top = variant->with_top] {
    return with_top ? last_layer(fc8, *tensors) : identity_head(d);
  };
  parts.weights_copied = [tensors](const std::string& layer) {
    tensors->release(layer + ".weight");
  };
  return std::unique_ptr<Backbone>(std::make_unique<EngineBackbone>(std::move(parts), options));
}

}  // namespace kface
