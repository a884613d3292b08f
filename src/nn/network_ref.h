// The definition of what a network computes, in plain loops and double sums. Slow; every executor
// is tested against it.
#pragma once

#include <span>
#include <vector>

#include "nn/network.h"

namespace kface {

// Every value of the network for one image: [0] is the input itself, [i + 1] the output of layer i.
//
// Requires: value_shapes(network) succeeds; input has the network's input size (CHW).
std::vector<std::vector<float>> run_ref(const Network& network, std::span<const float> input);

}  // namespace kface
