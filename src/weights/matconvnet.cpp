// MatConvNet .mat (MATLAB 5 and 7.3, through matio): a SimpleNN network, in a variable `net` or
// saved field by field. Layers have `weights` {kernel, bias}, or, before 2015, `filters` and
// `biases`; kernels are [height, width, in, out] column-major, and red comes first.
#include <matio.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>

#include "weights/hdf5_dataset.h"
#include "weights/mat5_frame.h"
#include "weights/readers.h"
#include "weights/rearrange.h"

namespace kface {
namespace {

constexpr std::size_t kColours = 3;
constexpr std::size_t kMaxTextLength = 256;
constexpr std::size_t kMaxImageValues = 4096UL * 4096 * kColours;  // of an average image

using MatFile = std::unique_ptr<mat_t, decltype(&Mat_Close)>;
using MatVariable = std::unique_ptr<matvar_t, decltype(&Mat_VarFree)>;

TensorShape shape_of(const matvar_t& variable) {
  return variable.dims == nullptr || variable.rank < 0
             ? TensorShape{}
             : TensorShape(variable.dims, variable.dims + variable.rank);
}

// [2, 3, 1, 1] and [2, 3] are the same to MATLAB.
TensorShape without_last_ones(TensorShape shape) {
  while (!shape.empty() && shape.back() == 1) {
    shape.pop_back();
  }
  return shape;
}

// Member `name` of a struct, or nullptr.
matvar_t* member(matvar_t* variable, const char* name) {
  if (variable == nullptr || variable->class_type != MAT_C_STRUCT || variable->data == nullptr ||
      value_count(shape_of(*variable)) != 1) {
    return nullptr;
  }
  return Mat_VarGetStructFieldByName(variable, name, 0);
}

// Members of a cell array; none if it is something else.
std::vector<matvar_t*> cells(matvar_t* variable) {
  constexpr std::size_t kMaxCells = 10'000;
  std::vector<matvar_t*> members;
  if (variable == nullptr || variable->class_type != MAT_C_CELL || variable->data == nullptr) {
    return members;
  }
  const std::size_t count = value_count(shape_of(*variable));
  for (std::size_t i = 0; i < count && count <= kMaxCells; ++i) {
    members.push_back(Mat_VarGetCell(variable, static_cast<int>(i)));
  }
  return members;
}

class MatConvNetReader {
 public:
  MatConvNetReader(mat_t* mat, const SourceFile& file, const VggLayout& layout)
      : mat_(mat),
        layout_(layout),
        collector_(layout, file.name()),
        architecture_(layout, file.name()) {}

  Result<FoundWeights> read() {
    KF_TRY(find_variables());
    const std::vector<matvar_t*> layers = cells(find("layers"));
    if (layers.empty()) {
      return collector_.error(
          "has no cell array 'layers', neither in 'net' nor beside it (a DagNN is not read)");
    }
    for (matvar_t* layer : layers) {
      KF_TRY(read_layer(layer));
    }
    KF_TRY(architecture_.finish());
    FoundWeights found{.channels = ChannelOrder::kRgb};
    KF_ASSIGN(found.mean_bgr, read_mean());
    KF_ASSIGN(found.tensors, collector_.finish());
    found.with_top = collector_.with_top();
    return found;
  }

 private:
  // Only what is needed; the values stay in the file.
  Status find_variables() {
    while (matvar_t* next = Mat_VarReadNextInfo(mat_)) {
      MatVariable variable(next, Mat_VarFree);
      const std::string name = next->name == nullptr ? "" : next->name;
      for (const char* wanted : {"net", "layers", "normalization", "meta"}) {
        if (name == wanted && !variables_.emplace(name, std::move(variable)).second) {
          return collector_.error("variable '" + name + "' occurs twice");
        }
      }
    }
    return {};
  }

  // In `net`, or saved on its own.
  matvar_t* find(const char* name) const {
    const auto net = variables_.find("net");
    const auto alone = variables_.find(name);
    return net != variables_.end()     ? member(net->second.get(), name)
           : alone != variables_.end() ? alone->second.get()
                                       : nullptr;
  }

