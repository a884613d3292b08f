#include "head/loss_selection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace kface {
namespace {

// Rows 0, 1, 2 are of person 0, rows 3, 4 of person 1, row 5 of person 2.
const std::vector<std::uint32_t> batch_people = {0, 0, 0, 1, 1, 2};
// clang-format off
const std::vector<float> batch_similarity = {
    1.0F, 0.9F, 0.5F, 0.6F, 0.1F, 0.7F,
    0.9F, 1.0F, 0.4F, 0.8F, 0.2F, 0.0F,
    0.5F, 0.4F, 1.0F, 0.3F, 0.45F, 0.35F,
    0.6F, 0.8F, 0.3F, 1.0F, 0.65F, -0.2F,
    0.1F, 0.2F, 0.45F, 0.65F, 1.0F, -0.1F,
    0.7F, 0.0F, 0.35F, -0.2F, -0.1F, 1.0F};
// clang-format on

LossSelection select(LossKind kind, Negatives negatives, PairRatio ratio = {2, 2},
                     std::uint64_t seed = 1) {
  Rng rng(seed);
  const LossOptions options{.kind = kind, .ratio = ratio, .negatives = negatives};
  return select_for_loss(batch_similarity, batch_people, options, rng);
}

using Rows = std::set<std::pair<std::uint32_t, std::uint32_t>>;

Rows rows_of(const LossSelection& selection, bool same) {
  Rows rows;
  for (const ImagePair& pair : selection.pairs) {
    EXPECT_LT(pair.a, pair.b);
    EXPECT_EQ(pair.same, batch_people[pair.a] == batch_people[pair.b]);
    if (pair.same == same) {
      EXPECT_TRUE(rows.emplace(pair.a, pair.b).second);
    }
  }
  return rows;
}

const Rows same_rows = {{0, 1}, {0, 2}, {1, 2}, {3, 4}};

TEST(SelectForLoss, TakesTheNearestDifferentPairsWhenTheyShallBeHard) {
  const auto selection = select(LossKind::kPairs, Negatives::kHard);
  EXPECT_EQ(rows_of(selection, true), same_rows);
  EXPECT_EQ(rows_of(selection, false), (Rows{{1, 3}, {0, 5}, {0, 3}, {2, 4}}));
}

TEST(SelectForLoss, PassesOverThoseNearerThanTheSamePersonWhenSemiHard) {
  // Same pairs: 0.4, 0.5, 0.65, 0.9; the middle one is 0.65.
  const auto selection = select(LossKind::kContrastive, Negatives::kSemiHard, {1, 2});
  EXPECT_EQ(rows_of(selection, true), same_rows);
  EXPECT_EQ(rows_of(selection, false), (Rows{{0, 3}, {2, 4}}));
}

TEST(SelectForLoss, DrawsRandomOnesFromTheSeed) {
  std::set<Rows> drawn;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto rows = rows_of(select(LossKind::kPairs, Negatives::kRandom, {2, 2}, seed), false);
    EXPECT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows, rows_of(select(LossKind::kPairs, Negatives::kRandom, {2, 2}, seed), false));
    drawn.insert(rows);
  }
  EXPECT_GT(drawn.size(), 10U);
}

TEST(SelectForLoss, TakesAllDifferentPairsWhenTheRatioAsksForMore) {
  for (const auto negatives : {Negatives::kHard, Negatives::kRandom}) {
    EXPECT_EQ(rows_of(select(LossKind::kPairs, negatives, {9, 1}), false).size(), 11U);
  }
  EXPECT_EQ(rows_of(select(LossKind::kMixFace, Negatives::kHard, {1, 9}), false).size(), 11U);
}

std::uint32_t negative_of(const LossSelection& selection, std::uint32_t anchor,
                          std::uint32_t positive) {
  const auto found =
      std::find_if(selection.triplets.begin(), selection.triplets.end(),
                   [&](const Triplet& t) { return t.anchor == anchor && t.positive == positive; });
  EXPECT_NE(found, selection.triplets.end());
  return found == selection.triplets.end() ? 99 : found->negative;
}

TEST(SelectForLoss, GivesEveryAnchorAndPositiveOneNegative) {
  for (const auto negatives : {Negatives::kHard, Negatives::kSemiHard, Negatives::kRandom}) {
    const auto selection = select(LossKind::kTriplet, negatives);
    EXPECT_EQ(selection.triplets.size(), 8U);  // 3 * 2 + 2
    for (const Triplet& t : selection.triplets) {
      EXPECT_EQ(batch_people[t.anchor], batch_people[t.positive]);
      EXPECT_NE(t.anchor, t.positive);
      EXPECT_NE(batch_people[t.anchor], batch_people[t.negative]);
    }
  }
}

TEST(SelectForLoss, TakesTheNearestNegativeOrTheNearestBeyondThePositive) {
  const auto hard = select(LossKind::kTriplet, Negatives::kHard);
  EXPECT_EQ(negative_of(hard, 0, 2), 5U);
  EXPECT_EQ(negative_of(hard, 1, 2), 3U);
  const auto semi = select(LossKind::kTriplet, Negatives::kSemiHard);
  EXPECT_EQ(negative_of(semi, 0, 1), 5U);  // 0.7 < 0.9
  EXPECT_EQ(negative_of(semi, 0, 2), 4U);  // 0.1 < 0.5
  EXPECT_EQ(negative_of(semi, 2, 0), 4U);  // 0.45 < 0.5
}

TEST(SelectForLoss, TakesTheFarthestNegativeWhereAllAreNearerThanThePositive) {
  const std::vector<std::uint32_t> people = {0, 0, 1, 1};
  const std::vector<float> similarity = {1,    -0.5F, 0.2F, 0.1F, -0.5F, 1,    0.3F, 0.4F,
                                         0.2F, 0.3F,  1,    0.9F, 0.1F,  0.4F, 0.9F, 1};
  Rng rng(1);
  const auto selection = select_for_loss(
      similarity, people, {.kind = LossKind::kTriplet, .negatives = Negatives::kSemiHard}, rng);
  EXPECT_EQ(negative_of(selection, 0, 1), 3U);
  EXPECT_EQ(negative_of(selection, 1, 0), 2U);
}

TEST(SelectForLoss, AnswersABatchOfOnePerson) {
  const std::vector<std::uint32_t> people = {0, 0};
  const std::vector<float> similarity = {1, 0.5F, 0.5F, 1};
  for (const auto kind : {LossKind::kPairs, LossKind::kTriplet, LossKind::kMixFace}) {
    Rng rng(1);
    const auto selection = select_for_loss(similarity, people, {.kind = kind}, rng);
    EXPECT_EQ(selection.pairs.size(), kind == LossKind::kTriplet ? 0U : 1U);
    EXPECT_TRUE(selection.triplets.empty());
  }
}

}  // namespace
}  // namespace kface
