#include "head/pairs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace kface {
namespace {

// `people` identities with `each` rows.
std::vector<std::uint32_t> rows_of(std::uint32_t people, std::uint32_t each) {
  std::vector<std::uint32_t> identities;
  for (std::uint32_t person = 0; person < people; ++person) {
    identities.insert(identities.end(), each, person);
  }
  return identities;
}

struct Counts {
  std::size_t same = 0;
  std::size_t different = 0;
};

Counts check_and_count(const PairSample& sample, const std::vector<std::uint32_t>& identities) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
  Counts counts;
  for (const ImagePair& pair : sample.pairs) {
    EXPECT_NE(pair.a, pair.b);
    EXPECT_EQ(pair.same, identities[pair.a] == identities[pair.b]);
    EXPECT_TRUE(seen.insert(std::minmax(pair.a, pair.b)).second) << pair.a << ' ' << pair.b;
    (pair.same ? counts.same : counts.different) += 1;
  }
  return counts;
}

TEST(ParseRatio, ReadsTheNineOfThePaper) {
  for (int n = 1; n <= 9; ++n) {
    const auto ratio = parse_ratio(std::to_string(n) + ":" + std::to_string(10 - n));
    ASSERT_TRUE(ratio.ok());
    EXPECT_EQ(ratio.value().different, n);
    EXPECT_EQ(ratio.value().same, 10 - n);
  }
}

TEST(ParseRatio, SaysWhatItExpected) {
  for (const char* text : {"", "4", "4:", ":6", "a:b", "4:6:1", "-1:2", "0:0", "4:1001", "4 : 6"}) {
    const auto ratio = parse_ratio(text);
    ASSERT_FALSE(ratio.ok()) << text;
    EXPECT_NE(ratio.error().message().find("expected n:p"), std::string::npos);
  }
}

TEST(SamplePairs, HasTheRatioToTheNearestPairForEveryRatioAndSize) {
  const auto identities = rows_of(40, 5);
  for (int n = 0; n <= 10; ++n) {
    for (const std::size_t size : {1UL, 7UL, 100UL, 400UL}) {
      const auto sample = sample_pairs(identities, {n, 10 - n}, size, Rng(3));
      ASSERT_TRUE(sample.ok()) << sample.error().message();
      const Counts counts = check_and_count(sample.value(), identities);
      EXPECT_EQ(counts.same + counts.different, size);
      EXPECT_NEAR(static_cast<double>(counts.same), static_cast<double>(size) * (10 - n) / 10, 0.5);
    }
  }
}

TEST(SamplePairs, KeepsTheRatioWhenThereAreTooFewSamePairs) {
  const auto identities = rows_of(10, 2);  // 10 same pairs
  const auto sample = sample_pairs(identities, {1, 9}, 1000, Rng(1));
  ASSERT_TRUE(sample.ok());
  const Counts counts = check_and_count(sample.value(), identities);
  EXPECT_EQ(counts.same, 10u);
  EXPECT_EQ(counts.different, 1u);
  EXPECT_EQ(sample.value().num_requested, 1000u);
}

TEST(SamplePairs, CanUseEveryPairThereIs) {
  const auto identities = rows_of(3, 2);  // 3 same, 12 different
  const auto sample = sample_pairs(identities, {4, 1}, 15, Rng(1));
  ASSERT_TRUE(sample.ok());
  const Counts counts = check_and_count(sample.value(), identities);
  EXPECT_EQ(counts.same, 3u);
  EXPECT_EQ(counts.different, 12u);
}

TEST(SamplePairs, SpreadsSamePairsOverPeople) {
  const auto identities = rows_of(20, 5);
  const auto sample = sample_pairs(identities, {0, 1}, 50, Rng(9));
  ASSERT_TRUE(sample.ok());
  std::map<std::uint32_t, int> per_person;
  for (const ImagePair& pair : sample.value().pairs) {
    ++per_person[identities[pair.a]];
  }
  EXPECT_EQ(per_person.size(), 20u);
  for (const auto& [person, count] : per_person) {
    EXPECT_TRUE(count == 2 || count == 3) << person << ' ' << count;
  }
}

TEST(SamplePairs, DependsOnTheSeedAlone) {
  const auto identities = rows_of(20, 5);
  const auto key = [&](std::uint64_t seed) {
    std::vector<std::uint64_t> keys;
    const auto sample = sample_pairs(identities, {4, 6}, 100, Rng(seed));
    for (const ImagePair& pair : sample.value().pairs) {
      keys.push_back((std::uint64_t{pair.a} << 32U) | pair.b);
    }
    return keys;
  };
  EXPECT_EQ(key(1), key(1));
  EXPECT_NE(key(1), key(2));
}

TEST(SamplePairs, RefusesAKindOfPairThatDoesNotExist) {
  const auto alone = sample_pairs(rows_of(1, 5), {4, 6}, 10, Rng(1));
  ASSERT_FALSE(alone.ok());
  EXPECT_NE(alone.error().message().find("at least 2 people"), std::string::npos);
  const auto singles = sample_pairs(rows_of(5, 1), {4, 6}, 10, Rng(1));
  ASSERT_FALSE(singles.ok());
  EXPECT_NE(singles.error().message().find("one person needs 2 images"), std::string::npos);
  EXPECT_TRUE(sample_pairs(rows_of(5, 1), {1, 0}, 10, Rng(1)).ok());
}

}  // namespace
}  // namespace kface
