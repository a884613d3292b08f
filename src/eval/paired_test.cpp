#include "kface/paired.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "eval/bootstrap.h"
#include "eval/test_pairs.h"

namespace kface {
namespace {

using test::random_pairs;

PairedOptions quick() { return {.seed = 1, .bootstrap_resamples = 200}; }

// The same pairs, scored by a model that moves every same pair by `shift`.
std::vector<ScoredPair> shifted(std::vector<ScoredPair> pairs, float shift) {
  for (auto& pair : pairs) {
    pair.distance += pair.same ? shift : 0;
  }
  return pairs;
}

PairedDifference difference_of(const std::vector<ScoredPair>& a, const std::vector<ScoredPair>& b,
                               const PairedOptions& options = quick(), unsigned threads = 1) {
  auto result = paired_difference(a, b, options, {.threads = threads});
  EXPECT_TRUE(result.ok()) << result.error().message();
  return std::move(result).value();
}

std::vector<double> numbers_of(const PairedDifference& d) {
  std::vector<double> numbers = {d.eer.a, d.eer.b, d.eer.value, d.eer.ci95.low, d.eer.ci95.high};
  for (const auto& tar : d.tar) {
    numbers.push_back(tar.difference ? tar.difference->value : -9);
    numbers.push_back(tar.difference ? tar.difference->ci95.low : -9);
    numbers.push_back(tar.difference ? tar.difference->ci95.high : -9);
  }
  return numbers;
}

// The definition: draw people, write every pair down as often as it counts, for both models, and
// subtract. The draws are the library's own, so the intervals must be equal.
TEST(PairedDifference, EqualsFiguresOfPairsWrittenDownAsOftenAsTheyCount) {
  constexpr std::uint32_t kPeople = 12;
  const auto a = random_pairs(kPeople, 3, 60, 5);
  const auto b = random_pairs(kPeople, 3, 30, 6);
  const auto result = difference_of(a, b);
  std::vector<double> eers;
  std::vector<double> tars;
  for (std::size_t resample = 0; resample < quick().bootstrap_resamples; ++resample) {
    Rng rng = Rng(quick().seed).fork(resample);
    std::vector<std::uint32_t> weights;
    std::vector<ScoredPair> all_a;
    do {
      weights.assign(kPeople, 0);
      for (std::uint32_t i = 0; i < kPeople; ++i) {
        ++weights[rng.below(kPeople)];
      }
      all_a = test::expanded(a, weights);
    } while (!compute_roc(all_a).ok());
    const auto roc_a = compute_roc(all_a).value();
    const auto roc_b = compute_roc(test::expanded(b, weights)).value();
    eers.push_back(equal_error(roc_a).eer - equal_error(roc_b).eer);
    tars.push_back(*tar_at_far(roc_a, 0.01, SIZE_MAX) - *tar_at_far(roc_b, 0.01, SIZE_MAX));
  }
  const auto eer = eval::percentile_interval(eers);
  EXPECT_NEAR(result.eer.ci95.low, eer.low, 1e-13);
  EXPECT_NEAR(result.eer.ci95.high, eer.high, 1e-13);
  EXPECT_LT(eer.low, eer.high);
  const auto tar = eval::percentile_interval(tars);
  ASSERT_TRUE(result.tar[0].difference.has_value());
  EXPECT_NEAR(result.tar[0].difference->ci95.low, tar.low, 1e-13);
  EXPECT_NEAR(result.tar[0].difference->ci95.high, tar.high, 1e-13);
  EXPECT_EQ(result.eer.a, equal_error(compute_roc(a).value()).eer);
  EXPECT_EQ(result.eer.b, equal_error(compute_roc(b).value()).eer);
  EXPECT_EQ(result.eer.value, result.eer.a - result.eer.b);
  EXPECT_EQ(result.num_same, kPeople * 3);
  EXPECT_EQ(result.num_identities, kPeople);
}

TEST(PairedDifference, FindsTheBetterModelAndTurnsAroundWhenSwapped) {
  const auto worse = random_pairs(30, 4, 40, 1);
  const auto better = shifted(worse, -6);
  const auto there = difference_of(better, worse);
  const auto back = difference_of(worse, better);
  EXPECT_EQ(there.verdict(), Verdict::kBetter);
  EXPECT_EQ(back.verdict(), Verdict::kWorse);
  EXPECT_LT(there.eer.ci95.high, 0);
  EXPECT_EQ(there.eer.value, -back.eer.value);
  EXPECT_NEAR(there.eer.ci95.low, -back.eer.ci95.high, 1e-15);
  EXPECT_NEAR(there.eer.ci95.high, -back.eer.ci95.low, 1e-15);
  EXPECT_EQ(there.tar[0].difference->verdict, Verdict::kBetter);
  EXPECT_GT(there.tar[0].difference->ci95.low, 0);
}

TEST(PairedDifference, IsNarrowerThanTheIntervalsOfTheTwoModelsApart) {
  // A hard sample of people is hard for both, which only pairing knows.
  const auto a = random_pairs(30, 4, 40, 1);
  const auto b = shifted(a, 1);
  const auto paired = difference_of(a, b).eer.ci95;
  MetricsOptions options;
  options.bootstrap_resamples = 200;
  const auto apart = compute_metrics(a, options, {}).value().eer.ci95.value();
  EXPECT_LT(paired.high - paired.low, apart.high - apart.low);
}

TEST(PairedDifference, CannotTellAModelFromItself) {
  const auto pairs = random_pairs(20, 3, 40, 1);
  const auto result = difference_of(pairs, pairs);
  EXPECT_EQ(result.verdict(), Verdict::kCannotTell);
  EXPECT_EQ(result.eer.ci95.low, 0);
  EXPECT_EQ(result.eer.ci95.high, 0);
}

TEST(PairedDifference, GivesNoVerdictOnFewPeople) {
  const auto worse = random_pairs(9, 4, 40, 1);
  const auto result = difference_of(shifted(worse, -100), worse);
  EXPECT_LT(result.eer.ci95.high, 0);
  EXPECT_EQ(result.verdict(), Verdict::kCannotTell);
}

TEST(PairedDifference, IsTheSameForAnyNumberOfThreadsAndOrderOfPairs) {
  auto a = random_pairs(20, 3, 40, 1);
  auto b = random_pairs(20, 3, 30, 2);
  const auto expected = numbers_of(difference_of(a, b));
  EXPECT_EQ(numbers_of(difference_of(a, b, quick(), 3)), expected);
  std::reverse(a.begin(), a.end());
  std::reverse(b.begin(), b.end());
  EXPECT_EQ(numbers_of(difference_of(a, b)), expected);
}

TEST(PairedDifference, SaysNothingOfFalseAcceptRatesThatThePairsCannotSupport) {
  const auto result = difference_of(random_pairs(12, 2, 40, 1), random_pairs(12, 2, 40, 2));
  ASSERT_GE(result.tar.size(), 2u);  // 264 different pairs: fewer than 3 / 0.01
  EXPECT_FALSE(result.tar[0].difference.has_value());
  EXPECT_FALSE(result.tar[1].difference.has_value());
}

TEST(PairedDifference, RefusesOtherPairsAndTooFewResamples) {
  const auto a = random_pairs(4, 2, 40, 1);
  auto b = a;
  b[3].identity_a += 1;
  const auto other = paired_difference(a, b, quick(), {});
  EXPECT_EQ(other.error().code(), ErrorCode::kMismatch);
  EXPECT_EQ(other.error().message(),
            "paired_difference: pair 3 is different with identities 0 and 14 for one model and "
            "different with identities 1 and 14 for the other; both must score the same pairs");
  b = a;
  b.pop_back();
  EXPECT_EQ(paired_difference(a, b, quick(), {}).error().message(),
            "paired_difference: 28 pairs of one model and 27 of the other; both must score the "
            "same pairs");
  b = a;
  b[5].distance = NAN;
  EXPECT_EQ(paired_difference(a, b, quick(), {}).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(paired_difference(a, a, {.seed = 1, .bootstrap_resamples = 0}, {}).error().message(),
            "paired_difference: 0 resamples are too few to tell a difference from chance; ask for "
            "40 or more");
  auto lying = a;
  lying[0].same = !lying[0].same;
  EXPECT_EQ(paired_difference(lying, lying, quick(), {}).error().code(),
            ErrorCode::kInvalidArgument);
}

// Two models that are equally good: distances of each are the same draw, seen through noise of its
// own. A verdict is false then; 5 % of them would be ideal, docs/metrics.md says how many there
// are.
TEST(PairedDifference, SeldomCallsEquallyGoodModelsDifferent) {
  constexpr int kTrials = 120;
  int verdicts = 0;
  int found = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    Rng rng(static_cast<std::uint64_t>(trial));
    auto a = random_pairs(20, 3, 300, static_cast<std::uint64_t>(trial) + 1000);
    auto b = a;
    for (std::size_t i = 0; i < a.size(); ++i) {
      a[i].distance += static_cast<float>(50 * rng.normal());
      b[i].distance += static_cast<float>(50 * rng.normal());
    }
    const PairedOptions options{.seed = 1, .bootstrap_resamples = 100};
    verdicts += difference_of(a, b, options).verdict() == Verdict::kCannotTell ? 0 : 1;
    found += difference_of(shifted(a, -60), b, options).verdict() == Verdict::kBetter ? 1 : 0;
  }
  EXPECT_LE(verdicts, kTrials * 12 / 100);
  EXPECT_GE(found, kTrials * 90 / 100);
}

TEST(ComparisonSentence, SaysWhatFollows) {
  PairedDifference difference;
  difference.num_identities = 40;
  difference.eer = {0.018, 0.03, -0.012, {-0.02, -0.004}, Verdict::kBetter};
  difference.tar = {{0.01, std::nullopt},
                    {0.001, Difference{0.9, 0.93, -0.03, {-0.05, -0.01}, Verdict::kWorse}},
                    {0.0001, Difference{0.9, 0.9, 0, {-0.05, 0.01}, Verdict::kCannotTell}}};
  EXPECT_EQ(comparison_sentence(difference, "A", "B"),
            "A is better than B: EER lower by 1.20 points [0.40, 2.00]; TAR at FAR 0.001 lower by "
            "3.00 points [1.00, 5.00]");
  difference.tar.clear();
  difference.eer = {0.04, 0.03, 0.01, {0.004, 0.016}, Verdict::kWorse};
  EXPECT_EQ(comparison_sentence(difference, "A", "B"),
            "A is worse than B: EER higher by 1.00 points [0.40, 1.60]");
  difference.eer = {0.029, 0.03, -0.001, {-0.006, 0.004}, Verdict::kCannotTell};
  EXPECT_EQ(comparison_sentence(difference, "A", "B"),
            "cannot tell A from B with 40 people: EER lower by 0.10 points [-0.40, 0.60]");
}

}  // namespace
}  // namespace kface
