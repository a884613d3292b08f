// The walk over the nodes that makes a network of them; each operator is one method.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "onnx/node_reader.h"

namespace kface {

class Mapper {
 public:
  explicit Mapper(const OnnxModel& model) : model_(model) {}

  // Errors: as map_to_network.
  Result<Network> map(std::size_t height, std::size_t width, const std::string& output);

 private:
  using Method = Status (Mapper::*)(const NodeReader&);
  static const std::unordered_map<std::string, Method>& methods();

  std::unordered_set<std::string> needed_for(const std::string& output) const;
  Status map_node(const NodeReader& node);

  // Layers with weights, and pools: map_layers.cpp.
  Status map_conv(const NodeReader& node);
  Status map_gemm(const NodeReader& node);
  Status map_matmul(const NodeReader& node);
  Status map_batch_norm(const NodeReader& node);
  Status map_pool(const NodeReader& node);
  Status map_global_pool(const NodeReader& node);
  // A number at a time: map_elementwise.cpp.
  Status map_relu(const NodeReader& node);
  Status map_prelu(const NodeReader& node);
  Status map_leaky_relu(const NodeReader& node);
  Status map_arithmetic(const NodeReader& node);
  // What only renames or flattens: map_shapes.cpp.
  Status map_same(const NodeReader& node);
  Status map_dropout(const NodeReader& node);
  Status map_flatten(const NodeReader& node);
  Status map_reshape(const NodeReader& node);
  Status map_squeeze(const NodeReader& node);
  Status map_unsqueeze(const NodeReader& node);
  // Numbers that describe shapes.
  Status map_shape(const NodeReader& node);
  Status map_gather(const NodeReader& node);
  Status map_concat(const NodeReader& node);

  // The value that input `place` is. Errors: kMismatch if it is none, or no picture or vector.
  Result<MappedValue> value(const NodeReader& node, std::size_t place) const;
  Result<MappedValue> picture(const NodeReader& node, std::size_t place) const;
  Result<MappedValue> vector(const NodeReader& node, std::size_t place) const;
  // One number a channel can be applied to it: a picture, or a vector of as many channels.
  Result<MappedValue> channels(const NodeReader& node, std::size_t place) const;
  // Integers of input `place`: a constant, or what the arithmetic of shapes gave.
  Result<std::vector<std::int64_t>> shape_numbers(const NodeReader& node, std::size_t place) const;

  // Appends a layer whose output is the node's, of `shape`, which ONNX sees as `sizes`.
  Status append(const NodeReader& node, Layer layer, const Shape& shape,
                std::vector<std::size_t> sizes);
  Status append_picture(const NodeReader& node, Layer layer, const Shape& shape);
  Status append_scale_shift(const NodeReader& node, const MappedValue& input,
                            std::vector<float> scale, std::vector<float> shift);
  // The node's output is `value` under other sizes. Errors: kMismatch if they are more than a
  // flattening.
  Status rename(const NodeReader& node, const MappedValue& value, std::vector<std::size_t> sizes);

  const OnnxModel& model_;
  Network network_;
  std::unordered_map<std::string, MappedValue> values_;
  std::unordered_map<std::string, std::vector<std::int64_t>> shape_numbers_;
};

}  // namespace kface
