#include "gate/decide.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "kface/status.h"

namespace kface {
namespace {

constexpr DecisionRule kRule{.threshold = 0.5, .min_margin = 0.05, .doubt = 0.025};

TEST(RuleOn, GrantsWithinTheThresholdAndFarFromTheRunnerUp) {
  const Ruling ruling = rule_on(0.5, 0.75, kRule);  // the threshold itself counts
  EXPECT_EQ(ruling.verdict, Verdict::kGranted);
  EXPECT_EQ(ruling.reason, Reason::kMatch);
  EXPECT_DOUBLE_EQ(ruling.margin.value(), 0.25);
}

TEST(RuleOn, GrantsWhereThereIsNoOtherPerson) {
  EXPECT_EQ(rule_on(0.4, {}, kRule).verdict, Verdict::kGranted);
}

TEST(RuleOn, IsNotSureBetweenTwoPeople) {
  const Ruling ruling = rule_on(0.25, 0.28125, kRule);
  EXPECT_EQ(ruling.verdict, Verdict::kNotSure);
  EXPECT_EQ(ruling.reason, Reason::kAmbiguous);
}

TEST(RuleOn, IsNotSureJustBeyondTheThreshold) {
  EXPECT_EQ(rule_on(0.5078125, {}, kRule).reason, Reason::kBorderline);
  EXPECT_EQ(rule_on(0.525, {}, kRule).verdict, Verdict::kNotSure);
  EXPECT_EQ(rule_on(0.53, {}, kRule).verdict, Verdict::kDenied);
  EXPECT_EQ(rule_on(0.53, {}, kRule).reason, Reason::kNobody);
}

TEST(RuleOn, DeniesWhereNobodyWasCompared) {
  EXPECT_EQ(rule_on({}, {}, kRule).verdict, Verdict::kDenied);
  EXPECT_EQ(rule_on({}, {}, kRule).reason, Reason::kNobody);
}

TEST(RuleOn, DeniesADistanceThatIsNoNumber) {
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
        -std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(rule_on(bad, {}, kRule).verdict, Verdict::kDenied) << bad;
    EXPECT_EQ(rule_on(bad, {}, kRule).reason, Reason::kFault) << bad;
    EXPECT_EQ(rule_on(0.1, bad, kRule).reason, Reason::kFault) << bad;
  }
}

TEST(RuleOn, NeverGrantsForBeingLessAlike) {
  for (int best = 0; best <= 20; ++best) {
    for (int other = best; other <= 20; ++other) {
      const double b = best / 20.0;
      const double o = other / 20.0;
      if (rule_on(b, o, kRule).verdict == Verdict::kGranted) {
        continue;
      }
      for (int farther = best; farther <= other; ++farther) {
        EXPECT_NE(rule_on(farther / 20.0, o, kRule).verdict, Verdict::kGranted)
            << b << ' ' << o << ' ' << farther;
      }
    }
  }
}

TEST(RuleOn, RequiresARuleThatMakesSense) {
  EXPECT_THROW(rule_on(0.1, {}, {.threshold = -1, .min_margin = 0, .doubt = 0}), ContractViolation);
  EXPECT_THROW(rule_on(0.1, 0.05, kRule), ContractViolation);
}

TEST(FarOfGallery, GrowsWithTheNumberOfPeople) {
  EXPECT_DOUBLE_EQ(far_of_gallery(0.5, 2), 0.75);
  EXPECT_NEAR(far_of_gallery(1e-9, 1000), 1e-6, 1e-11);
  EXPECT_EQ(far_of_gallery(0.1, 0), 0);
  EXPECT_EQ(far_of_gallery(0, 10000), 0);
  EXPECT_EQ(far_of_gallery(1, 1), 1);
  EXPECT_THROW(far_of_gallery(1.5, 1), ContractViolation);
}

TEST(ReasonName, IsDifferentForEveryReason) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(Reason::kFault); ++i) {
    names.insert(reason_name(static_cast<Reason>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Reason::kFault) + 1);
  EXPECT_EQ(reason_name(Reason::kNoFace), "no_face");
  EXPECT_EQ(reason_name(Reason::kFault), "fault");
  EXPECT_EQ(verdict_name(Verdict::kNotSure), "not sure");
}

}  // namespace
}  // namespace kface
