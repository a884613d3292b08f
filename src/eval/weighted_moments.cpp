#include "eval/weighted_moments.h"

#include <cmath>
#include <unordered_map>

namespace kface::eval {
namespace {

// Below this share of the mean square, a variance is what rounding left of none.
constexpr double kNoVariance = 1e-12;

}  // namespace

struct WeightedMoments::Moments {
  double mean = 0;  // of distance - centre
  double variance = 0;
};

WeightedMoments::WeightedMoments(const SortedPairs& pairs)
    : centre_(pairs.lowest()),
      same_(cells_of(pairs.same, centre_)),
      different_(cells_of(pairs.different, centre_)) {}

std::vector<WeightedMoments::Cell> WeightedMoments::cells_of(std::span<const SortedPair> pairs,
                                                             double centre) {
  std::vector<Cell> cells;  // in the order of their closest pairs: the same for the same pairs
  std::unordered_map<std::uint64_t, std::size_t> position;
  for (const SortedPair& pair : pairs) {
    const std::uint64_t key = std::uint64_t{pair.a} << 32U | pair.b;
    const auto [found, is_new] = position.emplace(key, cells.size());
    if (is_new) {
      cells.push_back({pair.a, pair.b, 0, 0, 0});
    }
    Cell& cell = cells[found->second];
    const double deviation = pair.distance - centre;
    cell.count += 1;
    cell.sum += deviation;
    cell.squares += deviation * deviation;
  }
  return cells;
}

WeightedMoments::Moments WeightedMoments::moments_of(const std::vector<Cell>& cells, bool same,
                                                     const LaneWeights& weights,
                                                     std::size_t lane) const {
  double count = 0;
  double sum = 0;
  double squares = 0;
  for (const Cell& cell : cells) {
    const double weight =
        static_cast<double>(weights[cell.a][lane]) * (same ? 1 : weights[cell.b][lane]);
    count += weight * cell.count;
    sum += weight * cell.sum;
    squares += weight * cell.squares;
  }
  const double mean = sum / count;
  const double variance = squares / count - mean * mean;
  return {mean, variance > kNoVariance * (squares / count) ? variance : 0};
}

std::array<std::optional<double>, kLanes> WeightedMoments::d_primes(
    const LaneWeights& weights) const {
  std::array<std::optional<double>, kLanes> result;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const Moments same = moments_of(same_, true, weights, lane);
    const Moments different = moments_of(different_, false, weights, lane);
    const double pooled = (same.variance + different.variance) / 2;
    if (pooled > 0) {
      result[lane] = (different.mean - same.mean) / std::sqrt(pooled);
    }
  }
  return result;
}

}  // namespace kface::eval
