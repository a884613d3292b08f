// What this machine can do at most: arithmetic and memory bandwidth, measured. A benchmark states
// its layers as shares of these.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "kface/status.h"

namespace kface {

// Highest rates seen; an absent one means that the CPU has no such instruction (AVX512_BF16,
// AVX512_VNNI). A multiply-accumulate counts as two operations.
struct Roofline {
  unsigned threads = 0;
  double f32_gflops = 0;  // fused multiply-add where the CPU has it
  std::optional<double> bf16_gflops;
  std::optional<double> int8_gops;
  double read_gbps = 0;     // 1e9 bytes a second, read from memory that no cache holds
  std::string f32_kernel;   // "AVX-512 FMA", "AVX2 FMA", "portable"
  std::string read_kernel;  // "AVX-512", "AVX2", "portable"
};

// Measures with `threads` threads at once, each the best of a few rounds, so that a moment's
// disturbance does not lower the peak. Register-only loops of independent accumulators for the
// arithmetic, a sum over 256 MiB for the bandwidth; every kernel's sum is checked.
//
// Requires: threads >= 1; `clock` gives seconds since any fixed moment and may be called by several
//           threads.
// Errors:   kCorruption if a kernel's sum is wrong: the CPU or the compiler miscalculates.
// Cost:     at most 0.1 s a kernel on an idle machine, and 0.1 s to fill the 256 MiB.
Result<Roofline> measure_roofline(unsigned threads, const std::function<double()>& clock);

}  // namespace kface
