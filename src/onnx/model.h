// An ONNX file as plain data: its constants, and its nodes in an order in which they can be run.
// What is here has been checked: names are unique, every value that is read exists, sizes agree,
// every weight is finite.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "kface/status.h"
#include "nn/network.h"

namespace kface {

// A constant. Its numbers are in `floats` (types float and double), in `integers` (int32, int64),
// or have been checked and left behind (every other type).
struct OnnxTensor {
  std::string type;                // as ONNX calls it: FLOAT, INT64, FLOAT16, ...
  std::vector<std::size_t> shape;  // empty for a scalar
  Weights floats;                  // row-major
  std::vector<std::int64_t> integers;

  bool is_float() const { return type == "FLOAT" || type == "DOUBLE"; }
  bool is_integer() const { return type == "INT64" || type == "INT32"; }
};

// std::monostate: of a kind that no operator known to us has.
using OnnxAttribute = std::variant<std::monostate, float, std::int64_t, std::string,
                                   std::vector<float>, std::vector<std::int64_t>, OnnxTensor>;

struct OnnxNode {
  std::string name;  // unique; made up where the file has none: "Conv #12"
  std::string op;    // "Conv"; with its domain where that is not ONNX's own: "com.microsoft.Gelu"
  std::vector<std::string> inputs;  // names of values; "" where an optional one is left out
  std::vector<std::string> outputs;
  std::map<std::string, OnnxAttribute> attributes;
};

struct OnnxModel {
  std::string name;  // what errors call it: the file
  std::int64_t opset = 0;
  std::string input;  // name of the one input
  // [n, channels, height, width] as the file says; 0 where it leaves a size open.
  std::vector<std::size_t> input_shape;
  std::vector<std::string> outputs;
  std::map<std::string, OnnxTensor> constants;  // initializers and Constant nodes
  std::vector<OnnxNode> nodes;                  // each reads only what stands before it
};

// Reads an ONNX model from the bytes of a file; `name` is what errors call it.
//
// Errors: kCorruption, naming the node or tensor: not an ONNX model, cut short, a tensor whose data
//         is not as long as its shape says, negative or overflowing sizes, a weight that is NaN or
//         infinite, a value that is read and never made, two values of one name, nodes in a circle.
//         kMismatch: sound, but not for us: weights in files of their own, control flow, functions,
//         sparse tensors, an input that is not one picture [n, 3, height, width].
Result<OnnxModel> parse_onnx(std::span<const std::uint8_t> bytes, const std::string& name);

// The same from a file. Errors: moreover kNotFound, kIo.
Result<OnnxModel> read_onnx(const std::filesystem::path& path);

// The model without the nodes and weights that value `output` does not need, and with it as the
// only output: what another program runs to get that value.
// Requires: bytes that parse_onnx accepts, and a value of that model.
std::vector<std::uint8_t> cut_onnx(std::span<const std::uint8_t> bytes, const std::string& output);

}  // namespace kface
