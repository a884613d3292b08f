// Torch7 .t7: an nn.Sequential whose convolutions and linear layers are VGG-Face's in order.
#include <cstring>
#include <optional>

#include "weights/readers.h"
#include "weights/torch7_value.h"

namespace kface {
namespace {

constexpr int kMaxNesting = 16;  // of nn.Sequential in nn.Sequential

// What a module does; nothing when VGG-Face has no such module.
std::optional<Operation> operation_of(const std::string& class_name) {
  static const std::map<std::string, Operation> classes = {
      {"SpatialConvolution", Operation::kConvolution},
      {"SpatialConvolutionMM", Operation::kConvolution},
      {"Linear", Operation::kLinear},
      {"ReLU", Operation::kRelu},
      {"SpatialMaxPooling", Operation::kMaxPool},
      {"SpatialZeroPadding", Operation::kNothing},
      {"View", Operation::kNothing},
      {"Reshape", Operation::kNothing},
      {"Dropout", Operation::kNothing},
      {"SoftMax", Operation::kNothing},
      {"LogSoftMax", Operation::kNothing},
      {"Identity", Operation::kNothing}};
  const std::size_t dot = class_name.find('.');
  const auto found = classes.find(class_name.substr(dot + 1));
  const bool known = class_name.starts_with("nn.") || class_name.starts_with("cudnn.");
  return known && found != classes.end() ? std::optional(found->second) : std::nullopt;
}

class Torch7Reader {
 public:
  Torch7Reader(const Torch7File& torch, const SourceFile& file, const VggLayout& layout)
      : torch_(torch),
        layout_(layout),
        collector_(layout, file.name()),
        architecture_(layout, file.name()) {}

  Result<FoundWeights> read() {
    const Torch7Object* root = torch_.object(torch_.root);
    if (root == nullptr || root->class_name != "nn.Sequential") {
      return collector_.error("holds " +
                              (root == nullptr || root->class_name.empty()
                                   ? std::string("a table or a bare value")
                                   : "an object of class '" + root->class_name + "'") +
                              ", expected an nn.Sequential");
    }
    KF_TRY(read_sequential(*root, 0));
    KF_TRY(architecture_.finish());
    FoundWeights found{.channels = ChannelOrder::kBgr};
    KF_ASSIGN(found.tensors, collector_.finish());
    found.with_top = collector_.with_top();
    return found;
  }

 private:
  // `modules` has the keys 1, 2, 3, ... in this order.
  Status read_sequential(const Torch7Object& sequential, int nesting) {
    const Torch7Object* modules = torch_.object(torch_.field(sequential, "modules"));
    if (modules == nullptr || nesting > kMaxNesting) {
      return collector_.error("an nn.Sequential has no table 'modules', or nests too deeply");
    }
    double expected = 1;
    for (const auto& [key, value] : modules->fields) {
      const Torch7Object* module = torch_.object(value);
      if (key.kind != Torch7Value::Kind::kNumber || key.number != expected || module == nullptr) {
        return collector_.error("the modules of an nn.Sequential are not numbered 1, 2, 3, ...");
      }
      expected += 1;
      KF_TRY(module->class_name == "nn.Sequential" ? read_sequential(*module, nesting + 1)
                                                   : read_module(*module));
    }
    return {};
  }

  Status read_module(const Torch7Object& module) {
    const auto operation = operation_of(module.class_name);
    if (!operation.has_value()) {
      return collector_.error("is another network: it has a module of class '" + module.class_name +
                              "', which VGG-Face does not have");
    }
    KF_TRY(architecture_.next(*operation, module.class_name));
    if (*operation == Operation::kConvolution) {
      KF_TRY(check_steps(module));
    }
    if (*operation != Operation::kConvolution && *operation != Operation::kLinear) {
      return {};
    }
    const VggLayer& layer = layout_.layers[next_layer_++];  // there is one: the check said so
    KF_TRY(read_tensor(module, "weight", layer.name + ".weight", layer.weight_shape()));
    return read_tensor(module, "bias", layer.name + ".bias", layer.bias_shape());
  }

  Status check_steps(const Torch7Object& module) const {
    for (const char* name : {"dW", "dH"}) {
      const Torch7Value step = torch_.field(module, name);
      if (step.kind == Torch7Value::Kind::kNumber && step.number != 1) {
        return collector_.error("is another network: a convolution has " + std::string(name) +
                                " = " + std::to_string(step.number) + ", VGG-Face's have 1");
      }
    }
    return {};
  }

  // `wanted`: the shape in the one form; a matrix of the same rows holds the same numbers.
  Status read_tensor(const Torch7Object& module, const char* field, const std::string& name,
                     const TensorShape& wanted) {
    const Torch7Object* tensor = torch_.object(torch_.field(module, field));
    if (tensor == nullptr || !tensor->class_name.ends_with("Tensor")) {
      return collector_.error("tensor '" + name + "' is missing: the module has no " + field);
    }
    TensorShape shape(tensor->sizes.begin(), tensor->sizes.end());
    if (shape.size() == 2 && shape[0] == wanted[0] && value_count(shape) == value_count(wanted)) {
      shape = wanted;
    }
    KF_TRY(collector_.expect(name, shape));
    std::vector<float> values(value_count(shape));
    KF_TRY(copy_values(*tensor, name, values));
    return collector_.add(name, {.shape = std::move(shape), .data = std::move(values)});
  }

  Status copy_values(const Torch7Object& tensor, const std::string& name,
                     std::vector<float>& values) const {
    const Torch7Object* storage = torch_.object(tensor.storage);
    const bool is_float = storage != nullptr && (storage->class_name == "torch.FloatStorage" ||
                                                 storage->class_name == "torch.CudaStorage");
    if (!is_float && (storage == nullptr || storage->class_name != "torch.DoubleStorage")) {
      return collector_.error("tensor '" + name + "' is a " + tensor.class_name +
                              " without values of type float or double");
    }
    std::int64_t stride = 1;
    for (std::size_t i = tensor.sizes.size(); i-- > 0; stride *= tensor.sizes[i]) {
      if (tensor.strides[i] != stride && tensor.sizes[i] != 1) {
        return collector_.error("tensor '" + name + "' is not contiguous; save it after clone()");
      }
    }
    const std::uint64_t available = storage->data.size() / storage->value_bytes;
    const auto first = static_cast<std::uint64_t>(tensor.offset) - 1;
    if (tensor.offset < 1 || first > available || values.size() > available - first) {
      return collector_.error("tensor '" + name + "' reaches beyond its storage of " +
                              std::to_string(available) + " values");
    }
    const auto data = storage->data.subspan(first * storage->value_bytes);
    if (is_float) {
      std::memcpy(values.data(), data.data(), values.size() * sizeof(float));
      return {};
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      double value = 0;
      std::memcpy(&value, data.data() + i * sizeof value, sizeof value);
      values[i] = static_cast<float>(value);
    }
    return {};
  }

  const Torch7File& torch_;
  const VggLayout& layout_;
  TensorCollector collector_;
  ArchitectureCheck architecture_;
  std::size_t next_layer_ = 0;
};

}  // namespace

Result<FoundWeights> read_torch7(const SourceFile& file, const VggLayout& layout) {
  KF_ASSIGN(const Torch7File torch, parse_torch7(file.bytes, file.name()));
  return Torch7Reader(torch, file, layout).read();
}

}  // namespace kface
