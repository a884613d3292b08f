// The variables of a MATLAB file as a tree. Written here and not taken from matio: damaged files
// crashed that within a thousand runs of the fuzzer.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kface/status.h"
#include "weights/readers.h"
#include "weights/vgg_layout.h"

namespace kface {

struct MatNode {
  enum class Kind { kOther, kStruct, kCell, kText, kNumber };

  Kind kind = Kind::kOther;
  TensorShape shape = {};  // column-major
  std::string text = {};   // kText
  // kNumber, real, of class single or double, and kept: as float32. Empty otherwise.
  std::vector<float> values = {};
  std::vector<std::pair<std::string, MatNode>> fields = {};  // kStruct of [1, 1]
  std::vector<MatNode> cells = {};                           // kCell

  // The field `name` of a struct, or nullptr.
  MatNode* field(std::string_view name);
};

// Which numbers of a file are kept, and how many may be.
struct MatLimits {
  std::size_t largest = 0;  // values of an array; a larger one keeps its shape alone
  std::size_t total = 0;    // values of all kept arrays together
  std::size_t nodes = 100'000;

  // Only what lies below a field of such a name.
  static bool keeps(std::string_view field);
};

// The variables net, layers, normalization and meta, as fields of one struct; of a MATLAB 5 file
// (compressed or not) and of a 7.3 one (HDF5).
//
// Errors: kCorruption, with the file's name: cut short, sizes that do not fit in each other, nested
//         too deeply, more numbers than the limits allow, a variable that occurs twice.
Result<MatNode> read_mat5(const SourceFile& file, const MatLimits& limits);
Result<MatNode> read_mat73(const SourceFile& file, const MatLimits& limits);

bool is_wanted_variable(std::string_view name);

}  // namespace kface
