// The inner loops of the bootstrap.
#pragma once

#include "eval/weighted_sweep.h"

namespace kface::eval {

using LaneSums = std::array<std::uint64_t, kLanes>;
using LaneLosses = std::array<double, kLanes>;

// No identity is drawn more often than this (the chance is below 10^-2600); it bounds the sums.
inline constexpr std::uint32_t kMaxWeight = 1024;

// Sum of w_a over same pairs, of w_a * w_b over different pairs. Requires: weights <= kMaxWeight.
LaneSums sum_same(std::span<const SortedPair> pairs, const LaneWeights& weights);
LaneSums sum_different(std::span<const SortedPair> pairs, const LaneWeights& weights);

// Adds the same weights times losses[i] of each pair. losses.size() == pairs.size().
void add_same_losses(std::span<const SortedPair> pairs, std::span<const float> losses,
                     const LaneWeights& weights, LaneLosses& sums);
void add_different_losses(std::span<const SortedPair> pairs, std::span<const float> losses,
                          const LaneWeights& weights, LaneLosses& sums);

}  // namespace kface::eval
