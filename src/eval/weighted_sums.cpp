#include "eval/weighted_sums.h"

#include "base/vector_clones.h"

namespace kface::eval {
namespace {

// As many products of two weights as 32 bits can add up.
constexpr std::size_t kBlock = 0xFFFFFFFFU / (kMaxWeight * kMaxWeight);

// Lanes are independent and have a fixed count, so each of these loops becomes a few vector
// instructions a pair.

KF_VECTOR_CLONES
void block_same(const SortedPair* pairs, std::size_t count, const Lanes* weights,
                std::uint32_t* result) {
  std::uint32_t sums[kLanes] = {};
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t* a = weights[pairs[i].a].data();
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += a[lane];
    }
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    result[lane] = sums[lane];
  }
}

KF_VECTOR_CLONES
void block_different(const SortedPair* pairs, std::size_t count, const Lanes* weights,
                     std::uint32_t* result) {
  std::uint32_t sums[kLanes] = {};
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t* a = weights[pairs[i].a].data();
    const std::uint32_t* b = weights[pairs[i].b].data();
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += a[lane] * b[lane];
    }
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    result[lane] = sums[lane];
  }
}

KF_VECTOR_CLONES
void losses_same(const SortedPair* pairs, const float* losses, std::size_t count,
                 const Lanes* weights, double* result) {
  double sums[kLanes] = {};
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t* a = weights[pairs[i].a].data();
    const double loss = losses[i];
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += static_cast<double>(static_cast<std::int32_t>(a[lane])) * loss;
    }
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    result[lane] += sums[lane];
  }
}

KF_VECTOR_CLONES
void losses_different(const SortedPair* pairs, const float* losses, std::size_t count,
                      const Lanes* weights, double* result) {
  double sums[kLanes] = {};
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t* a = weights[pairs[i].a].data();
    const std::uint32_t* b = weights[pairs[i].b].data();
    const double loss = losses[i];
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      // Signed on purpose: only signed integers convert to double in one instruction everywhere.
      sums[lane] += static_cast<double>(static_cast<std::int32_t>(a[lane] * b[lane])) * loss;
    }
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    result[lane] += sums[lane];
  }
}

template <typename BlockSum>
LaneSums sum_blocks(std::span<const SortedPair> pairs, const LaneWeights& weights,
                    BlockSum block_sum) {
  LaneSums sums{};
  while (!pairs.empty()) {
    const auto block = pairs.first(std::min(kBlock, pairs.size()));
    Lanes part;
    block_sum(block.data(), block.size(), weights.data(), part.data());
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] += part[lane];
    }
    pairs = pairs.subspan(block.size());
  }
  return sums;
}

}  // namespace

LaneSums sum_same(std::span<const SortedPair> pairs, const LaneWeights& weights) {
  return sum_blocks(pairs, weights, block_same);
}

LaneSums sum_different(std::span<const SortedPair> pairs, const LaneWeights& weights) {
  return sum_blocks(pairs, weights, block_different);
}

void add_same_losses(std::span<const SortedPair> pairs, std::span<const float> losses,
                     const LaneWeights& weights, LaneLosses& sums) {
  losses_same(pairs.data(), losses.data(), pairs.size(), weights.data(), sums.data());
}

void add_different_losses(std::span<const SortedPair> pairs, std::span<const float> losses,
                          const LaneWeights& weights, LaneLosses& sums) {
  losses_different(pairs.data(), losses.data(), pairs.size(), weights.data(), sums.data());
}

}  // namespace kface::eval
