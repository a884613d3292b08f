#include <algorithm>
#include <cmath>

#include "nn/onednn.h"

namespace kface {

dnnl::engine& onednn_engine() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

dnnl::stream& onednn_stream() {
  thread_local dnnl::stream stream(onednn_engine());
  return stream;
}

WeightStore::WeightStore(std::function<void(const std::string& layer)> copied)
    : impl_(std::make_unique<Impl>()) {
  impl_->copied = std::move(copied);
}
WeightStore::~WeightStore() = default;

std::size_t WeightStore::bytes() const {
  const std::lock_guard lock(impl_->mutex);
  std::size_t bytes = 0;
  for (const auto& form : impl_->forms) {
    bytes += form->desc.get_size();
  }
  for (const auto& [layer, ways] : impl_->linear) {
    for (const auto& [way, weights] : ways) {
      bytes += weights->bf16.size() * sizeof(std::uint16_t) + weights->int8.size();
    }
  }
  return bytes;
}

std::vector<std::string> WeightStore::borrowed() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->borrowed;
}

std::vector<float> channel_scales(const Layer& layer) {
  const std::size_t each = layer.weight.values.size() / layer.channels;
  std::vector<float> scales(layer.channels);
  for (std::size_t c = 0; c < layer.channels; ++c) {
    float most = 0;
    for (const float weight : layer.weight.values.subspan(c * each, each)) {
      most = std::max(most, std::fabs(weight));
    }
    constexpr float kLargest = 127.0F;
    scales[c] = most > 0 ? most / kLargest : 1.0F;
  }
  return scales;
}

dnnl::memory conv_weights(WeightStore::Impl& store, const Layer& layer,
                          const dnnl::memory::dims& dims, const dnnl::memory::desc& wanted,
                          const std::vector<float>& scales) {
  const std::lock_guard lock(store.mutex);
  for (const auto& form : store.forms) {
    if (form->layer == layer.name && form->desc == wanted) {
      return form->memory;
    }
  }
  constexpr std::size_t kGroupedDims = 5;
  const bool grouped = dims.size() == kGroupedDims;
  const dnnl::memory::desc plain(dims, DataType::f32, grouped ? Tag::goihw : Tag::oihw);
  // oneDNN only reads through this pointer.
  dnnl::memory from(plain, onednn_engine(), const_cast<float*>(layer.weight.values.data()));
  dnnl::primitive_attr attributes;
  if (!scales.empty()) {
    std::vector<float> factors(scales.size());
    std::transform(scales.begin(), scales.end(), factors.begin(), [](float s) { return 1 / s; });
    attributes.set_output_scales(grouped ? 3 : 1, factors);  // output channels: g and o, or o
  }
  auto form = std::make_unique<WeightStore::Impl::Form>();
  form->layer = layer.name;
  form->desc = wanted;
  form->memory = dnnl::memory(wanted, onednn_engine());
  dnnl::reorder(dnnl::reorder::primitive_desc(from, form->memory, attributes))
      .execute(onednn_stream(), from, form->memory);
  store.forms.push_back(std::move(form));
  if (store.copied) {
    store.copied(layer.name);
  }
  return store.forms.back()->memory;
}

const FullyConnectedWeights& linear_weights(WeightStore::Impl& store, const Layer& layer, Way way) {
  const std::lock_guard lock(store.mutex);
  const Way form = way == Way::kInt8 ? way : is_bf16(way) ? Way::kBf16Nhwc : Way::kF32Nhwc;
  auto& made = store.linear[layer.name][form];
  if (made == nullptr) {
    const std::size_t m = layer.channels;
    const auto values = layer.weight.values;
    const std::size_t k = values.size() / m;
    made = std::make_unique<FullyConnectedWeights>(form == Way::kInt8 ? round_to_int8(m, k, values)
                                                   : is_bf16(form)    ? round_to_bf16(m, k, values)
                                                                      : keep_f32(m, k, values));
    if (form == Way::kF32Nhwc) {
      store.borrowed.push_back(layer.name);
    } else if (store.copied) {
      store.copied(layer.name);
    }
  }
  return *made;
}

}  // namespace kface
