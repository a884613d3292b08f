#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <tuple>

#include "eval/test_pairs.h"
#include "kface/metrics.h"

namespace kface {
namespace {

using test::pairs_of;
using test::random_pairs;

TEST(OverlapHistogram, IsZeroApartAndOneForEqualSets) {
  EXPECT_EQ(overlap_histogram(std::vector<float>{1, 2}, std::vector<float>{8, 9}, 4).value(), 0.0);
  const std::vector<float> set = {1, 2, 3, 4, 5, 6, 7};
  EXPECT_DOUBLE_EQ(overlap_histogram(set, set, 5).value(), 1.0);
  EXPECT_EQ(overlap_histogram(std::vector<float>{3, 3}, std::vector<float>{3}, 20).value(), 1.0);
}

TEST(OverlapHistogram, CountsTheSmallerShareOfEachBin) {
  // Bins 0-1, 1-2, 2-3, 3-4 (the last holds 4): same 1/4 2/4 1/4 0, different 0 1/2 0 1/2.
  EXPECT_EQ(
      overlap_histogram(std::vector<float>{0, 1, 1.5F, 2}, std::vector<float>{1, 4}, 4).value(),
      0.5);
}

TEST(OverlapHistogram, RefusesEmptyAndNotFiniteSets) {
  const std::vector<float> one = {1};
  EXPECT_EQ(overlap_histogram({}, one).error().message(), "overlap_histogram: no same distances");
  EXPECT_EQ(overlap_histogram(one, {}).error().message(),
            "overlap_histogram: no different distances");
  EXPECT_EQ(overlap_histogram(one, std::vector<float>{NAN}).error().message(),
            "overlap_histogram: a different distance is nan, expected a finite number");
  EXPECT_THROW(std::ignore = overlap_histogram(one, one, 0), ContractViolation);
}

TEST(SampledOverlap, TakesAllPairsWhereThereAreFewer) {
  const auto pairs = random_pairs(6, 3, 12, 1);
  std::vector<float> same;
  std::vector<float> different;
  for (const auto& pair : pairs) {
    (pair.same ? same : different).push_back(pair.distance);
  }
  const auto overlap = sampled_overlap(pairs, 1);
  ASSERT_TRUE(overlap.ok());
  EXPECT_EQ(overlap.value().num_same, 18u);
  EXPECT_EQ(overlap.value().num_different, 135u);
  EXPECT_DOUBLE_EQ(overlap.value().value, overlap_histogram(same, different).value());
}

TEST(SampledOverlap, DrawsFromTheSeedAloneWhateverTheOrder) {
  auto pairs = random_pairs(40, 6, 1000, 1);
  const auto first = sampled_overlap(pairs, 5).value();
  EXPECT_EQ(first.num_same, 400u);
  EXPECT_EQ(first.num_different, 400u);
  Rng rng(9);
  rng.shuffle(pairs);
  EXPECT_EQ(sampled_overlap(pairs, 5).value().value, first.value);
  EXPECT_NE(sampled_overlap(pairs, 6).value().value, first.value);
}

TEST(SampledOverlap, LiesAroundThatOfAllPairs) {
  const auto pairs = random_pairs(40, 6, 1000, 1);
  std::vector<float> same;
  std::vector<float> different;
  for (const auto& pair : pairs) {
    (pair.same ? same : different).push_back(pair.distance);
  }
  const double all = overlap_histogram(same, different).value();
  double mean = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    mean += sampled_overlap(pairs, seed).value().value / 200;
  }
  EXPECT_LT(mean, all);  // noise in each bin only ever lowers the smaller share
  EXPECT_NEAR(mean, all, 0.05);
}

TEST(SampledOverlap, RefusesBadInput) {
  EXPECT_EQ(sampled_overlap(pairs_of({1}, {}), 1).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_THROW(std::ignore = sampled_overlap(pairs_of({1}, {2}), 1, 0), ContractViolation);
}

TEST(DistanceHistogram, GivesDensitiesOfAreaOne) {
  const auto histogram = distance_histogram(random_pairs(5, 4, 30, 3), 8);
  ASSERT_TRUE(histogram.ok());
  const auto& h = histogram.value();
  ASSERT_EQ(h.edges.size(), 9u);
  const double width = h.edges[1] - h.edges[0];
  EXPECT_NEAR(std::accumulate(h.same.begin(), h.same.end(), 0.0) * width, 1, 1e-12);
  EXPECT_NEAR(std::accumulate(h.different.begin(), h.different.end(), 0.0) * width, 1, 1e-12);
}

TEST(DistanceHistogram, IsOneBinIfAllDistancesAreEqual) {
  const auto histogram = distance_histogram(pairs_of({2}, {2, 2}), 8).value();
  EXPECT_EQ(histogram.edges, (std::vector<double>{1.5, 2.5}));
  EXPECT_EQ(histogram.same, (std::vector<double>{1}));
}

TEST(DistanceHistogram, RefusesOneKind) {
  EXPECT_FALSE(distance_histogram(pairs_of({}, {2}), 8).ok());
}

}  // namespace
}  // namespace kface
