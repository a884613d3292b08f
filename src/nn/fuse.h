// Which layers of a network are computed in one go: a convolution with the sum and the activation
// that follow it, so that its output is written once.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "nn/network.h"

namespace kface {

struct Step {
  std::size_t layer = 0;                  // index of the layer that does the work
  std::optional<std::size_t> addend;      // kConv: value added to its output before the activation
  std::optional<std::size_t> activation;  // index of a kRelu or kPRelu layer applied at the end
  std::size_t output = 0;                 // value that the step gives; those between never exist
};

// Every layer in exactly one step, in an order in which every step's inputs are there before it.
// Only values that nothing else reads disappear; the network's output never does.
//
// Requires: shapes = value_shapes(network). Cost: O(layers).
std::vector<Step> fuse_layers(const Network& network, std::span<const Shape> shapes);

}  // namespace kface
