#include <gtest/gtest.h>

#include <cmath>

#include "kface/metrics.h"

namespace kface {
namespace {

std::vector<FoldedPair> two_folds() {
  return {{1.0F, true, 0},
          {3.0F, false, 0},  // best threshold 2
          {2.0F, true, 1},
          {5.0F, false, 1},  // best threshold 3.5
          {std::nullopt, true, 1}};
}

TEST(CrossValidate, ChoosesEachThresholdOnTheOtherFolds) {
  const auto result = cross_validate(two_folds());
  ASSERT_TRUE(result.ok()) << result.error().message();
  const auto& folds = result.value().folds;
  ASSERT_EQ(folds.size(), 2u);
  EXPECT_EQ(folds[0].threshold, 3.5F);
  EXPECT_EQ(folds[0].accuracy, 0.5);
  EXPECT_EQ(folds[1].threshold, 2.0F);
  EXPECT_EQ(folds[1].accuracy, 2.0 / 3);
  EXPECT_DOUBLE_EQ(result.value().accuracy, 7.0 / 12);
  EXPECT_NEAR(result.value().standard_error, 1.0 / 12, 1e-15);
}

TEST(CrossValidate, CountsMissingPairsAsErrorsAndReportsThem) {
  const auto result = cross_validate(two_folds());
  EXPECT_EQ(result.value().num_pairs, 5u);
  EXPECT_EQ(result.value().num_missing, 1u);
  EXPECT_EQ(result.value().folds[1].num_missing, 1u);
  EXPECT_EQ(result.value().folds[1].num_pairs, 3u);
}

TEST(CrossValidate, RefusesFoldsThatCannotBeUsed) {
  const auto error = [](std::vector<FoldedPair> pairs) {
    const auto result = cross_validate(pairs);
    EXPECT_FALSE(result.ok());
    EXPECT_EQ(result.error().code(), ErrorCode::kInvalidArgument);
    return result.error().message();
  };
  EXPECT_EQ(error({}), "cross_validate: needs two folds or more, got 0");
  EXPECT_EQ(error({{1.0F, true, 0}}), "cross_validate: needs two folds or more, got 1");
  EXPECT_EQ(error({{1.0F, true, 0}, {1.0F, false, 2}, {1.0F, true, 2}}),
            "cross_validate: fold 1 has no pairs");
  EXPECT_EQ(error({{1.0F, true, 4'000'000'000U}}),
            "cross_validate: fold 4000000000 of 1 pairs leaves folds empty");
  EXPECT_EQ(error({{1.0F, true, 0}, {2.0F, false, 0}, {3.0F, true, 1}}),
            "cross_validate: no threshold for fold 0 from the other folds: best_threshold: needs "
            "both kinds of pair, got 1 same and 0 different");
  auto not_a_number = two_folds();
  not_a_number[0].distance = NAN;
  EXPECT_NE(error(not_a_number).find("nan"), std::string::npos);
}

}  // namespace
}  // namespace kface
