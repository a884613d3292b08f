#include "eval/miss_rate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/rng.h"
#include "eval/bootstrap.h"

namespace kface::eval {
namespace {

constexpr int kSteps = 9;  // FARs from 10^-1 to 10^-3
constexpr double kStepsADecade = 4;
constexpr double kRuleOfThree = 3;
constexpr double kTail = 0.05;
// A FAR may be passed by this share of a pair: sums of products are not exact.
constexpr double kSlack = 1e-9;

// Weighted sums over pairs.
struct Moments {
  double count = 0;
  double sum = 0;
  double squares = 0;

  double mean() const { return sum / count; }
  double variance() const { return squares / count - mean() * mean(); }
};

struct Gains {
  double miss_rate = 0;
  double d_prime = 0;
};

}  // namespace

std::vector<MissRate::PeoplePairs> MissRate::by_people(std::span<const SortedPair> pairs) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, PeoplePairs> groups;
  for (const SortedPair& pair : pairs) {
    PeoplePairs& group = groups[{pair.a, pair.b}];
    const double distance = pair.distance;
    group.a = pair.a;
    group.b = pair.b;
    group.count += 1;
    group.sum += distance;
    group.squares += distance * distance;
  }
  std::vector<PeoplePairs> result;
  result.reserve(groups.size());
  for (const auto& [people, group] : groups) {
    result.push_back(group);
  }
  return result;
}

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
  rate.same_ = by_people(rate.pairs_.same);
  rate.different_ = by_people(rate.pairs_.different);
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
  for (const PeoplePairs& people : different_) {
    different += people.count * product(people.a, people.b);
  }
  double same = 0;
  for (const PeoplePairs& person : same_) {
    same += person.count * weights[person.a];
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

std::optional<double> MissRate::weighted_d_prime(std::span<const std::uint32_t> weights) const {
  const auto moments = [&](const std::vector<PeoplePairs>& groups, bool one_person) {
    Moments total;
    for (const PeoplePairs& group : groups) {
      const double weight =
          static_cast<double>(weights[group.a]) * (one_person ? 1 : weights[group.b]);
      total.count += weight * group.count;
      total.sum += weight * group.sum;
      total.squares += weight * group.squares;
    }
    return total;
  };
  const Moments same = moments(same_, true);
  const Moments different = moments(different_, false);
  if (same.count == 0 || different.count == 0) {
    return std::nullopt;
  }
  const double spread = (same.variance() + different.variance()) / 2;
  if (spread <= 0) {
    return std::nullopt;
  }
  return (different.mean() - same.mean()) / std::sqrt(spread);
}

Result<MissDifference> compare_miss_rates(const MissRate& reference, const MissRate& better,
                                          std::size_t num_identities, std::size_t resamples,
                                          std::uint64_t seed, const JobContext& context) {
  KF_REQUIRE(resamples >= 40, resamples);
  const Rng root(seed);
  std::vector<std::optional<Gains>> gains(resamples);
  const auto gains_at = [&](std::span<const std::uint32_t> weights) -> std::optional<Gains> {
    const auto before = reference.weighted(weights);
    const auto after = better.weighted(weights);
    const auto near = reference.weighted_d_prime(weights);
    const auto apart = better.weighted_d_prime(weights);
    if (!before || !after || !near || !apart) {
      return std::nullopt;
    }
    return Gains{*before - *after, *apart - *near};
  };
  KF_TRY(parallel_for(resamples, context, [&](std::size_t resample, unsigned /*worker*/) {
    Rng rng = root.fork(resample);
    std::vector<std::uint32_t> weights(num_identities);
    for (std::size_t i = 0; i < num_identities; ++i) {
      ++weights[rng.below(num_identities)];
    }
    gains[resample] = gains_at(weights);
    return Status{};
  }));
  std::vector<double> miss_rates;
  std::vector<double> d_primes;
  for (const auto& gain : gains) {
    if (gain) {
      miss_rates.push_back(gain->miss_rate);
      d_primes.push_back(gain->d_prime);
    }
  }
  const auto observed = gains_at(std::vector<std::uint32_t>(num_identities, 1));
  if (miss_rates.empty() || !observed) {
    return MissDifference{};  // nobody can be left out: nothing is beyond doubt
  }
  return MissDifference{.gain = observed->miss_rate,
                        .ci90 = percentile_interval(std::move(miss_rates), kTail),
                        .d_prime_gain = observed->d_prime,
                        .d_prime_ci90 = percentile_interval(std::move(d_primes), kTail)};
}

}  // namespace kface::eval
