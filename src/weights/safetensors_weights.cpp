// Tensors under PyTorch's names; either anybody's export of a state_dict, or what kface wrote.
#include <string_view>

#include "base/safetensors.h"
#include "weights/own_form.h"
#include "weights/readers.h"

namespace kface {
namespace {

constexpr std::string_view kOwnPrefix = "kface-";

// A linear layer may be kept as the convolution that it is: [out, in, side, side].
void flatten_linear(const VggLayout& layout, const std::string& name, Tensor& tensor) {
  const VggLayer* layer = layout.find(name.substr(0, name.find('.')));
  if (layer != nullptr && layer->linear &&
      tensor.shape == TensorShape{layer->out, layer->in, layer->side, layer->side}) {
    tensor.shape = layer->weight_shape();
  }
}

}  // namespace

Result<FoundWeights> read_safetensors_weights(const SourceFile& file, const VggLayout& layout) {
  KF_ASSIGN(TensorFile content, decode_safetensors(file.bytes, file.name()));
  FoundWeights found{.channels = ChannelOrder::kRgb};
  const auto format = content.metadata.find("format");
  if (format != content.metadata.end() && format->second.starts_with(kOwnPrefix)) {
    KF_TRY(read_own_metadata(content.metadata, file.name(), found));
  }
  TensorCollector collector(layout, file.name());
  while (!content.tensors.empty()) {
    auto node = content.tensors.extract(content.tensors.begin());
    flatten_linear(layout, node.key(), node.mapped());
    KF_TRY(collector.add(node.key(), std::move(node.mapped())));
  }
  KF_ASSIGN(found.tensors, collector.finish());
  found.with_top = collector.with_top();
  return found;
}

}  // namespace kface
