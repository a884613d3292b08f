#include "head/safe_trainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/rng.h"
#include "head/safe_validation.h"

namespace kface {
namespace {

constexpr std::size_t kD = 24;
constexpr std::size_t kM = 12;

struct Population {
  std::vector<float> features;
  std::vector<std::uint32_t> identities;
};

// A person is a point in the first half of the feature, `noise` what differs from image to image in
// the second. A head that takes both as they come can be improved for everybody.
Population make_population(std::uint32_t people, int each, double noise, std::uint64_t seed) {
  Population p;
  Rng rng(seed);
  for (std::uint32_t person = 0; person < people; ++person) {
    std::vector<double> centre(kD / 2);
    for (double& c : centre) {
      c = rng.normal();
    }
    for (int image = 0; image < each; ++image) {
      p.identities.push_back(10 * person);
      for (const double c : centre) {
        p.features.push_back(static_cast<float>(c + 0.1 * rng.normal()));
      }
      for (std::size_t j = kD / 2; j < kD; ++j) {
        p.features.push_back(static_cast<float>(noise * rng.normal()));
      }
    }
  }
  return p;
}

// Adds half of the second half to the first, and a little of everything.
Head make_start() {
  Head head{.d = kD,
            .m = kM,
            .weight = std::vector<float>(kD * kM),
            .bias = std::vector<float>(kM),
            .activation = Activation::kLinear,
            .l2_normalize = false};
  Rng rng(9);
  for (std::size_t i = 0; i < kD; ++i) {
    for (std::size_t j = 0; j < kM; ++j) {
      const double whole = i == j ? 1 : (i == j + kM ? 0.7 : 0);
      head.weight[i * kM + j] = static_cast<float>(whole + 0.05 * rng.normal());
    }
  }
  return head;
}

double error_on(const Head& head, const Population& p) {
  Head unit = head;
  unit.l2_normalize = true;
  return held_out_error(embed(unit, p.features), kM, p.identities).mean;
}

SafeTrainOptions with_loss(const std::string& loss) {
  SafeTrainOptions options;
  options.loss = loss;
  options.learning_rate = 0.01;
  options.anchor = 0;  // the start is far from what these people need
  options.people_per_batch = 8;
  options.doubt = 0;
  return options;
}

Result<SafeHead> train(const Population& p, const Head& start, const SafeTrainOptions& options) {
  return train_safely(p.features, kD, p.identities, start, options);
}

class TrainSafely : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Losses, TrainSafely, testing::ValuesIn(loss_names()),
                         [](const auto& test) { return test.param; });

TEST_P(TrainSafely, HelpsPeopleWhomItHasNotSeen) {
  const Population seen = make_population(40, 4, 1.0, 1);
  const Population unseen = make_population(60, 4, 1.0, 2);
  const Head start = make_start();
  const auto trained = train(seen, start, with_loss(GetParam()));
  ASSERT_TRUE(trained.ok()) << trained.error().message();
  const double before = error_on(start, unseen);
  const double after = error_on(trained.value().head, unseen);
  ASSERT_GT(before, 0.1);
  EXPECT_LT(after, 0.9 * before) << "epoch " << trained.value().best_epoch;
  EXPECT_TRUE(trained.value().head.l2_normalize);
  EXPECT_EQ(trained.value().head.activation, Activation::kLinear);
}

TEST_P(TrainSafely, KeepsTheEpochThatIsBestOnThePeopleHeldOut) {
  const auto trained = train(make_population(20, 3, 1.0, 1), make_start(), with_loss(GetParam()));
  ASSERT_TRUE(trained.ok());
  const auto& history = trained.value().history;
  ASSERT_GT(history.size(), 2U);
  const auto best = static_cast<std::size_t>(trained.value().best_epoch);
  ASSERT_LT(best, history.size());
  for (std::size_t epoch = 0; epoch < history.size(); ++epoch) {
    EXPECT_GE(history[epoch].held_out_error, history[best].held_out_error);
    EXPECT_TRUE(epoch >= best || history[epoch].held_out_error > history[best].held_out_error);
  }
}

TEST_P(TrainSafely, GivesTheSameBytesForTheSameSeed) {
  const Population p = make_population(12, 3, 1.0, 1);
  SafeTrainOptions options = with_loss(GetParam());
  options.negatives = "random";
  options.epochs = 3;
  const auto first = train(p, make_start(), options);
  const auto second = train(p, make_start(), options);
  options.seed = 2;
  const auto other = train(p, make_start(), options);
  ASSERT_TRUE(first.ok() && second.ok() && other.ok());
  EXPECT_EQ(first.value().head.weight, second.value().head.weight);
  EXPECT_EQ(first.value().head.bias, second.value().head.bias);
  EXPECT_NE(first.value().history.back().loss, other.value().history.back().loss);
}

TEST(TrainSafelyFrom, APerfectStartLeavesItAsItIs) {
  const Population p = make_population(12, 3, 0.0, 1);
  Head start = make_start();
  start.weight.assign(kD * kM, 0.0F);
  for (std::size_t j = 0; j < kM; ++j) {
    start.weight[j * kM + j] = 1;
  }
  ASSERT_EQ(error_on(start, p), 0);
  SafeTrainOptions options = with_loss("pairs");
  options.patience = 4;
  const auto trained = train(p, start, options);
  ASSERT_TRUE(trained.ok());
  EXPECT_EQ(trained.value().best_epoch, 0);
  EXPECT_EQ(trained.value().history.size(), 5U);  // the start and as many epochs as its patience
  EXPECT_EQ(trained.value().head.weight, start.weight);
  EXPECT_EQ(trained.value().head.bias, start.bias);
}

TEST(TrainSafelyFrom, StaysNearerToAStartThatPullsHarder) {
  const Population p = make_population(40, 4, 1.0, 1);
  const Head start = make_start();
  const auto moved = [&](double anchor) {
    SafeTrainOptions options = with_loss("contrastive");
    options.anchor = anchor;
    const auto trained = train(p, start, options);
    EXPECT_TRUE(trained.ok());
    EXPECT_GT(trained.value().best_epoch, 0);
    double sum = 0;
    for (std::size_t i = 0; i < start.weight.size(); ++i) {
      sum += std::pow(trained.value().head.weight[i] - start.weight[i], 2);
    }
    return std::sqrt(sum);
  };
  EXPECT_LT(moved(1000), 0.5 * moved(0));
}

TEST(TrainSafelyFrom, ThinksInTheSizeOfFeaturesAndStart) {
  Population p = make_population(16, 3, 1.0, 1);
  Head start = make_start();
  const auto plain = train(p, start, with_loss("pairs"));
  for (float& value : p.features) {
    value *= 4;  // powers of two, so that nothing is rounded otherwise
  }
  for (float& value : start.weight) {
    value *= 0.5F;
  }
  const auto scaled = train(p, start, with_loss("pairs"));
  ASSERT_TRUE(plain.ok() && scaled.ok());
  ASSERT_GT(plain.value().best_epoch, 0);
  EXPECT_EQ(plain.value().best_epoch, scaled.value().best_epoch);
  for (std::size_t i = 0; i < kD * kM; ++i) {
    EXPECT_NEAR(scaled.value().head.weight[i], 0.5F * plain.value().head.weight[i], 1e-6);
  }
}

TEST(TrainSafelyFrom, KeepsTheStartWhereTheGainIsInDoubt) {
  const Population p = make_population(40, 4, 1.0, 1);
  SafeTrainOptions options = with_loss("pairs");
  const auto sure = train(p, make_start(), options);
  options.doubt = 10;
  const auto doubtful = train(p, make_start(), options);
  ASSERT_TRUE(sure.ok() && doubtful.ok());
  EXPECT_GT(sure.value().best_epoch, 0);
  EXPECT_EQ(doubtful.value().best_epoch, 0);
  EXPECT_EQ(doubtful.value().head.weight, make_start().weight);
  EXPECT_EQ(doubtful.value().history.size(), sure.value().history.size());
}

TEST(TrainSafelyFrom, StopsWhenAsked) {
  const Population p = make_population(8, 3, 1.0, 1);
  StopFlag stop;
  stop.request();
  const auto trained =
      train_safely(p.features, kD, p.identities, make_start(), with_loss("pairs"), &stop);
  ASSERT_FALSE(trained.ok());
  EXPECT_EQ(trained.error().code(), ErrorCode::kInterrupted);
  EXPECT_EQ(trained.error().message(), "safe training stopped in epoch 1");
}

TEST(TrainSafelyFrom, SaysWhatItCannotUse) {
  Population p = make_population(8, 3, 1.0, 1);
  const auto message = [&](const SafeTrainOptions& options) {
    const auto trained = train(p, make_start(), options);
    return trained.ok() ? "accepted" : trained.error().message();
  };
  EXPECT_NE(message(with_loss("softmax")).find("unknown loss \"softmax\""), std::string::npos);
  SafeTrainOptions one_sided = with_loss("pairs");
  one_sided.ratio = "1:0";
  EXPECT_NE(message(one_sided).find("both kinds of pair"), std::string::npos);
  p.features[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(message(with_loss("pairs")),
            "safe training needs features that are numbers and not all 0; their root mean square "
            "is nan");
  p = make_population(3, 3, 1.0, 1);
  EXPECT_NE(message(with_loss("pairs")).find("found 3"), std::string::npos);
}

TEST(TrainSafelyFrom, RefusesADivergedTraining) {
  const Population p = make_population(8, 3, 1.0, 1);
  SafeTrainOptions options = with_loss("pairs");
  options.anchor = 1e38;
  options.learning_rate = 1e30;
  const auto trained = train(p, make_start(), options);
  ASSERT_FALSE(trained.ok());
  EXPECT_NE(trained.error().message().find("safe training diverged in epoch"), std::string::npos)
      << trained.error().message();
}

struct CheckRanges {
  int fields = 0;
  template <typename Value>
  void operator()(const std::string& key, const Value& value, Range range, const char*) {
    ++fields;
    EXPECT_EQ(key.rfind("safe.", 0), 0U) << key;
    EXPECT_GE(static_cast<double>(value), range.lowest) << key;
    EXPECT_LE(static_cast<double>(value), range.highest) << key;
  }
  void operator()(const std::string& key, const std::string& value, const Choices& choices,
                  const char*) {
    ++fields;
    EXPECT_EQ(std::count(choices.words.begin(), choices.words.end(), value), 1) << key;
  }
  void operator()(const std::string&, const std::string&, AnyText, const char*) { ++fields; }
};

TEST(SafeTrainOptions, HaveDefaultsInTheirRanges) {
  SafeTrainOptions options;
  CheckRanges check;
  visit_safe_options(options, check);
  EXPECT_EQ(check.fields, 14);
}

}  // namespace
}  // namespace kface
