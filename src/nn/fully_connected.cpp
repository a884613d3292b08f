#include "nn/fully_connected.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/vector_clones.h"
#include "kface/status.h"

namespace kface {
namespace {

constexpr std::size_t kLanes = 16;  // floats a vector
constexpr int kRows = 3;            // rows of W at a time: 3 x 8 sums stay in registers
constexpr int kBatch = 8;           // rows of x at a time

using Floats = float __attribute__((vector_size(kLanes * sizeof(float))));
using Halves = std::uint16_t __attribute__((vector_size(kLanes * sizeof(std::uint16_t))));
using Bytes = std::int8_t __attribute__((vector_size(kLanes * sizeof(std::int8_t))));
using Shorts = std::int16_t __attribute__((vector_size(kLanes * sizeof(std::int16_t))));
using Ints = std::int32_t __attribute__((vector_size(kLanes * sizeof(std::int32_t))));
using Words = std::uint32_t __attribute__((vector_size(kLanes * sizeof(std::uint32_t))));

#define KF_INLINE __attribute__((always_inline)) inline

// 16 weights as floats, from wherever they begin.
KF_INLINE void load(Floats& to, const float* from) { std::memcpy(&to, from, sizeof(to)); }
KF_INLINE void load(Floats& to, const std::uint16_t* from) {
  Halves halves;
  std::memcpy(&halves, from, sizeof(halves));
  const Words bits = __builtin_convertvector(halves, Words) << 16U;
  std::memcpy(&to, &bits, sizeof(to));
}
KF_INLINE void load(Floats& to, const std::int8_t* from) {
  Bytes bytes;
  std::memcpy(&bytes, from, sizeof(bytes));
  // step by step: the compiler knows an instruction for each
  const Shorts shorts = __builtin_convertvector(bytes, Shorts);
  to = __builtin_convertvector(__builtin_convertvector(shorts, Ints), Floats);
}

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define KF_BY_HAND 1
// A byte that is read by AVX-512's own instruction, where GCC 12 makes two of it, each as dear as
// the product. Only functions for AVX-512 may see it.
struct WideByte {
  std::int8_t value;
};
KF_INLINE void load(Floats& to, const WideByte* from) {
  Bytes bytes;
  std::memcpy(&bytes, from, sizeof(bytes));
  Ints wide;
  __asm__("vpmovsxbd %1, %0" : "=v"(wide) : "v"(bytes));
  to = __builtin_convertvector(wide, Floats);
}
KF_INLINE float to_float(WideByte byte) { return byte.value; }
#endif

KF_INLINE float to_float(float value) { return value; }
KF_INLINE float to_float(std::uint16_t value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16U);
}
KF_INLINE float to_float(std::int8_t value) { return value; }

// Always in this order, so that a sum does not depend on who computes it.
KF_INLINE float sum_lanes(const Floats& sums) {
  float total = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    total += sums[lane];
  }
  return total;
}

struct Job {
  std::size_t m;
  std::size_t k;
  const float* bias;   // or null
  const float* scale;  // or null
  bool relu;
  const float* x;  // [batch, k]
  float* y;        // [batch, m]
};

// y[b, row .. row + rows) for `batch` rows b.
template <bool avx512, int rows, int batch, typename Weight>
KF_INLINE void compute_tile(const Job& job, const Weight* weights, std::size_t row,
                            std::size_t first) {
  Floats sums[rows][batch] = {};
  const Weight* const w = weights + row * job.k;
  const float* const x = job.x + first * job.k;
  const std::size_t whole = job.k - job.k % kLanes;
  for (std::size_t at = 0; at < whole; at += kLanes) {
    Floats wide[rows];
    for (int r = 0; r < rows; ++r) {
      load(wide[r], w + static_cast<std::size_t>(r) * job.k + at);
    }
    for (int b = 0; b < batch; ++b) {
      Floats values;
      load(values, x + static_cast<std::size_t>(b) * job.k + at);
      if constexpr (avx512) {
        // Kept in a register: read anew for every row it would cost as much as the products.
        __asm__("" : "+v"(values));
      }
      for (int r = 0; r < rows; ++r) {
        sums[r][b] += wide[r] * values;
      }
    }
  }
  for (int r = 0; r < rows; ++r) {
    const std::size_t out = row + static_cast<std::size_t>(r);
    for (int b = 0; b < batch; ++b) {
      const std::size_t sample = static_cast<std::size_t>(b);
      float total = sum_lanes(sums[r][b]);
      for (std::size_t at = whole; at < job.k; ++at) {
        total += to_float(w[static_cast<std::size_t>(r) * job.k + at]) * x[sample * job.k + at];
      }
      total = (job.scale != nullptr ? total * job.scale[out] : total) +
              (job.bias != nullptr ? job.bias[out] : 0.0F);
      job.y[(first + sample) * job.m + out] = job.relu ? std::max(total, 0.0F) : total;
    }
  }
}

