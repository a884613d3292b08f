// Caffe .caffemodel: a NetParameter (caffe_net.proto) of new or old layers, in protobuf's encoding.
#include <google/protobuf/io/coded_stream.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "caffe_net.pb.h"
#include "weights/readers.h"

namespace kface {
namespace {

using google::protobuf::io::CodedInputStream;

constexpr std::uint32_t kLayersField = 2;   // NetParameter.layers
constexpr std::uint32_t kLayerField = 100;  // NetParameter.layer
constexpr std::uint32_t kVarint = 0;        // wire types
constexpr std::uint32_t kLengthDelimited = 2;
constexpr std::size_t kMaxBytes = std::numeric_limits<int>::max();  // protobuf's own limit
constexpr std::size_t kOldDimensions = 4;

struct LayerType {
  const char* name;
  int old_number;  // in V1LayerParameter
  Operation operation;
};

constexpr std::array<LayerType, 16> kTypes = {{{"Convolution", 4, Operation::kConvolution},
                                               {"InnerProduct", 14, Operation::kLinear},
                                               {"ReLU", 18, Operation::kRelu},
                                               {"Pooling", 17, Operation::kMaxPool},
                                               {"Dropout", 6, Operation::kNothing},
                                               {"Flatten", 8, Operation::kNothing},
                                               {"Softmax", 20, Operation::kNothing},
                                               {"SoftmaxWithLoss", 21, Operation::kNothing},
                                               {"Accuracy", 1, Operation::kNothing},
                                               {"Data", 5, Operation::kNothing},
                                               {"ImageData", 12, Operation::kNothing},
                                               {"HDF5Data", 9, Operation::kNothing},
                                               {"MemoryData", 29, Operation::kNothing},
                                               {"WindowData", 24, Operation::kNothing},
                                               {"Split", 22, Operation::kNothing},
                                               {"Input", -1, Operation::kNothing}}};

std::optional<Operation> operation_of(const std::string& type) {
  for (const LayerType& known : kTypes) {
    if (type == known.name) {
      return known.operation;
    }
  }
  return std::nullopt;
}

std::optional<Operation> operation_of(int type) {
  for (const LayerType& known : kTypes) {
    if (type == known.old_number) {
      return known.operation;
    }
  }
  return std::nullopt;
}

std::string type_text(const std::string& type) { return "'" + type + "'"; }
std::string type_text(int type) { return "number " + std::to_string(type); }

template <typename Values>
bool all_are(const Values& values, std::uint32_t wanted) {
  return std::all_of(values.begin(), values.end(),
                     [&](std::uint32_t value) { return value == wanted; });
}

// One field of the file: its number and, when length-delimited, its content.
struct Field {
  std::uint32_t number = 0;
  std::uint32_t wire_type = 0;
  std::span<const std::uint8_t> content = {};
  bool whole = false;  // all of it is in the file
};

// From `input` over `bytes`. nullopt: no field starts here.
std::optional<Field> read_field(CodedInputStream& input, std::span<const std::uint8_t> bytes) {
  const std::uint32_t tag = input.ReadTag();
  Field field{.number = tag >> 3U, .wire_type = tag & 7U};
  std::uint64_t value = 0;
  std::uint32_t size = 0;
  if (field.number == 0 || (field.wire_type != kVarint && field.wire_type != kLengthDelimited)) {
    return std::nullopt;
  }
  if (field.wire_type == kVarint) {
    field.whole = input.ReadVarint64(&value);
  } else if (input.ReadVarint32(&size)) {
    const auto rest = bytes.subspan(static_cast<std::size_t>(input.CurrentPosition()));
    field.whole = size <= rest.size() && input.Skip(static_cast<int>(size));
    field.content = rest.first(std::min<std::size_t>(size, rest.size()));
  }
  return field;
}

// NetParameter's fields: name 1, layers 2, input 3, input_dim 4, force_backward 5, state 6,
// debug_info 7, input_shape 8, layer 100.
bool is_net_parameter(const Field& field) {
  switch (field.number) {
    case 1:
    case kLayersField:
    case 3:
    case 6:
    case 8:
    case kLayerField:
      return field.wire_type == kLengthDelimited;
    case 4:
    case 5:
    case 7:
      return field.wire_type == kVarint;
    default:
      return false;
  }
}

class CaffeReader {
 public:
  CaffeReader(const SourceFile& file, const VggLayout& layout)
      : bytes_(file.bytes),
        layout_(layout),
        collector_(layout, file.name()),
        architecture_(layout, file.name()) {}

  Result<FoundWeights> read() {
    if (bytes_.size() > kMaxBytes) {
      return collector_.error("is larger than 2 GiB, the limit of protobuf");
    }
    CodedInputStream input(bytes_.data(), static_cast<int>(bytes_.size()));
    while (input.CurrentPosition() < static_cast<int>(bytes_.size())) {
      const auto field = read_field(input, bytes_);
      if (!field.has_value() || !field->whole) {
        return damaged();
      }
      if (field->number == kLayerField) {
        KF_TRY(read_layer<caffe::LayerParameter>(field->content));
      } else if (field->number == kLayersField) {
        KF_TRY(read_layer<caffe::V1LayerParameter>(field->content));
      }
    }
    KF_TRY(architecture_.finish());
    FoundWeights found{.channels = ChannelOrder::kBgr};
    KF_ASSIGN(found.tensors, collector_.finish());
    found.with_top = collector_.with_top();
    return found;
  }

