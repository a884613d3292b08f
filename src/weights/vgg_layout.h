// Which tensors VGG-Face has, and the one place where what a file holds is checked against them.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/safetensors.h"
#include "kface/status.h"

namespace kface {

using TensorShape = std::vector<std::size_t>;

// "[64, 3, 3, 3]"
std::string shape_text(std::span<const std::size_t> shape);

// Number of values, or SIZE_MAX when it does not fit.
std::size_t value_count(std::span<const std::size_t> shape);

struct VggLayer {
  std::string name;
  bool linear = false;      // fc6, fc7, fc8
  std::size_t in = 0;       // channels it reads
  std::size_t side = 0;     // of its window; a linear layer's covers its whole input
  std::size_t out = 0;      // channels it writes
  bool ends_block = false;  // a max pool follows

  TensorShape weight_shape() const;  // [out, in, side, side], linear [out, in * side * side]
  TensorShape bias_shape() const { return {out}; }
};

// Thirteen convolutions, then fc6, fc7, fc8.
struct VggLayout {
  std::vector<VggLayer> layers;

  // nullptr when there is no such layer.
  const VggLayer* find(std::string_view name) const;
  std::size_t convolutions() const;
  // Values of the largest tensor.
  std::size_t largest() const;
  // Values of all tensors.
  std::size_t total() const;
};

VggLayout vgg_face_layout();

// The same network, as wide as asked for: small ones keep tests fast.
// channels: of each block's convolutions; hidden: fc6 and fc7; classes: fc8.
VggLayout scaled_vgg_layout(const std::array<std::size_t, 5>& channels, std::size_t hidden,
                            std::size_t classes);

// Takes a file's tensors one by one, in the one form but with the file's own channel order.
class TensorCollector {
 public:
  // `file` is what errors call the file. `layout` must outlive the collector.
  TensorCollector(const VggLayout& layout, std::string file);

  const VggLayout& layout() const { return layout_; }

  // kCorruption: "FILE: WHAT".
  Status error(const std::string& what) const;

  // To be asked before any value is read, so that a hostile size costs nothing. `shape` is the
  // tensor's in the one form. Errors: kCorruption: no such tensor, seen before, another shape.
  Status expect(const std::string& name, const TensorShape& shape) const;

  // expect(), and every value must be finite. Errors: kCorruption.
  Status add(const std::string& name, Tensor tensor);

  // All tensors, or those of the convolutions alone. Errors: kCorruption: one is missing.
  Result<std::map<std::string, Tensor>> finish();

  // Requires: finish() succeeded.
  bool with_top() const { return with_top_; }

 private:
  const VggLayout& layout_;
  std::string file_;
  std::map<std::string, TensorShape> wanted_;
  std::map<std::string, Tensor> tensors_;
  bool with_top_ = false;
};

// What a layer of a file does, as far as telling VGG-Face from its likes needs it.
enum class Operation { kConvolution, kRelu, kMaxPool, kLinear, kNothing };

// Follows a file's layers in order: every convolution and fc6, fc7 have their ReLU, every block its
// max pool, and nothing else happens. Formats that keep only tensors cannot be checked so.
class ArchitectureCheck {
 public:
  // `layout` must outlive the check.
  ArchitectureCheck(const VggLayout& layout, std::string file);

  // `name`: what the file calls the layer, for errors. Errors: kCorruption.
  Status next(Operation operation, const std::string& name);
  // After the last layer: the network ended at conv5_3 (or its ReLU, or its pool), or after fc8.
  Status finish() const;

 private:
  std::string file_;
  std::vector<Operation> expected_;
  std::vector<std::string> places_;  // what expected_[i] belongs to
  std::size_t at_ = 0;
  std::size_t end_of_convolutions_ = 0;
};

}  // namespace kface