template <bool avx512, int batch, typename Weight>
KF_INLINE void compute_rows(const Job& job, const Weight* weights, std::size_t begin,
                            std::size_t end, std::size_t first) {
  std::size_t row = begin;
  for (; row + kRows <= end; row += kRows) {
    compute_tile<avx512, kRows, batch>(job, weights, row, first);
  }
  for (; row < end; ++row) {
    compute_tile<avx512, 1, batch>(job, weights, row, first);
  }
}

template <bool avx512, typename Weight>
KF_INLINE void compute_range(const Job& job, const Weight* weights, std::size_t begin,
                             std::size_t end, std::size_t batch) {
  std::size_t first = 0;
  for (; first + kBatch <= batch; first += kBatch) {
    compute_rows<avx512, kBatch>(job, weights, begin, end, first);
  }
  for (; first + 2 <= batch; first += 2) {
    compute_rows<avx512, 2>(job, weights, begin, end, first);
  }
  for (; first < batch; ++first) {
    compute_rows<avx512, 1>(job, weights, begin, end, first);
  }
}

// Each kind of weight compiled for what the CPU may be, and once more by hand for AVX-512.
KF_VECTOR_CLONES void compute_plainly(const Job& job, const float* weights, std::size_t begin,
                                      std::size_t end, std::size_t batch) {
  compute_range<false>(job, weights, begin, end, batch);
}
KF_VECTOR_CLONES void compute_plainly(const Job& job, const std::uint16_t* weights,
                                      std::size_t begin, std::size_t end, std::size_t batch) {
  compute_range<false>(job, weights, begin, end, batch);
}
KF_VECTOR_CLONES void compute_plainly(const Job& job, const std::int8_t* weights, std::size_t begin,
                                      std::size_t end, std::size_t batch) {
  compute_range<false>(job, weights, begin, end, batch);
}

#if defined(KF_BY_HAND)
#define KF_AVX512 __attribute__((target("arch=x86-64-v4")))

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
         __builtin_cpu_supports("avx512cd") != 0;
}

KF_AVX512 void compute_by_hand(const Job& job, const float* weights, std::size_t begin,
                               std::size_t end, std::size_t batch) {
  compute_range<true>(job, weights, begin, end, batch);
}
KF_AVX512 void compute_by_hand(const Job& job, const std::uint16_t* weights, std::size_t begin,
                               std::size_t end, std::size_t batch) {
  compute_range<true>(job, weights, begin, end, batch);
}
KF_AVX512 void compute_by_hand(const Job& job, const std::int8_t* weights, std::size_t begin,
                               std::size_t end, std::size_t batch) {
  compute_range<true>(job, reinterpret_cast<const WideByte*>(weights), begin, end, batch);
}
#endif

template <typename Weight>
void compute(const Job& job, const Weight* weights, std::size_t begin, std::size_t end,
             std::size_t batch) {
#if defined(KF_BY_HAND)
  if (has_avx512()) {
    return compute_by_hand(job, weights, begin, end, batch);
  }
#endif
  compute_plainly(job, weights, begin, end, batch);
}

std::uint16_t to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  constexpr std::uint32_t kHalf = 0x7FFFU;
  return static_cast<std::uint16_t>((bits + kHalf + ((bits >> 16U) & 1U)) >> 16U);
}

