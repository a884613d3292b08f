// A plan that needs no measurement.
#pragma once

#include "nn/network.h"
#include "nn/plan.h"

namespace kface {

// By rule: the same for a network on every machine with the same instructions, so that features are
// the same bits whenever they are computed.
//   kF32   Winograd where oneDNN has it and it usually wins (3x3, stride 1, at least 64 channels
//          in and out); else direct
//   kBf16  bfloat16 throughout where the CPU multiplies it; else as kF32
//   kInt8  8 bits throughout
// Requires: value_shapes(network) succeeds. Cost: microseconds.
Plan fixed_plan(const Network& network, Precision precision);

}  // namespace kface
