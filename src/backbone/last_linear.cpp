#include "backbone/last_linear.h"

namespace kface {
namespace {

constexpr std::size_t kMaxIdentity = 4096;  // an identity of it takes 64 MB

bool is_linear(const Layer& layer, const Shape& in) {
  if (layer.kind == LayerKind::kFullyConnected) {
    return true;
  }
  const Window& w = layer.window;
  return layer.kind == LayerKind::kConv && layer.groups == 1 && w.height == in.height &&
         w.width == in.width && w.pad_top + w.pad_bottom + w.pad_left + w.pad_right == 0;
}

// The layer's weights are [m, d]; a head's are [d, m].
Head head_of(const Layer& layer, std::size_t d) {
  const std::size_t m = layer.channels;
  Head head{.d = d, .m = m, .weight = std::vector<float>(d * m), .bias = std::vector<float>(m)};
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < d; ++j) {
      head.weight[j * m + i] = layer.weight.values[i * d + j];
    }
  }
  if (!layer.bias.empty()) {
    head.bias.assign(layer.bias.values.begin(), layer.bias.values.end());
  }
  return head;
}

}  // namespace

Result<Head> identity_head(const std::string& name, std::size_t d) {
  if (d > kMaxIdentity) {
    return Status{ErrorCode::kMismatch,
                  name + ": it ends in " + std::to_string(d) +
                      " values that no linear layer gives; an embedding has at most " +
                      std::to_string(kMaxIdentity) + ": name another value as the feature"};
  }
  Head head{.d = d, .m = d, .weight = std::vector<float>(d * d), .bias = std::vector<float>(d)};
  for (std::size_t i = 0; i < d; ++i) {
    head.weight[i * d + i] = 1;
  }
  return head;
}

Result<SplitNetwork> split_last_linear(Network network, bool normalize) {
  KF_ASSIGN(const std::vector<Shape> shapes, value_shapes(network));
  SplitNetwork split;
  const Layer& last = network.layers.back();
  const Shape& in = shapes[last.inputs[0]];
  // Of a single layer nothing would be left.
  split.linear = network.layers.size() > 1 && is_linear(last, in);
  if (split.linear) {
    split.last = head_of(last, in.size());
    network.layers.pop_back();
  } else {
    KF_ASSIGN(split.last, identity_head(network.name, shapes.back().size()));
  }
  split.last.l2_normalize = normalize;
  split.network = std::move(network);
  return split;
}

}  // namespace kface
