// The loops that measure_roofline times, one for each kind of arithmetic, in the machine code of
// this CPU. Private to nn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace kface {

// A loop that does nothing but arithmetic. run(steps) says whether its sums came out right, which
// they do only if every step was done; exact for steps <= kMaxSteps.
struct PeakKernel {
  std::string name;
  bool (*run)(std::size_t steps) = nullptr;
  double operations_per_step = 0;
};

inline constexpr std::size_t kMaxSteps = std::size_t{1} << 22;  // sums stay exact in floats

PeakKernel f32_kernel();
std::optional<PeakKernel> bf16_kernel();
std::optional<PeakKernel> int8_kernel();

// Sum of all values (modulo 2^64), reading each once.
// Requires: values.size() is a multiple of kReadBlock.
struct ReadKernel {
  std::string name;
  std::uint64_t (*sum)(std::span<const std::uint64_t> values) = nullptr;
};

inline constexpr std::size_t kReadBlock = 64;

ReadKernel read_kernel();

}  // namespace kface
