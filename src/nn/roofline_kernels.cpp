#include "nn/roofline_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <array>
#include <cstring>
#include <utility>

// noipa: a caller's constants must not reach into a kernel, or the compiler could work out its
// result without doing the work.
#if __has_attribute(noipa)
#define KF_KERNEL __attribute__((noipa))
#else
#define KF_KERNEL __attribute__((noinline))
#endif
#define KF_INLINE __attribute__((always_inline)) inline

namespace kface {
namespace {

// Vectors of the compiler, which become one register where the target has that width. They are
// never passed between functions that are compiled for different targets.
using Floats4 = float __attribute__((vector_size(16)));
using Floats8 = float __attribute__((vector_size(32)));
using Floats16 = float __attribute__((vector_size(64)));
using Longs8 = long long __attribute__((vector_size(64)));  // what the intrinsics call __m512i
using Words2 = std::uint64_t __attribute__((vector_size(16)));
using Words4 = std::uint64_t __attribute__((vector_size(32)));
using Words8 = std::uint64_t __attribute__((vector_size(64)));

// More than latency times instructions a cycle on every CPU of the last ten years, and few enough
// for 16 registers.
constexpr std::size_t kAccumulators = 12;
using Each = std::make_index_sequence<kAccumulators>;

template <typename Vector, typename Lane>
KF_INLINE bool every_lane_is(const Vector& vector, Lane expected) {
  std::array<Lane, sizeof(Vector) / sizeof(Lane)> lanes;
  std::memcpy(lanes.data(), &vector, sizeof(vector));
  for (const Lane lane : lanes) {
    if (lane != expected) {
      return false;
    }
  }
  return true;
}

// accumulator = accumulator * factor + 1 in every lane, `factor` being 1: it counts the steps.
// Accumulators start at different values, or one would do for all.
template <typename Vector, std::size_t... I>
KF_INLINE bool count_with_f32(std::size_t steps, float factor, std::index_sequence<I...> /*each*/) {
  const Vector one = Vector{} + 1.0F;
  const Vector factors = Vector{} + factor;
  std::array<Vector, sizeof...(I)> sums = {(Vector{} + static_cast<float>(I))...};
  for (std::size_t step = 0; step < steps; ++step) {
    ((sums[I] = sums[I] * factors + one), ...);
  }
  return (every_lane_is(sums[I], static_cast<float>(steps + I)) && ...);
}

template <typename Vector, std::size_t... I>
KF_INLINE std::uint64_t sum_of(std::span<const std::uint64_t> values,
                               std::index_sequence<I...> /*each*/) {
  constexpr std::size_t kLanes = sizeof(Vector) / sizeof(std::uint64_t);
  static_assert(kReadBlock % (kLanes * sizeof...(I)) == 0);
  std::array<Vector, sizeof...(I)> sums = {};
  std::array<Vector, sizeof...(I)> read = {};
  for (std::size_t i = 0; i < values.size(); i += kLanes * sizeof...(I)) {
    (std::memcpy(&read[I], &values[i + I * kLanes], sizeof(Vector)), ...);
    ((sums[I] += read[I]), ...);
  }
  const Vector total = (sums[I] + ...);
  std::uint64_t result = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    result += total[lane];
  }
  return result;
}

constexpr std::size_t kReadAccumulators = 8;
using EachRead = std::make_index_sequence<kReadAccumulators>;

// The multiplication by 1 must stay: the compiler may not know that it is 1.
float unknown_one() {
  volatile float one = 1.0F;
  return one;
}

KF_KERNEL bool f32_portable(std::size_t steps) {
  return count_with_f32<Floats4>(steps, unknown_one(), Each{});
}

KF_KERNEL std::uint64_t sum_portable(std::span<const std::uint64_t> values) {
  return sum_of<Words2>(values, EachRead{});
}

template <typename Vector>
constexpr double f32_operations() {
  constexpr std::size_t kLanes = sizeof(Vector) / sizeof(float);
  return 2.0 * kAccumulators * kLanes;
}

#if defined(__x86_64__)

__attribute__((target("avx2,fma"))) KF_KERNEL bool f32_avx2(std::size_t steps) {
  return count_with_f32<Floats8>(steps, unknown_one(), Each{});
}

__attribute__((target("avx512f"))) KF_KERNEL bool f32_avx512(std::size_t steps) {
  return count_with_f32<Floats16>(steps, unknown_one(), Each{});
}

__attribute__((target("avx2"))) KF_KERNEL std::uint64_t sum_avx2(
    std::span<const std::uint64_t> values) {
  return sum_of<Words4>(values, EachRead{});
}

__attribute__((target("avx512f"))) KF_KERNEL std::uint64_t sum_avx512(
    std::span<const std::uint64_t> values) {
  return sum_of<Words8>(values, EachRead{});
}

constexpr std::size_t kBf16Lanes = 32;  // in 512 bits; two are added up into one float
constexpr std::size_t kInt8Lanes = 64;  // four into one 32-bit integer

__attribute__((target("avx512f,avx512bf16"))) KF_KERNEL bool bf16_avx512(std::size_t steps) {
  const __m512 ones = _mm512_set1_ps(unknown_one());
  const __m512bh factors = _mm512_cvtne2ps_pbh(ones, ones);
  std::array<Floats16, kAccumulators> sums;
  for (std::size_t i = 0; i < kAccumulators; ++i) {
    sums[i] = _mm512_set1_ps(static_cast<float>(i));
  }
  for (std::size_t step = 0; step < steps; ++step) {
#pragma GCC unroll 12
    for (std::size_t i = 0; i < kAccumulators; ++i) {
      sums[i] = _mm512_dpbf16_ps(sums[i], factors, factors);
    }
  }
  bool right = true;
  for (std::size_t i = 0; i < kAccumulators; ++i) {
    right &= every_lane_is(sums[i], static_cast<float>(2 * steps + i));
  }
  return right;
}

__attribute__((target("avx512f,avx512vnni"))) KF_KERNEL bool int8_avx512(std::size_t steps) {
  const __m512i factors = _mm512_set1_epi32(0x01010101);
  std::array<Longs8, kAccumulators> sums;
  for (std::size_t i = 0; i < kAccumulators; ++i) {
    sums[i] = _mm512_set1_epi32(static_cast<int>(i));
  }
  for (std::size_t step = 0; step < steps; ++step) {
#pragma GCC unroll 12
    for (std::size_t i = 0; i < kAccumulators; ++i) {
      sums[i] = _mm512_dpbusd_epi32(sums[i], factors, factors);
    }
  }
  bool right = true;
  for (std::size_t i = 0; i < kAccumulators; ++i) {
    right &= every_lane_is(sums[i], static_cast<std::int32_t>(4 * steps + i));
  }
  return right;
}

#endif

}  // namespace

PeakKernel f32_kernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) {
    return {"AVX-512 FMA", f32_avx512, f32_operations<Floats16>()};
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return {"AVX2 FMA", f32_avx2, f32_operations<Floats8>()};
  }
#endif
  return {"portable", f32_portable, f32_operations<Floats4>()};
}

std::optional<PeakKernel> bf16_kernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bf16")) {
    return PeakKernel{"AVX512_BF16", bf16_avx512, 2.0 * kAccumulators * kBf16Lanes};
  }
#endif
  return std::nullopt;
}

std::optional<PeakKernel> int8_kernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512vnni")) {
    return PeakKernel{"AVX512_VNNI", int8_avx512, 2.0 * kAccumulators * kInt8Lanes};
  }
#endif
  return std::nullopt;
}

ReadKernel read_kernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) {
    return {"AVX-512", sum_avx512};
  }
  if (__builtin_cpu_supports("avx2")) {
    return {"AVX2", sum_avx2};
  }
#endif
  return {"portable", sum_portable};
}

}  // namespace kface
