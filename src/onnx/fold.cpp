#include <algorithm>
#include <optional>

#include "onnx/map.h"

namespace kface {
namespace {

// How many layers read each value; the network's output counts as read.
std::vector<std::size_t> count_readers(const Network& network) {
  std::vector<std::size_t> readers(network.layers.size() + 1);
  for (const Layer& layer : network.layers) {
    for (const std::size_t value : layer.inputs) {
      ++readers[value];
    }
  }
  ++readers.back();
  return readers;
}

bool takes_a_scale(const Layer& layer) {
  return layer.kind == LayerKind::kConv || layer.kind == LayerKind::kFullyConnected ||
         layer.kind == LayerKind::kScaleShift;
}

// scale[c] * layer + shift[c] as one layer, the numbers rounded once.
void fold_into(Layer& layer, const Layer& scaling) {
  const std::span<const float> scale = scaling.weight.values;
  const std::span<const float> shift = scaling.bias.values;
  const std::size_t channels = scale.size();
  const std::size_t per_channel = layer.weight.values.size() / channels;
  std::vector<float> weight(layer.weight.values.size());
  std::vector<float> bias(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    const double factor = scale[c];
    for (std::size_t i = c * per_channel; i < (c + 1) * per_channel; ++i) {
      weight[i] = static_cast<float>(double{layer.weight.values[i]} * factor);
    }
    const double before = layer.bias.empty() ? 0.0 : double{layer.bias.values[c]};
    bias[c] = static_cast<float>(before * factor + double{shift[c]});
  }
  layer.weight = own_weights(std::move(weight));
  layer.bias = own_weights(std::move(bias));
}

}  // namespace

Network fold_scale_shifts(Network network) {
  const std::vector<std::size_t> readers = count_readers(network);
  std::vector<std::size_t> moved = {0};  // where each old value is now
  Network folded{.name = network.name, .input = network.input, .layers = {}};
  for (Layer& layer : network.layers) {
    const std::size_t read = layer.inputs[0];
    const std::size_t source = moved[read];
    const bool folds = layer.kind == LayerKind::kScaleShift && source > 0 && readers[read] == 1 &&
                       takes_a_scale(folded.layers[source - 1]);
    if (folds) {
      fold_into(folded.layers[source - 1], layer);
      moved.push_back(source);
      continue;
    }
    for (std::size_t& value : layer.inputs) {
      value = moved[value];
    }
    folded.layers.push_back(std::move(layer));
    moved.push_back(folded.layers.size());
  }
  return folded;
}

}  // namespace kface
