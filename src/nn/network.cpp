#include "nn/network.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

namespace kface {
namespace {

constexpr std::size_t kMaxValueSize = std::size_t{1} << 31U;  // floats a value, 8 GiB

std::string text_of(const Shape& shape) {
  std::ostringstream text;
  text << '[' << shape.channels << ", " << shape.height << ", " << shape.width << ']';
  return text.str();
}

// a * b, or a number that no array of weights has.
std::size_t product_of(std::size_t a, std::size_t b) {
  std::size_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? static_cast<std::size_t>(-1) : product;
}

// Checks the layers in turn; knows the shapes of the values before each.
class ShapeWalk {
 public:
  explicit ShapeWalk(const Network& network) : network_(network) {}

  Result<std::vector<Shape>> walk() {
    if (network_.layers.empty()) {
      return corrupt("it has no layer");
    }
    KF_TRY(accept(network_.input, "its input"));
    for (const Layer& layer : network_.layers) {
      layer_ = &layer;
      if (!names_.insert(layer.name).second) {
        return corrupt("the name occurs twice");
      }
      KF_TRY(check_inputs());
      KF_TRY(check_layer(shapes_[layer.inputs[0]]));
    }
    return std::move(shapes_);
  }

 private:
  Status corrupt(const std::string& what) const {
    return Status{ErrorCode::kCorruption,
                  network_.name + (layer_ ? ", layer '" + layer_->name + "'" : "") + ": " + what};
  }

  Status accept(const Shape& shape, const std::string& what) {
    const std::size_t size = product_of(shape.channels, product_of(shape.height, shape.width));
    if (size == 0 || size > kMaxValueSize) {
      return corrupt(what + " has the impossible shape " + text_of(shape));
    }
    shapes_.push_back(shape);
    return {};
  }

  Status check_inputs() const {
    const std::size_t expected = layer_->kind == LayerKind::kAdd ? 2 : 1;
    if (layer_->inputs.size() != expected) {
      return corrupt("it reads " + std::to_string(layer_->inputs.size()) + " values, expected " +
                     std::to_string(expected));
    }
    for (const std::size_t value : layer_->inputs) {
      if (value >= shapes_.size()) {
        return corrupt("it reads value " + std::to_string(value) + ", and only " +
                       std::to_string(shapes_.size()) + " come before it");
      }
    }
    return {};
  }

  Status check_layer(const Shape& in) {
    switch (layer_->kind) {
      case LayerKind::kConv:
        return check_conv(in);
      case LayerKind::kFullyConnected:
        KF_TRY(check_weights(product_of(layer_->channels, in.size()), layer_->channels, false));
        return accept({layer_->channels, 1, 1}, "its output");
      case LayerKind::kRelu:
        return accept(in, "its output");
      case LayerKind::kPRelu:
        KF_TRY(check_size("slopes", layer_->weight, in.channels));
        return accept(in, "its output");
      case LayerKind::kScaleShift:
        KF_TRY(check_weights(in.channels, in.channels, true));
        return accept(in, "its output");
      case LayerKind::kAdd: {
        const Shape& other = shapes_[layer_->inputs[1]];
        return accept({std::max(in.channels, other.channels), std::max(in.height, other.height),
                       std::max(in.width, other.width)},
                      "its output");
      }
      case LayerKind::kMaxPool:
      case LayerKind::kAveragePool:
        return check_window(in, in.channels);
    }
    return corrupt("of a kind that this build does not know");
  }

  Status check_conv(const Shape& in) {
    const std::size_t groups = layer_->groups;
    if (groups == 0 || in.channels % groups != 0 || layer_->channels % groups != 0) {
      return corrupt(std::to_string(groups) + " groups do not divide its " +
                     std::to_string(in.channels) + " input and " +
                     std::to_string(layer_->channels) + " output channels");
    }
    const Window& window = layer_->window;
    KF_TRY(check_weights(product_of(product_of(layer_->channels, in.channels / groups),
                                    product_of(window.height, window.width)),
                         layer_->channels, false));
    return check_window(in, layer_->channels);
  }

  Status check_window(const Shape& in, std::size_t channels) {
    const Window& w = layer_->window;
    const bool sane = w.height > 0 && w.width > 0 && w.stride_y > 0 && w.stride_x > 0 &&
                      w.pad_top < w.height && w.pad_bottom < w.height && w.pad_left < w.width &&
                      w.pad_right < w.width;
    const std::size_t high = in.height + w.pad_top + w.pad_bottom;
    const std::size_t wide = in.width + w.pad_left + w.pad_right;
    if (!sane || w.height > high || w.width > wide) {
      return corrupt("its window of " + std::to_string(w.height) + " x " + std::to_string(w.width) +
                     " does not fit a picture of " + text_of(in));
    }
    return accept({channels, (high - w.height) / w.stride_y + 1, (wide - w.width) / w.stride_x + 1},
                  "its output");
  }

  Status check_weights(std::size_t num_weights, std::size_t num_biases, bool bias_needed) const {
    KF_TRY(check_size("weights", layer_->weight, num_weights));
    if (layer_->bias.empty() && !bias_needed) {
      return {};
    }
    return check_size("biases", layer_->bias, num_biases);
  }

  Status check_size(const std::string& what, const Weights& weights, std::size_t expected) const {
    if (weights.values.size() == expected) {
      return {};
    }
    return corrupt("it has " + std::to_string(weights.values.size()) + " " + what + ", expected " +
                   std::to_string(expected));
  }

  const Network& network_;
  const Layer* layer_ = nullptr;
  std::set<std::string> names_;
  std::vector<Shape> shapes_;
};

}  // namespace

Weights own_weights(std::vector<float> values) {
  auto owner = std::make_shared<const std::vector<float>>(std::move(values));
  return {std::span(*owner), owner};
}

Window square_window(std::size_t side, std::size_t stride, std::size_t pad) {
  return {.height = side,
          .width = side,
          .stride_y = stride,
          .stride_x = stride,
          .pad_top = pad,
          .pad_left = pad,
          .pad_bottom = pad,
          .pad_right = pad};
}

Result<std::vector<Shape>> value_shapes(const Network& network) {
  return ShapeWalk(network).walk();
}

std::size_t layer_macs(const Network& network, std::span<const Shape> shapes, std::size_t index) {
  KF_REQUIRE(index < network.layers.size() && shapes.size() == network.layers.size() + 1, index,
             shapes.size());
  const Layer& layer = network.layers[index];
  if (layer.kind == LayerKind::kFullyConnected) {
    return layer.weight.values.size();
  }
  if (layer.kind == LayerKind::kConv) {
    const Shape& out = shapes[index + 1];
    return layer.weight.values.size() * out.height * out.width;
  }
  return 0;
}

}  // namespace kface
