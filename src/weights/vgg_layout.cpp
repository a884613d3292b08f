#include "weights/vgg_layout.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace kface {
namespace {

constexpr std::array<std::size_t, 5> kConvolutionsOfBlock = {2, 2, 3, 3, 3};
constexpr std::size_t kColours = 3;
constexpr std::size_t kConvolutionSide = 3;
constexpr std::size_t kLastPictureSide = 7;  // of the last pool's output: 224 / 2^5

bool finite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](float value) { return std::isfinite(value); });
}

const char* operation_name(Operation operation) {
  switch (operation) {
    case Operation::kConvolution:
      return "a convolution";
    case Operation::kRelu:
      return "a ReLU";
    case Operation::kMaxPool:
      return "a max pool";
    case Operation::kLinear:
      return "a fully connected layer";
    case Operation::kNothing:
      break;
  }
  return "nothing";
}

}  // namespace

std::string shape_text(std::span<const std::size_t> shape) {
  std::string text = "[";
  for (const std::size_t dimension : shape) {
    text += (text.size() > 1 ? ", " : "") + std::to_string(dimension);
  }
  return text + "]";
}

std::size_t value_count(std::span<const std::size_t> shape) {
  std::size_t count = 1;
  for (const std::size_t dimension : shape) {
    if (__builtin_mul_overflow(count, dimension, &count)) {
      return SIZE_MAX;
    }
  }
  return count;
}

TensorShape VggLayer::weight_shape() const {
  return linear ? TensorShape{out, in * side * side} : TensorShape{out, in, side, side};
}

const VggLayer* VggLayout::find(std::string_view name) const {
  const auto found = std::find_if(layers.begin(), layers.end(),
                                  [&](const VggLayer& layer) { return layer.name == name; });
  return found == layers.end() ? nullptr : &*found;
}

std::size_t VggLayout::convolutions() const {
  return static_cast<std::size_t>(std::count_if(
      layers.begin(), layers.end(), [](const VggLayer& layer) { return !layer.linear; }));
}

std::size_t VggLayout::largest() const {
  std::size_t largest = 0;
  for (const VggLayer& layer : layers) {
    largest = std::max(largest, value_count(layer.weight_shape()));
  }
  return largest;
}

std::size_t VggLayout::total() const {
  std::size_t total = 0;
  for (const VggLayer& layer : layers) {
    total += value_count(layer.weight_shape()) + layer.out;
  }
  return total;
}

VggLayout vgg_face_layout() { return scaled_vgg_layout({64, 128, 256, 512, 512}, 4096, 2622); }

VggLayout scaled_vgg_layout(const std::array<std::size_t, 5>& channels, std::size_t hidden,
                            std::size_t classes) {
  VggLayout layout;
  std::size_t in = kColours;
  for (std::size_t block = 0; block < channels.size(); ++block) {
    for (std::size_t i = 0; i < kConvolutionsOfBlock[block]; ++i) {
      layout.layers.push_back(
          {.name = "conv" + std::to_string(block + 1) + "_" + std::to_string(i + 1),
           .in = in,
           .side = kConvolutionSide,
           .out = channels[block],
           .ends_block = i + 1 == kConvolutionsOfBlock[block]});
      in = channels[block];
    }
  }
  layout.layers.push_back(
      {.name = "fc6", .linear = true, .in = in, .side = kLastPictureSide, .out = hidden});
  layout.layers.push_back({.name = "fc7", .linear = true, .in = hidden, .side = 1, .out = hidden});
  layout.layers.push_back({.name = "fc8", .linear = true, .in = hidden, .side = 1, .out = classes});
  return layout;
}

TensorCollector::TensorCollector(const VggLayout& layout, std::string file)
    : layout_(layout), file_(std::move(file)) {
  for (const VggLayer& layer : layout_.layers) {
    wanted_[layer.name + ".weight"] = layer.weight_shape();
    wanted_[layer.name + ".bias"] = layer.bias_shape();
  }
}

Status TensorCollector::error(const std::string& what) const {
  return {ErrorCode::kCorruption, file_ + ": " + what};
}

Status TensorCollector::expect(const std::string& name, const TensorShape& shape) const {
  const auto wanted = wanted_.find(name);
  if (wanted == wanted_.end()) {
    return error("tensor '" + name + "' is superfluous: VGG-Face has no such tensor");
  }
  if (tensors_.contains(name)) {
    return error("tensor '" + name + "' occurs twice");
  }
  if (wanted->second != shape) {
    return error("tensor '" + name + "' has shape " + shape_text(shape) + ", VGG-Face's has " +
                 shape_text(wanted->second));
  }
  return {};
}

Status TensorCollector::add(const std::string& name, Tensor tensor) {
  KF_TRY(expect(name, tensor.shape));
  KF_REQUIRE(tensor.data.size() == value_count(tensor.shape), name, tensor.data.size());
  if (!finite(tensor.data)) {
    return error("tensor '" + name + "' holds a NaN or an infinity");
  }
  tensors_.emplace(name, std::move(tensor));
  return {};
}

Result<std::map<std::string, Tensor>> TensorCollector::finish() {
  const auto has = [&](const VggLayer& layer, const char* part) {
    return tensors_.contains(layer.name + part);
  };
  with_top_ = std::any_of(layout_.layers.begin(), layout_.layers.end(), [&](const VggLayer& layer) {
    return layer.linear && (has(layer, ".weight") || has(layer, ".bias"));
  });
  for (const VggLayer& layer : layout_.layers) {
    for (const char* part : {".weight", ".bias"}) {
      if ((!layer.linear || with_top_) && !has(layer, part)) {
        return error("tensor '" + layer.name + part + "' is missing");
      }
    }
  }
  return std::move(tensors_);
}

ArchitectureCheck::ArchitectureCheck(const VggLayout& layout, std::string file)
    : file_(std::move(file)) {
  for (const VggLayer& layer : layout.layers) {
    const auto push = [&](Operation operation) {
      expected_.push_back(operation);
      places_.push_back(layer.name);
    };
    push(layer.linear ? Operation::kLinear : Operation::kConvolution);
    if (!layer.linear) {
      end_of_convolutions_ = expected_.size();
    }
    if (&layer != &layout.layers.back()) {
      push(Operation::kRelu);
    }
    if (layer.ends_block) {
      push(Operation::kMaxPool);
    }
  }
}

Status ArchitectureCheck::next(Operation operation, const std::string& name) {
  if (operation == Operation::kNothing) {
    return {};
  }
  const auto problem = [&](const std::string& expected) {
    return Status{ErrorCode::kCorruption, file_ + ": is another network: layer '" + name + "' is " +
                                              operation_name(operation) + ", VGG-Face has " +
                                              expected};
  };
  if (at_ == expected_.size()) {
    return problem("nothing after " + places_.back());
  }
  if (operation != expected_[at_]) {
    return problem(operation_name(expected_[at_]) + (" there, of " + places_[at_]));
  }
  ++at_;
  return {};
}

Status ArchitectureCheck::finish() const {
  const bool at_conv5 = at_ >= end_of_convolutions_ && at_ <= end_of_convolutions_ + 2;
  if (at_ == expected_.size() || at_conv5) {
    return {};
  }
  return {ErrorCode::kCorruption, file_ + ": is another network, or a part of VGG-Face: it ends " +
                                      "where VGG-Face has " + operation_name(expected_[at_]) +
                                      " of " + places_[at_]};
}

}  // namespace kface
