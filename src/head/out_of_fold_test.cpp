#include "head/out_of_fold.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace kface {
namespace {

// Feature of row i: (i, 0), so that a distance names its two rows.
struct Data {
  std::vector<float> features;
  std::vector<std::uint32_t> identities;
  std::vector<std::uint8_t> simulated;
  LabelledFeatures view() const { return {features, 2, identities, simulated}; }
};

Data data_of(std::uint32_t people, std::uint32_t images) {
  Data data;
  for (std::uint32_t person = 0; person < people; ++person) {
    for (std::uint32_t image = 0; image < images; ++image) {
      data.features.push_back(static_cast<float>(1U << (data.identities.size() % 20)));
      data.features.push_back(static_cast<float>(data.identities.size()));
      data.identities.push_back(person);
    }
  }
  return data;
}

Head identity() { return {.d = 2, .m = 2, .weight = {1, 0, 0, 1}, .bias = {0, 0}}; }

const FitCandidates kIdentity = [](const LabelledFeatures&) {
  return std::vector<Result<Head>>{identity()};
};

TEST(OutOfFold, ScoresEachPairOnce) {
  const Data data = data_of(13, 3);
  const auto folds = out_of_fold_pairs(data.view(), 1, kIdentity, {}, {});
  ASSERT_TRUE(folds.ok()) << folds.error().message();
  EXPECT_EQ(folds.value().num_people, 13U);
  EXPECT_EQ(folds.value().num_images, 39U);
  const auto& pairs = folds.value().pairs[0];
  EXPECT_EQ(pairs.size(), 39U * 38 / 2);
  EXPECT_EQ(std::count_if(pairs.begin(), pairs.end(), [](const auto& p) { return p.same; }), 39);
  std::multiset<std::pair<std::uint32_t, std::uint32_t>> people;
  for (const auto& pair : pairs) {
    people.insert(std::minmax(pair.identity_a, pair.identity_b));
  }
  for (std::uint32_t a = 0; a < 13; ++a) {
    for (std::uint32_t b = a; b < 13; ++b) {
      EXPECT_EQ(people.count({a, b}), a == b ? 3U : 9U);
    }
  }
}

// Each round's head stretches distances by its own factor, which tells the round of every pair.
TEST(OutOfFold, NeverMeasuresThoseItFittedOn) {
  Data data = data_of(12, 2);
  for (std::size_t i = 0; i < data.identities.size(); ++i) {
    data.features[2 * i] = static_cast<float>(data.identities[i]);
    data.features[2 * i + 1] = 0;
  }
  std::vector<std::set<std::uint32_t>> fitted;
  const FitCandidates fit = [&](const LabelledFeatures& some) {
    fitted.emplace_back(some.identities.begin(), some.identities.end());
    Head head = identity();
    head.weight[0] = static_cast<float>(fitted.size());
    return std::vector<Result<Head>>{head};
  };
  const auto folds = out_of_fold_pairs(data.view(), 1, fit, {}, {});
  ASSERT_TRUE(folds.ok());
  ASSERT_EQ(fitted.size(), 15U);  // pairs of six groups
  for (const auto& people : fitted) {
    EXPECT_EQ(people.size(), 8U);  // four of six groups
  }
  for (const auto& pair : folds.value().pairs[0]) {
    if (!pair.same) {
      const auto apart = static_cast<float>(std::max(pair.identity_a, pair.identity_b) -
                                            std::min(pair.identity_a, pair.identity_b));
      const auto round = static_cast<std::size_t>(std::lround(pair.distance / apart)) - 1;
      EXPECT_FALSE(fitted[round].contains(pair.identity_a));
      EXPECT_FALSE(fitted[round].contains(pair.identity_b));
    }
  }
}

TEST(OutOfFold, FitsOnSimulatedImagesAndNeverMeasuresThem) {
  Data data = data_of(12, 4);
  data.simulated.resize(48);
  for (std::size_t i = 0; i < 48; i += 2) {
    data.simulated[i] = 1;
  }
  std::size_t fitted_simulated = 0;
  const FitCandidates fit = [&](const LabelledFeatures& some) {
    for (std::size_t row = 0; row < some.size(); ++row) {
      fitted_simulated += some.is_simulated(row) ? 1 : 0;
    }
    return std::vector<Result<Head>>{identity()};
  };
  const auto folds = out_of_fold_pairs(data.view(), 1, fit, {}, {});
  ASSERT_TRUE(folds.ok());
  EXPECT_EQ(folds.value().num_images, 24U);
  EXPECT_EQ(folds.value().pairs[0].size(), 24U * 23 / 2);
  EXPECT_EQ(fitted_simulated, 15U * 16);
}

TEST(OutOfFold, ACandidateThatCannotBeFittedIsLeftOutAndSaysWhy) {
  const Data data = data_of(9, 2);
  const FitCandidates fit = [](const LabelledFeatures&) {
    return std::vector<Result<Head>>{identity(),
                                     Status{ErrorCode::kInvalidArgument, "nobody smiles"}};
  };
  const auto folds = out_of_fold_pairs(data.view(), 2, fit, {}, {});
  ASSERT_TRUE(folds.ok());
  EXPECT_FALSE(folds.value().pairs[0].empty());
  EXPECT_TRUE(folds.value().pairs[1].empty());
  EXPECT_EQ(folds.value().problems[1], "nobody smiles");
}

TEST(OutOfFold, StopsWhenAFitWasInterrupted) {
  const Data data = data_of(9, 2);
  const FitCandidates fit = [](const LabelledFeatures&) {
    return std::vector<Result<Head>>{Status{ErrorCode::kInterrupted, "stopped"}};
  };
  EXPECT_EQ(out_of_fold_pairs(data.view(), 1, fit, {}, {}).error().code(), ErrorCode::kInterrupted);
}

TEST(OutOfFold, LeavesOutWholePeopleOfTooManyImages) {
  const Data data = data_of(40, 5);
  FoldOptions options;
  options.max_images = 60;
  const auto folds = out_of_fold_pairs(data.view(), 1, kIdentity, options, {});
  ASSERT_TRUE(folds.ok());
  EXPECT_EQ(folds.value().num_people, 12U);
  EXPECT_EQ(folds.value().num_images, 60U);
}

TEST(OutOfFold, RefusesTooFewPeopleAndSaysWhoIsThere) {
  const Data few = data_of(5, 3);
  const auto refused = out_of_fold_pairs(few.view(), 1, kIdentity, {}, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message().find("found 5 people, 5 of them with two photos"),
            std::string::npos);
  const Data single = data_of(9, 1);
  EXPECT_FALSE(out_of_fold_pairs(single.view(), 1, kIdentity, {}, {}).ok());
}

TEST(OutOfFold, IsTheSameForAnyNumberOfThreads) {
  const Data data = data_of(13, 3);
  const auto one = out_of_fold_pairs(data.view(), 1, kIdentity, {}, {.threads = 1});
  const auto four = out_of_fold_pairs(data.view(), 1, kIdentity, {}, {.threads = 4});
  const auto& a = one.value().pairs[0];
  const auto& b = four.value().pairs[0];
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].distance, b[i].distance);
    EXPECT_EQ(a[i].identity_a, b[i].identity_a);
  }
}

}  // namespace
}  // namespace kface
