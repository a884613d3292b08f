#include "gate/liveness/error_rates.h"

#include <gtest/gtest.h>

#include "kface/status.h"

namespace kface {
namespace {

TEST(Proportion, HasWilsonsInterval) {
  const auto none = proportion(0, 10);
  ASSERT_TRUE(none.has_value());
  EXPECT_EQ(none->value, 0);
  EXPECT_EQ(none->low, 0);
  EXPECT_NEAR(none->high, 3.841459 / (10 + 3.841459), 1e-6);
  const auto half = proportion(5, 10);
  EXPECT_EQ(half->value, 0.5);
  EXPECT_NEAR(half->low, 0.236593, 1e-6);
  EXPECT_NEAR(half->high, 0.763407, 1e-6);
  const auto all = proportion(10, 10);
  EXPECT_EQ(all->high, 1);
  EXPECT_NEAR(all->low, 1 - none->high, 1e-12);
}

TEST(Proportion, OfNothingIsNone) {
  EXPECT_FALSE(proportion(0, 0).has_value());
  EXPECT_THROW((void)proportion(2, 1), ContractViolation);
}

TEST(ErrorRates, DivideByThoseThatGotAResponseAndStateTheOthers) {
  const std::vector<KindCounts> kinds = {
      {.kind = "replay", .live = 3, .attack = 1, .unknown = 6},
      {.kind = "bona-fide", .live = 6, .attack = 2, .unknown = 2},
      {.kind = "print", .live = 1, .attack = 9, .unknown = 0}};
  const ErrorRates rates = error_rates(kinds);
  EXPECT_EQ(rates.bona_fide.bpcer->value, 0.25);
  EXPECT_EQ(rates.bona_fide.bpnrr->value, 0.2);
  EXPECT_EQ(rates.bona_fide.refused->value, 0.4);
  ASSERT_EQ(rates.attacks.size(), 2U);
  EXPECT_EQ(rates.attacks[0].counts.kind, "print");
  EXPECT_EQ(rates.attacks[0].apcer->value, 0.1);
  EXPECT_EQ(rates.attacks[0].apnrr->value, 0);
  EXPECT_EQ(rates.attacks[1].apcer->value, 0.75);
  EXPECT_EQ(rates.attacks[1].apnrr->value, 0.6);
  EXPECT_EQ(rates.attacks[1].accepted->value, 0.3);
  EXPECT_EQ(rates.worst, 1U);
}

TEST(ErrorRates, AreNoneWhereThereIsNothingToDivideBy) {
  const std::vector<KindCounts> kinds = {{.kind = "mask", .live = 0, .attack = 0, .unknown = 4}};
  const ErrorRates rates = error_rates(kinds);
  EXPECT_FALSE(rates.attacks[0].apcer.has_value());
  EXPECT_EQ(rates.attacks[0].apnrr->value, 1);
  EXPECT_FALSE(rates.worst.has_value());
  EXPECT_FALSE(rates.bona_fide.bpcer.has_value());
  EXPECT_EQ(rates.bona_fide.counts.kind, "bona-fide");
  EXPECT_FALSE(error_rates({}).worst.has_value());
}

TEST(ErrorRates, RequireKindsThatDiffer) {
  const std::vector<KindCounts> kinds(2, KindCounts{.kind = "print"});
  EXPECT_THROW((void)error_rates(kinds), ContractViolation);
}

}  // namespace
}  // namespace kface
