// Files that are damaged, hostile, or sound and not for us: each ends in its own message.
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "nn/network_ref.h"
#include "onnx/networks_for_test.h"
#include "onnx/tensor.h"

namespace kface {
namespace {

using onnx::AttributeProto;
using onnx::GraphProto;
using onnx::ModelProto;
using onnx::NodeProto;
using onnx::TensorProto;

NodeProto& add_node(GraphProto& graph, const std::string& op,
                    const std::vector<std::string>& inputs, const std::string& output) {
  NodeProto& node = *graph.add_node();
  node.set_op_type(op);
  node.set_name("the " + op);
  for (const auto& input : inputs) {
    node.add_input(input);
  }
  node.add_output(output);
  return node;
}

// A 1 x 1 convolution of 2 channels and a Relu.
ModelProto sound_model() {
  ModelProto model;
  model.set_ir_version(7);
  model.add_opset_import()->set_version(13);
  GraphProto& graph = *model.mutable_graph();
  auto& input = *graph.add_input();
  input.set_name("input");
  auto& type = *input.mutable_type()->mutable_tensor_type();
  type.set_elem_type(TensorProto::FLOAT);
  for (const int size : {1, 3, 4, 4}) {
    type.mutable_shape()->add_dim()->set_dim_value(size);
  }
  TensorProto& weight = *graph.add_initializer();
  weight.set_name("weight");
  weight.set_data_type(TensorProto::FLOAT);
  for (const int size : {2, 3, 1, 1}) {
    weight.add_dims(size);
  }
  for (int i = 0; i < 6; ++i) {
    weight.add_float_data(static_cast<float>(i));
  }
  add_node(graph, "Conv", {"input", "weight"}, "middle");
  add_node(graph, "Relu", {"middle"}, "output");
  graph.add_output()->set_name("output");
  return model;
}

std::vector<std::uint8_t> bytes_of(const ModelProto& model) {
  std::vector<std::uint8_t> bytes(model.ByteSizeLong());
  EXPECT_TRUE(model.SerializeToArray(bytes.data(), static_cast<int>(bytes.size())));
  return bytes;
}

struct HostileCase {
  const char* name;
  std::function<void(ModelProto&)> damage;
  ErrorCode code;
  const char* message;  // after "x.onnx: "
};

GraphProto& graph(ModelProto& model) { return *model.mutable_graph(); }
TensorProto& weight(ModelProto& model) { return *graph(model).mutable_initializer(0); }
NodeProto& node(ModelProto& model, int i) { return *graph(model).mutable_node(i); }

AttributeProto& add_attribute(ModelProto& model, const std::string& name,
                              AttributeProto::AttributeType type) {
  AttributeProto& attribute = *node(model, 0).add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

const std::vector<HostileCase>& hostile_cases() {
  constexpr auto kCorruption = ErrorCode::kCorruption;
  constexpr auto kMismatch = ErrorCode::kMismatch;
  static const std::vector<HostileCase> cases = {
      {"NoGraph", [](ModelProto& m) { m.clear_graph(); }, kCorruption,
       "not an ONNX model: it has no graph"},
      {"NoNode", [](ModelProto& m) { graph(m).clear_node(); }, kCorruption,
       "not an ONNX model: it has no graph"},
      {"NegativeSize", [](ModelProto& m) { weight(m).set_dims(0, -2); }, kCorruption,
       "tensor 'weight' has a negative size, -2"},
      {"HugeSize", [](ModelProto& m) { weight(m).set_dims(0, std::int64_t{1} << 40); }, kCorruption,
       "tensor 'weight' has more numbers than an ONNX file can hold"},
      {"OverflowingProduct",
       [](ModelProto& m) {
         weight(m).set_dims(0, std::int64_t{1} << 62);
         weight(m).set_dims(1, 4);
       },
       kCorruption, "tensor 'weight' has more numbers than an ONNX file can hold"},
      {"ZeroTimesHuge",
       [](ModelProto& m) {
         weight(m).clear_float_data();
         weight(m).set_dims(0, 0);
         weight(m).set_dims(1, std::int64_t{1} << 62);
       },
       kCorruption, "tensor 'weight' has more numbers than an ONNX file can hold"},
      {"NoOperatorSet", [](ModelProto& m) { m.clear_opset_import(); }, kCorruption,
       "cut short, or no ONNX model: it does not say which operators it means"},
      {"TooFewNumbers", [](ModelProto& m) { weight(m).mutable_float_data()->RemoveLast(); },
       kCorruption, "tensor 'weight' has 5 numbers, its shape asks for 6"},
      {"TooManyNumbers", [](ModelProto& m) { weight(m).add_float_data(1); }, kCorruption,
       "tensor 'weight' has 7 numbers, its shape asks for 6"},
      {"RawDataThatIsNoWholeNumber",
       [](ModelProto& m) {
         weight(m).clear_float_data();
         weight(m).set_raw_data(std::string(25, '\0'));
       },
       kCorruption, "tensor 'weight' has 6 numbers, its shape asks for 6"},
      {"RawDataOfAnotherLength",
       [](ModelProto& m) {
         weight(m).clear_float_data();
         weight(m).set_raw_data(std::string(20, '\0'));
       },
       kCorruption, "tensor 'weight' has 5 numbers, its shape asks for 6"},
      {"NaN",
       [](ModelProto& m) { weight(m).set_float_data(4, std::numeric_limits<float>::quiet_NaN()); },
       kCorruption, "tensor 'weight' has a number that is not finite, at place 4"},
      {"Infinity",
       [](ModelProto& m) { weight(m).set_float_data(0, std::numeric_limits<float>::infinity()); },
       kCorruption, "tensor 'weight' has a number that is not finite, at place 0"},
      {"DoubleBeyondFloat",
       [](ModelProto& m) {
         weight(m).clear_float_data();
         weight(m).set_data_type(TensorProto::DOUBLE);
         for (int i = 0; i < 6; ++i) {
           weight(m).add_double_data(1e300);
         }
       },
       kCorruption, "tensor 'weight' has a number that is not finite, at place 0"},
      {"HalfNaN",
       [](ModelProto& m) {
         weight(m).clear_float_data();
         weight(m).set_data_type(TensorProto::FLOAT16);
         weight(m).set_raw_data(std::string(12, '\x7E'));
       },
       kCorruption, "tensor 'weight' has a number that is not finite"},
      {"UnknownType", [](ModelProto& m) { weight(m).set_data_type(77); }, kMismatch,
       "tensor 'weight' is of type 77, which is not read"},
      {"NoType", [](ModelProto& m) { weight(m).clear_data_type(); }, kMismatch,
       "tensor 'weight' is of type 0, which is not read"},
      {"Strings", [](ModelProto& m) { weight(m).set_data_type(TensorProto::STRING); }, kMismatch,
       "tensor 'weight' is of type 8, which is not read"},
      {"Segment", [](ModelProto& m) { weight(m).mutable_segment()->set_begin(1); }, kMismatch,
       "tensor 'weight' is of type segment, which is not read"},
      {"ExternalData",
       [](ModelProto& m) {
         weight(m).set_data_location(TensorProto::EXTERNAL);
         auto& entry = *weight(m).add_external_data();
         entry.set_key("location");
         entry.set_value("../../../etc/passwd");
       },
       kMismatch,
       "tensor 'weight' is in a file of its own (external data), which is not read; save the model "
       "as one file"},
      {"TwoTensorsOfOneName",
       [](ModelProto& m) { *graph(m).add_initializer() = graph(m).initializer(0); }, kCorruption,
       "two values are called 'weight'"},
      {"NamelessTensor", [](ModelProto& m) { weight(m).clear_name(); }, kCorruption,
       "a value has no name"},
      {"MissingInitializer", [](ModelProto& m) { graph(m).clear_initializer(); }, kCorruption,
       "node 'the Conv' reads 'weight', which is neither an initializer nor made by any node"},
      {"TwoValuesOfOneName", [](ModelProto& m) { node(m, 1).set_output(0, "middle"); }, kCorruption,
       "two values are called 'middle'"},
      {"Circle", [](ModelProto& m) { node(m, 0).set_input(0, "output"); }, kCorruption,
       "node 'the Conv' reads 'output', which is only made by it or after it: the nodes are in a "
       "circle or not in order"},
      {"NodeThatReadsItself", [](ModelProto& m) { node(m, 0).set_input(0, "middle"); }, kCorruption,
       "node 'the Conv' reads 'middle', which is only made by it or after it: the nodes are in a "
       "circle or not in order"},
      {"NodeWithoutOutput", [](ModelProto& m) { node(m, 0).clear_output(); }, kCorruption,
       "node 'the Conv' has no output"},
      {"NodeWithoutOperator", [](ModelProto& m) { node(m, 0).clear_op_type(); }, kCorruption,
       "node 'the Conv' has no operator"},
      {"TwoAttributesOfOneName",
       [](ModelProto& m) {
         add_attribute(m, "group", AttributeProto::INT).set_i(1);
         add_attribute(m, "group", AttributeProto::INT).set_i(3);
       },
       kCorruption, "node 'the Conv' has two attributes 'group'"},
      {"NaNInAnAttribute",
       [](ModelProto& m) {
         auto& tensor = *add_attribute(m, "value", AttributeProto::TENSOR).mutable_t();
         tensor.set_data_type(TensorProto::FLOAT);
         tensor.add_float_data(std::numeric_limits<float>::quiet_NaN());
       },
       kCorruption,
       "tensor 'attribute 'value' of node 'the Conv'' has a number that is not finite, at place 0"},
      {"ControlFlow",
       [](ModelProto& m) {
         add_attribute(m, "body", AttributeProto::GRAPH).mutable_g()->set_name("loop");
       },
       kMismatch,
       "attribute 'body' of node 'the Conv' is a graph (control flow), which is not read"},
      {"Function", [](ModelProto& m) { m.add_functions()->set_name("f"); }, kMismatch,
       "it defines functions, which are not read"},
      {"SparseTensor", [](ModelProto& m) { graph(m).add_sparse_initializer()->add_dims(1); },
       kMismatch, "it has sparse tensors, which are not read"},
      {"NoInput", [](ModelProto& m) { graph(m).clear_input(); }, kMismatch,
       "it has 0 inputs, one is expected"},
      {"TwoInputs",
       [](ModelProto& m) {
         *graph(m).add_input() = graph(m).input(0);
         graph(m).mutable_input(1)->set_name("second");
       },
       kMismatch, "it has 2 inputs, one is expected"},
      {"InputOfFourChannels",
       [](ModelProto& m) {
         graph(m)
             .mutable_input(0)
             ->mutable_type()
             ->mutable_tensor_type()
             ->mutable_shape()
             ->mutable_dim(1)
             ->set_dim_value(4);
       },
       kMismatch, "its input 'input' is float [1, 4, 4, 4], expected float [n, 3, height, width]"},
      {"InputOfBytes",
       [](ModelProto& m) {
         graph(m).mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
             TensorProto::UINT8);
       },
       kMismatch,
       "its input 'input' is of another type [1, 3, 4, 4], expected float [n, 3, height, width]"},
      {"InputWithoutType", [](ModelProto& m) { graph(m).mutable_input(0)->clear_type(); },
       kMismatch, "its input 'input' is of another type [], expected float [n, 3, height, width]"},
      {"InputOfNegativeSize",
       [](ModelProto& m) {
         graph(m)
             .mutable_input(0)
             ->mutable_type()
             ->mutable_tensor_type()
             ->mutable_shape()
             ->mutable_dim(2)
             ->set_dim_value(-112);
       },
       kCorruption, "its input has a negative size, -112"},
      {"NoOutput", [](ModelProto& m) { graph(m).clear_output(); }, kCorruption, "it has no output"},
      {"OutputThatNothingMakes",
       [](ModelProto& m) { graph(m).mutable_output(0)->set_name("result"); }, kCorruption,
       "its output 'result' is made by no node"},
  };
  return cases;
}

void PrintTo(const HostileCase& tested, std::ostream* out) { *out << tested.name; }  // NOLINT

class Hostile : public testing::TestWithParam<HostileCase> {};

TEST_P(Hostile, EndsInItsOwnMessage) {
  ModelProto model = sound_model();
  GetParam().damage(model);
  const auto parsed = parse_onnx(bytes_of(model), "x.onnx");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code(), GetParam().code);
  EXPECT_EQ(parsed.error().message(), std::string("x.onnx: ") + GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(ReadOnnx, Hostile, testing::ValuesIn(hostile_cases()),
                         [](const auto& tested) { return tested.param.name; });

// What is sound as a file and makes no sense as a layer must not pass the mapping.
struct SenselessCase {
  const char* name;
  std::function<void(ModelProto&)> change;
  const char* message;  // after "x.onnx: node 'the Conv' (Conv) "
};

void add_ints(ModelProto& model, const std::string& name, const std::vector<std::int64_t>& values) {
  AttributeProto& attribute = add_attribute(model, name, AttributeProto::INTS);
  attribute.mutable_ints()->Assign(values.begin(), values.end());
}

const std::vector<SenselessCase>& senseless_cases() {
  constexpr auto kWindow = "has strides, pads or a window that are not understood";
  static const std::vector<SenselessCase> cases = {
      {"ZeroStride",
       [](ModelProto& m) {
         add_ints(m, "strides", {0, 1});
       },
       kWindow},
      {"NegativeStride",
       [](ModelProto& m) {
         add_ints(m, "strides", {-1, 1});
       },
       kWindow},
      {"OneStride", [](ModelProto& m) { add_ints(m, "strides", {1}); }, kWindow},
      {"HugePad",
       [](ModelProto& m) {
         add_ints(m, "pads", {0, 0, std::numeric_limits<std::int64_t>::max(), 0});
       },
       kWindow},
      {"NegativePad",
       [](ModelProto& m) {
         add_ints(m, "pads", {0, -1, 0, 0});
       },
       kWindow},
      {"StridesThatAreAText",
       [](ModelProto& m) { add_attribute(m, "strides", AttributeProto::STRING).set_s("2"); },
       "has an attribute strides that is no list of integers"},
      {"UnknownPadding",
       [](ModelProto& m) { add_attribute(m, "auto_pad", AttributeProto::STRING).set_s("MIRROR"); },
       "has auto_pad MIRROR"},
      {"ZeroGroups", [](ModelProto& m) { add_attribute(m, "group", AttributeProto::INT).set_i(0); },
       "has weights that do not go with its 3 channels in 0 groups"},
      {"NegativeGroups",
       [](ModelProto& m) { add_attribute(m, "group", AttributeProto::INT).set_i(-3); },
       "has weights that do not go with its 3 channels in -3 groups"},
      {"GroupsThatDoNotDivide",
       [](ModelProto& m) { add_attribute(m, "group", AttributeProto::INT).set_i(3); },
       "has weights that do not go with its 3 channels in 3 groups"},
      {"KernelOfAnotherSize",
       [](ModelProto& m) {
         add_ints(m, "kernel_shape", {3, 3});
       },
       "has a kernel_shape that is not its weights'"},
      {"WeightsOfAnotherRank",
       [](ModelProto& m) {
         weight(m).clear_dims();
         weight(m).add_dims(6);
       },
       "has weights that do not go with its 3 channels in 1 groups"},
      {"WeightsOfIntegers",
       [](ModelProto& m) {
         weight(m).clear_float_data();
         weight(m).set_data_type(TensorProto::INT64);
         for (int i = 0; i < 6; ++i) {
           weight(m).add_int64_data(i);
         }
       },
       "has numbers of type INT64, expected FLOAT"},
      {"WeightsThatAreComputed", [](ModelProto& m) { node(m, 0).set_input(1, "input"); },
       "has no constant as input 1"},
      {"NoWeights", [](ModelProto& m) { node(m, 0).mutable_input()->RemoveLast(); },
       "has no constant as input 1"},
      {"ConstantPicture", [](ModelProto& m) { node(m, 0).set_input(0, "weight"); },
       "reads something else than a picture or a vector as input 0"},
      {"BiasOfAnotherSize",
       [](ModelProto& m) {
         TensorProto& bias = *graph(m).add_initializer();
         bias = weight(m);
         bias.set_name("bias");
         node(m, 0).add_input("bias");
       },
       "has a bias of another size than its output"},
      {"SecondOutput", [](ModelProto& m) { node(m, 0).add_output("more"); }, "has a second output"},
      {"OperatorOfAnotherDomain", [](ModelProto& m) { node(m, 0).set_domain("com.example"); },
       nullptr},
  };
  return cases;
}

void PrintTo(const SenselessCase& tested, std::ostream* out) { *out << tested.name; }  // NOLINT

class Senseless : public testing::TestWithParam<SenselessCase> {};

TEST_P(Senseless, IsNamedByTheMapping) {
  ModelProto proto = sound_model();
  GetParam().change(proto);
  const auto model = parse_onnx(bytes_of(proto), "x.onnx");
  ASSERT_TRUE(model.ok()) << model.error().message();
  const auto network = map_to_network(model.value(), 4, 4, "output");
  ASSERT_FALSE(network.ok());
  EXPECT_EQ(network.error().code(), ErrorCode::kMismatch);
  EXPECT_EQ(network.error().message(),
            GetParam().message != nullptr
                ? std::string("x.onnx: node 'the Conv' (Conv) ") + GetParam().message
                : "x.onnx: node 'the Conv' (com.example.Conv) has an operator that the engine does "
                  "not know");
}

INSTANTIATE_TEST_SUITE_P(ReadOnnx, Senseless, testing::ValuesIn(senseless_cases()),
                         [](const auto& tested) { return tested.param.name; });

TEST(ReadOnnx, ReadsTheModelThatTheCasesAboveDamage) {
  const auto model = parse_onnx(bytes_of(sound_model()), "x.onnx");
  ASSERT_TRUE(model.ok()) << model.error().message();
  const auto network = map_to_network(model.value(), 4, 4, "output");
  ASSERT_TRUE(network.ok()) << network.error().message();
  std::vector<float> input(48, 1.0F);
  const auto output = run_ref(network.value(), input).back();
  ASSERT_EQ(output.size(), 32U);
  EXPECT_EQ(output[0], 3.0F);    // 0 + 1 + 2
  EXPECT_EQ(output[31], 12.0F);  // 3 + 4 + 5
}

TEST(ReadOnnx, RefusesEveryTruncationOfAFile) {
  const auto bytes = bytes_of(sound_model());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto parsed = parse_onnx(std::span(bytes).first(length), "x.onnx");
    EXPECT_FALSE(parsed.ok()) << length << " of " << bytes.size() << " bytes";
  }
}

TEST(ReadOnnx, RefusesWhatIsNoOnnxFile) {
  for (const std::string text :
       {"", "<!DOCTYPE html><html>", "PK\x03\x04 a zip", "version https://git"}) {
    const auto parsed = parse_onnx(
        std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), "x.onnx");
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code(), ErrorCode::kCorruption);
    EXPECT_TRUE(parsed.error().message().starts_with("x.onnx: not an ONNX model")) << text;
  }
}

