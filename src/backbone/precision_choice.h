// Which arithmetic a backbone should use on this machine, for these faces: timed, and held against
// float32.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backbone/engine_backbone.h"
#include "base/parallel.h"

namespace kface {

// Features count as kept if each has at least this cosine with its float32 counterpart.
inline constexpr double kKeptCosine = 0.995;

// A calibration and what it costs.
struct CalibrationResult {
  Calibration calibration;
  std::string rule;          // limit_rule_name()
  double lowest_cosine = 0;  // of 8-bit and float32 features, over the inputs
  double mean_cosine = 0;
};

// Finds limits by each rule of nn/calibrate.h and keeps those whose 8-bit features stay nearest
// (mean cosine) to float32.
//
// `inputs`: [n, network.input] CHW, as the backbone's chip reader writes them; n at least 1. What
//           the door's camera gives, or chips of the people enrolled; some hundred are enough.
// Errors:   kInvalidArgument (a value is 0 throughout), those of Engine::create; kInterrupted.
// Cost:     four forward passes an input.
Result<CalibrationResult> calibrate_backbone(const EngineBackbone& backbone,
                                             std::span<const float> inputs,
                                             const JobContext& context);

// One arithmetic that was tried.
struct PrecisionTrial {
  Precision precision = Precision::kF32;
  std::string name;  // of the plan: "f32 by layer", ...
  Plan plan;
  double ms = 0;             // median of a forward pass of the batch
  double lowest_cosine = 1;  // with float32, over the inputs
};

struct PrecisionChoice {
  std::vector<PrecisionTrial> tried;  // fastest first
  std::size_t chosen = 0;             // the fastest that keeps its features

  const PrecisionTrial& best() const { return tried[chosen]; }
};

struct ChoiceOptions {
  std::vector<Precision> allowed = {Precision::kF32, Precision::kBf16, Precision::kInt8};
  ExtractorOptions run = {.threads = 1, .batch = 1};
  Calibration calibration = {};  // without one, 8 bits are not tried
};

// Times the fastest plan of each allowed precision (nn/tune.h) and compares its features.
// Errors: those of tune(); kInvalidArgument if none of those allowed keeps its features.
Result<PrecisionChoice> choose_precision(const EngineBackbone& backbone,
                                         std::span<const float> inputs,
                                         const ChoiceOptions& options);

struct CalibratedChoice {
  std::optional<CalibrationResult> calibration;  // where 8 bits were allowed
  PrecisionChoice choice;
};

// Both of the above: calibrates on `inputs` if 8 bits are allowed, then chooses for `batch` faces a
// pass on context.threads threads. Errors: theirs.
Result<CalibratedChoice> calibrate_and_choose(const EngineBackbone& backbone,
                                              std::span<const float> inputs,
                                              const std::vector<Precision>& allowed,
                                              std::size_t batch, const JobContext& context);

}  // namespace kface
