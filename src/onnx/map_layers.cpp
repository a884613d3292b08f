// Convolutions, matrix products, batch norms and pools.
#include <cmath>

#include "onnx/mapper.h"

namespace kface {
namespace {

Weights scaled(const Weights& weights, float factor) {
  if (factor == 1.0F) {
    return weights;
  }
  std::vector<float> numbers(weights.values.begin(), weights.values.end());
  for (float& number : numbers) {
    number *= factor;
  }
  return own_weights(std::move(numbers));
}

// [rows, columns] to [columns, rows].
Weights transposed(const Weights& weights, std::size_t rows, std::size_t columns) {
  std::vector<float> numbers(weights.values.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      numbers[j * rows + i] = weights.values[i * columns + j];
    }
  }
  return own_weights(std::move(numbers));
}

}  // namespace

Status Mapper::map_conv(const NodeReader& node) {
  KF_ASSIGN(const MappedValue input, picture(node, 0));
  KF_ASSIGN(const OnnxTensor* weight, node.float_constant(1));
  KF_ASSIGN(const std::int64_t group, node.integer("group", 1));
  const auto& shape = weight->shape;  // [out, in / group, height, width]
  if (shape.size() != 4 || group < 1 || shape[0] == 0 ||
      input.shape.channels % static_cast<std::size_t>(group) != 0 ||
      shape[0] % static_cast<std::size_t>(group) != 0 ||
      shape[1] != input.shape.channels / static_cast<std::size_t>(group)) {
    return node.unknown("has weights that do not go with its " +
                        std::to_string(input.shape.channels) + " channels in " +
                        std::to_string(group) + " groups");
  }
  const std::vector<std::int64_t> own = {static_cast<std::int64_t>(shape[2]),
                                         static_cast<std::int64_t>(shape[3])};
  KF_ASSIGN(const auto kernel, node.integers("kernel_shape", own));
  if (kernel != own) {
    return node.unknown("has a kernel_shape that is not its weights'");
  }
  Layer layer{.name = node.name(),
              .kind = LayerKind::kConv,
              .inputs = {input.index},
              .channels = shape[0],
              .groups = static_cast<std::size_t>(group),
              .weight = weight->floats};
  KF_ASSIGN(layer.window, node.window(input.shape, shape[2], shape[3]));
  if (node.has_input(2)) {
    KF_ASSIGN(const OnnxTensor* bias, node.float_constant(2));
    if (bias->shape != std::vector<std::size_t>{layer.channels}) {
      return node.unknown("has a bias of another size than its output");
    }
    layer.bias = bias->floats;
  }
  Shape output = window_output(input.shape, layer.window);
  output.channels = layer.channels;
  return append_picture(node, std::move(layer), output);
}

Status Mapper::map_gemm(const NodeReader& node) {
  KF_ASSIGN(const MappedValue input, vector(node, 0));
  KF_ASSIGN(const OnnxTensor* weight, node.float_constant(1));
  KF_ASSIGN(const std::int64_t transposed_input, node.integer("transA", 0));
  KF_ASSIGN(const std::int64_t by_output, node.integer("transB", 0));
  KF_ASSIGN(const float alpha, node.number("alpha", 1));
  KF_ASSIGN(const float beta, node.number("beta", 1));
  const auto& shape = weight->shape;
  if (transposed_input != 0 || shape.size() != 2 ||
      shape[by_output != 0 ? 1 : 0] != input.sizes[0]) {
    return node.unknown("has weights that do not go with its " + std::to_string(input.sizes[0]) +
                        " numbers");
  }
  Layer layer{
      .name = node.name(),
      .kind = LayerKind::kFullyConnected,
      .inputs = {input.index},
      .channels = shape[by_output != 0 ? 0 : 1],
      .weight = scaled(
          by_output != 0 ? weight->floats : transposed(weight->floats, shape[0], shape[1]), alpha)};
  const Shape output{layer.channels, 1, 1};
  if (node.has_input(2)) {
    KF_ASSIGN(const OnnxTensor* bias, node.float_constant(2));
    const MappedValue as_output{0, output, {layer.channels}};
    KF_ASSIGN(auto numbers, node.per_channel(*bias, as_output));
    layer.bias = scaled(own_weights(std::move(numbers)), beta);
  }
  return append(node, std::move(layer), output, {output.channels});
}

