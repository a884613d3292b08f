#include "nn/fuse.h"

#include <gtest/gtest.h>

#include "nn/test_networks.h"

namespace kface {
namespace {

std::vector<Step> fused(const NetworkMaker& maker) {
  const auto shapes = value_shapes(maker.network());
  EXPECT_TRUE(shapes.ok());
  return fuse_layers(maker.network(), shapes.value());
}

TEST(FuseLayers, TakesTheSumAndTheActivationIntoTheConvolution) {
  NetworkMaker m("net", {16, 4, 4});
  const std::size_t first = m.relu(m.conv(0, 16, square_window(3, 1, 1)));
  m.relu(m.sum(m.conv(first, 16, square_window(3, 1, 1)), first));
  const auto steps = fused(m);
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].activation, 1U);
  EXPECT_EQ(steps[0].output, 2U);
  EXPECT_EQ(steps[1].addend, 2U);
  EXPECT_EQ(steps[1].activation, 4U);
  EXPECT_EQ(steps[1].output, 5U);
}

TEST(FuseLayers, KeepsAValueThatIsReadTwice) {
  NetworkMaker m("net", {16, 4, 4});
  const std::size_t conv = m.conv(0, 16, square_window(1, 1, 0));
  m.sum(m.relu(conv), conv);
  const auto steps = fused(m);
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_FALSE(steps[0].activation.has_value());
}

TEST(FuseLayers, LeavesASumThatIsLargerThanTheConvolution) {
  NetworkMaker m("net", {16, 4, 4});
  m.sum(m.conv(0, 16, square_window(2, 1, 0)), 0);
  const auto steps = fused(m);
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_FALSE(steps[0].addend.has_value());
}

TEST(FuseLayers, LeavesPReluBehindALinearLayer) {
  NetworkMaker m("net", {4, 1, 1});
  m.prelu(m.linear(0, 3));
  EXPECT_EQ(fused(m).size(), 2U);
}

}  // namespace
}  // namespace kface
