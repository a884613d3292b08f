#include "head/safe_validation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "base/rng.h"
#include "nn/last_layer.h"

namespace kface {
namespace {

std::vector<std::uint32_t> people_with(std::uint32_t count, std::size_t each) {
  std::vector<std::uint32_t> identities;
  for (std::uint32_t person = 0; person < count; ++person) {
    identities.insert(identities.end(), each, 100 + person);
  }
  return identities;
}

std::set<std::uint32_t> people_of(const std::vector<std::uint32_t>& rows,
                                  const std::vector<std::uint32_t>& identities) {
  std::set<std::uint32_t> people;
  for (const auto row : rows) {
    people.insert(identities[row]);
  }
  return people;
}

TEST(SplitPeople, HoldsOutAShareOfThePeopleAndTrainsOnTheOthers) {
  const auto identities = people_with(800, 5);
  const auto splits = split_people(identities, 0.2, 0, 7);
  ASSERT_TRUE(splits.ok());
  ASSERT_EQ(splits.value().size(), 1U);  // 160 people are enough
  const PeopleSplit& split = splits.value().front();
  EXPECT_EQ(split.held_out.size(), 800U);
  EXPECT_EQ(split.training.size(), 3200U);
  EXPECT_EQ(people_of(split.held_out, identities).size(), 160U);
  EXPECT_EQ(people_of(split.training, identities).size(), 640U);
  EXPECT_TRUE(std::is_sorted(split.training.begin(), split.training.end()));
  EXPECT_EQ(split.held_out, split_people(identities, 0.2, 0, 7).value().front().held_out);
  EXPECT_NE(split.held_out, split_people(identities, 0.2, 0, 8).value().front().held_out);
}

TEST(SplitPeople, HoldsFewPeopleOutInTurnEachOnce) {
  const auto identities = people_with(25, 4);
  const auto splits = split_people(identities, 0.2, 0, 7);
  ASSERT_TRUE(splits.ok());
  ASSERT_EQ(splits.value().size(), kMostFolds);
  std::set<std::uint32_t> seen;
  for (const PeopleSplit& split : splits.value()) {
    const auto held_out = people_of(split.held_out, identities);
    const auto training = people_of(split.training, identities);
    EXPECT_EQ(held_out.size(), 5U);
    EXPECT_EQ(training.size(), 20U);
    for (const auto person : held_out) {
      EXPECT_TRUE(seen.insert(person).second);
      EXPECT_EQ(training.count(person), 0U);
    }
  }
  EXPECT_EQ(split_people(identities, 0.2, 2, 7).value().size(), 2U);
  EXPECT_EQ(split_people(identities, 0.4, 9, 7).value().size(), 2U);  // 10 of 25, twice
}

TEST(SplitPeople, TrainsOnThoseWithOneImage) {
  auto identities = people_with(4, 2);
  identities.push_back(7);
  const auto splits = split_people(identities, 0.05, 0, 1);
  ASSERT_TRUE(splits.ok());
  for (const PeopleSplit& split : splits.value()) {
    EXPECT_EQ(split.held_out.size(), 4U);  // two people, the fewest
    EXPECT_EQ(split.training.size(), 5U);
    EXPECT_EQ(split.training.back(), 8U);
  }
}

TEST(SplitPeople, JudgesOnAFewOfManyImages) {
  const auto identities = people_with(60, 70);
  const auto splits = split_people(identities, 0.5, 1, 1);
  ASSERT_TRUE(splits.ok());
  const PeopleSplit& split = splits.value().front();
  EXPECT_EQ(split.held_out.size(), 16U * 64);  // 16 people are the first to reach 1000
  EXPECT_EQ(split.training.size(), 44U * 70);
}

TEST(SplitPeople, RefusesFewerThanFourPeopleWithTwoImages) {
  auto identities = people_with(3, 5);
  identities.push_back(7);
  const auto splits = split_people(identities, 0.2, 0, 1);
  ASSERT_FALSE(splits.ok());
  EXPECT_EQ(splits.error().message(),
            "safe training needs at least 4 people with two images or more, so that it can be "
            "judged on people whom it was not fitted on; found 3");
}

struct Embeddings {
  std::vector<float> rows;
  std::vector<std::uint32_t> people;
};

Embeddings noisy(std::uint32_t people, int each, std::size_t m, double noise) {
  Embeddings e;
  Rng rng(4);
  for (std::uint32_t person = 0; person < people; ++person) {
    std::vector<double> centre(m);
    for (double& c : centre) {
      c = rng.normal();
    }
    for (int image = 0; image < each; ++image) {
      e.people.push_back(person);
      for (const double c : centre) {
        e.rows.push_back(static_cast<float>(c + noise * rng.normal()));
      }
    }
  }
  l2_normalize_rows(e.rows, m);
  return e;
}

// The header's words, one at a time, by distances.
double by_definition(const Embeddings& e, std::size_t m) {
  std::vector<double> same;
  std::vector<double> different;
  for (std::size_t i = 0; i < e.people.size(); ++i) {
    for (std::size_t k = i + 1; k < e.people.size(); ++k) {
      double squared = 0;
      for (std::size_t j = 0; j < m; ++j) {
        squared += std::pow(static_cast<double>(e.rows[i * m + j]) - e.rows[k * m + j], 2);
      }
      (e.people[i] == e.people[k] ? same : different).push_back(std::sqrt(squared));
    }
  }
  std::sort(different.begin(), different.end());
  double sum = 0;
  int rates = 0;
  for (int i = 0; i < 9; ++i) {
    const double accepted =
        std::floor(0.001 * std::pow(10, i / 4.0) * static_cast<double>(different.size()));
    if (accepted < 3) {
      continue;
    }
    const double limit = different[static_cast<std::size_t>(accepted)];
    const auto rejected =
        std::count_if(same.begin(), same.end(), [&](double distance) { return distance >= limit; });
    sum += static_cast<double>(rejected) / static_cast<double>(same.size());
    ++rates;
  }
  return sum / rates;
}

TEST(HeldOutError, IsTheMeanOfFalseNonMatchRatesByDefinition) {
  for (const double noise : {0.5, 1.0, 2.0}) {
    for (const std::uint32_t people : {6U, 30U}) {
      const Embeddings e = noisy(people, 5, 8, noise);
      const HeldOutError error = held_out_error(e.rows, 8, e.people);
      EXPECT_GT(error.mean, 0);
      EXPECT_NEAR(error.mean, by_definition(e, 8), 1e-12) << noise << ' ' << people;
      EXPECT_EQ(error.by_person.size(), people);
      EXPECT_NEAR(std::accumulate(error.by_person.begin(), error.by_person.end(), 0.0), error.mean,
                  1e-12);
    }
  }
}

TEST(HeldOutError, IsTheEqualErrorRateOfFewPairs) {
  // Angles 0, 10 | 5, 90 degrees: same pairs at 10 and 85, different ones at 5, 5, 80, 90. Below
  // 80 degrees half of each kind is accepted.
  const auto at = [](double degrees) {
    const double angle = degrees * 3.14159265358979 / 180;
    return std::pair{static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
  };
  std::vector<float> rows;
  for (const double degrees : {0.0, 10.0, 5.0, 90.0}) {
    const auto [x, y] = at(degrees);
    rows.push_back(x);
    rows.push_back(y);
  }
  EXPECT_DOUBLE_EQ(held_out_error(rows, 2, std::vector<std::uint32_t>{0, 0, 1, 1}).mean, 0.5);
}

TEST(HeldOutError, IsZeroWhenEverybodyIsApart) {
  const Embeddings e = noisy(6, 3, 8, 0.001);
  EXPECT_EQ(held_out_error(e.rows, 8, e.people).mean, 0);
}

TEST(HeldOutError, SaysWhoIsRejected) {
  // The second person's two images are opposite each other; the others' are equal.
  const std::vector<float> rows = {1, 0, 1, 0, 0, 1, 0, -1, -1, 0, -1, 0};
  const auto error = held_out_error(rows, 2, std::vector<std::uint32_t>{0, 0, 1, 1, 2, 2});
  ASSERT_EQ(error.by_person.size(), 3U);
  EXPECT_EQ(error.by_person[0], 0);
  EXPECT_DOUBLE_EQ(error.by_person[1], 1.0 / 3);
  EXPECT_EQ(error.by_person[2], 0);
}

}  // namespace
}  // namespace kface
