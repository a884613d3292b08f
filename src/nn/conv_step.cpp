#include "nn/conv_step.h"

#include <algorithm>

namespace kface {
namespace {

using ConvDesc = dnnl::convolution_forward::primitive_desc;

class ConvStep {
 public:
  ConvStep(EngineContext& context, const Step& step)
      : c_(context),
        step_(step),
        layer_(context.network.layers[step.layer]),
        way_(context.options.plan.of(layer_.name)),
        in_(layer_.inputs[0]) {}

  Status build() {
    KF_TRY(choose_types());
    auto chosen = choose_primitive();
    if (!chosen) {
      way_ = Way::kF32Nhwc;
      KF_TRY(choose_types());
      chosen = choose_primitive();
    }
    if (!chosen) {
      return Status{ErrorCode::kInvalidArgument, c_.network.name + ", layer '" + layer_.name +
                                                     "': oneDNN has no convolution for it" +
                                                     reason_};
    }
    add(*chosen);
    c_.activation_done = step_.activation && relu_;
    return {};
  }

 private:
  // Types and scales of what is read and written.
  Status choose_types() {
    source_ = target_ = {DataType::f32, 1};
    weight_type_ = DataType::f32;
    weight_scales_.clear();
    const bool activated = step_.activation.has_value();
    relu_ = activated && c_.network.layers[*step_.activation].kind == LayerKind::kRelu;
    const bool other_activation = activated && !relu_;
    if (way_ == Way::kInt8) {
      KF_ASSIGN(source_, c_.quantized(in_));
      weight_type_ = DataType::s8;
      weight_scales_ = channel_scales(layer_);
      if (!other_activation && c_.wanted_in_int8(step_.output)) {
        KF_ASSIGN(target_, c_.quantized(step_.output));
      }
    } else if (is_bf16(way_)) {
      source_ = {DataType::bf16, 1};
      weight_type_ = DataType::bf16;
      target_.type = other_activation ? DataType::f32 : DataType::bf16;
    }
    if (step_.addend && way_ == Way::kInt8 && target_.type != DataType::f32) {
      KF_ASSIGN(addend_, c_.quantized(*step_.addend));
    } else {
      addend_ = {target_.type, 1};
    }
    return {};
  }

  dnnl::memory::dims weight_dims() const {
    const auto dim = [](std::size_t size) { return static_cast<dnnl::memory::dim>(size); };
    const std::size_t groups = layer_.groups;
    const auto in = dim(c_.shapes[in_].channels / groups);
    const auto h = dim(layer_.window.height);
    const auto w = dim(layer_.window.width);
    return groups == 1 ? dnnl::memory::dims{dim(layer_.channels), in, h, w}
                       : dnnl::memory::dims{dim(groups), dim(layer_.channels / groups), in, h, w};
  }

  // oneDNN computes scale * (sum + bias), then adds, then activates.
  dnnl::primitive_attr attributes() const {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    if (way_ == Way::kInt8) {
      std::vector<float> scales(weight_scales_);
      for (float& scale : scales) {
        scale *= source_.scale / target_.scale;
      }
      attributes.set_output_scales(2, scales);
    }
    dnnl::post_ops after;
    if (step_.addend) {
      after.append_sum(addend_.scale / target_.scale, 0, addend_.type);
    }
    if (relu_) {
      after.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
    }
    attributes.set_post_ops(after);
    return attributes;
  }

  std::optional<ConvDesc> describe(const dnnl::memory::desc& source,
                                   const dnnl::memory::desc& target) {
    const Window& w = layer_.window;
    const auto algorithm = way_ == Way::kWinograd ? dnnl::algorithm::convolution_winograd
                                                  : dnnl::algorithm::convolution_direct;
    const dnnl::memory::desc weights(weight_dims(), weight_type_, Tag::any);
    const dnnl::memory::desc bias({static_cast<dnnl::memory::dim>(layer_.channels)}, DataType::f32,
                                  Tag::x);
    try {
      return ConvDesc({dnnl::prop_kind::forward_inference, algorithm, source, weights, bias, target,
                       as_dims(w.stride_y, w.stride_x), as_dims(w.pad_top, w.pad_left),
                       as_dims(w.pad_bottom, w.pad_right)},
                      attributes(), onednn_engine());
    } catch (const dnnl::error& error) {
      reason_ = std::string(" (") + error.what() + ")";
      return std::nullopt;
    }
  }

  dnnl::memory::desc any(std::size_t value, DataType type) const {
    return {c_.values.dims(value), type, Tag::any};
  }