  // The text of a char array, or "".
  std::string text(matvar_t* variable) const {
    if (variable == nullptr || variable->class_type != MAT_C_CHAR ||
        value_count(shape_of(*variable)) > kMaxTextLength ||
        Mat_VarReadDataAll(mat_, variable) != 0 || variable->data == nullptr) {
      return "";
    }
    std::string result;
    const auto* bytes = static_cast<const char*>(variable->data);
    const auto step = static_cast<std::size_t>(std::max(variable->data_size, 1));
    for (std::size_t at = 0; at + step <= variable->nbytes; at += step) {
      result += bytes[at];  // of UTF-16, the half that ASCII has
    }
    return result;
  }

  Status read_layer(matvar_t* layer) {
    const std::string type = text(member(layer, "type"));
    const std::string name = text(member(layer, "name"));
    static const std::map<std::string, Operation> types = {
        {"conv", Operation::kConvolution}, {"relu", Operation::kRelu},
        {"pool", Operation::kMaxPool},     {"dropout", Operation::kNothing},
        {"softmax", Operation::kNothing},  {"softmaxloss", Operation::kNothing}};
    const auto found = types.find(type);
    if (found == types.end()) {
      return collector_.error("is another network: layer '" + name + "' is of type '" + type +
                              "', which VGG-Face does not have");
    }
    const VggLayer* wanted = nullptr;
    Operation operation = found->second;
    if (operation == Operation::kConvolution) {
      wanted = layout_.find(name);
      if (wanted == nullptr) {
        return collector_.error("layer '" + name + "' is superfluous: VGG-Face's are conv1_1 to " +
                                "conv5_3, fc6, fc7 and fc8");
      }
      operation = wanted->linear ? Operation::kLinear : operation;
    }
    if (operation == Operation::kMaxPool && text(member(layer, "method")) == "avg") {
      return collector_.error("is another network: layer '" + name + "' pools by the average");
    }
    KF_TRY(architecture_.next(operation, name));
    return wanted == nullptr ? Status{} : read_tensors(layer, *wanted);
  }

  Status read_tensors(matvar_t* layer, const VggLayer& wanted) {
    matvar_t* kernel = member(layer, "filters");
    matvar_t* bias = member(layer, "biases");
    const std::vector<matvar_t*> weights = cells(member(layer, "weights"));
    if (weights.size() == 2) {
      kernel = weights[0];
      bias = weights[1];
    }
    KF_TRY(read_kernel(kernel, wanted));
    return read_bias(bias, wanted);
  }

  Status read_kernel(const matvar_t* kernel, const VggLayer& layer) {
    const std::string name = layer.name + ".weight";
    const TensorShape matlab = {layer.side, layer.side, layer.in, layer.out};
    KF_TRY(check_number(kernel, name));
    if (without_last_ones(shape_of(*kernel)) != without_last_ones(matlab)) {
      return collector_.error("tensor '" + name + "' has shape " + shape_text(shape_of(*kernel)) +
                              ", VGG-Face's in MatConvNet has " + shape_text(matlab));
    }
    KF_TRY(collector_.expect(name, layer.weight_shape()));
    KF_ASSIGN(const std::vector<float> values, read_values(kernel, name));
    return collector_.add(name, weight_from_matlab(layer, values));
  }

  Status read_bias(const matvar_t* bias, const VggLayer& layer) {
    const std::string name = layer.name + ".bias";
    KF_TRY(check_number(bias, name));
    const TensorShape shape = shape_of(*bias);
    if (shape.size() != 2 || std::min(shape[0], shape[1]) != 1 || value_count(shape) != layer.out) {
      return collector_.error("tensor '" + name + "' has shape " + shape_text(shape) +
                              ", VGG-Face's in MatConvNet has " +
                              shape_text(TensorShape{1, layer.out}));
    }
    KF_TRY(collector_.expect(name, layer.bias_shape()));
    KF_ASSIGN(std::vector<float> values, read_values(bias, name));
    return collector_.add(name, {.shape = layer.bias_shape(), .data = std::move(values)});
  }

