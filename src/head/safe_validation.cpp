#include "head/safe_validation.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>

#include "base/rng.h"
#include "head/people_rows.h"
#include "nn/blas.h"

namespace kface {
namespace {

constexpr std::uint64_t kSplitStream = 21;
constexpr std::size_t kMinPeople = 2;  // in either group, with two images
constexpr std::size_t kMaxHeldOutImages = 1000;
constexpr std::size_t kMaxImagesOfOne = 64;
constexpr double kLowestRate = 0.001;
constexpr int kRates = 9;  // kLowestRate ... 0.1
constexpr double kStepsPerDecade = 4;
constexpr double kMinAccepted = 3;  // different-person pairs, for a rate to be known

// Similarities of all pairs, the most alike first.
struct Similarities {
  std::vector<float> same;
  std::vector<float> different;
};

Similarities similarities_of(std::span<const float> embeddings, std::size_t m,
                             std::span<const std::uint32_t> people) {
  const std::size_t n = people.size();
  std::vector<float> transposed(n * m);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < m; ++j) {
      transposed[j * n + i] = embeddings[i * m + j];
    }
  }
  std::vector<float> products(n * n);
  multiply(n, n, m, embeddings.data(), transposed.data(), products.data());
  Similarities s;
  s.different.reserve(n * n / 2);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      (people[i] == people[j] ? s.same : s.different).push_back(products[i * n + j]);
    }
  }
  return s;
}

// Share of the same pairs that are no more alike than `limit`. Requires: same descending.
double share_rejected(const std::vector<float>& same, float limit) {
  const auto accepted =
      std::lower_bound(same.begin(), same.end(), limit, std::greater<>()) - same.begin();
  return 1 - static_cast<double>(accepted) / static_cast<double>(same.size());
}

// Below which similarity a pair is rejected, one limit for each rate, and the error there.
struct Limits {
  std::vector<float> values;
  double error = 0;
};

// Where the rejected share of the same pairs meets the accepted share of the different ones, as the
// smallest larger one of the two over all limits. Requires: both descending.
Limits equal_error(const Similarities& s) {
  Limits best{{s.different.front()}, 1};
  for (std::size_t accepted = 0; accepted < s.different.size(); ++accepted) {
    const double false_accepts =
        static_cast<double>(accepted) / static_cast<double>(s.different.size());
    const double error = std::max(false_accepts, share_rejected(s.same, s.different[accepted]));
    if (error < best.error) {
      best = {{s.different[accepted]}, error};
    }
  }
  return best;
}

double rate_at(int i) { return kLowestRate * std::pow(10.0, i / kStepsPerDecade); }

// Sorts both.
Limits limits_of(Similarities& s) {
  std::sort(s.same.begin(), s.same.end(), std::greater<>());
  const auto count = static_cast<double>(s.different.size());
  const auto last = static_cast<std::size_t>(std::floor(rate_at(kRates - 1) * count));
  const auto needed = static_cast<std::ptrdiff_t>(std::min(last + 1, s.different.size()));
  std::partial_sort(s.different.begin(), s.different.begin() + needed, s.different.end(),
                    std::greater<>());
  Limits limits;
  for (int i = 0; i < kRates; ++i) {
    const double accepted = std::floor(rate_at(i) * count);
    if (accepted >= kMinAccepted) {
      limits.values.push_back(s.different[static_cast<std::size_t>(accepted)]);
      limits.error += share_rejected(s.same, limits.values.back());
    }
  }
  if (limits.values.empty()) {
    std::sort(s.different.begin(), s.different.end(), std::greater<>());
    return equal_error(s);
  }
  limits.error /= static_cast<double>(limits.values.size());
  return limits;
}

Status too_few(std::size_t found) {
  return {ErrorCode::kInvalidArgument,
          "safe training needs at least " + std::to_string(2 * kMinPeople) +
              " people with two images or more, so that it can be judged on people whom it was "
              "not fitted on; found " +
              std::to_string(found)};
}

PeopleSplit hold_out(RowsByPerson rows_of, std::span<const std::uint32_t> people, Rng& rng) {
  PeopleSplit split;
  for (std::size_t i = 0; i < people.size(); ++i) {
    if (i >= kMinPeople && split.held_out.size() >= kMaxHeldOutImages) {
      break;
    }
    auto& rows = rows_of[people[i]];
    rng.shuffle(rows);
    rows.resize(std::min(rows.size(), kMaxImagesOfOne));
    split.held_out.insert(split.held_out.end(), rows.begin(), rows.end());
    rows.clear();
  }
  for (const auto& [identity, rows] : rows_of) {
    split.training.insert(split.training.end(), rows.begin(), rows.end());
  }
  std::sort(split.training.begin(), split.training.end());
  std::sort(split.held_out.begin(), split.held_out.end());
  return split;
}

}  // namespace

Result<std::vector<PeopleSplit>> split_people(std::span<const std::uint32_t> identities,
                                              double share, int folds, std::uint64_t seed) {
  KF_REQUIRE(share > 0 && share < 1 && folds >= 0, share, folds);
  const RowsByPerson rows_of = rows_by_person(identities);
  std::vector<std::uint32_t> candidates;
  for (const auto& [identity, rows] : rows_of) {
    if (rows.size() >= 2) {
      candidates.push_back(identity);
    }
  }
  if (candidates.size() < 2 * kMinPeople) {
    return too_few(candidates.size());
  }
  Rng rng = Rng(seed).fork(kSplitStream);
  rng.shuffle(candidates);
  const auto each = std::clamp<std::size_t>(
      static_cast<std::size_t>(std::llround(share * static_cast<double>(candidates.size()))),
      kMinPeople, candidates.size() - kMinPeople);
  const std::size_t wanted =
      folds > 0 ? static_cast<std::size_t>(folds)
                : std::clamp<std::size_t>((kEnoughPeople + each - 1) / each, 1, kMostFolds);
  const std::size_t count = std::min(wanted, candidates.size() / each);
  std::vector<PeopleSplit> splits;
  for (std::size_t fold = 0; fold < count; ++fold) {
    splits.push_back(hold_out(rows_of, std::span(candidates).subspan(fold * each, each), rng));
  }
  return splits;
}

HeldOutError held_out_error(std::span<const float> embeddings, std::size_t m,
                            std::span<const std::uint32_t> people) {
  KF_REQUIRE(m > 0 && embeddings.size() == people.size() * m, embeddings.size(), people.size(), m);
  Similarities s = similarities_of(embeddings, m, people);
  KF_REQUIRE(!s.same.empty() && !s.different.empty(), s.same.size(), s.different.size());
  const auto unsorted = s.same;
  const Limits limits = limits_of(s);
  std::map<std::uint32_t, double> rejected;
  std::size_t next = 0;
  for (std::size_t i = 0; i < people.size(); ++i) {
    for (std::size_t j = i + 1; j < people.size(); ++j) {
      if (people[i] == people[j]) {
        const float alike = unsorted[next++];
        rejected[people[i]] +=
            static_cast<double>(std::count_if(limits.values.begin(), limits.values.end(),
                                              [&](float limit) { return alike <= limit; }));
      }
    }
  }
  HeldOutError result{limits.error, {}};
  const auto all = static_cast<double>(unsorted.size() * limits.values.size());
  for (const auto& [person, count] : rejected) {
    result.by_person.push_back(count / all);
  }
  return result;
}

}  // namespace kface