Status Mapper::map_matmul(const NodeReader& node) {
  KF_ASSIGN(const MappedValue input, vector(node, 0));
  KF_ASSIGN(const OnnxTensor* weight, node.float_constant(1));
  const auto& shape = weight->shape;
  if (shape.size() != 2 || shape[0] != input.sizes[0]) {
    return node.unknown("has weights that do not go with its " + std::to_string(input.sizes[0]) +
                        " numbers");
  }
  Layer layer{.name = node.name(),
              .kind = LayerKind::kFullyConnected,
              .inputs = {input.index},
              .channels = shape[1],
              .weight = transposed(weight->floats, shape[0], shape[1])};
  return append(node, std::move(layer), {shape[1], 1, 1}, {shape[1]});
}

Status Mapper::map_batch_norm(const NodeReader& node) {
  KF_ASSIGN(const MappedValue input, channels(node, 0));
  KF_ASSIGN(const float epsilon, node.number("epsilon", 1e-5F));
  KF_ASSIGN(const std::int64_t training, node.integer("training_mode", 0));
  KF_ASSIGN(const std::int64_t spatial, node.integer("spatial", 1));
  if (training != 0 || (spatial == 0 && input.shape.height * input.shape.width != 1)) {
    return node.unknown("is in training, or normalises each pixel by itself");
  }
  const std::size_t count = input.shape.channels;
  std::span<const float> numbers[4];  // scale, shift, mean, variance
  for (std::size_t i = 0; i < 4; ++i) {
    KF_ASSIGN(const OnnxTensor* tensor, node.float_constant(i + 1));
    if (tensor->shape != std::vector<std::size_t>{count}) {
      return node.unknown("has other than one number a channel as input " + std::to_string(i + 1));
    }
    numbers[i] = tensor->floats.values;
  }
  std::vector<float> scale(count);
  std::vector<float> shift(count);
  for (std::size_t c = 0; c < count; ++c) {
    const double variance = double{numbers[3][c]} + double{epsilon};
    if (!(variance > 0)) {
      return node.unknown("has a variance that is not positive, of channel " + std::to_string(c));
    }
    const double factor = double{numbers[0][c]} / std::sqrt(variance);
    scale[c] = static_cast<float>(factor);
    shift[c] = static_cast<float>(double{numbers[1][c]} - double{numbers[2][c]} * factor);
  }
  return append_scale_shift(node, input, std::move(scale), std::move(shift));
}

Status Mapper::map_pool(const NodeReader& node) {
  KF_ASSIGN(const MappedValue input, picture(node, 0));
  KF_ASSIGN(const auto kernel, node.integers("kernel_shape", {}));
  KF_ASSIGN(const std::int64_t ceil_mode, node.integer("ceil_mode", 0));
  KF_ASSIGN(const std::int64_t count_pad, node.integer("count_include_pad", 0));
  if (kernel.size() != 2 || kernel[0] < 1 || kernel[1] < 1) {
    return node.unknown("has no kernel_shape of two sizes");
  }
  const bool average = node.node().op == "AveragePool";
  Layer layer{.name = node.name(),
              .kind = average ? LayerKind::kAveragePool : LayerKind::kMaxPool,
              .inputs = {input.index}};
  KF_ASSIGN(layer.window, node.window(input.shape, static_cast<std::size_t>(kernel[0]),
                                      static_cast<std::size_t>(kernel[1])));
  const Window& window = layer.window;
  const std::size_t high = input.shape.height + window.pad_top + window.pad_bottom;
  const std::size_t wide = input.shape.width + window.pad_left + window.pad_right;
  const bool exact =
      (high - window.height) % window.stride_y == 0 && (wide - window.width) % window.stride_x == 0;
  if (ceil_mode != 0 && !exact) {
    return node.unknown("rounds the size of its output up (ceil_mode)");
  }
  const bool padded = high != input.shape.height || wide != input.shape.width;
  if (average && count_pad != 0 && padded) {
    return node.unknown("counts the padding into the average (count_include_pad)");
  }
  const Shape output = window_output(input.shape, window);
  return append_picture(node, std::move(layer), output);
}

Status Mapper::map_global_pool(const NodeReader& node) {
  KF_ASSIGN(const MappedValue input, picture(node, 0));
  Layer layer{.name = node.name(),
              .kind = LayerKind::kAveragePool,
              .inputs = {input.index},
              .window = {.height = input.shape.height, .width = input.shape.width}};
  return append_picture(node, std::move(layer), {input.shape.channels, 1, 1});
}

}  // namespace kface
