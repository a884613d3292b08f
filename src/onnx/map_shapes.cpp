// Operators that only rename or flatten a value, and the arithmetic of shapes that PyTorch writes
// before a Reshape: Shape, Gather, Unsqueeze, Concat on a handful of integers. The number of
// pictures, n, counts as 1 there: the network sees one picture at a time.
#include <algorithm>

#include "onnx/mapper.h"

namespace kface {
namespace {

constexpr std::size_t kMaxShapeNumbers = 64;

}  // namespace

Status Mapper::rename(const NodeReader& node, const MappedValue& value,
                      std::vector<std::size_t> sizes) {
  const Shape& shape = value.shape;
  const bool flat = sizes == std::vector<std::size_t>{shape.size()};
  const bool picture = sizes == std::vector<std::size_t>{shape.channels, shape.height, shape.width};
  const bool column = shape.size() == shape.channels && sizes.size() == 2 &&
                      sizes[0] == shape.channels && sizes[1] == 1;
  if (!flat && !picture && !column) {
    return node.unknown("gives its value a shape that is no flattening");
  }
  values_[node.node().outputs[0]] = {value.index, shape, std::move(sizes)};
  return {};
}

Result<std::vector<std::int64_t>> Mapper::shape_numbers(const NodeReader& node,
                                                        std::size_t place) const {
  if (const OnnxTensor* tensor = node.constant(place); tensor != nullptr) {
    if (tensor->is_integer() && tensor->integers.size() <= kMaxShapeNumbers) {
      return tensor->integers;
    }
  } else if (node.has_input(place)) {
    const auto found = shape_numbers_.find(node.node().inputs[place]);
    if (found != shape_numbers_.end()) {
      return found->second;
    }
  }
  return node.unknown("has no known integers as input " + std::to_string(place));
}

Status Mapper::map_same(const NodeReader& node) {
  if (node.has_input(0) && shape_numbers_.contains(node.node().inputs[0])) {
    shape_numbers_[node.node().outputs[0]] = shape_numbers_[node.node().inputs[0]];
    return {};
  }
  if (node.node().op == "Cast") {
    return node.unknown("changes the type of its numbers");
  }
  KF_ASSIGN(const MappedValue input, value(node, 0));
  return rename(node, input, input.sizes);
}

Status Mapper::map_dropout(const NodeReader& node) {
  if (node.has_input(2)) {
    return node.unknown("may be in training");
  }
  KF_ASSIGN(const MappedValue input, value(node, 0));
  return rename(node, input, input.sizes);
}

Status Mapper::map_flatten(const NodeReader& node) {
  KF_ASSIGN(const MappedValue input, value(node, 0));
  KF_ASSIGN(const std::int64_t axis, node.integer("axis", 1));
  const auto rank = static_cast<std::int64_t>(input.sizes.size()) + 1;
  if (axis != 1 && axis + rank != 1) {
    return node.unknown("flattens from axis " + std::to_string(axis));
  }
  return rename(node, input, {input.shape.size()});
}

Status Mapper::map_reshape(const NodeReader& node) {
  KF_ASSIGN(const MappedValue input, value(node, 0));
  KF_ASSIGN(const auto wanted, shape_numbers(node, 1));
  KF_ASSIGN(const std::int64_t allow_zero, node.integer("allowzero", 0));
  const std::size_t n = model_.input_shape[0];  // 0 if open
  const bool keeps_n = !wanted.empty() && (wanted[0] == -1 || (wanted[0] == 0 && allow_zero == 0) ||
                                           (wanted[0] == 1 && n <= 1) ||
                                           (n > 0 && wanted[0] == static_cast<std::int64_t>(n)));
  if (!keeps_n) {
    return node.unknown("gives its value a shape that does not begin with n");
  }
  std::vector<std::size_t> sizes;
  std::size_t known = 1;
  std::size_t open = wanted.size();  // place of the -1 after n, if any
  for (std::size_t i = 1; i < wanted.size(); ++i) {
    std::int64_t size = wanted[i];
    if (size == 0 && allow_zero == 0 && i - 1 < input.sizes.size()) {
      size = static_cast<std::int64_t>(input.sizes[i - 1]);
    }
    if (size == -1 && open == wanted.size() && wanted[0] != -1) {
      open = i;
      size = 1;
    }
    if (size < 1 || __builtin_mul_overflow(known, static_cast<std::size_t>(size), &known)) {
      return node.unknown("gives its value a shape that is not understood");
    }
    sizes.push_back(static_cast<std::size_t>(size));
  }
  if (open < wanted.size()) {
    sizes[open - 1] = input.shape.size() / known;
  }
  return rename(node, input, std::move(sizes));
}

namespace {

// Axes of a Squeeze or Unsqueeze: an attribute in older files, an input in newer ones.
Result<std::vector<std::int64_t>> axes_of(const NodeReader& node) {
  KF_ASSIGN(auto axes, node.integers("axes", {}));
  if (const OnnxTensor* tensor = node.constant(1); tensor != nullptr) {
    axes = tensor->integers;
  }
  if (axes.empty() || axes.size() > kMaxShapeNumbers) {
    return node.unknown("has no axes");
  }
  return axes;
}

}  // namespace

Status Mapper::map_squeeze(const NodeReader& node) {
  if (node.has_input(0) && shape_numbers_.contains(node.node().inputs[0])) {
    return map_same(node);
  }
  KF_ASSIGN(const MappedValue input, value(node, 0));
  KF_ASSIGN(const auto axes, axes_of(node));
  const auto rank = static_cast<std::int64_t>(input.sizes.size()) + 1;
  std::vector<std::size_t> sizes;
  std::size_t removed = 0;
  for (std::int64_t axis = 1; axis < rank; ++axis) {
    const std::size_t size = input.sizes[static_cast<std::size_t>(axis - 1)];
    if (std::find(axes.begin(), axes.end(), axis) == axes.end() &&
        std::find(axes.begin(), axes.end(), axis - rank) == axes.end()) {
      sizes.push_back(size);
    } else if (size == 1) {
      ++removed;
    }
  }
  if (removed != axes.size()) {
    return node.unknown("removes an axis that is not of size 1");
  }
  return rename(node, input, std::move(sizes));
}

Status Mapper::map_unsqueeze(const NodeReader& node) {
  const std::string name = node.has_input(0) ? node.node().inputs[0] : "";
  const OnnxTensor* constant = node.constant(0);
  if (shape_numbers_.contains(name) || (constant != nullptr && constant->is_integer())) {
    KF_ASSIGN(shape_numbers_[node.node().outputs[0]], shape_numbers(node, 0));
    return {};
  }
  KF_ASSIGN(const MappedValue input, value(node, 0));
  KF_ASSIGN(auto axes, axes_of(node));
  const auto rank = static_cast<std::int64_t>(input.sizes.size() + 1 + axes.size());
  for (std::int64_t& axis : axes) {
    axis += axis < 0 ? rank : 0;
  }
  std::sort(axes.begin(), axes.end());
  std::vector<std::size_t> sizes = input.sizes;
  for (const std::int64_t axis : axes) {
    if (axis < 1 || axis > static_cast<std::int64_t>(sizes.size()) + 1) {
      return node.unknown("adds an axis that is not understood");
    }
    sizes.insert(sizes.begin() + (axis - 1), 1);
  }
  return rename(node, input, std::move(sizes));
}

Status Mapper::map_shape(const NodeReader& node) {
  KF_ASSIGN(const MappedValue input, value(node, 0));
  if (!node.node().attributes.empty()) {
    return node.unknown("asks for a part of the shape");
  }
  auto& numbers = shape_numbers_[node.node().outputs[0]];
  numbers = {1};
  for (const std::size_t size : input.sizes) {
    numbers.push_back(static_cast<std::int64_t>(size));
  }
  return {};
}

Status Mapper::map_gather(const NodeReader& node) {
  KF_ASSIGN(const auto from, shape_numbers(node, 0));
  KF_ASSIGN(const auto places, shape_numbers(node, 1));
  std::vector<std::int64_t> numbers;
  for (std::int64_t place : places) {
    place += place < 0 ? static_cast<std::int64_t>(from.size()) : 0;
    if (place < 0 || place >= static_cast<std::int64_t>(from.size())) {
      return node.unknown("reads beyond the end of a shape");
    }
    numbers.push_back(from[static_cast<std::size_t>(place)]);
  }
  shape_numbers_[node.node().outputs[0]] = std::move(numbers);
  return {};
}

Status Mapper::map_concat(const NodeReader& node) {
  std::vector<std::int64_t> numbers;
  for (std::size_t i = 0; i < node.node().inputs.size(); ++i) {
    if (node.has_input(i) && values_.contains(node.node().inputs[i])) {
      return node.unknown("has an operator that the engine does not know");
    }
    KF_ASSIGN(const auto part, shape_numbers(node, i));
    numbers.insert(numbers.end(), part.begin(), part.end());
  }
  if (numbers.size() > kMaxShapeNumbers) {
    return node.unknown("joins more numbers than a shape has");
  }
  shape_numbers_[node.node().outputs[0]] = std::move(numbers);
  return {};
}

}  // namespace kface
