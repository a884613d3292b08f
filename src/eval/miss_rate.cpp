#include "eval/miss_rate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/rng.h"

namespace kface::eval {
namespace {

constexpr int kSteps = 9;  // FARs from 10^-1 to 10^-3
constexpr double kStepsADecade = 4;
constexpr double kRuleOfThree = 3;
constexpr double kTail = 0.05;
// A FAR may be passed by this share of a pair: sums of products are not exact.
constexpr double kSlack = 1e-9;

double value_at(const std::vector<double>& sorted, double rank) {
  const double position = rank * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  return std::lerp(sorted[below], sorted[std::min(below + 1, sorted.size() - 1)],
                   position - std::floor(position));
}

}  // namespace

Result<MissRate> MissRate::of(std::span<const ScoredPair> pairs) {
  MissRate rate;
  KF_ASSIGN(rate.pairs_, sort_pairs(pairs, "choosing a recipe"));
  const auto count = static_cast<double>(rate.pairs_.different.size());
  for (int step = 0; step < kSteps; ++step) {
    const double far = std::pow(10.0, -1 - step / kStepsADecade);
    if (count * far >= kRuleOfThree) {
      rate.fars_.push_back(far);
    }
  }
  if (rate.fars_.empty()) {
    return Status{ErrorCode::kInvalidArgument,
                  "choosing a recipe: found " + std::to_string(rate.pairs_.different.size()) +
                      " different-person pairs, expected at least 30: import more people"};
  }
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> totals;
  for (const SortedPair& pair : rate.pairs_.different) {
    ++totals[{pair.a, pair.b}];
  }
  for (const auto& [people, number] : totals) {
    rate.totals_.push_back({people.first, people.second, number});
  }
  return rate;
}

double MissRate::value() const {
  std::uint32_t most = 0;
  for (const auto* kind : {&pairs_.same, &pairs_.different}) {
    for (const SortedPair& pair : *kind) {
      most = std::max(most, pair.b);
    }
  }
  return weighted(std::vector<std::uint32_t>(std::size_t{most} + 1, 1)).value();
}

std::optional<double> MissRate::weighted(std::span<const std::uint32_t> weights) const {
  const auto product = [&](std::uint32_t a, std::uint32_t b) {
    return static_cast<double>(weights[a]) * weights[b];
  };
  double different = 0;
  for (const PeoplePairs& people : totals_) {
    different += static_cast<double>(people.count) * product(people.a, people.b);
  }
  double same = 0;
  for (const SortedPair& pair : pairs_.same) {
    same += weights[pair.a];
  }
  if (same == 0 || different == 0) {
    return std::nullopt;
  }
  double misses = 0;
  double accepted_same = 0;
  double accepted_different = 0;
  auto next_same = pairs_.same.begin();
  auto far = fars_.rbegin();  // the lowest first: its threshold comes first
  const auto& all = pairs_.different;
  for (auto tie = all.begin(); tie != all.end() && far != fars_.rend();) {
    const float distance = tie->distance;
    while (next_same != pairs_.same.end() && next_same->distance < distance) {
      accepted_same += weights[next_same->a];
      ++next_same;
    }
    for (; tie != all.end() && tie->distance == distance; ++tie) {
      accepted_different += product(tie->a, tie->b);
    }
    while (far != fars_.rend() && accepted_different > *far * different * (1 + kSlack)) {
      misses += 1 - accepted_same / same;
      ++far;
    }
  }
  return misses / static_cast<double>(fars_.size());
}

Result<MissDifference> compare_miss_rates(const MissRate& reference, const MissRate& better,
                                          std::size_t num_identities, std::size_t resamples,
                                          std::uint64_t seed, const JobContext& context) {
  KF_REQUIRE(resamples >= 40, resamples);
  const Rng root(seed);
  std::vector<std::optional<double>> gains(resamples);
  KF_TRY(parallel_for(resamples, context, [&](std::size_t resample, unsigned /*worker*/) {
    Rng rng = root.fork(resample);
    std::vector<std::uint32_t> weights(num_identities);
    for (std::size_t i = 0; i < num_identities; ++i) {
      ++weights[rng.below(num_identities)];
    }
    const auto before = reference.weighted(weights);
    const auto after = better.weighted(weights);
    if (before && after) {
      gains[resample] = *before - *after;
    }
    return Status{};
  }));
  std::vector<double> sorted;
  for (const auto& gain : gains) {
    if (gain) {
      sorted.push_back(*gain);
    }
  }
  MissDifference difference{.gain = reference.value() - better.value()};
  if (sorted.empty()) {
    return difference;  // nobody can be left out: nothing is beyond doubt
  }
  std::sort(sorted.begin(), sorted.end());
  difference.ci90 = {value_at(sorted, kTail), value_at(sorted, 1 - kTail)};
  return difference;
}

}  // namespace kface::eval
