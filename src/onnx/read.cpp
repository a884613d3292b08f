#include <algorithm>
#include <limits>
#include <set>
#include <unordered_set>
#include <utility>

#include "base/files.h"
#include "onnx/tensor.h"

namespace kface {
namespace {

constexpr int kMaxNodes = 100000;
constexpr std::size_t kPictureRank = 4;  // n, channels, height, width
constexpr std::size_t kColors = 3;

// An attribute's value moves over; of a tensor, `name` is what errors call it.
Result<OnnxAttribute> take_attribute(onnx::AttributeProto& proto, const std::string& name) {
  switch (proto.type()) {
    case onnx::AttributeProto::FLOAT:
      return OnnxAttribute(proto.f());
    case onnx::AttributeProto::INT:
      return OnnxAttribute(std::int64_t{proto.i()});
    case onnx::AttributeProto::STRING:
      return OnnxAttribute(proto.s());
    case onnx::AttributeProto::FLOATS:
      return OnnxAttribute(std::vector<float>(proto.floats().begin(), proto.floats().end()));
    case onnx::AttributeProto::INTS:
      return OnnxAttribute(std::vector<std::int64_t>(proto.ints().begin(), proto.ints().end()));
    case onnx::AttributeProto::TENSOR: {
      KF_ASSIGN(OnnxTensor tensor, take_tensor(*proto.mutable_t(), name));
      return OnnxAttribute(std::move(tensor));
    }
    case onnx::AttributeProto::GRAPH:
    case onnx::AttributeProto::GRAPHS:
      return Status{ErrorCode::kMismatch, name + " is a graph (control flow), which is not read"};
    default:
      return OnnxAttribute();
  }
}

class Reader {
 public:
  Reader(onnx::GraphProto& graph, OnnxModel& model) : graph_(graph), model_(model) {}

  Status read() {
    if (graph_.sparse_initializer_size() > 0) {
      return mismatch("it has sparse tensors, which are not read");
    }
    if (graph_.node_size() > kMaxNodes) {
      return corrupt("it has " + std::to_string(graph_.node_size()) + " nodes, at most " +
                     std::to_string(kMaxNodes) + " are read");
    }
    for (onnx::TensorProto& tensor : *graph_.mutable_initializer()) {
      KF_TRY(take_constant(tensor.name(), tensor));
    }
    KF_TRY(read_input());
    for (const onnx::NodeProto& node : graph_.node()) {
      later_.insert(node.output().begin(), node.output().end());
    }
    for (onnx::NodeProto& node : *graph_.mutable_node()) {
      KF_TRY(read_node(node));
    }
    return read_outputs();
  }

 private:
  Status corrupt(const std::string& what) const {
    return {ErrorCode::kCorruption, model_.name + ": " + what};
  }
  Status mismatch(const std::string& what) const {
    return {ErrorCode::kMismatch, model_.name + ": " + what};
  }
  Status in_this_model(const Status& status) const {
    return {status.code(), model_.name + ": " + status.message()};
  }

  Status define(const std::string& value) {
    if (value.empty()) {
      return corrupt("a value has no name");
    }
    return defined_.insert(value).second ? Status()
                                         : corrupt("two values are called '" + value + "'");
  }

  // `value` is a copy: the proto is emptied.
  Status take_constant(std::string value, onnx::TensorProto& proto) {
    KF_TRY(define(value));
    auto tensor = take_tensor(proto, value);
    if (!tensor.ok()) {
      return in_this_model(tensor.error());
    }
    model_.constants.emplace(std::move(value), std::move(tensor).value());
    return {};
  }