TEST(ReadOnnx, RefusesGraphsInGraphsWhateverTheirDepth) {
  // Deeper than the parser of protobuf goes, each level in the attribute of a node.
  std::string bytes;
  const auto wrap = [](int field, const std::string& content) {
    std::string wrapped(1, static_cast<char>(field << 3 | 2));
    for (std::size_t size = content.size(); wrapped.size() < 6; size >>= 7U) {
      wrapped += static_cast<char>((size & 0x7FU) | (size >> 7U ? 0x80U : 0U));
      if (size >> 7U == 0) {
        break;
      }
    }
    return wrapped + content;
  };
  for (int depth = 0; depth < 2000; ++depth) {
    bytes = wrap(1, wrap(5, wrap(6, bytes)));  // GraphProto.node, NodeProto.attribute, .g
  }
  const std::string file = wrap(7, bytes);  // ModelProto.graph
  const auto parsed = parse_onnx(
      std::span(reinterpret_cast<const std::uint8_t*>(file.data()), file.size()), "x.onnx");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code(), ErrorCode::kCorruption);
}

TEST(ReadOnnx, SaysThatAFileIsMissing) {
  const auto model = read_onnx("/nowhere/x.onnx");
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code(), ErrorCode::kNotFound);
}

TEST(ReadOnnx, GivesNodesNamesThatAreUnique) {
  ModelProto proto = sound_model();
  node(proto, 0).clear_name();
  node(proto, 1).set_name("Conv #0");
  const auto model = parse_onnx(bytes_of(proto), "x.onnx");
  ASSERT_TRUE(model.ok()) << model.error().message();
  EXPECT_EQ(model.value().nodes[0].name, "Conv #0");
  EXPECT_EQ(model.value().nodes[1].name, "Conv #0 #1");
}

