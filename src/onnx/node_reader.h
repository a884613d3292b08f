// What the mapping asks of a node: attributes with their defaults, constants, complaints that name
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "onnx/model.h"

namespace kface {

// A value of the model that is a value of the network, too.
struct MappedValue {
  std::size_t index = 0;           // in the network
  Shape shape;                     // in the network
  std::vector<std::size_t> sizes;  // as ONNX sees it, without n: [c, h, w], or flattened [d]

  bool is_picture() const { return sizes.size() == 3; }
  bool is_vector() const { return sizes.size() == 1; }
};

// Refers to model and node, which must outlive it.
class NodeReader {
 public:
  NodeReader(const OnnxModel& model, const OnnxNode& node) : model_(model), node_(node) {}

  const OnnxNode& node() const { return node_; }
  const std::string& name() const { return node_.name; }
  Status unknown(const std::string& what) const;  // kMismatch

  bool has_input(std::size_t place) const;
  // Null if the input is no constant.
  const OnnxTensor* constant(std::size_t place) const;
  // Errors: kMismatch if it is no constant of floats.
  Result<const OnnxTensor*> float_constant(std::size_t place) const;

  // Errors: kMismatch if the attribute is there and of another kind, or not finite.
  Result<std::int64_t> integer(const std::string& key, std::int64_t otherwise) const;
  Result<float> number(const std::string& key, float otherwise) const;
  Result<std::string> text(const std::string& key, const std::string& otherwise) const;
  Result<std::vector<std::int64_t>> integers(const std::string& key,
                                             std::vector<std::int64_t> otherwise) const;

  // The window of a convolution or pool of `height` x `width` on `in`: strides, pads, auto_pad.
  // Errors: kMismatch for dilations, negative or huge sizes, a window that does not fit.
  Result<Window> window(const Shape& in, std::size_t height, std::size_t width) const;

  // A constant that is broadcast over `value`, as one number a channel.
  // Errors: kMismatch if it differs within a channel, or makes the value larger.
  Result<std::vector<float>> per_channel(const OnnxTensor& tensor, const MappedValue& value) const;

 private:
  const OnnxAttribute* find(const std::string& key) const;

  const OnnxModel& model_;
  const OnnxNode& node_;
};

// Where `window` leaves a picture of `in`, with as many channels as it had.
// Requires: a window that NodeReader::window gave for `in`.
Shape window_output(const Shape& in, const Window& window);

}  // namespace kface