  // Older files list their weights among the inputs; what is left must be one picture.
  Status read_input() {
    std::vector<const onnx::ValueInfoProto*> inputs;
    for (const onnx::ValueInfoProto& input : graph_.input()) {
      if (!model_.constants.contains(input.name())) {
        inputs.push_back(&input);
      }
    }
    if (inputs.size() != 1) {
      return mismatch("it has " + std::to_string(inputs.size()) + " inputs, one is expected");
    }
    model_.input = inputs[0]->name();
    KF_TRY(define(model_.input));
    const auto& type = inputs[0]->type().tensor_type();
    for (const auto& size : type.shape().dim()) {
      if (size.has_dim_value() && size.dim_value() < 0 && size.dim_value() != -1) {
        return corrupt("its input has a negative size, " + std::to_string(size.dim_value()));
      }
      model_.input_shape.push_back(
          static_cast<std::size_t>(size.dim_value() > 0 ? size.dim_value() : 0));
    }
    const auto& shape = model_.input_shape;
    if (type.elem_type() != onnx::TensorProto::FLOAT || shape.size() != kPictureRank ||
        (shape[1] != kColors && shape[1] != 0)) {
      return mismatch("its input '" + model_.input + "' is " + text_of(*inputs[0]) +
                      ", expected float [n, 3, height, width]");
    }
    return {};
  }

  static std::string text_of(const onnx::ValueInfoProto& value) {
    const auto& type = value.type().tensor_type();
    std::string text =
        type.elem_type() == onnx::TensorProto::FLOAT ? "float [" : "of another type [";
    for (const auto& size : type.shape().dim()) {
      text += (text.back() == '[' ? "" : ", ") +
              (size.has_dim_value() ? std::to_string(size.dim_value()) : std::string("n"));
    }
    return text + "]";
  }

  Status read_node(onnx::NodeProto& proto) {
    OnnxNode node;
    const bool own = proto.domain().empty() || proto.domain() == "ai.onnx";
    node.op = (own ? "" : proto.domain() + ".") + proto.op_type();
    node.name = proto.name();
    if (proto.op_type().empty()) {
      return corrupt("node '" + node.name + "' has no operator");
    }
    // Names of nodes may be missing or repeated in a sound file; ours are unique.
    while (node.name.empty() || !node_names_.insert(node.name).second) {
      node.name += (node.name.empty() ? node.op : "") + " #" + std::to_string(num_read_);
    }
    ++num_read_;
    for (onnx::AttributeProto& attribute : *proto.mutable_attribute()) {
      const std::string key = attribute.name();
      auto value = take_attribute(attribute, "attribute '" + key + "' of node '" + node.name + "'");
      if (!value.ok()) {
        return in_this_model(value.error());
      }
      if (!node.attributes.emplace(key, std::move(value).value()).second) {
        return corrupt("node '" + node.name + "' has two attributes '" + key + "'");
      }
    }
    for (const std::string& input : proto.input()) {
      KF_TRY(check_read(node, input));
    }
    node.inputs.assign(proto.input().begin(), proto.input().end());
    node.outputs.assign(proto.output().begin(), proto.output().end());
    if (node.outputs.empty() || node.outputs[0].empty()) {
      return corrupt("node '" + node.name + "' has no output");
    }
    for (const std::string& output : node.outputs) {
      if (!output.empty()) {
        KF_TRY(define(output));
      }
    }
    return keep(std::move(node));
  }

  Status check_read(const OnnxNode& node, const std::string& input) const {
    if (input.empty() || defined_.contains(input)) {
      return {};
    }
    return corrupt("node '" + node.name + "' reads '" + input + "', which " +
                   (later_.contains(input)
                        ? "is only made by it or after it: the nodes are in a circle or not in "
                          "order"
                        : "is neither an initializer nor made by any node"));
  }

  // A Constant node, and another name for a constant, become constants; every other node stays.
  Status keep(OnnxNode node) {
    if (node.op == "Identity" && node.inputs.size() == 1) {
      if (const auto same = model_.constants.find(node.inputs[0]); same != model_.constants.end()) {
        model_.constants.emplace(node.outputs[0], same->second);
        return {};
      }
    }
    const auto value = node.attributes.find("value");
    if (node.op == "Constant" && value != node.attributes.end()) {
      if (auto* tensor = std::get_if<OnnxTensor>(&value->second)) {
        model_.constants.emplace(node.outputs[0], std::move(*tensor));
        return {};
      }
    }
    model_.nodes.push_back(std::move(node));
    return {};
  }

