// A network's last linear layer, taken off: what recipes train.
#pragma once

#include <cstddef>
#include <string>

#include "kface/status.h"
#include "nn/last_layer.h"
#include "nn/network.h"

namespace kface {

struct SplitNetwork {
  Network network;      // its output is the feature
  Head last;            // embed(last, feature) is what the whole network gave
  bool linear = false;  // false: the network ended in no linear layer; `last` is the identity
};

// Takes off the last layer if it is linear from one vector to another: fully connected, or a
// convolution whose window is its whole picture. `normalize`: the embedding is divided by its
// length in the end.
//
// Requires: value_shapes() accepts the network.
// Errors:   kMismatch if it ends in no linear layer and in more values than an embedding has.
Result<SplitNetwork> split_last_linear(Network network, bool normalize);

// The head that gives the feature itself. `name` is the network's, for the error.
// Errors: kMismatch as above.
Result<Head> identity_head(const std::string& name, std::size_t d);

}  // namespace kface
