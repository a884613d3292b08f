#include "backbone/precision_choice.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "nn/calibrate.h"
#include "nn/tune.h"

namespace kface {
namespace {

// Features [n, d] of inputs [n, size], `engine.batch` at a time; a last batch that is not full is
// filled up with the first inputs.
Result<std::vector<float>> features_of(const EngineBackbone& backbone,
                                       std::span<const float> inputs,
                                       const EngineOptions& options) {
  KF_ASSIGN(const auto engine, backbone.make_engine(options));
  const std::size_t size = backbone.network().input.size();
  const std::size_t n = inputs.size() / size;
  const std::size_t d = backbone.info().feature_dim;
  std::vector<float> features(n * d);
  for (std::size_t at = 0; at < n; at += options.batch) {
    for (std::size_t i = 0; i < options.batch; ++i) {
      const auto from = inputs.subspan((at + i) % n * size, size);
      std::copy(from.begin(), from.end(),
                engine->input().begin() + static_cast<std::ptrdiff_t>(i * size));
    }
    engine->run();
    const auto output = engine->output().first(std::min(options.batch, n - at) * d);
    std::copy(output.begin(), output.end(), features.begin() + static_cast<std::ptrdiff_t>(at * d));
  }
  return features;
}

double cosine(std::span<const float> a, std::span<const float> b) {
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += static_cast<double>(a[i]) * b[i];
    aa += static_cast<double>(a[i]) * a[i];
    bb += static_cast<double>(b[i]) * b[i];
  }
  if (aa == 0 || bb == 0) {
    return aa == bb ? 1 : 0;
  }
  return ab / std::sqrt(aa * bb);
}

std::vector<double> cosines(std::span<const float> a, std::span<const float> b, std::size_t d) {
  std::vector<double> result;
  for (std::size_t at = 0; at < a.size(); at += d) {
    result.push_back(cosine(a.subspan(at, d), b.subspan(at, d)));
  }
  return result;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) {
    sum += value;
  }
  return sum / static_cast<double>(values.size());
}

// What a plan really is: one that was chosen from more may be float32 throughout.
Precision precision_of(Precision allowed, const Network& network, const Plan& plan) {
  const bool shortened =
      std::any_of(network.layers.begin(), network.layers.end(), [&](const Layer& layer) {
        const bool multiplies =
            layer.kind == LayerKind::kConv || layer.kind == LayerKind::kFullyConnected;
        return multiplies && is_bf16(plan.of(layer.name));
      });
  return allowed == Precision::kBf16 && !shortened ? Precision::kF32 : allowed;
}

void require_inputs(const EngineBackbone& backbone, std::span<const float> inputs) {
  const std::size_t size = backbone.network().input.size();
  KF_REQUIRE(!inputs.empty() && inputs.size() % size == 0, inputs.size(), size);
}

}  // namespace

Result<CalibrationResult> calibrate_backbone(const EngineBackbone& backbone,
                                             std::span<const float> inputs,
                                             const JobContext& context) {
  require_inputs(backbone, inputs);
  const std::size_t size = backbone.network().input.size();
  const std::size_t n = inputs.size() / size;
  const std::size_t d = backbone.info().feature_dim;
  const unsigned threads = context.threads;
  KF_ASSIGN(const auto engine,
            backbone.make_engine(EngineOptions{.threads = threads, .keep_values = true}));
  ValueStatistics statistics;
  std::vector<float> f32;
  for (std::size_t i = 0; i < n; ++i) {
    if (context.stop_requested()) {
      return Status{ErrorCode::kInterrupted, "calibration: stopped on request"};
    }
    statistics.observe(*engine, inputs.subspan(i * size, size));
    const auto output = engine->output();
    f32.insert(f32.end(), output.begin(), output.end());
    if (context.progress) {
      context.progress(i + 1, n);
    }
  }
  CalibrationResult best;
  for (const LimitRule rule : {LimitRule::kPercentile, LimitRule::kSquares}) {
    KF_ASSIGN(const Calibration calibration, statistics.limits(rule));
    KF_ASSIGN(const auto int8, features_of(backbone, inputs,
                                           {.threads = threads,
                                            .plan = {.ways = {}, .otherwise = Way::kInt8},
                                            .calibration = calibration}));
    const auto kept = cosines(f32, int8, d);
    if (best.rule.empty() || mean(kept) > best.mean_cosine) {
      best = {calibration, limit_rule_name(rule), *std::min_element(kept.begin(), kept.end()),
              mean(kept)};
    }
  }
  return best;
}

Result<PrecisionChoice> choose_precision(const EngineBackbone& backbone,
                                         std::span<const float> inputs,
                                         const ChoiceOptions& options) {
  require_inputs(backbone, inputs);
  const std::size_t d = backbone.info().feature_dim;
  KF_ASSIGN(const auto f32,
            features_of(backbone, inputs, {.batch = 1, .threads = options.run.threads}));
  PrecisionChoice choice;
  for (const Precision precision : options.allowed) {
    if (precision == Precision::kInt8 && options.calibration.limits.empty()) {
      continue;
    }
    KF_ASSIGN(const Tuning tuning, tune(backbone.network(), {.batch = options.run.batch,
                                                             .threads = options.run.threads,
                                                             .precision = precision,
                                                             .calibration = options.calibration}));
    const TriedPlan& fastest = tuning.tried.front();
    KF_ASSIGN(const auto features, features_of(backbone, inputs,
                                               {.batch = options.run.batch,
                                                .threads = options.run.threads,
                                                .plan = fastest.plan,
                                                .calibration = options.calibration}));
    const auto kept = cosines(f32, features, d);
    choice.tried.push_back({precision_of(precision, backbone.network(), fastest.plan), fastest.name,
                            fastest.plan, fastest.ms, *std::min_element(kept.begin(), kept.end())});
  }
  std::stable_sort(choice.tried.begin(), choice.tried.end(),
                   [](const PrecisionTrial& a, const PrecisionTrial& b) { return a.ms < b.ms; });
  const auto kept =
      std::find_if(choice.tried.begin(), choice.tried.end(),
                   [](const PrecisionTrial& trial) { return trial.lowest_cosine >= kKeptCosine; });
  if (kept == choice.tried.end()) {
    std::string found;
    for (const PrecisionTrial& trial : choice.tried) {
      found += " " + precision_name(trial.precision) + " " + std::to_string(trial.lowest_cosine);
    }
    return Status{ErrorCode::kInvalidArgument,
                  backbone.info().id +
                      ": no allowed arithmetic keeps the features at a cosine of " +
                      std::to_string(kKeptCosine) + " with float32; found" +
                      (found.empty() ? " none that could be tried" : found) +
                      "; allow f32, or calibrate on faces of your camera"};
  }
  choice.chosen = static_cast<std::size_t>(kept - choice.tried.begin());
  return choice;
}

Result<CalibratedChoice> calibrate_and_choose(const EngineBackbone& backbone,
                                              std::span<const float> inputs,
                                              const std::vector<Precision>& allowed,
                                              std::size_t batch, const JobContext& context) {
  CalibratedChoice result;
  ChoiceOptions options{.allowed = allowed, .run = {.threads = context.threads, .batch = batch}};
  if (std::find(allowed.begin(), allowed.end(), Precision::kInt8) != allowed.end()) {
    KF_ASSIGN(result.calibration, calibrate_backbone(backbone, inputs, context));
    options.calibration = result.calibration->calibration;
  }
  KF_ASSIGN(result.choice, choose_precision(backbone, inputs, options));
  return result;
}

}  // namespace kface
