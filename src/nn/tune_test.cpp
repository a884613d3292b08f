#include "nn/tune.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "nn/calibrate.h"
#include "nn/fixed_plan.h"
#include "nn/test_networks.h"

namespace kface {
namespace {

std::vector<float> output_of(const Network& network, const EngineOptions& options) {
  const auto engine = Engine::create(network, options, std::make_shared<WeightStore>());
  EXPECT_TRUE(engine.ok()) << engine.error().message();
  const auto input = NetworkMaker("input", network.input).values(network.input.size(), 1.0F);
  std::copy(input.begin(), input.end(), engine.value()->input().begin());
  engine.value()->run();
  return {engine.value()->output().begin(), engine.value()->output().end()};
}

Calibration observed(const Network& network, LimitRule rule) {
  const auto engine =
      Engine::create(network, {.keep_values = true}, std::make_shared<WeightStore>());
  EXPECT_TRUE(engine.ok()) << engine.error().message();
  ValueStatistics statistics;
  NetworkMaker maker("input", network.input);
  for (int i = 0; i < 4; ++i) {
    statistics.observe(*engine.value(), maker.values(network.input.size(), 1.0F));
  }
  const auto calibration = statistics.limits(rule);
  EXPECT_TRUE(calibration.ok()) << calibration.error().message();
  return calibration.value();
}

void expect_near(const std::vector<float>& found, const std::vector<float>& expected,
                 float tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  float size = 0;
  for (const float value : expected) {
    size = std::max(size, std::fabs(value));
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], tolerance * size) << i;
  }
}

TEST(Tune, FindsPlansThatComputeTheSame) {
  for (const Network& network : {small_vgg(), small_resnet(), small_mobile()}) {
    const auto expected = output_of(network, {});
    for (const Precision precision : {Precision::kF32, Precision::kBf16, Precision::kInt8}) {
      TuneOptions options{.precision = precision, .rounds = 2};
      options.calibration = observed(network, LimitRule::kPercentile);
      const auto tuning = tune(network, options);
      ASSERT_TRUE(tuning.ok()) << tuning.error().message();
      const auto& tried = tuning.value().tried;
      EXPECT_TRUE(std::is_sorted(tried.begin(), tried.end(),
                                 [](const auto& a, const auto& b) { return a.ms < b.ms; }));
      for (const TriedPlan& plan : tried) {
        EXPECT_GT(plan.ms, 0) << plan.name;
        expect_near(output_of(network, {.plan = plan.plan, .calibration = options.calibration}),
                    expected, precision == Precision::kF32 ? 1e-4F : 0.1F);
      }
    }
  }
}

TEST(Tune, NeverLeavesTheArithmeticThatWasAskedFor) {
  const auto tuning = tune(small_vgg(), {.precision = Precision::kF32, .rounds = 1});
  ASSERT_TRUE(tuning.ok());
  for (const TriedPlan& tried : tuning.value().tried) {
    for (const Layer& layer : small_vgg().layers) {
      const Way way = tried.plan.of(layer.name);
      EXPECT_TRUE(way != Way::kInt8 && !is_bf16(way)) << tried.name;
    }
  }
}

TEST(ValueStatistics, LimitsFollowTheirRule) {
  // One layer that passes its input on; 10,000 values 0.001 .. 1 and one of 100.
  NetworkMaker m("net", {1, 1, 10001});
  m.relu(0);
  std::vector<float> values;
  for (int i = 1; i <= 10000; ++i) {
    values.push_back(static_cast<float>(i % 1000 + 1) / 1000);
  }
  values.push_back(100);
  const auto engine =
      Engine::create(m.network(), {.keep_values = true}, std::make_shared<WeightStore>());
  ASSERT_TRUE(engine.ok()) << engine.error().message();
  ValueStatistics statistics;
  EXPECT_FALSE(statistics.limits(LimitRule::kPercentile).ok());
  statistics.observe(*engine.value(), values);
  const auto percentile = statistics.limits(LimitRule::kPercentile);
  ASSERT_TRUE(percentile.ok());
  EXPECT_NEAR(percentile.value().limits.at(kInputName), 1.0F, 0.05F);  // a bin is 0.024
  const auto squares = statistics.limits(LimitRule::kSquares);
  ASSERT_TRUE(squares.ok());
  // Cutting the 100 at L errs by (100 - L)^2, keeping it by 10,000 (L / 255)^2 / 12.
  EXPECT_GT(squares.value().limits.at(kInputName), 80.0F);
}

TEST(ValueStatistics, RefusesAValueThatIsZeroThroughout) {
  NetworkMaker m("net", {1, 1, 4});
  m.relu(0);
  const auto engine =
      Engine::create(m.network(), {.keep_values = true}, std::make_shared<WeightStore>());
  ASSERT_TRUE(engine.ok());
  ValueStatistics statistics;
  statistics.observe(*engine.value(), std::vector<float>{-1, -2, -3, -4});
  const auto limits = statistics.limits(LimitRule::kSquares);
  ASSERT_FALSE(limits.ok());
  EXPECT_NE(limits.error().message().find("'relu0' are 0 on every image"), std::string::npos);
}

TEST(FixedPlan, IsByRuleAlone) {
  const Network network = small_vgg();
  EXPECT_EQ(fixed_plan(network, Precision::kF32), fixed_plan(network, Precision::kF32));
  EXPECT_EQ(fixed_plan(network, Precision::kInt8).otherwise, Way::kInt8);
  const Plan f32 = fixed_plan(network, Precision::kF32);
  EXPECT_NE(f32.of("conv0"), Way::kWinograd);  // three channels
}

TEST(Plan, NamesAndParsesWaysAndPrecisions) {
  for (const Way way : kAllWays) {
    EXPECT_EQ(parse_way(way_name(way)), way);
  }
  EXPECT_FALSE(parse_way("f64").has_value());
  EXPECT_EQ(parse_precision("bf16"), Precision::kBf16);
  EXPECT_FALSE(parse_precision("").has_value());
}

}  // namespace
}  // namespace kface
