#include "nn/engine_builder.h"

#include <algorithm>

#include "nn/conv_step.h"
#include "nn/elementwise.h"
#include "nn/engine_context.h"

namespace kface {
namespace {

// Height x width of a layout's blocks, for the elementwise kernels.
ChannelLayout channel_layout(const Stored& stored, const Shape& shape, std::size_t batch) {
  const std::size_t pixels = shape.height * shape.width;
  if (stored.layout == Layout::kNhwc) {
    return {.outer = batch * pixels, .blocks = 1, .inner = 1, .lanes = shape.channels};
  }
  const std::size_t lanes = stored.desc.get_size() / sizeof(float) / batch / pixels;
  const auto block = static_cast<std::size_t>(stored.desc.data.format_desc.blocking.inner_blks[0]);
  return {.outer = batch, .blocks = lanes / block, .inner = pixels, .lanes = block};
}

std::vector<float> padded(std::span<const float> values, std::size_t size, float fill) {
  std::vector<float> result(values.begin(), values.end());
  result.resize(size, fill);
  return result;
}

class Builder {
 public:
  Builder(EngineContext& context, BuiltEngine& built) : c_(context), built_(built) {}

  Status build() {
    const auto input = c_.values.create(0, c_.values.desc(0, DataType::f32, Layout::kPlain));
    c_.ops.pin(input.buffer);
    built_.input = input.buffer;
    for (const Step& step : c_.steps) {
      KF_TRY(build_step(step));
    }
    const std::size_t last = c_.steps.back().output;
    const auto output = c_.values.get(last, c_.values.desc(last, DataType::f32, Layout::kPlain));
    c_.ops.pin(output.buffer);
    built_.output = output.buffer;
    if (c_.options.keep_values) {
      keep_values();
    }
    return {};
  }

 private:
  void keep_values() {
    built_.values.push_back({kInputName, built_.input, c_.options.batch * c_.network.input.size()});
    for (const Step& step : c_.steps) {
      const auto f32 = c_.values.get_f32(step.output);
      built_.values.push_back(
          {c_.values.name_of(step.output), f32.buffer, f32.desc.get_size() / sizeof(float)});
    }
    c_.ops.pin_all();
  }

  Status build_step(const Step& step) {
    switch (c_.network.layers[step.layer].kind) {
      case LayerKind::kConv:
        KF_TRY(build_conv(c_, step));
        break;
      case LayerKind::kFullyConnected:
        build_fully_connected(step);
        return {};
      case LayerKind::kMaxPool:
      case LayerKind::kAveragePool:
        build_pool(step);
        return {};
      case LayerKind::kAdd:
        build_add(step);
        break;
      default:
        build_elementwise(c_.network.layers[step.layer], c_.network.layers[step.layer].inputs[0],
                          step.output);
        return {};
    }
    return build_activation(step);
  }

  // What the step's main operation has not applied itself.
  Status build_activation(const Step& step) {
    if (step.activation && !c_.activation_done) {
      build_elementwise(c_.network.layers[*step.activation], step.output, step.output);
    }
    return {};
  }

  // Reads `from`, gives `to`; in place if they are the same value.
  void build_elementwise(const Layer& layer, std::size_t from, std::size_t to) {
    const Stored source = c_.values.get_f32(from);
    const Stored target = from == to ? source : c_.values.create(to, source.desc);
    const auto layout = channel_layout(source, c_.shapes[from], c_.options.batch);
    const std::size_t channels = layout.channels();
    const unsigned threads = c_.options.threads;
    Op op{.layer = layer.name, .what = "elementwise", .primitive = {}, .arguments = {}};
    if (layer.kind == LayerKind::kScaleShift) {
      op.kernel = [=, scale = padded(layer.weight.values, channels, 0),
                   shift = padded(layer.bias.values, channels, 0)](const BufferTable& table) {
        scale_shift(layout, as_floats(table, source.buffer), as_floats(table, target.buffer), scale,
                    shift, threads);
      };
    } else {
      op.kernel = [=, slope = padded(layer.weight.values, channels, 0)](const BufferTable& table) {
        prelu(layout, as_floats(table, source.buffer), as_floats(table, target.buffer), slope,
              threads);
      };
    }
    c_.ops.add(std::move(op), {source.buffer, target.buffer});
  }

