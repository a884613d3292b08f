#include "backbone/last_linear.h"

#include <gtest/gtest.h>

#include "nn/network_ref.h"
#include "nn/test_networks.h"

namespace kface {
namespace {

// What the whole network gives must be what head and feature give together.
void expect_same(const Network& whole, const SplitNetwork& split) {
  NetworkMaker maker("input", whole.input);
  const auto input = maker.values(whole.input.size(), 1);
  const auto expected = run_ref(whole, input).back();
  const auto found = embed(split.last, run_ref(split.network, input).back());
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], 1e-5);
  }
}

TEST(SplitLastLinear, TakesOffAFullyConnectedLayer) {
  const Network whole = small_vgg();
  const auto split = split_last_linear(whole, false);
  ASSERT_TRUE(split.ok()) << split.error().message();
  EXPECT_TRUE(split.value().linear);
  EXPECT_EQ(split.value().last.d, 37U);
  EXPECT_EQ(split.value().last.m, 10U);
  expect_same(whole, split.value());
}

TEST(SplitLastLinear, FlattensAPictureInTheNetworksOrder) {
  NetworkMaker maker("flat", {3, 6, 5});
  maker.linear(maker.relu(maker.conv(0, 4, square_window(3, 1, 0))), 7);
  const auto split = split_last_linear(maker.network(), false);
  ASSERT_TRUE(split.ok()) << split.error().message();
  EXPECT_EQ(split.value().last.d, 4U * 4 * 3);
  expect_same(maker.network(), split.value());
}

TEST(SplitLastLinear, TakesOffAConvolutionOfItsWholePicture) {
  NetworkMaker maker("conv", {3, 6, 6});
  maker.conv(maker.relu(maker.conv(0, 4, square_window(3, 1, 0))), 5, square_window(4, 1, 0));
  const auto split = split_last_linear(maker.network(), false);
  ASSERT_TRUE(split.ok()) << split.error().message();
  EXPECT_TRUE(split.value().linear);
  EXPECT_EQ(split.value().last.d, 64U);
  expect_same(maker.network(), split.value());
}

TEST(SplitLastLinear, LeavesADepthwiseConvolutionAndASmallerOne) {
  NetworkMaker depthwise("depthwise", {3, 6, 6});
  depthwise.conv(depthwise.conv(0, 4, square_window(3, 1, 0)), 4, square_window(4, 1, 0), 4);
  NetworkMaker smaller("smaller", {3, 6, 6});
  smaller.conv(smaller.conv(0, 4, square_window(3, 1, 0)), 4, square_window(1, 1, 0));
  for (const Network& network : {depthwise.network(), smaller.network()}) {
    const auto split = split_last_linear(network, false);
    ASSERT_TRUE(split.ok()) << split.error().message();
    EXPECT_FALSE(split.value().linear);
    EXPECT_EQ(split.value().last.d, split.value().last.m);
    EXPECT_EQ(split.value().network.layers.size(), 2U);
    expect_same(network, split.value());
  }
}

TEST(SplitLastLinear, LeavesTheOnlyLayer) {
  NetworkMaker maker("one", {3, 2, 2});
  maker.conv(0, 5, square_window(2, 1, 0));
  const auto split = split_last_linear(maker.network(), true);
  ASSERT_TRUE(split.ok()) << split.error().message();
  EXPECT_FALSE(split.value().linear);
  EXPECT_TRUE(split.value().last.l2_normalize);
}

TEST(SplitLastLinear, RefusesAPictureAsAnEmbedding) {
  NetworkMaker maker("big", {3, 80, 80});
  maker.conv(0, 4, square_window(3, 1, 1));
  const auto split = split_last_linear(maker.network(), true);
  ASSERT_FALSE(split.ok());
  EXPECT_EQ(split.error().message(),
            "big: it ends in 25600 values that no linear layer gives; an embedding has at most "
            "4096: name another value as the feature");
}

}  // namespace
}  // namespace kface
