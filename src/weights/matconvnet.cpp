// MatConvNet .mat: a SimpleNN network, in a variable `net` or saved field by field. Layers have
// `weights` {kernel, bias}, or, before 2015, `filters` and `biases`; kernels are [height, width,
// in, out] column-major, and red comes first.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "weights/mat_node.h"
#include "weights/readers.h"
#include "weights/rearrange.h"

namespace kface {
namespace {

constexpr std::size_t kColours = 3;
constexpr std::size_t kMaxImageValues = 1024UL * 1024 * kColours;  // of the average image
constexpr std::string_view kText73 = "MATLAB 7.3";

// [2, 3, 1, 1] and [2, 3] are the same to MATLAB.
TensorShape without_last_ones(TensorShape shape) {
  while (!shape.empty() && shape.back() == 1) {
    shape.pop_back();
  }
  return shape;
}

// Field of a field; nullptr when there is none.
MatNode* field_of(MatNode* node, const char* name) {
  return node == nullptr ? nullptr : node->field(name);
}

std::string text_of(MatNode* node) { return node == nullptr ? "" : node->text; }

class MatConvNetReader {
 public:
  MatConvNetReader(MatNode variables, const SourceFile& file, const VggLayout& layout)
      : variables_(std::move(variables)),
        layout_(layout),
        collector_(layout, file.name()),
        architecture_(layout, file.name()) {}

  Result<FoundWeights> read() {
    MatNode* net = variables_.field("net") == nullptr ? &variables_ : variables_.field("net");
    MatNode* layers = field_of(net, "layers");
    if (layers == nullptr || layers->cells.empty()) {
      return collector_.error(
          "has no cell array 'layers', neither in 'net' nor beside it (a DagNN is not read)");
    }
    FoundWeights found{.channels = ChannelOrder::kRgb};
    KF_ASSIGN(found.mean_bgr, read_mean(*net));
    for (MatNode& layer : layers->cells) {
      KF_TRY(read_layer(layer));
    }
    KF_TRY(architecture_.finish());
    KF_ASSIGN(found.tensors, collector_.finish());
    found.with_top = collector_.with_top();
    return found;
  }

 private:
  Status read_layer(MatNode& layer) {
    static const std::map<std::string, Operation> types = {
        {"conv", Operation::kConvolution}, {"relu", Operation::kRelu},
        {"pool", Operation::kMaxPool},     {"dropout", Operation::kNothing},
        {"softmax", Operation::kNothing},  {"softmaxloss", Operation::kNothing}};
    const std::string type = text_of(layer.field("type"));
    const std::string name = text_of(layer.field("name"));
    const auto found = types.find(type);
    if (found == types.end()) {
      return collector_.error("is another network: layer '" + name + "' is of type '" + type +
                              "', which VGG-Face does not have");
    }
    const VggLayer* wanted = layout_.find(name);
    Operation operation = found->second;
    if (operation == Operation::kConvolution && wanted == nullptr) {
      return collector_.error("layer '" + name + "' is superfluous: VGG-Face's are conv1_1 to " +
                              "conv5_3, fc6, fc7 and fc8");
    }
    if (operation == Operation::kConvolution && wanted->linear) {
      operation = Operation::kLinear;
    }
    if (operation == Operation::kMaxPool && text_of(layer.field("method")) == "avg") {
      return collector_.error("is another network: layer '" + name + "' pools by the average");
    }
    KF_TRY(architecture_.next(operation, name));
    return found->second == Operation::kConvolution ? read_tensors(layer, *wanted) : Status{};
  }

  Status read_tensors(MatNode& layer, const VggLayer& wanted) {
    MatNode* kernel = layer.field("filters");
    MatNode* bias = layer.field("biases");
    MatNode* weights = layer.field("weights");
    if (weights != nullptr && weights->cells.size() == 2) {
      kernel = weights->cells.data();
      bias = weights->cells.data() + 1;
    }
    KF_TRY(read_kernel(kernel, wanted));
    return read_bias(bias, wanted);
  }

