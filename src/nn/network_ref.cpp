#include "nn/network_ref.h"

#include <algorithm>
#include <limits>

namespace kface {
namespace {

using Values = std::vector<float>;

// A value with its shape, read as a picture that is 0 outside.
struct Picture {
  const Shape& shape;
  const Values& values;

  bool inside(std::ptrdiff_t y, std::ptrdiff_t x) const {
    return y >= 0 && x >= 0 && y < static_cast<std::ptrdiff_t>(shape.height) &&
           x < static_cast<std::ptrdiff_t>(shape.width);
  }
  float at(std::size_t c, std::size_t y, std::size_t x) const {
    return values[(c * shape.height + y) * shape.width + x];
  }
};

// Calls visit(ky, kx, y, x) for the places of the window at output (oy, ox) that lie inside.
template <typename Visit>
void visit_window(const Picture& in, const Window& window, std::size_t oy, std::size_t ox,
                  const Visit& visit) {
  for (std::size_t ky = 0; ky < window.height; ++ky) {
    for (std::size_t kx = 0; kx < window.width; ++kx) {
      const auto y = static_cast<std::ptrdiff_t>(oy * window.stride_y + ky) -
                     static_cast<std::ptrdiff_t>(window.pad_top);
      const auto x = static_cast<std::ptrdiff_t>(ox * window.stride_x + kx) -
                     static_cast<std::ptrdiff_t>(window.pad_left);
      if (in.inside(y, x)) {
        visit(ky, kx, static_cast<std::size_t>(y), static_cast<std::size_t>(x));
      }
    }
  }
}

// One value of the output from (c, y, x), for every place.
template <typename Compute>
Values compute_each(const Shape& out, const Compute& compute) {
  Values values;
  values.reserve(out.size());
  for (std::size_t c = 0; c < out.channels; ++c) {
    for (std::size_t y = 0; y < out.height; ++y) {
      for (std::size_t x = 0; x < out.width; ++x) {
        values.push_back(compute(c, y, x));
      }
    }
  }
  return values;
}

double bias_of(const Layer& layer, std::size_t c) {
  return layer.bias.empty() ? 0.0 : static_cast<double>(layer.bias.values[c]);
}

Values conv(const Layer& layer, const Picture& in, const Shape& out) {
  const Window& window = layer.window;
  const std::size_t in_a_group = in.shape.channels / layer.groups;
  const std::size_t out_a_group = layer.channels / layer.groups;
  return compute_each(out, [&](std::size_t c, std::size_t y, std::size_t x) {
    double sum = bias_of(layer, c);
    for (std::size_t i = 0; i < in_a_group; ++i) {
      const std::size_t channel = c / out_a_group * in_a_group + i;
      visit_window(
          in, window, y, x, [&](std::size_t ky, std::size_t kx, std::size_t iy, std::size_t ix) {
            const std::size_t w = ((c * in_a_group + i) * window.height + ky) * window.width + kx;
            sum += static_cast<double>(layer.weight.values[w]) * in.at(channel, iy, ix);
          });
    }
    return static_cast<float>(sum);
  });
}

Values fully_connected(const Layer& layer, const Picture& in, const Shape& out) {
  return compute_each(out, [&](std::size_t c, std::size_t, std::size_t) {
    double sum = bias_of(layer, c);
    for (std::size_t i = 0; i < in.values.size(); ++i) {
      sum += static_cast<double>(layer.weight.values[c * in.values.size() + i]) * in.values[i];
    }
    return static_cast<float>(sum);
  });
}

Values pool(const Layer& layer, const Picture& in, const Shape& out) {
  return compute_each(out, [&](std::size_t c, std::size_t y, std::size_t x) {
    double sum = 0;
    std::size_t count = 0;
    float most = -std::numeric_limits<float>::infinity();
    visit_window(in, layer.window, y, x,
                 [&](std::size_t, std::size_t, std::size_t iy, std::size_t ix) {
                   most = std::max(most, in.at(c, iy, ix));
                   sum += static_cast<double>(in.at(c, iy, ix));
                   ++count;
                 });
    return layer.kind == LayerKind::kMaxPool ? most
                                             : static_cast<float>(sum / static_cast<double>(count));
  });
}

Values add(const Picture& a, const Picture& b, const Shape& out) {
  const auto term = [](const Picture& p, std::size_t c, std::size_t y, std::size_t x) {
    const bool there = c < p.shape.channels && y < p.shape.height && x < p.shape.width;
    return there ? p.at(c, y, x) : 0.0F;
  };
  return compute_each(out, [&](std::size_t c, std::size_t y, std::size_t x) {
    return term(a, c, y, x) + term(b, c, y, x);
  });
}

Values elementwise(const Layer& layer, const Picture& in, const Shape& out) {
  return compute_each(out, [&](std::size_t c, std::size_t y, std::size_t x) {
    const float value = in.at(c, y, x);
    switch (layer.kind) {
      case LayerKind::kScaleShift:
        return layer.weight.values[c] * value + layer.bias.values[c];
      case LayerKind::kPRelu:
        return value < 0 ? layer.weight.values[c] * value : value;
      default:
        return std::max(value, 0.0F);
    }
  });
}

}  // namespace

std::vector<std::vector<float>> run_ref(const Network& network, std::span<const float> input) {
  const auto shapes = value_shapes(network);
  KF_REQUIRE(shapes.ok(), shapes.error().message());
  KF_REQUIRE(input.size() == network.input.size(), input.size(), network.input.size());
  std::vector<Values> values = {{input.begin(), input.end()}};
  for (const Layer& layer : network.layers) {
    const Shape& out = shapes.value()[values.size()];
    const Picture in{shapes.value()[layer.inputs[0]], values[layer.inputs[0]]};
    switch (layer.kind) {
      case LayerKind::kConv:
        values.push_back(conv(layer, in, out));
        break;
      case LayerKind::kFullyConnected:
        values.push_back(fully_connected(layer, in, out));
        break;
      case LayerKind::kMaxPool:
      case LayerKind::kAveragePool:
        values.push_back(pool(layer, in, out));
        break;
      case LayerKind::kAdd:
        values.push_back(add(in, {shapes.value()[layer.inputs[1]], values[layer.inputs[1]]}, out));
        break;
      default:
        values.push_back(elementwise(layer, in, out));
    }
  }
  return values;
}

}  // namespace kface
