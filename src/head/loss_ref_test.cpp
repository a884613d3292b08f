#include "head/loss_ref.h"

#include <gtest/gtest.h>

#include <cmath>

namespace kface::ref {
namespace {

// Three images in the plane, of length 1; the layer is the identity. The first two are of one
// person: s_01 = 0.6, s_02 = 0, s_12 = 0.8, and so d_01^2 = 0.8, d_02^2 = 2, d_12^2 = 0.4.
const std::vector<float> plane_rows = {1, 0, 0.6F, 0.8F, 0, 1};
const std::vector<std::uint32_t> plane_people = {0, 0, 1};
const std::vector<ImagePair> plane_pairs = {{0, 1, true}, {0, 2, false}, {1, 2, false}};
constexpr double kRounding = 1e-7;  // of 0.6 and 0.8 in single precision

SafeGradient at_identity(const LossOptions& options, const LossSelection& selection,
                         const std::vector<double>& learnt) {
  std::vector<double> parameters = {1, 0, 0, 1, 0, 0};
  parameters.insert(parameters.end(), learnt.begin(), learnt.end());
  return safe_gradient({plane_rows, 2, 2, plane_people, 2}, selection, options, 0, parameters,
                       parameters);
}

double cross_entropy(double p, bool same) { return -std::log(same ? p : 1 - p); }

TEST(LossRef, PairsIsTheCrossEntropyOfTheSigmoid) {
  const auto score = [](double squared) { return 1 / (1 + std::exp(2 * std::sqrt(squared) - 1)); };
  const double expected = (cross_entropy(score(0.8), true) + cross_entropy(score(2), false) +
                           cross_entropy(score(0.4), false)) /
                          3;
  EXPECT_NEAR(at_identity({.kind = LossKind::kPairs}, {plane_pairs, {}}, {-2, 1}).loss, expected,
              kRounding);
}

TEST(LossRef, ContrastivePullsTheSameAndPushesTheDifferentWithinTheMargin) {
  const double inside = 1 - std::sqrt(0.4);
  const double expected = (0.8 / 2 + 0 + inside * inside / 2) / 3;
  const LossOptions options{.kind = LossKind::kContrastive, .margin = 1};
  EXPECT_NEAR(at_identity(options, {plane_pairs, {}}, {}).loss, expected, kRounding);
}

TEST(LossRef, TripletCountsWhatFallsShortOfTheMargin) {
  // 0.8 - 2 + 0.2 < 0; 0.8 - 0.4 + 0.2 = 0.6.
  const LossOptions options{.kind = LossKind::kTriplet, .margin = 0.2};
  EXPECT_NEAR(at_identity(options, {{}, {{0, 1, 2}, {1, 0, 2}}}, {}).loss, 0.6 / 2, kRounding);
}

// Centres (0.8, 0.6) and (-0.6, 0.8), of another length; cosines (0.8, -0.6), (0.96, 0.28), (0.6,
// 0.8).
const std::vector<double> plane_centres = {1.6, 1.2, -1.8, 2.4};

double margin_softmax(double own, double other, double margin, double scale) {
  const double a = std::exp(scale * std::cos(std::acos(own) + margin));
  return -std::log(a / (a + std::exp(scale * other)));
}

double arcface_by_hand(double margin, double scale) {
  return (margin_softmax(0.8, -0.6, margin, scale) + margin_softmax(0.96, 0.28, margin, scale) +
          margin_softmax(0.8, 0.6, margin, scale)) /
         3;
}

TEST(LossRef, ArcFaceEnlargesTheAngleToTheOwnCentre) {
  const LossOptions options{.kind = LossKind::kArcFace, .margin = 0.4, .scale = 5};
  EXPECT_NEAR(at_identity(options, {}, plane_centres).loss, arcface_by_hand(0.4, 5), 1e-6);
}

TEST(LossRef, ArcFaceGoesOnFallingBeyondAHalfTurn) {
  // The own centre is opposite: angle pi, and cos(pi) - m sin(m) takes the place of cos(pi + m).
  const LossOptions options{.kind = LossKind::kArcFace, .margin = 0.4, .scale = 2};
  const SafeBatch one{std::span(plane_rows).first(2), 2, 2, std::span(plane_people).first(1), 2};
  const std::vector<double> parameters = {1, 0, 0, 1, 0, 0, -1, 0, 0, 1};
  const double own = 2 * (-1 - 0.4 * std::sin(0.4));
  EXPECT_NEAR(safe_gradient(one, {}, options, 0, parameters, parameters).loss,
              -std::log(std::exp(own) / (std::exp(own) + 1)), 1e-9);
}

TEST(LossRef, MixFaceIsArcFaceAndSnPair) {
  const LossOptions options{.kind = LossKind::kMixFace, .margin = 0.4, .scale = 2};
  const double sn_pair = -std::log(std::exp(1.2) / (std::exp(1.2) + std::exp(0.0) + std::exp(1.6)));
  EXPECT_NEAR(at_identity(options, {plane_pairs, {}}, plane_centres).loss,
              arcface_by_hand(0.4, 2) + sn_pair, 1e-6);
}

TEST(LossRef, PullsTowardsTheStartByHalfTheMeanSquare) {
  const std::vector<double> start = {1, 0, 0, 1, 0, 0};
  const std::vector<double> moved = {1.5, 0, 0, 1, 0, 2};
  const LossOptions options{.kind = LossKind::kContrastive, .margin = 1};
  const auto result = safe_gradient({plane_rows, 2, 2, plane_people, 2}, {plane_pairs, {}}, options,
                                    3, start, moved);
  EXPECT_NEAR(result.objective - result.loss, 3.0 / 2 * (0.25 + 4) / 4, 1e-12);
}

TEST(ParseLoss, FillsInTheLossesOwnMargin) {
  const auto own = parse_loss("triplet", "hard", "1:4", 0, 0);
  ASSERT_TRUE(own.ok());
  EXPECT_EQ(own.value().kind, LossKind::kTriplet);
  EXPECT_EQ(own.value().negatives, Negatives::kHard);
  EXPECT_EQ(own.value().margin, 0.2);  // of the paper
  EXPECT_EQ(own.value().ratio.different, 1);
  EXPECT_EQ(parse_loss("triplet", "hard", "1:4", 0.7, 0).value().margin, 0.7);
}

TEST(ParseLoss, SaysWhatIsWrong) {
  const auto message = [](const std::string& loss, const std::string& negatives,
                          const std::string& ratio, double margin) {
    const auto parsed = parse_loss(loss, negatives, ratio, margin, 0);
    return parsed.ok() ? "accepted" : parsed.error().message();
  };
  EXPECT_EQ(message("softmax", "hard", "4:6", 0),
            "unknown loss \"softmax\"; this build has: pairs, contrastive, triplet, arcface, "
            "mixface");
  EXPECT_EQ(message("pairs", "easy", "4:6", 0),
            "unknown choice of negatives \"easy\"; this build has: semi-hard, hard, random");
  EXPECT_EQ(message("pairs", "hard", "0:6", 0),
            "ratio 0:6: safe training needs both kinds of pair; give, say, 4:6");
  EXPECT_NE(message("pairs", "hard", "4", 0).find("expected n:p"), std::string::npos);
  EXPECT_EQ(message("arcface", "hard", "4:6", 2),
            "margin 2.000000: loss arcface enlarges an angle by it; give at most 1.500000 radians");
}

TEST(MixFaceScales, AreThoseOfTheAuthors) {
  const LossOptions options{.kind = LossKind::kMixFace, .margin = 0.3};
  const double chance = std::log((1 - 1e-5) / 1e-5);
  EXPECT_DOUBLE_EQ(centre_scale(options, 11), (std::log(10.0) + chance) / std::cos(0.3));
  EXPECT_DOUBLE_EQ(pair_scale(options, 50), std::log(50.0) + chance);
  EXPECT_EQ(centre_scale({.kind = LossKind::kMixFace, .margin = 0.3, .scale = 7}, 11), 7);
}

}  // namespace
}  // namespace kface::ref
