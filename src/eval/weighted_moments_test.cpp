#include "eval/weighted_moments.h"

#include <gtest/gtest.h>

#include <cmath>

#include "eval/test_pairs.h"

namespace kface::eval {
namespace {

// d' of pairs that are written down as often as they count, in each lane.
void expect_of_expanded(const std::vector<ScoredPair>& pairs, std::uint32_t people) {
  auto sorted = sort_pairs(pairs, "test").value();
  ASSERT_EQ(renumber_identities(sorted), people);  // by 7s, as random_pairs makes them
  LaneWeights weights(people);
  Rng rng(3);
  for (auto& lanes : weights) {
    for (auto& weight : lanes) {
      weight = 1 + static_cast<std::uint32_t>(rng.below(3));
    }
  }
  const auto d_primes = WeightedMoments(sorted).d_primes(weights);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    std::vector<std::uint32_t> of_lane;
    for (const auto& lanes : weights) {
      of_lane.push_back(lanes[lane]);
    }
    const auto expected = summarize_distances(test::expanded(pairs, of_lane)).value().d_prime;
    ASSERT_TRUE(expected && d_primes[lane]);
    EXPECT_NEAR(*d_primes[lane], *expected, 1e-12 * (1 + std::fabs(*expected)));
  }
}

TEST(WeightedMoments, EqualThoseOfPairsWrittenDownAsOftenAsTheyCount) {
  expect_of_expanded(test::random_pairs(9, 4, 50, 1), 9);
}

TEST(WeightedMoments, NeedNotHaveAllPairs) {
  // Each person with the next one, as in a list: 20 pairs of 190.
  std::vector<ScoredPair> pairs;
  for (const auto& pair : test::random_pairs(20, 2, 50, 1)) {
    const std::uint32_t apart = (pair.identity_b - pair.identity_a) / 7;
    if (apart <= 1 || apart == 19) {
      pairs.push_back(pair);
    }
  }
  expect_of_expanded(pairs, 20);
}

TEST(WeightedMoments, SaysNothingWhereNeitherKindVaries) {
  auto sorted = sort_pairs(test::pairs_of({0.1F, 0.1F, 0.1F}, {0.7F, 0.7F}), "test").value();
  LaneWeights weights(2);
  weights[0].fill(3);
  weights[1].fill(2);
  EXPECT_FALSE(WeightedMoments(sorted).d_primes(weights)[0].has_value());
}

}  // namespace
}  // namespace kface::eval
