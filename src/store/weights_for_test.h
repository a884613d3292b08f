// Weights with VGG-Face's shapes, small enough to be made in a test: its 13 convolutions, 59 MB.
#pragma once

#include <string>

#include "base/safetensors.h"
#include "weights/vgg_layout.h"

namespace kface {

// As PyTorch exports them: conv1_1.weight, ..., without metadata. Values are small and differ.
inline TensorFile convolutions_for_test() {
  TensorFile file;
  for (const VggLayer& layer : vgg_face_layout().layers) {
    if (layer.linear) {
      break;
    }
    Tensor weight{layer.weight_shape(), {}};
    weight.data.resize(value_count(weight.shape));
    float value = 0;
    for (float& element : weight.data) {
      value += 0.001F;
      value = value > 0.05F ? -0.05F : value;
      element = value;
    }
    file.tensors[layer.name + ".weight"] = std::move(weight);
    file.tensors[layer.name + ".bias"] = {layer.bias_shape(), std::vector<float>(layer.out, 0.5F)};
  }
  return file;
}

}  // namespace kface