  void build_fully_connected(const Step& step) {
    const Layer& layer = c_.network.layers[step.layer];
    const std::size_t in = layer.inputs[0];
    const Stored source = c_.values.get(in, c_.values.desc(in, DataType::f32, Layout::kPlain));
    const Stored target =
        c_.values.create(step.output, c_.values.desc(step.output, DataType::f32, Layout::kPlain));
    const Way way = c_.options.plan.of(layer.name);
    const FullyConnectedWeights& weights = linear_weights(c_.store, layer, way);
    const bool relu = step.activation.has_value();
    const std::size_t batch = c_.options.batch;
    const unsigned threads = c_.options.threads;
    const auto bias = layer.bias.values;
    Op op{.layer = layer.name,
          .what = way == Way::kInt8 ? "linear, int8 weights"
                  : is_bf16(way)    ? "linear, bf16 weights"
                                    : "linear",
          .primitive = {},
          .arguments = {}};
    op.kernel = [=, &weights](const BufferTable& table) {
      fully_connected(weights, bias, relu,
                      std::span(as_floats(table, source.buffer), batch * weights.k),
                      std::span(as_floats(table, target.buffer), batch * weights.m), threads);
    };
    c_.ops.add(std::move(op), {source.buffer, target.buffer});
  }

  void build_pool(const Step& step) {
    const Layer& layer = c_.network.layers[step.layer];
    const bool maximum = layer.kind == LayerKind::kMaxPool;
    const Shape& out = c_.shapes[step.output];
    // A mean over a whole picture is worth more digits than 8 bits have.
    const bool whole = !maximum && out.height == 1 && out.width == 1;
    const Stored first = c_.values.first(layer.inputs[0]);
    const Stored source = whole ? c_.values.get_f32(layer.inputs[0]) : first;
    const Window& w = layer.window;
    const dnnl::memory::desc any(c_.values.dims(step.output), source.desc.data_type(), Tag::any);
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const dnnl::pooling_forward::primitive_desc pool(
        {dnnl::prop_kind::forward_inference,
         maximum ? dnnl::algorithm::pooling_max : dnnl::algorithm::pooling_avg_exclude_padding,
         source.desc, any, as_dims(w.stride_y, w.stride_x), as_dims(w.height, w.width),
         as_dims(w.pad_top, w.pad_left), as_dims(w.pad_bottom, w.pad_right)},
        attributes, onednn_engine());
    const Stored target = c_.values.create(step.output, pool.dst_desc(), source.scale);
    c_.ops.add({.layer = layer.name,
                .what = pool.impl_info_str(),
                .primitive = dnnl::pooling_forward(pool),
                .arguments = {{.name = DNNL_ARG_SRC, .desc = source.desc, .buffer = source.buffer},
                              {.name = DNNL_ARG_DST, .desc = target.desc, .buffer = target.buffer},
                              c_.scratchpad(pool.scratchpad_desc())}});
  }

  // A sum that no convolution writes: both operands are copied into the output.
  void build_add(const Step& step) {
    const Layer& layer = c_.network.layers[step.layer];
    const Layout layout = c_.values.get_f32(layer.inputs[0]).layout;
    const Stored target =
        c_.values.create(step.output, c_.values.desc(step.output, DataType::f32, layout));
    c_.clear(layer.name, target);
    for (const std::size_t value : layer.inputs) {
      const auto part = target.desc.submemory_desc(c_.values.dims(value), {0, 0, 0, 0});
      c_.values.convert(layer.name, c_.values.get_f32(value), target.buffer, part, 1, true);
    }
    c_.activation_done = false;
  }

  EngineContext& c_;
  BuiltEngine& built_;
};

}  // namespace

Status build_engine(const Network& network, std::span<const Shape> shapes,
                    const EngineOptions& options, WeightStore::Impl& store, BuiltEngine& built) {
  EngineContext context(network, shapes, options, store, built.ops);
  return Builder(context, built).build();
}

}  // namespace kface
