#include "eval/miss_rate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"

namespace kface::eval {
namespace {

std::vector<ScoredPair> random_pairs(std::size_t people, std::size_t images, double separation,
                                     std::uint64_t seed) {
  Rng rng(seed);
  std::vector<ScoredPair> pairs;
  for (std::uint32_t a = 0; a < people * images; ++a) {
    for (std::uint32_t b = a + 1; b < people * images; ++b) {
      const auto person_a = static_cast<std::uint32_t>(a / images);
      const auto person_b = static_cast<std::uint32_t>(b / images);
      const double distance = 2 + rng.normal() + (person_a == person_b ? 0 : separation);
      // Rounded, so that there are ties of both kinds.
      pairs.push_back({static_cast<float>(std::round(distance * 50) / 50), person_a == person_b,
                       person_a, person_b});
    }
  }
  return pairs;
}

// The definition: at each FAR, the best threshold among all distances that keeps it.
double by_definition(const std::vector<ScoredPair>& pairs, std::span<const double> fars,
                     const std::vector<std::uint32_t>& weights) {
  double same = 0;
  double different = 0;
  const auto weight = [&](const ScoredPair& pair) {
    return static_cast<double>(weights[pair.identity_a]) *
           (pair.same ? 1 : weights[pair.identity_b]);
  };
  for (const auto& pair : pairs) {
    (pair.same ? same : different) += weight(pair);
  }
  double sum = 0;
  for (const double far : fars) {
    double best = 0;
    for (const auto& at : pairs) {
      double accepted_same = 0;
      double accepted_different = 0;
      for (const auto& pair : pairs) {
        if (pair.distance <= at.distance) {
          (pair.same ? accepted_same : accepted_different) += weight(pair);
        }
      }
      if (accepted_different <= far * different * (1 + 1e-9)) {
        best = std::max(best, accepted_same);
      }
    }
    sum += 1 - best / same;
  }
  return sum / static_cast<double>(fars.size());
}

TEST(MissRate, IsItsDefinitionWithAndWithoutWeights) {
  const auto pairs = random_pairs(7, 4, 2.0, 3);  // 336 different pairs
  const auto rate = MissRate::of(pairs);
  ASSERT_TRUE(rate.ok());
  ASSERT_EQ(rate.value().fars().size(), 5U);  // 0.1 ... 0.01
  EXPECT_NEAR(rate.value().value(),
              by_definition(pairs, rate.value().fars(), std::vector<std::uint32_t>(7, 1)), 1e-12);
  const std::vector<std::uint32_t> weights = {2, 0, 1, 3, 1, 0, 1};
  EXPECT_NEAR(rate.value().weighted(weights).value(),
              by_definition(pairs, rate.value().fars(), weights), 1e-12);
}

TEST(MissRate, ItsDPrimeIsThatOfTheMetrics) {
  const auto pairs = random_pairs(7, 4, 2.0, 3);
  const auto rate = MissRate::of(pairs).value();
  EXPECT_NEAR(rate.weighted_d_prime(std::vector<std::uint32_t>(7, 1)).value(),
              summarize_distances(pairs).value().d_prime.value(), 1e-6);
  // Weights by their definition: as many copies of a pair as it counts.
  const std::vector<std::uint32_t> weights = {2, 0, 1, 3, 1, 0, 1};
  std::vector<ScoredPair> copies;
  for (const auto& pair : pairs) {
    const auto count = weights[pair.identity_a] * (pair.same ? 1 : weights[pair.identity_b]);
    copies.insert(copies.end(), count, pair);
  }
  EXPECT_NEAR(rate.weighted_d_prime(weights).value(),
              summarize_distances(copies).value().d_prime.value(), 1e-6);
}

// Ten people, few of whom are ever missed: the miss rate alone cannot tell, all pairs together can.
TEST(CompareMissRates, BelievesDPrimeWhereTheMissesAreTooFew) {
  const auto before = MissRate::of(random_pairs(10, 4, 3.0, 1)).value();
  const auto after = MissRate::of(random_pairs(10, 4, 3.8, 1)).value();
  const auto gain = compare_miss_rates(before, after, 10, 200, 1, {}).value();
  EXPECT_GT(gain.gain, 0);
  EXPECT_GT(gain.d_prime_ci90.low, 0);
  EXPECT_TRUE(gain.beyond_doubt());
  // A higher d' does not speak for a recipe that misses more.
  EXPECT_FALSE(
      (MissDifference{
           .gain = -0.01, .ci90 = {-0.02, 0}, .d_prime_gain = 1, .d_prime_ci90 = {0.5, 1.5}})
          .beyond_doubt());
}

TEST(MissRate, IsZeroApartAndNearOneWhereNothingTellsThemApart) {
  EXPECT_EQ(MissRate::of(random_pairs(7, 4, 50, 1)).value().value(), 0);
  EXPECT_GT(MissRate::of(random_pairs(20, 4, 0, 1)).value().value(), 0.9);
}

TEST(MissRate, HasNoValueWhereOneKindHasNoWeight) {
  const auto pairs = random_pairs(7, 4, 2.0, 3);
  const auto rate = MissRate::of(pairs);
  const std::vector<std::uint32_t> only_one = {5, 0, 0, 0, 0, 0, 0};
  EXPECT_FALSE(rate.value().weighted(only_one).has_value());
}

TEST(MissRate, WantsThirtyDifferentPairs) {
  const auto few = MissRate::of(random_pairs(2, 3, 1, 1));  // 9
  ASSERT_FALSE(few.ok());
  EXPECT_NE(few.error().message().find("found 9 different-person pairs, expected at least 30"),
            std::string::npos);
}

TEST(CompareMissRates, SeesALargeGainAndDoubtsAnAccident) {
  const auto poor = MissRate::of(random_pairs(20, 4, 1.5, 1));
  const auto good = MissRate::of(random_pairs(20, 4, 3.0, 2));
  const auto alike = MissRate::of(random_pairs(20, 4, 1.5, 3));
  const auto gain = compare_miss_rates(poor.value(), good.value(), 20, 200, 1, {});
  ASSERT_TRUE(gain.ok());
  EXPECT_TRUE(gain.value().beyond_doubt());
  EXPECT_NEAR(gain.value().gain, poor.value().value() - good.value().value(), 1e-12);
  EXPECT_LT(gain.value().ci90.low, gain.value().gain);
  EXPECT_GT(gain.value().ci90.high, gain.value().gain);
  EXPECT_FALSE(
      compare_miss_rates(poor.value(), alike.value(), 20, 200, 1, {}).value().beyond_doubt());
  EXPECT_FALSE(
      compare_miss_rates(good.value(), poor.value(), 20, 200, 1, {}).value().beyond_doubt());
}

TEST(CompareMissRates, IsTheSameForAnyNumberOfThreads) {
  const auto a = MissRate::of(random_pairs(10, 4, 1.5, 1));
  const auto b = MissRate::of(random_pairs(10, 4, 2.0, 2));
  const auto one = compare_miss_rates(a.value(), b.value(), 10, 100, 5, {.threads = 1});
  const auto four = compare_miss_rates(a.value(), b.value(), 10, 100, 5, {.threads = 4});
  EXPECT_EQ(one.value().ci90.low, four.value().ci90.low);
  EXPECT_EQ(one.value().ci90.high, four.value().ci90.high);
}

}  // namespace
}  // namespace kface::eval