 private:
  Status damaged() const {
    return collector_.error("is not a whole NetParameter of Caffe: cut short or damaged");
  }

  template <typename Layer>
  Status read_layer(std::span<const std::uint8_t> content) {
    Layer layer;
    if (!layer.ParseFromArray(content.data(), static_cast<int>(content.size()))) {
      return damaged();
    }
    const auto operation = operation_of(layer.type());
    if (!operation.has_value()) {
      return collector_.error("is another network: layer '" + layer.name() + "' is of type " +
                              type_text(layer.type()) + ", which VGG-Face does not have");
    }
    KF_TRY(check_parameters(layer, *operation));
    KF_TRY(architecture_.next(*operation, layer.name()));
    if (*operation == Operation::kConvolution || *operation == Operation::kLinear) {
      return read_blobs(layer);
    }
    return layer.blobs().empty()
               ? Status{}
               : collector_.error("layer '" + layer.name() + "' has weights, expected none");
  }

  template <typename Layer>
  Status check_parameters(const Layer& layer, Operation operation) const {
    const auto& convolution = layer.convolution_param();
    const bool plain = (!convolution.has_group() || convolution.group() == 1) &&
                       all_are(convolution.stride(), 1) && all_are(convolution.dilation(), 1);
    if (!plain) {
      return collector_.error("is another network: layer '" + layer.name() +
                              "' has groups, strides or dilation");
    }
    if (operation == Operation::kMaxPool && layer.pooling_param().pool() != 0) {
      return collector_.error("is another network: layer '" + layer.name() +
                              "' pools another way than by the maximum");
    }
    return {};
  }

  template <typename Layer>
  Status read_blobs(const Layer& source) {
    const VggLayer* layer = layout_.find(source.name());
    if (layer == nullptr) {
      return collector_.error("layer '" + source.name() + "' is superfluous: VGG-Face's are " +
                              "conv1_1 to conv5_3, fc6, fc7 and fc8");
    }
    if (source.blobs_size() != 2) {
      return collector_.error("layer '" + source.name() + "' has " +
                              std::to_string(source.blobs_size()) +
                              " tensors, VGG-Face's have a weight and a bias");
    }
    KF_TRY(read_blob(source.blobs(0), layer->name + ".weight", layer->weight_shape()));
    return read_blob(source.blobs(1), layer->name + ".bias", layer->bias_shape());
  }

  Status read_blob(const caffe::BlobProto& blob, const std::string& name,
                   const TensorShape& wanted) {
    KF_ASSIGN(const TensorShape shape, shape_of(blob, name, wanted));
    KF_TRY(collector_.expect(name, shape));
    if (blob.double_data_size() != 0) {
      return collector_.error("tensor '" + name + "' is of type double, expected float");
    }
    if (static_cast<std::size_t>(blob.data_size()) != value_count(shape)) {
      return collector_.error("tensor '" + name + "' has " + std::to_string(blob.data_size()) +
                              " values, its shape needs " + std::to_string(value_count(shape)));
    }
    return collector_.add(name, {.shape = shape, .data = {blob.data().begin(), blob.data().end()}});
  }

  // The blob's own shape; four old dimensions lose the ones in front that `wanted` does not have.
  Result<TensorShape> shape_of(const caffe::BlobProto& blob, const std::string& name,
                               const TensorShape& wanted) const {
    std::vector<std::int64_t> dimensions = {blob.num(), blob.channels(), blob.height(),
                                            blob.width()};
    if (blob.has_shape()) {
      dimensions.assign(blob.shape().dim().begin(), blob.shape().dim().end());
    }
    TensorShape shape;
    for (const std::int64_t dimension : dimensions) {
      if (dimension < 0) {
        return collector_.error("tensor '" + name + "' has the dimension " +
                                std::to_string(dimension));
      }
      shape.push_back(static_cast<std::size_t>(dimension));
    }
    while (shape.size() <= kOldDimensions && shape.size() > wanted.size() && shape.front() == 1) {
      shape.erase(shape.begin());
    }
    return shape;
  }

  std::span<const std::uint8_t> bytes_;
  const VggLayout& layout_;
  TensorCollector collector_;
  ArchitectureCheck architecture_;
};

}  // namespace

bool looks_like_caffe(std::span<const std::uint8_t> bytes) {
  CodedInputStream input(bytes.data(), static_cast<int>(std::min(bytes.size(), kMaxBytes)));
  bool layers = false;
  while (input.CurrentPosition() < static_cast<int>(std::min(bytes.size(), kMaxBytes))) {
    const auto field = read_field(input, bytes);
    if (!field.has_value() || !is_net_parameter(*field)) {
      return false;
    }
    layers = layers || field->number == kLayersField || field->number == kLayerField;
    if (!field->whole) {
      break;
    }
  }
  return layers;
}

Result<FoundWeights> read_caffe(const SourceFile& file, const VggLayout& layout) {
  return CaffeReader(file, layout).read();
}

}  // namespace kface
