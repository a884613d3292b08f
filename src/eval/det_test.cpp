#include <gtest/gtest.h>

#include <cmath>

#include "eval/test_pairs.h"
#include "kface/metrics.h"

namespace kface {
namespace {

TEST(Probit, InvertsTheNormalDistribution) {
  for (double x = -37; x < 8; x += 0.125) {
    const double rate = std::erfc(-x / std::sqrt(2.0)) / 2;
    // Near rate 1 a double cannot hold what separates it from 1.
    const double lost = x > 0 ? 1e-16 / std::exp(-x * x / 2) : 0;
    EXPECT_NEAR(probit(rate), x, 1e-14 * std::fabs(x) + 4 * lost) << x;
  }
  EXPECT_EQ(probit(0.5), 0);
  EXPECT_NEAR(probit(0.975), 1.959963984540054, 1e-14);
  EXPECT_EQ(probit(0), -INFINITY);
  EXPECT_EQ(probit(1), INFINITY);
  EXPECT_THROW(probit(1.5), ContractViolation);
  EXPECT_THROW(probit(NAN), ContractViolation);
}

TEST(DetCurve, HoldsThePointsOfTheRocThatHaveAPlaceOnTheAxes) {
  const auto pairs = test::random_pairs(10, 3, 40, 1);
  const auto roc = compute_roc(pairs).value();
  const auto curve = det_curve(roc, 1000);
  ASSERT_GT(curve.size(), 10u);
  std::size_t inside = 0;
  for (const auto& point : roc) {
    const double far = test::accepted(pairs, false, point.threshold);
    const double frr = 1 - test::accepted(pairs, true, point.threshold);
    if (far > 0 && far < 1 && frr > 0 && frr < 1) {
      EXPECT_EQ(curve[inside].threshold, point.threshold);
      EXPECT_EQ(curve[inside].false_accept_rate, far);
      EXPECT_EQ(curve[inside].false_reject_rate, frr);
      ++inside;
    }
  }
  EXPECT_EQ(curve.size(), inside);
}

TEST(DetCurve, IsThinnedEvenlyAsDrawnAndKeepsItsEnds) {
  Rng rng(3);
  std::vector<float> same;
  std::vector<float> different;
  for (int i = 0; i < 4000; ++i) {
    same.push_back(static_cast<float>(rng.normal()));
    different.push_back(static_cast<float>(2 + rng.normal()));
  }
  const auto roc = compute_roc(test::pairs_of(same, different)).value();
  const auto whole = det_curve(roc, SIZE_MAX);
  const auto thin = det_curve(roc, 50);
  ASSERT_GT(whole.size(), 1000u);
  ASSERT_LE(thin.size(), 50u);
  EXPECT_GT(thin.size(), 30u);
  EXPECT_EQ(thin.front().threshold, whole.front().threshold);
  EXPECT_EQ(thin.back().threshold, whole.back().threshold);
  const auto position = [](const DetPoint& p) {
    return probit(p.false_accept_rate) - probit(p.false_reject_rate);
  };
  const double step = (position(whole.back()) - position(whole.front())) / 49;
  // Steps are even but for jumps of the curve itself, which are at most this large.
  double jump = 0;
  for (std::size_t i = 1; i < whole.size(); ++i) {
    jump = std::max(jump, position(whole[i]) - position(whole[i - 1]));
  }
  for (std::size_t i = 1; i < thin.size(); ++i) {
    EXPECT_LE(position(thin[i]) - position(thin[i - 1]), step + jump + 1e-9);
  }
}

TEST(DetCurve, OfAModelWithoutErrorsIsEmpty) {
  EXPECT_TRUE(det_curve(compute_roc(test::pairs_of({1, 2}, {3, 4})).value(), 10).empty());
}

}  // namespace
}  // namespace kface
