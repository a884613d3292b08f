#include "eval/all_pairs.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/vector_clones.h"

namespace kface {
namespace {

constexpr std::size_t kLanes = 16;      // partial sums: one register of the widest vectors
constexpr std::size_t kBlockRows = 32;  // rows that share the columns they read
constexpr std::size_t kBlockBytes = 128U << 10U;  // of columns: stays in the second-level cache

// distances[j] = |a - b_j| for `count` rows b of d values.
//
// The order of additions is written out, so every machine gives the same bits: lane l sums the
// values l, l + 16, ...; the lanes are added in halves, then the rest one by one.
KF_VECTOR_CLONES
void distances_to(const float* a, const float* b, std::size_t d, std::size_t count,
                  float* distances) {
  const std::size_t whole = d / kLanes * kLanes;
  for (std::size_t j = 0; j < count; ++j) {
    const float* row = b + j * d;
    float sums[kLanes] = {};
    for (std::size_t k = 0; k < whole; k += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        const float difference = a[k + lane] - row[k + lane];
        sums[lane] += difference * difference;
      }
    }
    for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
      for (std::size_t lane = 0; lane < half; ++lane) {
        sums[lane] += sums[lane + half];
      }
    }
    float sum = sums[0];
    for (std::size_t k = whole; k < d; ++k) {
      const float difference = a[k] - row[k];
      sum += difference * difference;
    }
    distances[j] = std::sqrt(sum);
  }
}

// Pairs (i, j) that come before row i's own.
std::size_t row_begin(std::size_t i, std::size_t n) { return i * (2 * n - i - 1) / 2; }

struct Embeddings {
  std::span<const float> values;
  std::size_t d;
  std::span<const std::uint32_t> identities;

  std::size_t n() const { return identities.size(); }
  const float* row(std::size_t i) const { return values.data() + i * d; }
};

// All pairs (i, j > i) of rows [first, last): blocks of columns, so that a block is read from the
// cache by every row.
Status fill_rows(const Embeddings& set, std::size_t first, std::size_t last,
                 std::vector<ScoredPair>& pairs) {
  const std::size_t n = set.n();
  const std::size_t step = std::max<std::size_t>(1, kBlockBytes / (set.d * sizeof(float)));
  std::vector<float> distances(step);
  for (std::size_t block = first + 1; block < n; block += step) {
    const std::size_t block_end = std::min(block + step, n);
    for (std::size_t i = first; i < std::min(last, block_end - 1); ++i) {
      const std::size_t begin = std::max(block, i + 1);
      distances_to(set.row(i), set.row(begin), set.d, block_end - begin, distances.data());
      ScoredPair* out = pairs.data() + row_begin(i, n) + (begin - i - 1);
      for (std::size_t j = begin; j < block_end; ++j, ++out) {
        const float distance = distances[j - begin];
        if (!std::isfinite(distance)) {
          return {ErrorCode::kInvalidArgument, "all_pairs: the distance of embeddings " +
                                                   std::to_string(i) + " and " + std::to_string(j) +
                                                   " is not a finite number"};
        }
        *out = {distance, set.identities[i] == set.identities[j], set.identities[i],
                set.identities[j]};
      }
    }
  }
  return {};
}

}  // namespace

float euclidean_distance(std::span<const float> a, std::span<const float> b) {
  KF_REQUIRE(a.size() == b.size(), a.size(), b.size());
  float distance = 0;
  distances_to(a.data(), b.data(), a.size(), 1, &distance);
  return distance;
}

void euclidean_distances(std::span<const float> a, std::span<const float> rows,
                         std::span<float> distances) {
  KF_REQUIRE(!a.empty());
  KF_REQUIRE(rows.size() == distances.size() * a.size(), rows.size(), distances.size(), a.size());
  distances_to(a.data(), rows.data(), a.size(), distances.size(), distances.data());
}

Result<std::vector<ScoredPair>> all_pairs(std::span<const float> embeddings, std::size_t d,
                                          std::span<const std::uint32_t> identities,
                                          const JobContext& context) {
  KF_REQUIRE(d >= 1, d);
  KF_REQUIRE(embeddings.size() == identities.size() * d, embeddings.size(), identities.size(), d);
  const std::size_t n = identities.size();
  if (n < 2) {
    return Status{ErrorCode::kInvalidArgument,
                  "all_pairs: needs two images or more, got " + std::to_string(n)};
  }
  // n first, so that n * (n - 1) cannot overflow.
  if (n > kMaxPairs || n * (n - 1) / 2 > kMaxPairs) {
    return Status{ErrorCode::kInvalidArgument,
                  "all_pairs: " + std::to_string(n) + " images have more than " +
                      std::to_string(kMaxPairs) + " pairs; choose fewer images"};
  }
  std::vector<ScoredPair> pairs(n * (n - 1) / 2);
  const Embeddings set{embeddings, d, identities};
  const auto work = [&](std::size_t block, unsigned /*worker*/) {
    const std::size_t first = block * kBlockRows;
    return fill_rows(set, first, std::min(first + kBlockRows, n), pairs);
  };
  KF_TRY(parallel_for((n + kBlockRows - 1) / kBlockRows, context, work));
  return pairs;
}

}  // namespace kface
