#include "nn/engine_context.h"

#include <algorithm>
#include <cmath>

namespace kface {
namespace {

bool is_pool(LayerKind kind) {
  return kind == LayerKind::kMaxPool || kind == LayerKind::kAveragePool;
}

}  // namespace

EngineContext::EngineContext(const Network& the_network, std::span<const Shape> the_shapes,
                             const EngineOptions& the_options, WeightStore::Impl& the_store,
                             OpList& the_ops)
    : network(the_network),
      shapes(the_shapes),
      options(the_options),
      store(the_store),
      ops(the_ops),
      values(the_network, the_shapes, the_options.batch, the_ops),
      steps(fuse_layers(the_network, the_shapes)),
      last_use_(the_shapes.size()),
      scale_source_(the_shapes.size()),
      never_negative_(the_shapes.size()) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    const Layer& layer = network.layers[step.layer];
    for (const std::size_t value : layer.inputs) {
      last_use_[value] = i;
    }
    if (step.addend) {
      last_use_[*step.addend] = i;
    }
    const bool pool = is_pool(layer.kind);
    const auto relu = [&](std::size_t at) { return network.layers[at].kind == LayerKind::kRelu; };
    scale_source_[step.output] = pool ? scale_source_[layer.inputs[0]] : step.output;
    never_negative_[step.output] =
        pool ? never_negative_[layer.inputs[0]]
             : relu(step.layer) || (step.activation && relu(*step.activation));
  }
  last_use_[steps.back().output] = steps.size();
}

Result<EngineContext::Quantized> EngineContext::quantized(std::size_t value) const {
  const std::string& name = values.name_of(scale_source_[value]);
  const auto limit = options.calibration.limits.find(name);
  if (limit == options.calibration.limits.end() || !std::isfinite(limit->second) ||
      limit->second <= 0) {
    return Status{ErrorCode::kInvalidArgument,
                  network.name + ": the calibration has no usable limit for '" + name +
                      "', and the plan computes with it in 8 bits; calibrate on this network"};
  }
  constexpr float kUnsigned = 255;
  constexpr float kSigned = 127;
  return never_negative_[value] ? Quantized{DataType::u8, limit->second / kUnsigned}
                                : Quantized{DataType::s8, limit->second / kSigned};
}

bool EngineContext::wanted_in_int8(std::size_t value) const {
  for (const Step& step : steps) {
    const Layer& layer = network.layers[step.layer];
    const bool int8 = layer.kind == LayerKind::kConv && options.plan.of(layer.name) == Way::kInt8;
    const bool reads = layer.inputs[0] == value;
    if ((reads && (int8 || is_pool(layer.kind))) || (int8 && step.addend == value)) {
      return true;
    }
  }
  return false;
}

bool EngineContext::last_reader(const Step& step, std::size_t value) const {
  return &step == &steps[0] + last_use_[value];
}

Argument EngineContext::scratchpad(const dnnl::memory::desc& desc) {
  const std::size_t bytes = std::max<std::size_t>(desc.get_size(), 1);  // most want none
  return {.name = DNNL_ARG_SCRATCHPAD, .desc = desc, .buffer = ops.add_buffer(bytes)};
}

void EngineContext::clear(const std::string& layer, const Stored& stored) {
  const std::size_t bytes = stored.desc.get_size();
  Op op{.layer = layer, .what = "clear", .primitive = {}, .arguments = {}};
  op.kernel = [bytes, buffer = stored.buffer](const BufferTable& table) {
    std::memset(table[buffer], 0, bytes);
  };
  ops.add(std::move(op), {stored.buffer});
}

}  // namespace kface