TEST(CutOnnx, KeepsWhatTheFeatureNeedsAndNothingElse) {
  ModelProto proto = sound_model();
  TensorProto& superfluous = *graph(proto).add_initializer();
  superfluous = weight(proto);
  superfluous.set_name("superfluous");
  const auto cut = cut_onnx(bytes_of(proto), "middle");
  const auto model = parse_onnx(cut, "x.onnx");
  ASSERT_TRUE(model.ok()) << model.error().message();
  EXPECT_EQ(model.value().nodes.size(), 1U);
  EXPECT_EQ(model.value().constants.size(), 1U);
  EXPECT_EQ(model.value().outputs, std::vector<std::string>{"middle"});
}

TEST(CutOnnx, KeepsTheInputWhereTheFeatureDoesNotNeedIt) {
  ModelProto proto = sound_model();  // a fuzzer's find
  node(proto, 0).set_input(0, "weight");
  const auto model = parse_onnx(cut_onnx(bytes_of(proto), "output"), "x.onnx");
  ASSERT_TRUE(model.ok()) << model.error().message();
  EXPECT_EQ(model.value().input, "input");
}

TEST(CutOnnx, GivesOpenCvTheSameValue) {
  const auto bytes = read_file(test::network_file("residual_network"));
  ASSERT_TRUE(bytes.ok());
  const auto model = parse_onnx(bytes.value(), "x.onnx");
  ASSERT_TRUE(model.ok()) << model.error().message();
  const auto network = map_to_network(model.value(), test::kSize, test::kSize, "PRelu_8_0");
  ASSERT_TRUE(network.ok()) << network.error().message();
  const auto input = test::random_input(3 * test::kSize * test::kSize);
  const auto ours = run_ref(network.value(), input).back();
  const auto theirs = test::run_opencv(cut_onnx(bytes.value(), "PRelu_8_0"), input);
  ASSERT_EQ(ours.size(), theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ASSERT_NEAR(ours[i], theirs[i], 1e-4F);
  }
}

}  // namespace
}  // namespace kface
