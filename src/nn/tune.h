// Chooses how each layer is computed by timing it here and now.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kface/status.h"
#include "nn/engine.h"

namespace kface {

struct TuneOptions {
  std::size_t batch = 1;
  unsigned threads = 1;
  // What may be chosen from: kF32 float32 alone, kBf16 that and bfloat16, kInt8 8 bits alone.
  Precision precision = Precision::kF32;
  Calibration calibration = {};  // for kInt8
  int rounds = 5;                // whole passes of every candidate, in turns
};

// A plan that was tried whole.
struct TriedPlan {
  std::string name;  // "f32 nhwc", "f32 by layer", ...
  Plan plan;
  double ms = 0;  // median of a forward pass
};

struct Tuning {
  std::vector<TriedPlan> tried;  // fastest first, never empty

  const Plan& plan() const { return tried.front().plan; }
};

// Times every way for every layer, puts the fastest of each layer together where they fit, and
// takes what is fastest as a whole. Candidates take turns, so that all of them see the same
// disturbances: what is chosen under load is what is good under load.
//
// Errors: those of Engine::create.
// Cost:   some dozens of forward passes, and every weight in every form meanwhile.
Result<Tuning> tune(const Network& network, const TuneOptions& options);

}  // namespace kface
