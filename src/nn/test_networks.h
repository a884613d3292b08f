// Small networks with seeded random weights, for tests of what executes them.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "base/rng.h"
#include "nn/network.h"

namespace kface {

// Adds layers to a network one after the other; values keep a sane size.
class NetworkMaker {
 public:
  NetworkMaker(const std::string& name, Shape input) : network_{name, input, {}}, rng_(7) {}

  // Each gives the index of the new value.
  std::size_t conv(std::size_t input, std::size_t channels, Window window, std::size_t groups = 1) {
    const std::size_t inner = channels_of(input) / groups * window.height * window.width;
    return add({.name = next_name("conv"),
                .kind = LayerKind::kConv,
                .inputs = {input},
                .window = window,
                .channels = channels,
                .groups = groups,
                .weight = random(channels * inner, std::sqrt(2.0F / static_cast<float>(inner))),
                .bias = random(channels, 0.2F)});
  }
  std::size_t linear(std::size_t input, std::size_t channels) {
    const std::size_t inner = shape_of(input).size();
    return add({.name = next_name("fc"),
                .kind = LayerKind::kFullyConnected,
                .inputs = {input},
                .channels = channels,
                .weight = random(channels * inner, std::sqrt(2.0F / static_cast<float>(inner))),
                .bias = random(channels, 0.2F)});
  }
  std::size_t relu(std::size_t input) {
    return add({.name = next_name("relu"), .kind = LayerKind::kRelu, .inputs = {input}});
  }
  std::size_t prelu(std::size_t input) {
    return add({.name = next_name("prelu"),
                .kind = LayerKind::kPRelu,
                .inputs = {input},
                .weight = random(channels_of(input), 0.5F)});
  }
  std::size_t scale_shift(std::size_t input) {
    return add({.name = next_name("scale"),
                .kind = LayerKind::kScaleShift,
                .inputs = {input},
                .weight = random(channels_of(input), 1.0F),
                .bias = random(channels_of(input), 0.5F)});
  }
  std::size_t sum(std::size_t a, std::size_t b) {
    return add({.name = next_name("add"), .kind = LayerKind::kAdd, .inputs = {a, b}});
  }
  std::size_t pool(std::size_t input, LayerKind kind, Window window) {
    return add({.name = next_name("pool"), .kind = kind, .inputs = {input}, .window = window});
  }

  const Network& network() const { return network_; }

  // Uniform in [-size, size].
  Weights random(std::size_t count, float size) { return own_weights(values(count, size)); }
  std::vector<float> values(std::size_t count, float size) {
    std::vector<float> result(count);
    for (float& value : result) {
      value = static_cast<float>(rng_.uniform() * 2 - 1) * size;
    }
    return result;
  }

 private:
  Shape shape_of(std::size_t value) {
    return value == 0 ? network_.input : value_shapes(network_).value()[value];
  }
  std::size_t channels_of(std::size_t value) { return shape_of(value).channels; }
  std::string next_name(const std::string& kind) {
    return kind + std::to_string(network_.layers.size());
  }
  std::size_t add(Layer layer) {
    network_.layers.push_back(std::move(layer));
    return network_.layers.size();
  }

  Network network_;
  Rng rng_;
};

// A little VGG: convolutions, ReLUs, a max pool, two linear layers.
inline Network small_vgg() {
  NetworkMaker m("small-vgg", {3, 20, 20});
  std::size_t at = m.relu(m.conv(0, 32, square_window(3, 1, 1)));
  at = m.relu(m.conv(at, 64, square_window(3, 1, 1)));
  at = m.pool(at, LayerKind::kMaxPool, square_window(2, 2, 0));
  at = m.relu(m.conv(at, 64, square_window(3, 1, 1)));
  at = m.relu(m.linear(at, 37));
  m.linear(at, 10);
  return m.network();
}

// dlib's kinds of layers: residual sums, some with a smaller operand, and a mean at the end.
inline Network small_resnet() {
  NetworkMaker m("small-resnet", {3, 33, 33});
  std::size_t at = m.relu(m.conv(0, 32, square_window(7, 2, 0)));
  at = m.pool(at, LayerKind::kMaxPool, square_window(3, 2, 0));
  std::size_t block =
      m.conv(m.relu(m.conv(at, 32, square_window(3, 1, 1))), 32, square_window(3, 1, 1));
  at = m.relu(m.sum(block, at));
  // fewer channels in the skip
  block = m.conv(m.relu(m.conv(at, 64, square_window(3, 2, 0))), 64, square_window(3, 1, 1));
  at = m.relu(m.sum(block, m.pool(at, LayerKind::kAveragePool, square_window(2, 2, 0))));
  // ... and a larger picture, so that no operand has the size of the sum
  block = m.conv(m.relu(m.conv(at, 96, square_window(2, 1, 0))), 96, square_window(1, 1, 0));
  at = m.relu(m.sum(block, at));
  m.pool(at, LayerKind::kAveragePool, {.height = 3, .width = 3});
  return m.network();
}

// MobileFaceNet's kinds: depthwise convolutions, PReLU, sums without activation, scale and shift.
inline Network small_mobile() {
  NetworkMaker m("small-mobile", {3, 24, 24});
  std::size_t at = m.prelu(m.conv(0, 32, square_window(3, 2, 1)));
  at = m.prelu(m.conv(at, 32, square_window(3, 1, 1), 32));
  at = m.conv(at, 16, square_window(1, 1, 0));
  std::size_t block = m.prelu(m.conv(at, 48, square_window(1, 1, 0)));
  block = m.prelu(m.conv(block, 48, square_window(3, 1, 1), 48));
  at = m.sum(at, m.conv(block, 16, square_window(1, 1, 0)));
  at = m.scale_shift(at);
  at = m.prelu(m.conv(
      at, 40,
      {.height = 3, .width = 3, .stride_y = 2, .stride_x = 2, .pad_bottom = 1, .pad_right = 1}));
  at = m.sum(at, m.relu(at));
  at = m.sum(at, m.conv(at, 40, square_window(1, 1, 0)));  // reads what it is added to
  at = m.conv(at, 40, square_window(6, 1, 0), 40);
  m.linear(at, 12);
  return m.network();
}

}  // namespace kface