  std::optional<ConvDesc> choose_primitive() {
    if (way_ == Way::kWinograd) {
      return describe(any(in_, source_.type), any(step_.output, target_.type));
    }
    const Layout layout = is_blocked(way_) ? Layout::kBlocked : Layout::kNhwc;
    // A picture of three channels is read as it comes: no block of channels is full.
    constexpr std::size_t kFewChannels = 4;
    const bool few = is_blocked(way_) && c_.shapes[in_].channels < kFewChannels;
    auto chosen = describe(c_.values.desc(in_, source_.type, few ? Layout::kPlain : layout),
                           c_.values.desc(step_.output, target_.type, layout));
    // oneDNN's plain loops are hundreds of times slower; only plain float32 may end there.
    const bool slow = !chosen || std::string(chosen->impl_info_str()).starts_with("ref");
    if (slow && way_ == Way::kF32Nhwc) {
      return describe(any(in_, source_.type), any(step_.output, target_.type));
    }
    if (slow) {
      chosen.reset();
    }
    return chosen;
  }

  std::vector<float> bias() const {
    std::vector<float> bias(layer_.bias.values.begin(), layer_.bias.values.end());
    bias.resize(layer_.channels, 0.0F);
    for (std::size_t c = 0; way_ == Way::kInt8 && c < bias.size(); ++c) {
      bias[c] /= source_.scale * weight_scales_[c];
    }
    return bias;
  }

  void add(const ConvDesc& chosen) {
    const Stored source = c_.values.get(in_, chosen.src_desc(), source_.scale);
    const Stored target = prepare_target(chosen.dst_desc());
    const auto values = bias();
    const dnnl::memory fixed_bias(chosen.bias_desc(), onednn_engine());
    std::copy(values.begin(), values.end(), static_cast<float*>(fixed_bias.get_data_handle()));
    const auto weights =
        conv_weights(c_.store, layer_, weight_dims(), chosen.weights_desc(), weight_scales_);
    c_.ops.add(
        {.layer = layer_.name,
         .what = chosen.impl_info_str(),
         .primitive = dnnl::convolution_forward(chosen),
         .arguments = {{.name = DNNL_ARG_SRC, .desc = source.desc, .buffer = source.buffer},
                       {.name = DNNL_ARG_WEIGHTS, .desc = chosen.weights_desc(), .fixed = weights},
                       {.name = DNNL_ARG_BIAS, .desc = chosen.bias_desc(), .fixed = fixed_bias},
                       {.name = DNNL_ARG_DST, .desc = target.desc, .buffer = target.buffer},
                       c_.scratchpad(chosen.scratchpad_desc())}});
  }

  // The buffer that is written; with a sum, it holds the other operand before.
  Stored prepare_target(const dnnl::memory::desc& desc) {
    if (!step_.addend) {
      return c_.values.create(step_.output, desc, target_.scale);
    }
    const std::size_t other = *step_.addend;
    dnnl::memory::desc wanted = desc;
    wanted.data.data_type = static_cast<dnnl_data_type_t>(addend_.type);
    if (c_.shapes[other] == c_.shapes[step_.output]) {
      const Stored operand = c_.values.get(other, wanted, addend_.scale);
      const bool free =
          other != 0 && other != in_ && other != c_.steps.back().output && !c_.options.keep_values;
      if (free && c_.last_reader(step_, other)) {
        const Stored target{desc, c_.values.layout_of(step_.output, desc), operand.buffer,
                            target_.scale};
        c_.values.set(step_.output, target);
        return target;
      }
    }
    const Stored target = c_.values.create(step_.output, desc, target_.scale);
    if (c_.shapes[other] != c_.shapes[step_.output]) {
      c_.clear(layer_.name, target);
    }
    const auto part = wanted.submemory_desc(c_.values.dims(other), {0, 0, 0, 0});
    c_.values.convert(layer_.name, c_.values.first(other), target.buffer, part, addend_.scale,
                      false);
    return target;
  }

  EngineContext& c_;
  const Step& step_;
  const Layer& layer_;
  Way way_;  // float32, direct, where the plan's does not exist
  const std::size_t in_;
  EngineContext::Quantized source_;
  EngineContext::Quantized target_;
  EngineContext::Quantized addend_;
  DataType weight_type_ = DataType::f32;
  std::vector<float> weight_scales_;
  bool relu_ = false;
  std::string reason_;
};

}  // namespace

Status build_conv(EngineContext& context, const Step& step) {
  return ConvStep(context, step).build();
}

}  // namespace kface