  Status read_kernel(MatNode* kernel, const VggLayer& layer) {
    const std::string name = layer.name + ".weight";
    const TensorShape matlab = {layer.side, layer.side, layer.in, layer.out};
    KF_TRY(check_number(kernel, name));
    if (without_last_ones(kernel->shape) != without_last_ones(matlab)) {
      return collector_.error("tensor '" + name + "' has shape " + shape_text(kernel->shape) +
                              ", VGG-Face's in MatConvNet has " + shape_text(matlab));
    }
    KF_TRY(collector_.expect(name, layer.weight_shape()));
    const std::vector<float> values = std::exchange(kernel->values, {});  // freed at the end
    return collector_.add(name, weight_from_matlab(layer, values));
  }

  Status read_bias(MatNode* bias, const VggLayer& layer) {
    const std::string name = layer.name + ".bias";
    KF_TRY(check_number(bias, name));
    const TensorShape& shape = bias->shape;
    if (shape.size() != 2 || std::min(shape[0], shape[1]) != 1 || value_count(shape) != layer.out) {
      return collector_.error("tensor '" + name + "' has shape " + shape_text(shape) +
                              ", VGG-Face's in MatConvNet has " +
                              shape_text(TensorShape{1, layer.out}));
    }
    return collector_.add(name,
                          {.shape = layer.bias_shape(), .data = std::exchange(bias->values, {})});
  }

  // There, real, of type single or double; its values are kept unless its shape is hopeless.
  Status check_number(const MatNode* node, const std::string& name) const {
    if (node == nullptr) {
      return collector_.error("tensor '" + name + "' is missing");
    }
    return node->kind == MatNode::Kind::kNumber
               ? Status{}
               : collector_.error("tensor '" + name +
                                  "' is not real numbers of MATLAB's single or double");
  }

  // averageImage, [height, width, 3] or three numbers, red first; its mean over the pixels.
  Result<std::optional<std::array<float, kColours>>> read_mean(MatNode& net) {
    MatNode* normalization = net.field("normalization");
    if (normalization == nullptr) {
      normalization = field_of(net.field("meta"), "normalization");
    }
    const MatNode* image = field_of(normalization, "averageImage");
    if (image == nullptr || value_count(image->shape) == 0) {
      return std::optional<std::array<float, kColours>>{};
    }
    KF_TRY(check_number(image, "averageImage"));
    const std::size_t count = value_count(image->shape);
    const bool picture = image->shape.size() == 3 && image->shape[2] == kColours;
    if ((!picture && count != kColours) || count != image->values.size()) {
      return collector_.error("'averageImage' has shape " + shape_text(image->shape) +
                              ", expected [height, width, 3]");
    }
    std::array<float, kColours> mean{};
    const std::size_t pixels = count / kColours;
    for (std::size_t colour = 0; colour < kColours; ++colour) {
      double sum = 0;
      for (std::size_t i = 0; i < pixels; ++i) {
        sum += image->values[colour * pixels + i];
      }
      mean[kColours - 1 - colour] = static_cast<float>(sum / static_cast<double>(pixels));
    }
    if (!std::all_of(mean.begin(), mean.end(), [](float value) { return std::isfinite(value); })) {
      return collector_.error("'averageImage' holds a NaN or an infinity");
    }
    return std::optional(mean);
  }

  MatNode variables_;
  const VggLayout& layout_;
  TensorCollector collector_;
  ArchitectureCheck architecture_;
};

}  // namespace

bool is_matlab73(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= kText73.size() &&
         std::equal(kText73.begin(), kText73.end(), bytes.begin());
}

Result<FoundWeights> read_matconvnet(const SourceFile& file, const VggLayout& layout) {
  const MatLimits limits{.largest = std::max(layout.largest(), kMaxImageValues),
                         .total = layout.total() + kMaxImageValues};
  KF_ASSIGN(MatNode variables,
            is_matlab73(file.bytes) ? read_mat73(file, limits) : read_mat5(file, limits));
  return MatConvNetReader(std::move(variables), file, layout).read();
}

}  // namespace kface
