// Distances between embeddings.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "kface/metrics.h"

namespace kface {

// More pairs than this (4 GiB of them) are refused.
inline constexpr std::size_t kMaxPairs = std::size_t{1} << 28U;

// Euclidean distance, not squared, of two embeddings of d values. It is the sum of squared
// differences in single precision, in 16 partial sums, whatever the vectors: vectors that are close
// lose nothing, as they would with |a|^2 + |b|^2 - 2ab. Relative error below 1e-6 * (1 + d / 1000).
//
// Requires: equal sizes. The same bits for the same input on every CPU, and in all_pairs.
float euclidean_distance(std::span<const float> a, std::span<const float> b);

// The same from `a` to each of many. rows: [n, d] float32, row-major; distances: [n].
//
// Requires: a.size() = d >= 1; rows.size() == distances.size() * d. The same bits as one by one.
void euclidean_distances(std::span<const float> a, std::span<const float> rows,
                         std::span<float> distances);

// Every pair i < j of n images, in the order (0,1), (0,2), ..., (1,2), ...; `same` where the
// identities are equal.
//
// embeddings: [n, d] float32, row-major. identities: [n].
// Requires: d >= 1; embeddings.size() == identities.size() * d.
// Errors:   kInvalidArgument if a distance is not finite (the images are named by row), if there
//           are fewer than two images or more than kMaxPairs pairs; kInterrupted.
// Cost:     n^2 d / 2 multiply-adds on context.threads threads, 16 bytes a pair. The same bytes for
//           any number of threads.
Result<std::vector<ScoredPair>> all_pairs(std::span<const float> embeddings, std::size_t d,
                                          std::span<const std::uint32_t> identities,
                                          const JobContext& context);

}  // namespace kface
