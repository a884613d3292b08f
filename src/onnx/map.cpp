#include "onnx/map.h"

#include <algorithm>
#include <cmath>

#include "onnx/mapper.h"

namespace kface {
namespace {

// Operators mean what this build takes them for from ... to.
constexpr std::int64_t kOpsetLowest = 7;
constexpr std::int64_t kOpsetHighest = 21;
// Floats a value may have, 512 MiB: more is not a face network.
constexpr std::size_t kMaxValueSize = std::size_t{1} << 27U;
constexpr std::size_t kColors = 3;

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) {
    text += (text.empty() ? "'" : ", '") + name + "'";
  }
  return text;
}

bool all_finite(const Weights& weights) {
  return std::all_of(weights.values.begin(), weights.values.end(),
                     [](float value) { return std::isfinite(value); });
}

}  // namespace

Result<std::string> find_value(const OnnxModel& model, const std::string& feature) {
  if (feature.empty()) {
    if (model.outputs.size() != 1) {
      return Status{ErrorCode::kMismatch, model.name + ": it has several outputs (" +
                                              list(model.outputs) +
                                              "); name the one that is the feature"};
    }
    return model.outputs[0];
  }
  for (const OnnxNode& node : model.nodes) {
    if (std::find(node.outputs.begin(), node.outputs.end(), feature) != node.outputs.end()) {
      return feature;
    }
  }
  for (const OnnxNode& node : model.nodes) {
    if (node.name == feature) {
      return node.outputs[0];
    }
  }
  return Status{ErrorCode::kMismatch, model.name + ": no value or node is called '" + feature +
                                          "'; its outputs are " + list(model.outputs)};
}

Status check_picture_size(const OnnxModel& model, std::size_t height, std::size_t width) {
  const auto fits = [](std::size_t said, std::size_t wanted) {
    return said == 0 || said == wanted;  // 0: the file leaves it open
  };
  if (fits(model.input_shape[2], height) && fits(model.input_shape[3], width)) {
    return {};
  }
  return {ErrorCode::kMismatch, model.name + ": its input is " +
                                    std::to_string(model.input_shape[3]) + " x " +
                                    std::to_string(model.input_shape[2]) + " pixels, not " +
                                    std::to_string(width) + " x " + std::to_string(height)};
}

Result<Network> map_to_network(const OnnxModel& model, std::size_t height, std::size_t width,
                               const std::string& output) {
  KF_TRY(check_picture_size(model, height, width));
  return Mapper(model).map(height, width, output);
}

const std::unordered_map<std::string, Mapper::Method>& Mapper::methods() {
  static const std::unordered_map<std::string, Method> known = {
      {"Add", &Mapper::map_arithmetic},
      {"AveragePool", &Mapper::map_pool},
      {"BatchNormalization", &Mapper::map_batch_norm},
      {"Cast", &Mapper::map_same},
      {"Concat", &Mapper::map_concat},
      {"Conv", &Mapper::map_conv},
      {"Div", &Mapper::map_arithmetic},
      {"Dropout", &Mapper::map_dropout},
      {"Flatten", &Mapper::map_flatten},
      {"Gather", &Mapper::map_gather},
      {"Gemm", &Mapper::map_gemm},
      {"GlobalAveragePool", &Mapper::map_global_pool},
      {"Identity", &Mapper::map_same},
      {"LeakyRelu", &Mapper::map_leaky_relu},
      {"MatMul", &Mapper::map_matmul},
      {"MaxPool", &Mapper::map_pool},
      {"Mul", &Mapper::map_arithmetic},
      {"PRelu", &Mapper::map_prelu},
      {"Relu", &Mapper::map_relu},
      {"Reshape", &Mapper::map_reshape},
      {"Shape", &Mapper::map_shape},
      {"Squeeze", &Mapper::map_squeeze},
      {"Sub", &Mapper::map_arithmetic},
      {"Unsqueeze", &Mapper::map_unsqueeze},
  };
  return known;
}

