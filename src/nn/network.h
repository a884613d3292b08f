// A network as data: a list of layers, each of which reads earlier values. What executes it is
// nn/engine.h (fast) and nn/network_ref.h (the definition, in plain loops).
//
// Values are pictures of floats, [channels, height, width] an image, row-major (CHW); a vector is
// [channels, 1, 1]. Value 0 is the network's input, value i + 1 the output of layers[i].
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kface/status.h"

namespace kface {

enum class LayerKind : std::uint8_t {
  kConv,            // cross-correlation with zero padding, + bias
  kFullyConnected,  // weight * input flattened in CHW order + bias; output [channels, 1, 1]
  kRelu,            // max(x, 0)
  kPRelu,           // x < 0 ? slope[c] * x : x
  kScaleShift,      // scale[c] * x + shift[c]: a batch norm at rest
  kAdd,             // elementwise sum of two values; one that is smaller in channels, height or
                    // width counts as zero where it ends (dlib's add_prev)
  kMaxPool,         // maximum over the window; padding never wins
  kAveragePool,     // mean over the part of the window that lies inside the picture
};

// Numbers of a trained network. They may lie in a mapped file, which `owner` then keeps alive.
struct Weights {
  std::span<const float> values;
  std::shared_ptr<const void> owner;

  bool empty() const { return values.empty(); }
};

// Weights that own a copy of `values`.
Weights own_weights(std::vector<float> values);

// Where a convolution or a pool looks.
struct Window {
  std::size_t height = 1, width = 1;
  std::size_t stride_y = 1, stride_x = 1;
  std::size_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
};

Window square_window(std::size_t side, std::size_t stride, std::size_t pad);

struct Shape {
  std::size_t channels = 0, height = 0, width = 0;

  std::size_t size() const { return channels * height * width; }
  bool operator==(const Shape&) const = default;
};

struct Layer {
  std::string name;  // unique; what errors, tables and calibrations call it
  LayerKind kind = LayerKind::kRelu;
  std::vector<std::size_t> inputs;  // values read: two for kAdd, one for every other kind
  Window window = {};               // kConv, kMaxPool, kAveragePool
  std::size_t channels = 0;         // of the output: kConv, kFullyConnected
  std::size_t groups = 1;           // kConv; = channels for a depthwise one
  // kConv [channels, in / groups, height, width]; kFullyConnected [channels, in] (CHW order);
  // kPRelu: slope [in]; kScaleShift: scale [in].
  Weights weight = {};
  Weights bias = {};  // kConv, kFullyConnected: [channels] or empty; kScaleShift: shift [in]
};

// The output of the network is the last layer's.
struct Network {
  std::string name;
  Shape input;
  std::vector<Layer> layers;
};

// Shape of every value, [layers + 1]; checks everything that an executor relies on.
//
// Errors: kCorruption, naming the layer and what was found and expected: a value that does not
//         exist yet, a window that does not fit, weights or biases of another size, groups that do
//         not divide, a name that occurs twice, no layer at all, sizes that overflow.
Result<std::vector<Shape>> value_shapes(const Network& network);

// Multiply-accumulates of layer `index` for one image: what its weights are multiplied with.
// Requires: shapes = value_shapes(network).
std::size_t layer_macs(const Network& network, std::span<const Shape> shapes, std::size_t index);

}  // namespace kface
