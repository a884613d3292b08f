#include "head/safe_objective.h"

#include <gtest/gtest.h>

#include <cmath>

#include "head/loss_ref.h"
#include "nn/last_layer.h"

namespace kface {
namespace {

constexpr std::size_t kPeople = 4;

// Images around their person's point, and a start that is not where training begins.
struct Problem {
  std::size_t d;
  std::size_t m;
  std::vector<float> rows;
  std::vector<std::uint32_t> people;
  std::vector<float> start;
  std::vector<float> parameters;

  ref::SafeBatch batch() const { return {rows, d, m, people, kPeople}; }
};

Problem make_problem(const LossOptions& options, std::size_t d, std::size_t m) {
  Problem p{.d = d, .m = m, .rows = {}, .people = {}, .start = {}, .parameters = {}};
  Rng rng(3);
  for (std::uint32_t person = 0; person < kPeople; ++person) {
    std::vector<double> centre(d);
    for (double& c : centre) {
      c = rng.normal();
    }
    for (int image = 0; image < 3; ++image) {
      p.people.push_back(person);
      for (const double c : centre) {
        p.rows.push_back(static_cast<float>(c + rng.normal()));
      }
    }
  }
  const std::size_t learnt = num_loss_parameters(options.kind, kPeople, m);
  for (std::size_t i = 0; i < d * m + m + learnt; ++i) {
    p.start.push_back(static_cast<float>(rng.normal()));
    p.parameters.push_back(p.start.back() + static_cast<float>(0.3 * rng.normal()));
  }
  if (has_score_unit(options.kind)) {
    p.parameters[d * m + m] = -1.3F;
    p.parameters[d * m + m + 1] = 0.4F;
  }
  return p;
}

LossOptions options_of(const std::string& loss, const std::string& negatives) {
  return parse_loss(loss, negatives, "4:6", 0, 0).value();
}

std::vector<double> in_double(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

LossSelection select(const Problem& p, const LossOptions& options) {
  SafeObjective objective(p.d, p.m, kPeople, options, 0, p.start);
  std::vector<float> gradient(p.start.size());
  Rng rng(8);
  objective.evaluate(p.rows, p.people, p.parameters, rng, gradient);
  return objective.selection();
}

double norm(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) {
    sum += v * v;
  }
  return std::sqrt(sum);
}

class EveryLoss : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Losses, EveryLoss, testing::ValuesIn(loss_names()),
                         [](const auto& test) { return test.param; });

TEST_P(EveryLoss, HasTheGradientOfFiniteDifferencesByItsDefinition) {
  const LossOptions options = options_of(GetParam(), "semi-hard");
  const Problem p = make_problem(options, 5, 4);
  const LossSelection selection = select(p, options);
  constexpr double kAnchor = 0.7;
  auto parameters = in_double(p.parameters);
  const auto start = in_double(p.start);
  const auto at = [&] {
    return ref::safe_gradient(p.batch(), selection, options, kAnchor, start, parameters);
  };
  const auto analytic = at();
  ASSERT_GT(analytic.loss, 1e-3);
  ASSERT_GT(norm(analytic.gradient), 1e-3);
  constexpr double kStep = 1e-6;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const double kept = parameters[i];
    parameters[i] = kept + kStep;
    const double up = at().objective;
    parameters[i] = kept - kStep;
    const double down = at().objective;
    parameters[i] = kept;
    EXPECT_NEAR((up - down) / (2 * kStep), analytic.gradient[i], 1e-7) << "parameter " << i;
  }
}

TEST_P(EveryLoss, IsAsFastAsItsDefinitionSays) {
  for (const auto& negatives : negatives_names()) {
    const LossOptions options = options_of(GetParam(), negatives);
    const Problem p = make_problem(options, 24, 16);
    constexpr double kAnchor = 0.7;
    SafeObjective objective(p.d, p.m, kPeople, options, kAnchor, p.start);
    std::vector<float> gradient(p.start.size(), NAN);
    Rng rng(8);
    const double loss = objective.evaluate(p.rows, p.people, p.parameters, rng, gradient);
    const auto expected = ref::safe_gradient(p.batch(), objective.selection(), options, kAnchor,
                                             in_double(p.start), in_double(p.parameters));
    EXPECT_NEAR(loss, expected.loss, 1e-5 * expected.loss) << negatives;
    const double tolerance = 1e-5 * norm(expected.gradient);
    ASSERT_GT(tolerance, 0);
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      EXPECT_NEAR(gradient[i], expected.gradient[i], tolerance) << negatives << ", " << i;
    }
  }
}

TEST_P(EveryLoss, FallsWhenItsGradientIsFollowed) {
  const LossOptions options = options_of(GetParam(), "random");
  Problem p = make_problem(options, 24, 16);
  SafeObjective objective(p.d, p.m, kPeople, options, 0, p.start);
  std::vector<float> gradient(p.start.size());
  Rng first(8);
  const double before = objective.evaluate(p.rows, p.people, p.parameters, first, gradient);
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    p.parameters[i] -= 0.01F * gradient[i];
  }
  Rng again(8);
  EXPECT_LT(objective.evaluate(p.rows, p.people, p.parameters, again, gradient), before);
}

TEST(SafeObjective, PullsTowardsTheStartAlone) {
  const LossOptions options = options_of("contrastive", "hard");
  const Problem p = make_problem(options, 5, 4);
  const auto gradient_with = [&](double anchor) {
    SafeObjective objective(p.d, p.m, kPeople, options, anchor, p.start);
    std::vector<float> gradient(p.start.size());
    Rng rng(8);
    objective.evaluate(p.rows, p.people, p.parameters, rng, gradient);
    return gradient;
  };
  const auto free = gradient_with(0);
  const auto held = gradient_with(40);
  for (std::size_t i = 0; i < free.size(); ++i) {  // 40 / (5 * 4) = 2
    EXPECT_NEAR(held[i] - free[i], 2 * (p.parameters[i] - p.start[i]), 1e-5) << i;
  }
}

TEST(SafeObjective, GivesAZeroEmbeddingNoGradient) {
  const LossOptions options = options_of("triplet", "hard");
  Problem p = make_problem(options, 5, 4);
  std::fill(p.parameters.begin(), p.parameters.end(), 0.0F);
  SafeObjective objective(p.d, p.m, kPeople, options, 0, p.start);
  std::vector<float> gradient(p.start.size(), NAN);
  Rng rng(8);
  EXPECT_TRUE(std::isfinite(objective.evaluate(p.rows, p.people, p.parameters, rng, gradient)));
  for (const float value : gradient) {
    EXPECT_EQ(value, 0.0F);
  }
}

}  // namespace
}  // namespace kface
