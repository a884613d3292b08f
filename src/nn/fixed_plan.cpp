#include "nn/fixed_plan.h"

#include "nn/onednn.h"

namespace kface {
namespace {

// oneDNN's Winograd convolutions are written for AVX-512.
bool winograd_exists() { return dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core; }

bool bf16_exists() { return dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core_bf16; }

bool winograd_wins(const Layer& layer, const Shape& in) {
  constexpr std::size_t kSide = 3;
  constexpr std::size_t kChannels = 64;
  const Window& w = layer.window;
  return layer.groups == 1 && w.height == kSide && w.width == kSide && w.stride_y == 1 &&
         w.stride_x == 1 && w.pad_top == 1 && w.pad_left == 1 && w.pad_bottom == 1 &&
         w.pad_right == 1 && in.channels >= kChannels && layer.channels >= kChannels;
}

}  // namespace

Plan fixed_plan(const Network& network, Precision precision) {
  if (precision == Precision::kInt8) {
    return {.ways = {}, .otherwise = Way::kInt8};
  }
  if (precision == Precision::kBf16 && bf16_exists()) {
    return {.ways = {}, .otherwise = Way::kBf16Nhwc};
  }
  const auto shapes = value_shapes(network);
  KF_REQUIRE(shapes.ok(), shapes.error().message());
  Plan plan;
  for (const Layer& layer : network.layers) {
    if (layer.kind == LayerKind::kConv && winograd_exists() &&
        winograd_wins(layer, shapes.value()[layer.inputs[0]])) {
      plan.ways[layer.name] = Way::kWinograd;
    }
  }
  if (!plan.ways.empty()) {
    plan.otherwise = Way::kF32Blocked;  // Winograd's layout: nothing is rearranged in between
  }
  return plan;
}

}  // namespace kface
