#include "eval/all_pairs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <tuple>

#include "base/rng.h"

namespace kface {
namespace {

struct Set {
  std::vector<float> values;
  std::vector<std::uint32_t> identities;
};

Set random_set(std::size_t n, std::size_t d, bool whole) {
  Rng rng(n * 1000 + d);
  Set set;
  for (std::size_t i = 0; i < n; ++i) {
    set.identities.push_back(static_cast<std::uint32_t>(i / 3));
    for (std::size_t k = 0; k < d; ++k) {
      set.values.push_back(whole ? static_cast<float>(rng.below(9))
                                 : static_cast<float>(rng.normal()));
    }
  }
  return set;
}

double exact_distance(const float* a, const float* b, std::size_t d) {
  double sum = 0;
  for (std::size_t k = 0; k < d; ++k) {
    sum += (double{a[k]} - b[k]) * (double{a[k]} - b[k]);
  }
  return std::sqrt(sum);
}

TEST(AllPairs, EveryPairOnceInOrderAndExactOnWholeNumbers) {
  for (const std::size_t d : {1U, 2U, 15U, 16U, 17U, 33U, 128U}) {
    for (const std::size_t n : {2U, 3U, 31U, 32U, 33U, 70U}) {
      const Set set = random_set(n, d, true);
      const auto pairs = all_pairs(set.values, d, set.identities, {.threads = 2});
      ASSERT_TRUE(pairs.ok()) << pairs.error().message();
      ASSERT_EQ(pairs.value().size(), n * (n - 1) / 2);
      std::size_t p = 0;
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = i + 1; j < n; ++j, ++p) {
          const ScoredPair& pair = pairs.value()[p];
          EXPECT_EQ(pair.identity_a, set.identities[i]);
          EXPECT_EQ(pair.identity_b, set.identities[j]);
          EXPECT_EQ(pair.same, i / 3 == j / 3);
          EXPECT_EQ(pair.distance,
                    static_cast<float>(exact_distance(&set.values[i * d], &set.values[j * d], d)));
        }
      }
    }
  }
}

TEST(AllPairs, IsAccurateForVectorsThatAreClose) {
  // Two neighbours of a vector of length 1e3: products of whole vectors would lose all digits.
  Set set = random_set(1, 2622, false);
  set.identities = {0, 0};
  const std::size_t d = set.values.size();
  Rng rng(5);
  for (std::size_t k = 0; k < d; ++k) {
    set.values[k] *= 20;
    set.values.push_back(set.values[k] + static_cast<float>(1e-4 * rng.normal()));
  }
  const auto pairs = all_pairs(set.values, d, set.identities, {});
  const double exact = exact_distance(set.values.data(), set.values.data() + d, d);
  EXPECT_NEAR(pairs.value()[0].distance, exact, 3e-6 * exact);
}

TEST(AllPairs, GivesTheSameBitsOnAnyNumberOfThreadsAndAloneInBlocksOfColumns) {
  const Set set = random_set(300, 257, false);  // several blocks of columns
  const auto one = all_pairs(set.values, 257, set.identities, {.threads = 1}).value();
  const auto three = all_pairs(set.values, 257, set.identities, {.threads = 3}).value();
  std::size_t p = 0;
  for (std::size_t i = 0; i < 300; ++i) {
    for (std::size_t j = i + 1; j < 300; ++j, ++p) {
      ASSERT_EQ(one[p].distance, three[p].distance);
      ASSERT_EQ(one[p].distance,
                euclidean_distance({&set.values[i * 257], 257}, {&set.values[j * 257], 257}));
    }
  }
}

TEST(AllPairs, NamesTheEmbeddingsWhoseDistanceIsNotFinite) {
  Set set = random_set(4, 3, false);
  set.values[2 * 3 + 1] = std::numeric_limits<float>::quiet_NaN();
  const auto pairs = all_pairs(set.values, 3, set.identities, {});
  ASSERT_FALSE(pairs.ok());
  EXPECT_EQ(pairs.error().message(),
            "all_pairs: the distance of embeddings 0 and 2 is not a finite number");
}

TEST(AllPairs, RefusesTooFewAndTooManyImages) {
  EXPECT_EQ(
      all_pairs(std::vector<float>{1}, 1, std::vector<std::uint32_t>{0}, {}).error().message(),
      "all_pairs: needs two images or more, got 1");
  const std::vector<float> values(30000);
  const std::vector<std::uint32_t> identities(30000);
  const auto pairs = all_pairs(values, 1, identities, {});
  ASSERT_FALSE(pairs.ok());
  EXPECT_NE(pairs.error().message().find("choose fewer images"), std::string::npos);
}

TEST(AllPairs, RefusesShapesThatDoNotFit) {
  const std::vector<float> values(5);
  const std::vector<std::uint32_t> identities(2);
  EXPECT_THROW(std::ignore = all_pairs(values, 2, identities, {}), ContractViolation);
  EXPECT_THROW(std::ignore = all_pairs({}, 0, identities, {}), ContractViolation);
  EXPECT_THROW(euclidean_distance(std::vector<float>(2), std::vector<float>(3)), ContractViolation);
}

TEST(AllPairs, StopsOnRequest) {
  const Set set = random_set(4, 3, false);
  StopFlag stop;
  stop.request();
  EXPECT_EQ(all_pairs(set.values, 3, set.identities, {.threads = 1, .stop = &stop}).error().code(),
            ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace kface
