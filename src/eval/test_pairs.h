// Pairs for tests, and the definitions of the figures in the plainest words.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/rng.h"
#include "kface/metrics.h"

namespace kface::test {

// Distances alone: same pairs are of identity 0, different ones of 0 and 1.
inline std::vector<ScoredPair> pairs_of(const std::vector<float>& same,
                                        const std::vector<float>& different) {
  std::vector<ScoredPair> pairs;
  pairs.reserve(same.size() + different.size());
  for (const float distance : same) {
    pairs.push_back({distance, true, 0, 0});
  }
  for (const float distance : different) {
    pairs.push_back({distance, false, 0, 1});
  }
  return pairs;
}

// All pairs of `people` x `images`; whole distances 0..span-1, so ties are everywhere.
inline std::vector<ScoredPair> random_pairs(std::uint32_t people, std::uint32_t images,
                                            std::uint64_t span, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<ScoredPair> pairs;
  const std::uint32_t n = people * images;
  for (std::uint32_t i = 0; i < n; ++i) {
    for (std::uint32_t j = i + 1; j < n; ++j) {
      const bool same = i / images == j / images;
      const auto distance = static_cast<float>(rng.below(span) + (same ? 0 : span / 3));
      // Numbers of identities need not be dense.
      pairs.push_back({distance, same, 7 * (i / images), 7 * (j / images)});
    }
  }
  return pairs;
}

// The share of pairs of one kind that are accepted.
inline double accepted(std::span<const ScoredPair> pairs, bool same, float threshold) {
  double count = 0;
  double of_kind = 0;
  for (const auto& pair : pairs) {
    of_kind += pair.same == same ? 1 : 0;
    count += pair.same == same && pair.distance <= threshold ? 1 : 0;
  }
  return count / of_kind;
}

// `pairs` with each pair as often as the weights of its identities say (by 7s, as random_pairs).
inline std::vector<ScoredPair> expanded(std::span<const ScoredPair> pairs,
                                        const std::vector<std::uint32_t>& weights) {
  std::vector<ScoredPair> all;
  for (const auto& pair : pairs) {
    const std::uint32_t a = weights[pair.identity_a / 7];
    const std::uint32_t times = pair.same ? a : a * weights[pair.identity_b / 7];
    all.insert(all.end(), times, pair);
  }
  return all;
}

}  // namespace kface::test