  // There, real, and of type single or double.
  Status check_number(const matvar_t* variable, const std::string& name) const {
    if (variable == nullptr) {
      return collector_.error("tensor '" + name + "' is missing");
    }
    const bool number =
        variable->class_type == MAT_C_SINGLE || variable->class_type == MAT_C_DOUBLE;
    return number && variable->isComplex == 0
               ? Status{}
               : collector_.error("tensor '" + name + "' is not of MATLAB's single or double");
  }

  // Requires: check_number() passed, and the caller wants that many values.
  Result<std::vector<float>> read_values(const matvar_t* variable, const std::string& name) const {
    const std::size_t count = value_count(shape_of(*variable));
    if (variable->class_type == MAT_C_SINGLE) {
      return read_as<float>(variable, count, name);
    }
    KF_ASSIGN(const auto values, read_as<double>(variable, count, name));
    std::vector<float> result(count);
    std::transform(values.begin(), values.end(), result.begin(),
                   [](double value) { return static_cast<float>(value); });
    return result;
  }

  // What the library does not fill in stays NaN, and so is found.
  template <typename T>
  Result<std::vector<T>> read_as(const matvar_t* variable, std::size_t count,
                                 const std::string& name) const {
    std::vector<T> values(count, std::numeric_limits<T>::quiet_NaN());
    auto* source = const_cast<matvar_t*>(variable);
    if (count > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
        Mat_VarReadDataLinear(mat_, source, values.data(), 0, 1, static_cast<int>(count)) != 0) {
      return collector_.error("tensor '" + name + "' cannot be read: cut short or damaged");
    }
    return values;
  }

  // averageImage, [height, width, 3] or three numbers, red first; its mean over the pixels.
  Result<std::optional<std::array<float, kColours>>> read_mean() const {
    matvar_t* normalization = find("normalization");
    if (normalization == nullptr) {
      normalization = member(find("meta"), "normalization");
    }
    const matvar_t* image = member(normalization, "averageImage");
    if (image == nullptr || value_count(shape_of(*image)) == 0) {
      return std::optional<std::array<float, kColours>>{};
    }
    const std::string name = "averageImage";
    KF_TRY(check_number(image, name));
    const std::size_t count = value_count(shape_of(*image));
    const TensorShape shape = shape_of(*image);
    const bool picture = shape.size() == 3 && shape[2] == kColours;
    if ((!picture && count != kColours) || count > kMaxImageValues) {
      return collector_.error("'averageImage' has shape " + shape_text(shape) +
                              ", expected [height, width, 3]");
    }
    KF_ASSIGN(const std::vector<float> values, read_values(image, name));
    std::array<float, kColours> mean{};
    const std::size_t pixels = count / kColours;
    for (std::size_t colour = 0; colour < kColours; ++colour) {
      double sum = 0;
      for (std::size_t i = 0; i < pixels; ++i) {
        sum += values[colour * pixels + i];
      }
      mean[kColours - 1 - colour] = static_cast<float>(sum / static_cast<double>(pixels));
      if (!std::isfinite(mean[kColours - 1 - colour])) {
        return collector_.error("'averageImage' holds a NaN or an infinity");
      }
    }
    return std::optional(mean);
  }

  mat_t* mat_;
  const VggLayout& layout_;
  TensorCollector collector_;
  ArchitectureCheck architecture_;
  std::map<std::string, MatVariable> variables_;
};

// What must hold before matio sees the file.
Status check_before(const SourceFile& file, const VggLayout& layout) {
  if (!is_matlab73(file.bytes)) {
    return check_mat5_frame(file.bytes, file.name());
  }
  KF_ASSIGN(const Hdf5File h5, Hdf5File::open(file));
  return h5.check_all(std::max(layout.largest(), kMaxImageValues) * sizeof(double));
}

}  // namespace

Result<FoundWeights> read_matconvnet(const SourceFile& file, const VggLayout& layout) {
  const Hdf5Session session;  // matio reads MATLAB 7.3 through HDF5
  KF_TRY(check_before(file, layout));
  const MatFile mat(Mat_Open(file.path.c_str(), MAT_ACC_RDONLY), Mat_Close);
  if (mat == nullptr) {
    return Status{ErrorCode::kCorruption, file.name() + ": matio cannot open it: damaged"};
  }
  return MatConvNetReader(mat.get(), file, layout).read();
}

}  // namespace kface
