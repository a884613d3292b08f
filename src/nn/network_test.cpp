#include "nn/network.h"

#include <gtest/gtest.h>

#include "nn/network_ref.h"

namespace kface {
namespace {

Layer conv(const std::string& name, std::size_t input, std::size_t channels, Window window,
           std::vector<float> weight) {
  return {.name = name,
          .kind = LayerKind::kConv,
          .inputs = {input},
          .window = window,
          .channels = channels,
          .weight = own_weights(std::move(weight))};
}

std::vector<float> last_value(const Network& network, const std::vector<float>& input) {
  return run_ref(network, input).back();
}

void expect_refused(const Network& network, const std::string& message) {
  const auto shapes = value_shapes(network);
  ASSERT_FALSE(shapes.ok());
  EXPECT_EQ(shapes.error().code(), ErrorCode::kCorruption);
  EXPECT_EQ(shapes.error().message(), message);
}

TEST(NetworkRef, ConvolutionSumsTheWindowAndCountsOutsideAsZero) {
  Network network{
      "net", {1, 2, 2}, {conv("c", 0, 1, square_window(3, 1, 1), {0, 0, 0, 0, 1, 10, 0, 100, 0})}};
  network.layers[0].bias = own_weights({0.5F});
  // [1 2; 3 4]: itself + 10 * right + 100 * below + bias
  EXPECT_EQ(last_value(network, {1, 2, 3, 4}), (std::vector<float>{321.5F, 402.5F, 43.5F, 4.5F}));
}

TEST(NetworkRef, DepthwiseConvolutionKeepsChannelsApart) {
  Network network{"net", {2, 1, 2}, {conv("c", 0, 2, square_window(1, 1, 0), {2, 3})}};
  network.layers[0].groups = 2;
  EXPECT_EQ(last_value(network, {1, 2, 10, 20}), (std::vector<float>{2, 4, 30, 60}));
}

TEST(NetworkRef, StrideSkipsAndAsymmetricPaddingShifts) {
  const Window window{.height = 1, .width = 2, .stride_x = 2, .pad_left = 1};
  const Network network{"net", {1, 1, 4}, {conv("c", 0, 1, window, {1, 10})}};
  EXPECT_EQ(last_value(network, {1, 2, 3, 4}), (std::vector<float>{10, 32}));
}

TEST(NetworkRef, FullyConnectedReadsThePictureChannelByChannel) {
  const Network network{"net",
                        {2, 1, 2},
                        {{.name = "fc",
                          .kind = LayerKind::kFullyConnected,
                          .inputs = {0},
                          .channels = 1,
                          .weight = own_weights({1, 10, 100, 1000})}}};
  EXPECT_EQ(last_value(network, {1, 2, 3, 4}), (std::vector<float>{4321}));
}

TEST(NetworkRef, PoolsIgnorePadding) {
  Network network{"net",
                  {1, 2, 2},
                  {{.name = "p",
                    .kind = LayerKind::kMaxPool,
                    .inputs = {0},
                    .window = square_window(2, 2, 1)}}};
  EXPECT_EQ(last_value(network, {-1, -2, -3, -4}), (std::vector<float>{-1, -2, -3, -4}));
  network.layers[0].kind = LayerKind::kAveragePool;
  network.layers[0].window = {.height = 2, .width = 2, .pad_bottom = 1};
  EXPECT_EQ(last_value(network, {1, 3, 5, 7}), (std::vector<float>{4, 6}));
}

TEST(NetworkRef, AddCountsASmallerPictureAsZeroWhereItEnds) {
  Network network{"net",
                  {1, 1, 3},
                  {conv("c", 0, 2, {.height = 1, .width = 2}, {1, 0, 0, 1}),
                   {.name = "a", .kind = LayerKind::kAdd, .inputs = {0, 1}}}};
  // conv: channel 0 = x[i], channel 1 = x[i + 1], two wide; the input is one channel, three wide.
  EXPECT_EQ(last_value(network, {1, 2, 3}), (std::vector<float>{2, 4, 3, 2, 3, 0}));
}

TEST(NetworkRef, ElementwiseLayersUseTheirChannelsNumbers) {
  Network network{"net",
                  {2, 1, 1},
                  {{.name = "e",
                    .kind = LayerKind::kPRelu,
                    .inputs = {0},
                    .weight = own_weights({0.5F, 0.25F})}}};
  EXPECT_EQ(last_value(network, {-2, -4}), (std::vector<float>{-1, -1}));
  EXPECT_EQ(last_value(network, {2, 4}), (std::vector<float>{2, 4}));
  network.layers[0].kind = LayerKind::kRelu;
  EXPECT_EQ(last_value(network, {-2, 4}), (std::vector<float>{0, 4}));
  network.layers[0].kind = LayerKind::kScaleShift;
  network.layers[0].bias = own_weights({1, -1});
  EXPECT_EQ(last_value(network, {2, 4}), (std::vector<float>{2, 0}));
}

TEST(ValueShapes, ListsEveryValueAndItsMultiplications) {
  const Network network{"net",
                        {1, 4, 6},
                        {conv("c", 0, 2, square_window(3, 1, 0), std::vector<float>(18)),
                         {.name = "p",
                          .kind = LayerKind::kMaxPool,
                          .inputs = {1},
                          .window = square_window(2, 2, 0)}}};
  const auto shapes = value_shapes(network);
  ASSERT_TRUE(shapes.ok()) << shapes.error().message();
  EXPECT_EQ(shapes.value(), (std::vector<Shape>{{1, 4, 6}, {2, 2, 4}, {2, 1, 2}}));
  EXPECT_EQ(layer_macs(network, shapes.value(), 0), 18U * 2U * 4U);
  EXPECT_EQ(layer_macs(network, shapes.value(), 1), 0U);
}

TEST(ValueShapes, RefusesWhatCannotBeExecutedAndNamesTheLayer) {
  expect_refused({"net", {1, 1, 1}, {}}, "net: it has no layer");
  expect_refused({"net", {1, 1, 1}, {{.name = "r", .kind = LayerKind::kRelu, .inputs = {1}}}},
                 "net, layer 'r': it reads value 1, and only 1 come before it");
  expect_refused({"net", {1, 1, 1}, {{.name = "a", .kind = LayerKind::kAdd, .inputs = {0}}}},
                 "net, layer 'a': it reads 1 values, expected 2");
  expect_refused(
      {"net", {1, 2, 2}, {conv("c", 0, 1, square_window(3, 1, 0), std::vector<float>(9))}},
      "net, layer 'c': its window of 3 x 3 does not fit a picture of [1, 2, 2]");
  expect_refused(
      {"net", {1, 3, 3}, {conv("c", 0, 1, square_window(3, 1, 0), std::vector<float>(8))}},
      "net, layer 'c': it has 8 weights, expected 9");
  Network bias{"net", {1, 3, 3}, {conv("c", 0, 1, square_window(3, 1, 0), std::vector<float>(9))}};
  bias.layers[0].bias = own_weights({1, 2});
  expect_refused(bias, "net, layer 'c': it has 2 biases, expected 1");
  Network groups{
      "net", {3, 3, 3}, {conv("c", 0, 2, square_window(1, 1, 0), std::vector<float>(6))}};
  groups.layers[0].groups = 2;
  expect_refused(groups,
                 "net, layer 'c': 2 groups do not divide its 3 input and 2 output channels");
  const Layer relu{.name = "r", .kind = LayerKind::kRelu, .inputs = {0}};
  expect_refused({"net", {1, 1, 1}, {relu, relu}}, "net, layer 'r': the name occurs twice");
  expect_refused({"net", {1, 0, 1}, {relu}}, "net: its input has the impossible shape [1, 0, 1]");
  const std::size_t huge = std::size_t{1} << 40U;
  expect_refused({"net", {huge, huge, 1}, {relu}},
                 "net: its input has the impossible shape [1099511627776, 1099511627776, 1]");
}

}  // namespace
}  // namespace kface
