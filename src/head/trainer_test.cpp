#include "head/trainer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"
#include "head/head_ref.h"
#include "head/training_draws.h"

namespace kface {
namespace {

// A small problem: people are points, images are those points with noise.
struct Problem {
  std::size_t d;
  std::size_t m;
  std::vector<float> features;
  std::vector<std::uint32_t> identities;
  std::vector<ImagePair> training;
  std::vector<ImagePair> validation;
  Head initial;

  PairTrainingSet set() const { return {features, d, training, validation}; }
};

Problem make_problem(std::size_t d, std::size_t m, std::size_t people, std::size_t each) {
  Problem p{.d = d,
            .m = m,
            .features = {},
            .identities = {},
            .training = {},
            .validation = {},
            .initial = {}};
  Rng rng(42);
  for (std::size_t person = 0; person < people; ++person) {
    std::vector<double> centre(d);
    for (double& c : centre) {
      c = rng.normal();
    }
    for (std::size_t image = 0; image < each; ++image) {
      p.identities.push_back(static_cast<std::uint32_t>(person));
      for (const double c : centre) {
        p.features.push_back(static_cast<float>(0.3 * c + 0.1 * rng.normal()));
      }
    }
  }
  auto pairs = sample_pairs(p.identities, {4, 6}, 2 * p.identities.size(), Rng(5)).value().pairs;
  const std::size_t cut = pairs.size() * 4 / 5;
  p.training.assign(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(cut));
  p.validation.assign(pairs.begin() + static_cast<std::ptrdiff_t>(cut), pairs.end());
  p.initial = {.d = d, .m = m, .weight = std::vector<float>(d * m), .bias = std::vector<float>(m)};
  for (float& w : p.initial.weight) {
    w = static_cast<float>(rng.normal() / std::sqrt(static_cast<double>(d)));
  }
  return p;
}

ref::Parameters parameters_of(const Problem& p) {
  return {{p.initial.weight.begin(), p.initial.weight.end()},
          {p.initial.bias.begin(), p.initial.bias.end()},
          -1.3,
          0.4};
}

TEST(HeadRef, GradientsAreThoseOfFiniteDifferences) {
  const Problem p = make_problem(5, 4, 4, 3);
  const auto set = p.set();
  const std::span batch(p.training.data(), 7);
  auto parameters = parameters_of(p);
  const auto analytic = ref::batch_gradient(set, batch, parameters, p.m);
  constexpr double kStep = 1e-5;
  const auto check = [&](double& value, double gradient, const char* what) {
    const double kept = value;
    value = kept + kStep;
    const double up = ref::batch_gradient(set, batch, parameters, p.m).loss;
    value = kept - kStep;
    const double down = ref::batch_gradient(set, batch, parameters, p.m).loss;
    value = kept;
    EXPECT_NEAR((up - down) / (2 * kStep), gradient, 1e-8) << what;
  };
  for (std::size_t i = 0; i < parameters.weight.size(); ++i) {
    check(parameters.weight[i], analytic.parameters.weight[i], "weight");
  }
  for (std::size_t j = 0; j < parameters.bias.size(); ++j) {
    check(parameters.bias[j], analytic.parameters.bias[j], "bias");
  }
  check(parameters.score_weight, analytic.parameters.score_weight, "score weight");
  check(parameters.score_bias, analytic.parameters.score_bias, "score bias");
}

TEST(HeadRef, APairUnderTheGuardSendsNothingBackToTheLayer) {
  Problem p = make_problem(5, 4, 3, 2);
  std::copy_n(p.features.begin(), 5, p.features.begin() + 5);  // rows 0 and 1 alike
  const ImagePair twin{0, 1, true};
  const auto g = ref::batch_gradient(p.set(), std::span(&twin, 1), parameters_of(p), p.m);
  for (const double value : g.parameters.weight) {
    EXPECT_EQ(value, 0.0);
  }
  EXPECT_NE(g.parameters.score_bias, 0.0);
  EXPECT_NEAR(g.loss, std::log1p(std::exp(1.3 * std::sqrt(1e-7) - 0.4)), 1e-12);
}

TEST(CosineLearningRate, GoesFromFirstToFinal) {
  const TrainOptions options;
  EXPECT_DOUBLE_EQ(cosine_learning_rate(options, 0), 0.01);
  EXPECT_NEAR(cosine_learning_rate(options, 100), 0.0055, 1e-12);
  EXPECT_NEAR(cosine_learning_rate(options, 200), 0.001, 1e-12);
}

// Single precision drifts from the definition as steps accumulate; over a few epochs it must not.
class TrainerParity : public ::testing::TestWithParam<std::pair<std::size_t, std::size_t>> {};

TEST_P(TrainerParity, FollowsTheDefinition) {
  const auto [d, m] = GetParam();
  const Problem p = make_problem(d, m, 6, 5);
  TrainOptions options;
  options.epochs = 4;
  options.batch = 7;  // does not divide the number of pairs: the last batch is short
  options.learning_rate = 0.003;
  const auto fast = train_on_pairs(p.set(), p.initial, options);
  ASSERT_TRUE(fast.ok()) << fast.error().message();
  const auto slow = ref::train_on_pairs_ref(p.set(), p.initial, options);
  ASSERT_EQ(fast.value().history.size(), 4u);
  for (std::size_t e = 0; e < 4; ++e) {
    EXPECT_NEAR(fast.value().history[e].loss, slow.history[e].loss, 2e-5);
    EXPECT_NEAR(fast.value().history[e].validation_loss, slow.history[e].validation_loss, 2e-5);
  }
  for (std::size_t i = 0; i < slow.head.weight.size(); ++i) {
    ASSERT_NEAR(fast.value().head.weight[i], slow.head.weight[i], 5e-5) << i;
  }
  EXPECT_NEAR(fast.value().score.weight, slow.score.weight, 5e-5);
  EXPECT_NEAR(fast.value().score.bias, slow.score.bias, 5e-5);
}

INSTANTIATE_TEST_SUITE_P(Sizes, TrainerParity,
                         ::testing::Values(std::pair{1UL, 1UL}, std::pair{5UL, 3UL},
                                           std::pair{16UL, 16UL}, std::pair{33UL, 17UL},
                                           std::pair{64UL, 40UL}));

TEST(Trainer, OneStepIsTheDefinitionToRounding) {
  Problem p = make_problem(8, 16, 4, 3);
  p.training.resize(6);
  TrainOptions options;
  options.epochs = 1;
  const auto fast = train_on_pairs(p.set(), p.initial, options).value();
  const auto slow = ref::train_on_pairs_ref(p.set(), p.initial, options);
  EXPECT_NEAR(fast.history[0].loss, slow.history[0].loss, 1e-6);
  EXPECT_EQ(fast.history[0].accuracy, slow.history[0].accuracy);
  for (std::size_t i = 0; i < slow.head.weight.size(); ++i) {
    // Adam's first step is +-rate; a gradient that is nothing but rounding may take either sign.
    ASSERT_NEAR(fast.head.weight[i], slow.head.weight[i], 1e-4);
  }
}

TEST(Trainer, LearnsTheTrainingPairs) {
  const Problem p = make_problem(16, 8, 10, 6);
  TrainOptions options;
  options.epochs = 60;
  const auto trained = train_on_pairs(p.set(), p.initial, options).value();
  EXPECT_LT(trained.history.back().loss, trained.history.front().loss);
  EXPECT_GT(trained.history.back().accuracy, 0.95);
  const auto quality = evaluate_pairs(p.set(), p.validation, trained.head, trained.score);
  EXPECT_NEAR(quality.loss, trained.history.back().validation_loss, 1e-9);
}

TEST(Trainer, SameSeedSameBytes) {
  const Problem p = make_problem(16, 8, 5, 4);
  TrainOptions options;
  options.epochs = 3;
  const auto a = train_on_pairs(p.set(), p.initial, options).value();
  const auto b = train_on_pairs(p.set(), p.initial, options).value();
  EXPECT_EQ(a.head.weight, b.head.weight);
  options.seed = 2;
  EXPECT_NE(train_on_pairs(p.set(), p.initial, options).value().head.weight, a.head.weight);
}

TEST(Trainer, StopsOnRequestAndRefusesToDiverge) {
  const Problem p = make_problem(8, 4, 4, 3);
  StopFlag stop;
  stop.request();
  EXPECT_EQ(train_on_pairs(p.set(), p.initial, {}, &stop).error().code(), ErrorCode::kInterrupted);
  Problem broken = make_problem(8, 4, 4, 3);
  broken.features[0] = std::numeric_limits<float>::quiet_NaN();
  const auto diverged = train_on_pairs(broken.set(), broken.initial, {});
  ASSERT_FALSE(diverged.ok());
  EXPECT_NE(diverged.error().message().find("diverged in epoch 1"), std::string::npos);
}

TEST(Trainer, RowsOutOfRangeAreTheCallersBug) {
  Problem p = make_problem(8, 4, 4, 3);
  p.training[0].b = 10'000;
  EXPECT_THROW((void)train_on_pairs(p.set(), p.initial, {}), ContractViolation);
}

}  // namespace
}  // namespace kface
