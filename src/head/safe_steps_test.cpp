#include "head/safe_steps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace kface {
namespace {

TEST(DrawSteps, MeetsEveryImageOnceInGroupsOfItsPerson) {
  std::vector<std::uint32_t> people;
  for (std::uint32_t person = 0; person < 21; ++person) {
    people.insert(people.end(), 1 + person % 7, person);  // 1 to 7 images
  }
  Rng rng(2);
  const auto steps = draw_steps(people, 5, 3, rng);
  // 3 times 1, 2, 3 images in one group, 4, 5, 6 in two, 7 in three: 3 (3 + 6 + 3) = 36 groups.
  ASSERT_EQ(steps.size(), 8U);
  std::vector<std::uint32_t> seen;
  for (const auto& step : steps) {
    seen.insert(seen.end(), step.begin(), step.end());
    EXPECT_LE(step.size(), 5U * 3);
  }
  std::sort(seen.begin(), seen.end());
  ASSERT_EQ(seen.size(), people.size());
  for (std::uint32_t row = 0; row < seen.size(); ++row) {
    EXPECT_EQ(seen[row], row);
  }
}

TEST(DrawSteps, FillsItsStepsAsEvenlyAsTheyGo) {
  std::vector<std::uint32_t> people;
  for (std::uint32_t person = 0; person < 33; ++person) {
    people.insert(people.end(), 2, person);
  }
  Rng rng(2);
  const auto steps = draw_steps(people, 32, 4, rng);
  ASSERT_EQ(steps.size(), 2U);  // 17 and 16 people, not 32 and 1
  EXPECT_EQ(steps[0].size(), 34U);
  EXPECT_EQ(steps[1].size(), 32U);
}

TEST(DrawSteps, DiffersFromEpochToEpochAndNotFromRunToRun) {
  std::vector<std::uint32_t> people;
  for (std::uint32_t person = 0; person < 12; ++person) {
    people.insert(people.end(), 4, person);
  }
  Rng rng(2);
  const auto first = draw_steps(people, 3, 2, rng);
  EXPECT_NE(first, draw_steps(people, 3, 2, rng));
  Rng again(2);
  EXPECT_EQ(first, draw_steps(people, 3, 2, again));
}

}  // namespace
}  // namespace kface
