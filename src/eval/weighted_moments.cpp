#include "eval/weighted_moments.h"

#include <cmath>

#include "base/vector_clones.h"

namespace kface::eval {
namespace {

using Cell = WeightedMoments::Cell;

// Below this share of the mean square, a variance is what rounding left of none.
constexpr double kNoVariance = 1e-12;

void add(const SortedPair& pair, double centre, Cell& cell) {
  const double deviation = pair.distance - centre;
  cell.count += 1;
  cell.sum += deviation;
  cell.squares += deviation * deviation;
}

// One cell for each two identities, where the pairs are many enough to fill them; otherwise, as in
// a list of a few pairs of many people, one for each pair.
std::vector<Cell> different_cells(std::span<const SortedPair> pairs, std::size_t n, double centre) {
  std::vector<Cell> cells;
  if (n * (n - 1) / 2 > pairs.size()) {
    cells.reserve(pairs.size());
    for (const SortedPair& pair : pairs) {
      cells.push_back({pair.a, pair.b, 0, 0, 0});
      add(pair, centre, cells.back());
    }
    return cells;
  }
  cells.reserve(n * (n - 1) / 2);
  for (std::uint32_t a = 0; a < n; ++a) {
    for (std::uint32_t b = a + 1; b < n; ++b) {
      cells.push_back({a, b, 0, 0, 0});
    }
  }
  for (const SortedPair& pair : pairs) {  // their a is less than their b
    const std::size_t before = pair.a * (2 * n - pair.a - 1) / 2;
    add(pair, centre, cells[before + pair.b - pair.a - 1]);
  }
  return cells;
}

std::vector<Cell> same_cells(std::span<const SortedPair> pairs, std::size_t n, double centre) {
  std::vector<Cell> cells;
  for (std::uint32_t a = 0; a < n; ++a) {
    cells.push_back({a, a, 0, 0, 0});
  }
  for (const SortedPair& pair : pairs) {
    add(pair, centre, cells[pair.a]);
  }
  return cells;
}

std::size_t count_identities(const SortedPairs& pairs) {
  std::size_t count = 0;
  for (const auto* kind : {&pairs.same, &pairs.different}) {
    for (const SortedPair& pair : *kind) {
      count = std::max<std::size_t>(count, std::size_t{pair.b} + 1);
    }
  }
  return count;
}

// Weighted sums of the cells, in each lane.
struct LaneMoments {
  double count[kLanes] = {};
  double sum[kLanes] = {};
  double squares[kLanes] = {};

  double mean(std::size_t lane) const { return sum[lane] / count[lane]; }
  double variance(std::size_t lane) const {
    const double mean_square = squares[lane] / count[lane];
    const double variance = mean_square - mean(lane) * mean(lane);
    return variance > kNoVariance * mean_square ? variance : 0;
  }
};

KF_VECTOR_CLONES
void sum_cells(const Cell* cells, std::size_t num_cells, bool same, const Lanes* weights,
               LaneMoments* moments) {
  double count[kLanes] = {};
  double sum[kLanes] = {};
  double squares[kLanes] = {};
  for (std::size_t i = 0; i < num_cells; ++i) {
    const Cell& cell = cells[i];
    const std::uint32_t* a = weights[cell.a].data();
    const std::uint32_t* b = weights[cell.b].data();
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      // Signed on purpose, as in weighted_sums.cpp.
      const auto times = static_cast<std::int32_t>(same ? a[lane] : a[lane] * b[lane]);
      const auto weight = static_cast<double>(times);
      count[lane] += weight * cell.count;
      sum[lane] += weight * cell.sum;
      squares[lane] += weight * cell.squares;
    }
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    moments->count[lane] = count[lane];
    moments->sum[lane] = sum[lane];
    moments->squares[lane] = squares[lane];
  }
}

LaneMoments moments_of(const std::vector<Cell>& cells, bool same, const LaneWeights& weights) {
  LaneMoments moments;
  sum_cells(cells.data(), cells.size(), same, weights.data(), &moments);
  return moments;
}

}  // namespace

WeightedMoments::WeightedMoments(const SortedPairs& pairs)
    : same_(same_cells(pairs.same, count_identities(pairs), pairs.lowest())),
      different_(different_cells(pairs.different, count_identities(pairs), pairs.lowest())) {}

std::array<std::optional<double>, kLanes> WeightedMoments::d_primes(
    const LaneWeights& weights) const {
  const LaneMoments same = moments_of(same_, true, weights);
  const LaneMoments different = moments_of(different_, false, weights);
  std::array<std::optional<double>, kLanes> result;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const double pooled = (same.variance(lane) + different.variance(lane)) / 2;
    if (pooled > 0) {
      result[lane] = (different.mean(lane) - same.mean(lane)) / std::sqrt(pooled);
    }
  }
  return result;
}

}  // namespace kface::eval
