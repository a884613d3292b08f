#include "nn/engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "nn/network_ref.h"
#include "nn/test_networks.h"

namespace kface {
namespace {

struct Run {
  std::vector<float> output;
  std::vector<OpTime> ops;
};

// Random pictures, the same for everybody.
std::vector<float> pictures(const Network& network, std::size_t batch) {
  return NetworkMaker("input", network.input).values(batch * network.input.size(), 1.0F);
}

Result<Run> run_engine(const Network& network, const EngineOptions& options) {
  KF_ASSIGN(const auto engine, Engine::create(network, options, std::make_shared<WeightStore>()));
  const auto input = pictures(network, options.batch);
  std::copy(input.begin(), input.end(), engine->input().begin());
  engine->run();
  const auto output = engine->output();
  return Run{{output.begin(), output.end()}, engine->profile(1)};
}

std::vector<float> reference(const Network& network, std::size_t batch) {
  const auto input = pictures(network, batch);
  std::vector<float> output;
  for (std::size_t i = 0; i < batch; ++i) {
    const auto values =
        run_ref(network, std::span(input).subspan(i * network.input.size(), network.input.size()));
    output.insert(output.end(), values.back().begin(), values.back().end());
  }
  return output;
}

// Largest magnitude of every value over the test's pictures.
Calibration calibrate_by_maximum(const Network& network, std::size_t batch) {
  Calibration calibration;
  const auto input = pictures(network, batch);
  for (std::size_t i = 0; i < batch; ++i) {
    const auto values =
        run_ref(network, std::span(input).subspan(i * network.input.size(), network.input.size()));
    for (std::size_t v = 0; v < values.size(); ++v) {
      float& limit = calibration.limits[v == 0 ? kInputName : network.layers[v - 1].name];
      for (const float value : values[v]) {
        limit = std::max(limit, std::fabs(value));
      }
    }
  }
  return calibration;
}

double relative_error(const std::vector<float>& found, const std::vector<float>& expected) {
  double difference = 0;
  double size = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    difference += std::pow(static_cast<double>(found[i]) - expected[i], 2);
    size += std::pow(static_cast<double>(expected[i]), 2);
  }
  return std::sqrt(difference / size);
}

struct Case {
  std::string label;
  Network network;
  std::size_t batch;
  unsigned threads;
};

std::vector<Case> cases() {
  return {{"vgg", small_vgg(), 1, 1},       {"vgg batch", small_vgg(), 3, 2},
          {"resnet", small_resnet(), 1, 2}, {"resnet batch", small_resnet(), 3, 1},
          {"mobile", small_mobile(), 1, 1}, {"mobile batch", small_mobile(), 2, 2}};
}

void expect_close(Way way, double tolerance) {
  for (const Case& c : cases()) {
    EngineOptions options{.batch = c.batch, .threads = c.threads};
    options.plan.otherwise = way;
    options.calibration = calibrate_by_maximum(c.network, c.batch);
    const auto run = run_engine(c.network, options);
    ASSERT_TRUE(run.ok()) << c.label << ": " << run.error().message();
    const auto expected = reference(c.network, c.batch);
    ASSERT_EQ(run.value().output.size(), expected.size());
    EXPECT_LT(relative_error(run.value().output, expected), tolerance) << c.label;
  }
}

TEST(Engine, ComputesWhatTheDefinitionSays) { expect_close(Way::kF32Nhwc, 2e-6); }

TEST(Engine, Bfloat16StaysNearTheDefinition) { expect_close(Way::kBf16Nhwc, 2e-2); }

TEST(Engine, EightBitsStayNearTheDefinition) {
  for (const Case& c : cases()) {
    EngineOptions options{.batch = c.batch, .threads = c.threads};
    options.calibration = calibrate_by_maximum(c.network, c.batch);
    options.plan.otherwise = Way::kInt8;
    const auto run = run_engine(c.network, options);
    ASSERT_TRUE(run.ok()) << run.error().message();
    EXPECT_LT(relative_error(run.value().output, reference(c.network, c.batch)), 5e-2) << c.label;
  }
}

TEST(Engine, MixesWaysLayerByLayer) {
  for (const Case& c : cases()) {
    EngineOptions options{.batch = c.batch, .threads = c.threads};
    options.calibration = calibrate_by_maximum(c.network, c.batch);
    std::size_t turn = 0;
    for (const Layer& layer : c.network.layers) {
      options.plan.ways[layer.name] = kAllWays[turn++ % std::size(kAllWays)];
    }
    const auto run = run_engine(c.network, options);
    ASSERT_TRUE(run.ok()) << c.label << ": " << run.error().message();
    EXPECT_LT(relative_error(run.value().output, reference(c.network, c.batch)), 5e-2) << c.label;
  }
}

TEST(Engine, WinogradAgreesWithTheDefinition) {
  const Network network = small_vgg();
  EngineOptions options;
  options.plan.otherwise = Way::kWinograd;
  const auto run = run_engine(network, options);
  ASSERT_TRUE(run.ok()) << run.error().message();
  const auto& ops = run.value().ops;
  if (std::none_of(ops.begin(), ops.end(),
                   [](const OpTime& op) { return op.what.find("wino") != std::string::npos; })) {
    GTEST_SKIP() << "oneDNN has no Winograd convolution for this CPU";
  }
  EXPECT_LT(relative_error(run.value().output, reference(network, 1)), 1e-5);
}

TEST(Engine, ImagesOfABatchDoNotMeet) {
  const Network network = small_resnet();
  const auto engine =
      Engine::create(network, {.batch = 2, .threads = 2}, std::make_shared<WeightStore>());
  ASSERT_TRUE(engine.ok()) << engine.error().message();
  const auto input = pictures(network, 2);
  const auto run_with_first = [&](float factor) {
    auto target = engine.value()->input();
    std::copy(input.begin(), input.end(), target.begin());
    std::for_each(target.begin(),
                  target.begin() + static_cast<std::ptrdiff_t>(network.input.size()),
                  [&](float& value) { value *= factor; });
    engine.value()->run();
    const auto output = engine.value()->output();
    return std::vector<float>(output.begin() + static_cast<std::ptrdiff_t>(output.size() / 2),
                              output.end());
  };
  EXPECT_EQ(run_with_first(1), run_with_first(100));
}

TEST(Engine, EnginesOfOneStoreShareTheirWeights) {
  const Network network = small_vgg();
  const auto store = std::make_shared<WeightStore>();
  const auto first = Engine::create(network, {.batch = 1}, store);
  ASSERT_TRUE(first.ok());
  const std::size_t bytes = store->bytes();
  EXPECT_GT(bytes, 0U);
  const auto second = Engine::create(network, {.batch = 1, .threads = 2}, store);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(store->bytes(), bytes);
  EXPECT_EQ(store->borrowed(), (std::vector<std::string>{"fc7", "fc9"}));
}

TEST(Engine, KeepsEveryValueWhenAsked) {
  const Network network = small_resnet();
  const auto engine =
      Engine::create(network, {.keep_values = true}, std::make_shared<WeightStore>());
  ASSERT_TRUE(engine.ok()) << engine.error().message();
  const auto input = pictures(network, 1);
  std::copy(input.begin(), input.end(), engine.value()->input().begin());
  engine.value()->run();
  const auto values = run_ref(network, input);
  std::size_t compared = 0;
  engine.value()->visit_values([&](const std::string& name, std::span<const float> found) {
    const auto layer = std::find_if(network.layers.begin(), network.layers.end(),
                                    [&](const Layer& l) { return l.name == name; });
    const auto& expected =
        name == kInputName ? input
                           : values[static_cast<std::size_t>(layer - network.layers.begin()) + 1];
    EXPECT_NEAR(*std::max_element(found.begin(), found.end()),
                *std::max_element(expected.begin(), expected.end()), 1e-4)
        << name;
    ++compared;
  });
  EXPECT_GT(compared, network.layers.size() / 2);
}

TEST(Engine, RefusesEightBitsWithoutACalibration) {
  const Network network = small_vgg();
  EngineOptions options;
  options.plan.ways["conv0"] = Way::kInt8;
  const auto uncalibrated = run_engine(network, options);
  ASSERT_FALSE(uncalibrated.ok());
  EXPECT_EQ(uncalibrated.error().message(),
            "small-vgg: the calibration has no usable limit for 'input', and the plan computes "
            "with it in 8 bits; calibrate on this network");
}

TEST(Engine, FallsBackToDirectFloat32WhereAWayDoesNotExist) {
  NetworkMaker strided("strided", {16, 9, 9});
  strided.conv(0, 16, square_window(3, 2, 1));
  EngineOptions options;
  options.plan.otherwise = Way::kWinograd;
  const auto run = run_engine(strided.network(), options);
  ASSERT_TRUE(run.ok()) << run.error().message();
  for (const OpTime& op : run.value().ops) {
    EXPECT_EQ(op.what.find("wino"), std::string::npos) << op.what;
  }
  EXPECT_LT(relative_error(run.value().output, reference(strided.network(), 1)), 2e-6);
}

}  // namespace
}  // namespace kface
