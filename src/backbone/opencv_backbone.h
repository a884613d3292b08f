// A network that our engine does not know, in OpenCV DNN.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "backbone/backbone.h"
#include "backbone/engine_backbone.h"
#include "nn/network.h"

namespace kface {

// `onnx`: an ONNX file's bytes whose only output is the embedding; `input`: what `read_chip`
// writes. The feature is the embedding, last_layer() the identity, divided by its length if
// `normalize`. `info` comes without feature_dim: a first run tells it.
//
// Errors: kMismatch with OpenCV's reason, if it cannot run the network. Its own messages on stderr
//         are kept back.
Result<std::unique_ptr<Backbone>> opencv_backbone(BackboneInfo info, std::vector<std::uint8_t> onnx,
                                                  const Shape& input, ChipReader read_chip,
                                                  bool normalize);

}  // namespace kface