Result<Network> Mapper::map(std::size_t height, std::size_t width, const std::string& output) {
  if (model_.opset < kOpsetLowest || model_.opset > kOpsetHighest) {
    return Status{ErrorCode::kMismatch, model_.name + ": operator set " +
                                            std::to_string(model_.opset) + ", this build knows " +
                                            std::to_string(kOpsetLowest) + " to " +
                                            std::to_string(kOpsetHighest)};
  }
  network_.name = model_.name;
  network_.input = {kColors, height, width};
  values_[model_.input] = {0, network_.input, {kColors, height, width}};
  const auto needed = needed_for(output);
  for (const OnnxNode& node : model_.nodes) {
    const bool wanted = std::any_of(node.outputs.begin(), node.outputs.end(),
                                    [&](const std::string& made) { return needed.contains(made); });
    if (wanted) {
      KF_TRY(map_node(NodeReader(model_, node)));
    }
  }
  const auto found = values_.find(output);
  if (found == values_.end() || found->second.index == 0 ||
      found->second.index != network_.layers.size()) {
    return Status{ErrorCode::kMismatch,
                  model_.name + ": value '" + output + "' is not the end of a network of layers"};
  }
  Network folded = fold_scale_shifts(std::move(network_));
  for (const Layer& layer : folded.layers) {
    if (!all_finite(layer.weight) || !all_finite(layer.bias)) {
      return Status{ErrorCode::kMismatch, model_.name + ": the weights of '" + layer.name +
                                              "' leave the range of float when folded"};
    }
  }
  if (auto shapes = value_shapes(folded); !shapes.ok()) {
    return Status{ErrorCode::kMismatch, shapes.error().message()};
  }
  return folded;
}

std::unordered_set<std::string> Mapper::needed_for(const std::string& output) const {
  std::unordered_set<std::string> needed = {output};
  for (auto node = model_.nodes.rbegin(); node != model_.nodes.rend(); ++node) {
    if (std::any_of(node->outputs.begin(), node->outputs.end(),
                    [&](const std::string& made) { return needed.contains(made); })) {
      needed.insert(node->inputs.begin(), node->inputs.end());
    }
  }
  needed.erase("");
  return needed;
}

Status Mapper::map_node(const NodeReader& node) {
  const auto method = methods().find(node.node().op);
  if (method == methods().end()) {
    return node.unknown("has an operator that the engine does not know");
  }
  return (this->*method->second)(node);
}

Result<MappedValue> Mapper::value(const NodeReader& node, std::size_t place) const {
  if (node.has_input(place)) {
    if (const auto found = values_.find(node.node().inputs[place]); found != values_.end()) {
      return found->second;
    }
  }
  return node.unknown("reads something else than a picture or a vector as input " +
                      std::to_string(place));
}

Result<MappedValue> Mapper::picture(const NodeReader& node, std::size_t place) const {
  KF_ASSIGN(MappedValue input, value(node, place));
  return input.is_picture() ? Result<MappedValue>(std::move(input))
                            : node.unknown("reads something else than a picture");
}

Result<MappedValue> Mapper::vector(const NodeReader& node, std::size_t place) const {
  KF_ASSIGN(MappedValue input, value(node, place));
  return input.is_vector() ? Result<MappedValue>(std::move(input))
                           : node.unknown("reads something else than a vector");
}

Result<MappedValue> Mapper::channels(const NodeReader& node, std::size_t place) const {
  KF_ASSIGN(MappedValue input, value(node, place));
  const bool fits =
      input.is_picture() || (input.is_vector() && input.sizes[0] == input.shape.channels);
  return fits ? Result<MappedValue>(std::move(input))
              : node.unknown("reads a picture that was flattened, which only Gemm and MatMul may");
}

Status Mapper::append(const NodeReader& node, Layer layer, const Shape& shape,
                      std::vector<std::size_t> sizes) {
  std::size_t size = 0;
  if (__builtin_mul_overflow(shape.channels, shape.height, &size) ||
      __builtin_mul_overflow(size, shape.width, &size) || size == 0 || size > kMaxValueSize) {
    return node.unknown("gives a value of an impossible size");
  }
  for (std::size_t i = 1; i < node.node().outputs.size(); ++i) {
    if (!node.node().outputs[i].empty()) {
      return node.unknown("has a second output");
    }
  }
  network_.layers.push_back(std::move(layer));
  values_[node.node().outputs[0]] = {network_.layers.size(), shape, std::move(sizes)};
  return {};
}

Status Mapper::append_picture(const NodeReader& node, Layer layer, const Shape& shape) {
  return append(node, std::move(layer), shape, {shape.channels, shape.height, shape.width});
}

Status Mapper::append_scale_shift(const NodeReader& node, const MappedValue& input,
                                  std::vector<float> scale, std::vector<float> shift) {
  Layer layer{.name = node.name(),
              .kind = LayerKind::kScaleShift,
              .inputs = {input.index},
              .weight = own_weights(std::move(scale)),
              .bias = own_weights(std::move(shift))};
  return append(node, std::move(layer), input.shape, input.sizes);
}

}  // namespace kface
