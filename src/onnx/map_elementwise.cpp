// Operators that treat each number by itself, or two values number by number.
#include <cmath>

#include "onnx/mapper.h"

namespace kface {

Status Mapper::map_relu(const NodeReader& node) {
  KF_ASSIGN(const MappedValue input, value(node, 0));
  return append(node, {.name = node.name(), .kind = LayerKind::kRelu, .inputs = {input.index}},
                input.shape, input.sizes);
}

Status Mapper::map_prelu(const NodeReader& node) {
  KF_ASSIGN(const MappedValue input, channels(node, 0));
  KF_ASSIGN(const OnnxTensor* slope, node.float_constant(1));
  KF_ASSIGN(auto slopes, node.per_channel(*slope, input));
  Layer layer{.name = node.name(),
              .kind = LayerKind::kPRelu,
              .inputs = {input.index},
              .weight = own_weights(std::move(slopes))};
  return append(node, std::move(layer), input.shape, input.sizes);
}

Status Mapper::map_leaky_relu(const NodeReader& node) {
  constexpr float kSlope = 0.01F;  // ONNX's default
  KF_ASSIGN(const MappedValue input, channels(node, 0));
  KF_ASSIGN(const float slope, node.number("alpha", kSlope));
  Layer layer{.name = node.name(),
              .kind = LayerKind::kPRelu,
              .inputs = {input.index},
              .weight = own_weights(std::vector<float>(input.shape.channels, slope))};
  return append(node, std::move(layer), input.shape, input.sizes);
}

Status Mapper::map_arithmetic(const NodeReader& node) {
  const std::string& op = node.node().op;
  const OnnxTensor* first = node.constant(0);
  const OnnxTensor* second = node.constant(1);
  if (first == nullptr && second == nullptr) {
    KF_ASSIGN(const MappedValue left, value(node, 0));
    KF_ASSIGN(const MappedValue right, value(node, 1));
    if (op != "Add" || left.sizes != right.sizes || left.shape != right.shape) {
      return node.unknown("joins two values; only Add of two of the same shape is known");
    }
    return append(
        node, {.name = node.name(), .kind = LayerKind::kAdd, .inputs = {left.index, right.index}},
        left.shape, left.sizes);
  }
  const std::size_t place = first != nullptr ? 0 : 1;  // of the constant
  KF_ASSIGN(const MappedValue input, channels(node, 1 - place));
  KF_ASSIGN(const OnnxTensor* constant, node.float_constant(place));
  KF_ASSIGN(std::vector<float> numbers, node.per_channel(*constant, input));
  std::vector<float> ones(numbers.size(), 1.0F);
  std::vector<float> zeros(numbers.size(), 0.0F);
  if (op == "Mul") {
    return append_scale_shift(node, input, std::move(numbers), std::move(zeros));
  }
  if (op == "Div") {
    for (float& number : numbers) {
      number = 1.0F / number;
      if (place == 0 || !std::isfinite(number)) {
        return node.unknown("divides a constant, or by zero");
      }
    }
    return append_scale_shift(node, input, std::move(numbers), std::move(zeros));
  }
  if (op == "Sub") {
    // c - x, or x - c.
    for (float& number : place == 0 ? ones : numbers) {
      number = -number;
    }
  }
  return append_scale_shift(node, input, std::move(ones), std::move(numbers));
}

}  // namespace kface
