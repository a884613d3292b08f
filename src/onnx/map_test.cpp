#include "onnx/map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "nn/engine.h"
#include "nn/network_ref.h"
#include "onnx/networks_for_test.h"

namespace kface {
namespace {

using test::kSize;
using test::network_file;

// Written by python3-onnx; see testdata/write_networks.py for what each is.
const std::vector<std::string> known_networks = {
    "add_constant",
    "add_of_two",
    "average_pool",
    "average_pool_with_pads",
    "batch_norm_after_conv",
    "batch_norm_after_depthwise_conv",
    "batch_norm_after_gemm",
    "batch_norm_first",
    "batch_norm_of_a_conv_that_others_read",
    "batch_norm_twice",
    "conv",
    "conv_depthwise",
    "conv_grouped",
    "conv_same_lower",
    "conv_same_upper",
    "conv_strided_with_unequal_pads",
    "conv_valid",
    "conv_without_bias",
    "convolution_at_the_end",
    "divide_by_constant",
    "dropout_and_identity",
    "gemm_of_a_flattened_picture",
    "gemm_transposed",
    "global_average_pool",
    "leaky_relu",
    "matmul_and_bias",
    "max_pool",
    "multiply_constant",
    "open_sizes",
    "prelu",
    "prelu_of_a_vector",
    "prelu_of_one_slope",
    "relu",
    "relu_of_a_flattened_picture",
    "reshape_as_pytorch_writes_view",
    "reshape_keeping_n",
    "reshape_to_one_row",
    "reshape_with_open_n",
    "residual_network",
    "squeeze",
    "squeeze_as_older_files_write_it",
    "squeeze_one_by_one",
    "subtract_constant",
    "subtract_from_constant",
    "unsqueeze",
    "weights_in_constant_nodes",
    "weights_listed_as_inputs",
    "weights_of_two_names",
};

struct Unknown {
  const char* network;
  const char* reason;  // how the error ends
};

const std::vector<Unknown> unknown_networks = {
    {"unknown_sigmoid", "node 'Sigmoid_1' (Sigmoid) has an operator that the engine does not know"},
    {"unknown_dilation", "node 'Conv_0' (Conv) is dilated"},
    {"unknown_concat", "node 'Concat_2' (Concat) has an operator that the engine does not know"},
    {"unknown_product",
     "node 'Mul_2' (Mul) joins two values; only Add of two of the same shape is known"},
    {"unknown_transpose",
     "node 'Transpose_0' (Transpose) has an operator that the engine does not know"},
    {"unknown_constant_a_pixel",
     "node 'Add_0' (Add) has a constant that is not one number a channel"},
    {"unknown_padding_in_the_average",
     "node 'AveragePool_0' (AveragePool) counts the padding into the average (count_include_pad)"},
    {"unknown_half_precision", "node 'Conv_0' (Conv) has numbers of type FLOAT16, expected FLOAT"},
    {"unknown_norm_of_a_flattened_picture",
     "node 'BatchNormalization_1' (BatchNormalization) reads a picture that was flattened, which "
     "only Gemm and MatMul may"},
};

OnnxModel model_of(const std::string& network) {
  auto model = read_onnx(network_file(network));
  EXPECT_TRUE(model.ok()) << model.error().message();
  return std::move(model).value();
}

Network mapped(const OnnxModel& model, const std::string& feature = "") {
  const auto output = find_value(model, feature);
  EXPECT_TRUE(output.ok()) << output.error().message();
  auto network = map_to_network(model, kSize, kSize, output.value());
  EXPECT_TRUE(network.ok()) << network.error().message();
  return std::move(network).value();
}

std::size_t count_of(const Network& network, LayerKind kind) {
  return static_cast<std::size_t>(
      std::count_if(network.layers.begin(), network.layers.end(),
                    [kind](const Layer& layer) { return layer.kind == kind; }));
}

class KnownNetwork : public testing::TestWithParam<std::string> {};

TEST_P(KnownNetwork, GivesWhatOpenCvGives) {
  const OnnxModel model = model_of(GetParam());
  const Network network = mapped(model);
  const auto input = test::random_input(3 * kSize * kSize);
  const std::vector<float> ours = run_ref(network, input).back();
  const bool has_twin = std::filesystem::exists(network_file(GetParam() + "_twin"));
  const auto bytes = read_file(network_file(GetParam() + (has_twin ? "_twin" : "")));
  ASSERT_TRUE(bytes.ok());
  const std::vector<float> theirs = test::run_opencv(bytes.value(), input);
  ASSERT_EQ(ours.size(), theirs.size());
  ASSERT_GT(ours.size(), 3U);
  float largest = 0;
  for (const float value : theirs) {
    largest = std::max(largest, std::abs(value));
  }
  ASSERT_GT(largest, 0.1F);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ASSERT_NEAR(ours[i], theirs[i], 1e-5F * std::max(1.0F, largest)) << "value " << i;
  }
}

TEST_P(KnownNetwork, GivesTheSameOnTheEngine) {
  const Network network = mapped(model_of(GetParam()));
  const auto engine = Engine::create(network, {}, std::make_shared<WeightStore>());
  ASSERT_TRUE(engine.ok()) << engine.error().message();
  const auto input = test::random_input(network.input.size());
  std::copy(input.begin(), input.end(), engine.value()->input().begin());
  engine.value()->run();
  const auto expected = run_ref(network, input).back();
  ASSERT_EQ(engine.value()->output().size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_NEAR(engine.value()->output()[i], expected[i],
                1e-4F * std::max(1.0F, std::abs(expected[i])))
        << "value " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Map, KnownNetwork, testing::ValuesIn(known_networks),
                         [](const auto& tested) { return tested.param; });

TEST(Map, TestsEveryNetworkThatIsWritten) {
  std::set<std::string> tested(known_networks.begin(), known_networks.end());
  for (const auto& [network, reason] : unknown_networks) {
    tested.insert(network);
  }
  tested.insert("two_outputs");
  std::set<std::string> written;
  for (const auto& entry : std::filesystem::directory_iterator(KFACE_ONNX_NETWORKS)) {
    if (entry.path().extension() == ".onnx" && !entry.path().stem().string().ends_with("_twin")) {
      written.insert(entry.path().stem().string());
    }
  }
  EXPECT_EQ(tested, written);
}

TEST(Map, NamesTheOperatorThatItDoesNotKnow) {
  for (const auto& [name, reason] : unknown_networks) {
    const OnnxModel model = model_of(name);
    const auto network = map_to_network(model, kSize, kSize, model.outputs[0]);
    ASSERT_FALSE(network.ok()) << name;
    EXPECT_EQ(network.error().code(), ErrorCode::kMismatch) << name;
    EXPECT_EQ(network.error().message(), network_file(name).string() + ": " + reason);
  }
}

TEST(Map, FoldsABatchNormIntoTheConvolutionBeforeIt) {
  const Network network = mapped(model_of("batch_norm_after_conv"));
  ASSERT_EQ(network.layers.size(), 1U);
  EXPECT_EQ(network.layers[0].kind, LayerKind::kConv);
  EXPECT_EQ(network.layers[0].bias.values.size(), 5U);
}

TEST(Map, KeepsABatchNormWhereOthersReadTheConvolution) {
  const Network network = mapped(model_of("batch_norm_of_a_conv_that_others_read"));
  ASSERT_EQ(network.layers.size(), 3U);
  EXPECT_EQ(network.layers[1].kind, LayerKind::kScaleShift);
}

TEST(Map, LeavesOneScalingOfSeveralInARow) {
  EXPECT_EQ(mapped(model_of("batch_norm_twice")).layers.size(), 1U);
}

TEST(Map, KeepsOfAFaceNetworkOnlyTheScalingsThatNothingTakesIn) {
  const Network network = mapped(model_of("residual_network"));
  // Of the input (the convolution after it pads), before each block, and before the Flatten.
  EXPECT_EQ(count_of(network, LayerKind::kScaleShift), 4U);
  EXPECT_EQ(count_of(network, LayerKind::kConv), 6U);
  EXPECT_EQ(network.layers.back().kind, LayerKind::kFullyConnected);
}

TEST(Map, SharesWeightsWithTheModelWhereTheyAreTheSame) {
  const OnnxModel model = model_of("conv");
  EXPECT_EQ(mapped(model).layers[0].weight.values.data(),
            model.constants.at("w0").floats.values.data());
}

TEST(Map, EndsAtTheFeatureThatIsNamedByValueOrByNode) {
  const OnnxModel model = model_of("residual_network");
  for (const std::string name : {"Add_20", "Add_20_0"}) {
    const Network network = mapped(model, name);
    EXPECT_EQ(network.layers.back().kind, LayerKind::kAdd) << name;
  }
}

TEST(Map, AsksForTheFeatureWhereThereAreSeveralOutputs) {
  const OnnxModel model = model_of("two_outputs");
  const auto value = find_value(model, "");
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().message(), model.name +
                                         ": it has several outputs ('Conv_0_0', 'Relu_1_0'); name "
                                         "the one that is the feature");
  EXPECT_EQ(mapped(model, "Conv_0_0").layers.size(), 1U);
  EXPECT_EQ(mapped(model, "Relu_1_0").layers.size(), 2U);
}

TEST(Map, SaysWhichFeaturesThereAre) {
  const OnnxModel model = model_of("conv");
  const auto value = find_value(model, "fc9");
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().message(),
            model.name + ": no value or node is called 'fc9'; its outputs are 'Conv_0_0'");
}

TEST(Map, RefusesAPictureOfAnotherSize) {
  const OnnxModel model = model_of("conv");
  const auto network = map_to_network(model, 112, 96, "Conv_0_0");
  ASSERT_FALSE(network.ok());
  EXPECT_EQ(network.error().message(), model.name + ": its input is 12 x 12 pixels, not 96 x 112");
}

TEST(Map, TakesTheSizeThatIsAskedForWhereTheFileLeavesItOpen) {
  const OnnxModel model = model_of("open_sizes");
  const auto network = map_to_network(model, 20, 16, model.outputs[0]);
  ASSERT_TRUE(network.ok()) << network.error().message();
  EXPECT_EQ(network.value().input, (Shape{3, 20, 16}));
}

TEST(Map, RefusesAnOperatorSetThatItDoesNotKnow) {
  OnnxModel model = model_of("conv");
  model.opset = 99;
  const auto network = map_to_network(model, kSize, kSize, "Conv_0_0");
  ASSERT_FALSE(network.ok());
  EXPECT_EQ(network.error().message(), model.name + ": operator set 99, this build knows 7 to 21");
}

}  // namespace
}  // namespace kface