KF_VECTOR_CLONES void round_row(const float* from, std::size_t k, std::uint16_t* to) {
  for (std::size_t at = 0; at < k; ++at) {
    to[at] = to_bf16(from[at]);
  }
}

// Returns the row's scale.
KF_VECTOR_CLONES float round_row(const float* from, std::size_t k, std::int8_t* to) {
  float most = 0;
  for (std::size_t at = 0; at < k; ++at) {
    most = std::max(most, std::fabs(from[at]));
  }
  constexpr float kLargest = 127.0F;
  constexpr float kRoundingShift = 12582912.0F;  // 1.5 * 2^23: adding it rounds to an integer
  const float scale = most > 0 ? most / kLargest : 1.0F;
  for (std::size_t at = 0; at < k; ++at) {
    const float rounded = (from[at] / scale + kRoundingShift) - kRoundingShift;
    to[at] = static_cast<std::int8_t>(static_cast<std::int32_t>(rounded));
  }
  return scale;
}

}  // namespace

FullyConnectedWeights keep_f32(std::size_t m, std::size_t k, std::span<const float> weights) {
  KF_REQUIRE(weights.size() == m * k, weights.size(), m, k);
  return {.m = m, .k = k, .f32 = weights, .bf16 = {}, .int8 = {}, .scale = {}};
}

FullyConnectedWeights round_to_bf16(std::size_t m, std::size_t k, std::span<const float> weights) {
  KF_REQUIRE(weights.size() == m * k, weights.size(), m, k);
  FullyConnectedWeights result{.m = m, .k = k, .f32 = {}, .bf16 = {}, .int8 = {}, .scale = {}};
  result.bf16.resize(m * k);
#pragma omp parallel for schedule(static)
  for (std::size_t row = 0; row < m; ++row) {
    round_row(weights.data() + row * k, k, result.bf16.data() + row * k);
  }
  return result;
}

FullyConnectedWeights round_to_int8(std::size_t m, std::size_t k, std::span<const float> weights) {
  KF_REQUIRE(weights.size() == m * k, weights.size(), m, k);
  FullyConnectedWeights result{.m = m, .k = k, .f32 = {}, .bf16 = {}, .int8 = {}, .scale = {}};
  result.int8.resize(m * k);
  result.scale.resize(m);
#pragma omp parallel for schedule(static)
  for (std::size_t row = 0; row < m; ++row) {
    result.scale[row] = round_row(weights.data() + row * k, k, result.int8.data() + row * k);
  }
  return result;
}

void fully_connected(const FullyConnectedWeights& weights, std::span<const float> bias, bool relu,
                     std::span<const float> x, std::span<float> y, unsigned threads) {
  const std::size_t m = weights.m;  // no structured binding: clang 14 has none in a lambda
  const std::size_t k = weights.k;
  KF_REQUIRE(m > 0 && k > 0 && x.size() % k == 0 && y.size() * k == x.size() * m, m, k, x.size(),
             y.size());
  KF_REQUIRE(threads > 0 && (bias.empty() || bias.size() == m), threads, bias.size());
  const Job job{.m = m,
                .k = k,
                .bias = bias.empty() ? nullptr : bias.data(),
                .scale = weights.scale.empty() ? nullptr : weights.scale.data(),
                .relu = relu,
                .x = x.data(),
                .y = y.data()};
  const std::size_t batch = x.size() / k;
  // Cuts at multiples of kRows: how a row is summed does not depend on them, but tiles stay whole.
  const std::size_t tiles = (m + kRows - 1) / kRows;
  const auto parts = static_cast<int>(threads);
#pragma omp parallel for num_threads(parts) schedule(static)
  for (int part = 0; part < parts; ++part) {
    const auto cut = [&](int at) {
      return std::min(m, tiles * static_cast<std::size_t>(at) / threads * kRows);
    };
    const std::size_t begin = cut(part);
    const std::size_t end = cut(part + 1);
    if (!weights.bf16.empty()) {
      compute(job, weights.bf16.data(), begin, end, batch);
    } else if (!weights.int8.empty()) {
      compute(job, weights.int8.data(), begin, end, batch);
    } else {
      compute(job, weights.f32.data(), begin, end, batch);
    }
  }
}

}  // namespace kface
