#include "experiment/people.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "experiment/data_for_test.h"

namespace kface {
namespace {

std::set<std::uint32_t> people_of(const FeatureSet& set, const Rows& rows) {
  std::set<std::uint32_t> people;
  for (const auto row : rows) {
    people.insert(set.identities[row]);
  }
  return people;
}

TEST(SplitPeople, NobodyIsOnBothSidesAndNobodyIsLost) {
  const auto data = make_up_data(9, 3);
  const auto halves = split_people(data.set, all_rows(data.set), Rng(1));
  ASSERT_TRUE(halves.ok());
  const auto fit = people_of(data.set, halves.value().fit);
  const auto test = people_of(data.set, halves.value().test);
  EXPECT_EQ(fit.size(), 5u);
  EXPECT_EQ(test.size(), 4u);
  for (const auto person : fit) {
    EXPECT_FALSE(test.contains(person));
  }
  EXPECT_EQ(halves.value().fit.size() + halves.value().test.size(), 27u);
}

TEST(SplitPeople, DependsOnTheSeed) {
  const auto data = make_up_data(20, 2);
  const Rows rows = all_rows(data.set);
  EXPECT_EQ(split_people(data.set, rows, Rng(1)).value().fit,
            split_people(data.set, rows, Rng(1)).value().fit);
  EXPECT_NE(split_people(data.set, rows, Rng(1)).value().fit,
            split_people(data.set, rows, Rng(2)).value().fit);
}

TEST(SplitPeople, RefusesTooFewPeopleAndSaysHowMany) {
  const auto data = make_up_data(3, 3);
  const auto halves = split_people(data.set, all_rows(data.set), Rng(1));
  ASSERT_FALSE(halves.ok());
  EXPECT_NE(halves.error().message().find("found 3 people with 2 images or more"),
            std::string::npos);
}

TEST(ChooseImages, TakesSoManyOfEachWhoHasEnoughAndNests) {
  const auto data = make_up_data(5, 10);
  const Rows few = choose_images(data.set, 5, 10, Rng(3));
  const Rows more = choose_images(data.set, 10, 10, Rng(3));
  EXPECT_EQ(few.size(), 25u);
  EXPECT_EQ(more.size(), 50u);
  EXPECT_TRUE(std::includes(more.begin(), more.end(), few.begin(), few.end()));
  EXPECT_TRUE(choose_images(data.set, 11, 11, Rng(3)).empty());
}

TEST(TakeRows, CopiesFeaturesAndIdentities) {
  const auto data = make_up_data(4, 2);
  const Subset subset = take_rows(data.set, {1, 6});
  EXPECT_EQ(subset.identities, (std::vector<std::uint32_t>{0, 3}));
  EXPECT_EQ(subset.num_identities(), 2u);
  EXPECT_EQ(subset.features[0], data.set.features[data.set.d]);
  EXPECT_EQ(subset.features.size(), 2 * data.set.d);
}

}  // namespace
}  // namespace kface