  Status read_outputs() {
    for (const onnx::ValueInfoProto& output : graph_.output()) {
      if (!defined_.contains(output.name())) {
        return corrupt("its output '" + output.name() + "' is made by no node");
      }
      model_.outputs.push_back(output.name());
    }
    return model_.outputs.empty() ? corrupt("it has no output") : Status();
  }

  onnx::GraphProto& graph_;
  OnnxModel& model_;
  std::unordered_set<std::string> defined_;  // values so far
  std::unordered_set<std::string> later_;    // values that any node makes
  std::unordered_set<std::string> node_names_;
  int num_read_ = 0;  // nodes
};

}  // namespace

Result<OnnxModel> parse_onnx(std::span<const std::uint8_t> bytes, const std::string& name) {
  OnnxModel model;
  model.name = name;
  onnx::ModelProto proto;
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      !proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Status{ErrorCode::kCorruption, name + ": not an ONNX model, or cut short (" +
                                              std::to_string(bytes.size()) +
                                              " bytes do not parse); get the file again"};
  }
  if (!proto.has_graph() || proto.graph().node_size() == 0) {
    return Status{ErrorCode::kCorruption, name + ": not an ONNX model: it has no graph"};
  }
  if (proto.functions_size() > 0) {
    return Status{ErrorCode::kMismatch, name + ": it defines functions, which are not read"};
  }
  for (const auto& opset : proto.opset_import()) {
    if (opset.domain().empty() || opset.domain() == "ai.onnx") {
      model.opset = opset.version();
    }
  }
  if (model.opset < 1) {
    return Status{ErrorCode::kCorruption,
                  name + ": cut short, or no ONNX model: it does not say which operators it means"};
  }
  KF_TRY(Reader(*proto.mutable_graph(), model).read());
  return model;
}

Result<OnnxModel> read_onnx(const std::filesystem::path& path) {
  KF_ASSIGN(const auto bytes, read_file(path));
  return parse_onnx(bytes, path.string());
}

std::vector<std::uint8_t> cut_onnx(std::span<const std::uint8_t> bytes, const std::string& output) {
  onnx::ModelProto proto;
  KF_REQUIRE(proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())), bytes.size());
  onnx::GraphProto& graph = *proto.mutable_graph();
  std::unordered_set<std::string> needed = {output};
  google::protobuf::RepeatedPtrField<onnx::NodeProto> nodes;
  nodes.Swap(graph.mutable_node());
  for (int i = nodes.size() - 1; i >= 0; --i) {
    onnx::NodeProto& node = nodes[i];
    if (std::any_of(node.output().begin(), node.output().end(),
                    [&](const std::string& value) { return needed.contains(value); })) {
      needed.insert(node.input().begin(), node.input().end());
      graph.add_node()->Swap(&node);
    }
  }
  std::reverse(graph.mutable_node()->pointer_begin(), graph.mutable_node()->pointer_end());
  google::protobuf::RepeatedPtrField<onnx::TensorProto> weights;
  weights.Swap(graph.mutable_initializer());
  std::unordered_set<std::string> dropped;
  for (onnx::TensorProto& tensor : weights) {
    if (needed.contains(tensor.name())) {
      graph.add_initializer()->Swap(&tensor);
    } else {
      dropped.insert(tensor.name());
    }
  }
  // Older files list weights among the inputs: one without its weight would be an input to feed.
  google::protobuf::RepeatedPtrField<onnx::ValueInfoProto> inputs;
  inputs.Swap(graph.mutable_input());
  for (onnx::ValueInfoProto& input : inputs) {
    if (!dropped.contains(input.name())) {
      graph.add_input()->Swap(&input);
    }
  }
  graph.clear_output();
  graph.add_output()->set_name(output);
  auto& type = *graph.mutable_output(0)->mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  type.mutable_shape();  // of no stated sizes; readers ask that there be one
  graph.clear_value_info();
  std::vector<std::uint8_t> cut(proto.ByteSizeLong());
  KF_REQUIRE(proto.SerializeToArray(cut.data(), static_cast<int>(cut.size())), cut.size());
  return cut;
}

}  // namespace kface
