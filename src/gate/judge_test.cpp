#include "gate/judge.h"

#include <gtest/gtest.h>

#include "gate/gallery_for_test.h"

namespace kface {
namespace {

using test::kNow;

class JudgeTest : public test::GateGallery {
 protected:
  Decision judge(const std::vector<float>& embedding, const AccessRequest& request = {},
                 UnixMs now = kNow) {
    if (directory_ == nullptr) {
      directory_ = PeopleDirectory::create(*gallery_, test::kSpace).value();
    }
    ReadFace face;
    face.embedding = embedding;
    face.quality = quality_;
    return Judge(*directory_, *gallery_, threshold_, policy_, {}, {}).judge(face, request, now);
  }

  AppliedThreshold threshold_{.distance = 0.5, .far = 0.001};
  GatePolicy policy_;
  Quality quality_ = test::good_quality();
  std::unique_ptr<PeopleDirectory> directory_;
};

TEST_F(JudgeTest, LetsInTheNearestPerson) {
  const std::string id = add(named("민수"), {{0, 0}, {10, 0}});
  add(named("Ann"), {{2, 0}});
  const Decision decision = judge({0.25, 0});
  EXPECT_EQ(decision.verdict, Verdict::kGranted);
  EXPECT_EQ(decision.reason, Reason::kMatch);
  EXPECT_EQ(decision.person, id);
  EXPECT_EQ(decision.name, "민수");
  EXPECT_DOUBLE_EQ(decision.distance.value(), 0.25);
  EXPECT_DOUBLE_EQ(decision.threshold, 0.5);
  EXPECT_DOUBLE_EQ(decision.margin.value(), 1.5);
  EXPECT_DOUBLE_EQ(decision.far.value(), 0.001);
  EXPECT_NEAR(decision.far_gallery.value(), 1 - 0.999 * 0.999, 1e-12);
}

TEST_F(JudgeTest, DeniesAStrangerWithoutSayingWhoIsNearest) {
  add(named("Ann"), {{2, 0}});
  const Decision decision = judge({0, 0});
  EXPECT_EQ(decision.verdict, Verdict::kDenied);
  EXPECT_EQ(decision.reason, Reason::kNobody);
  EXPECT_EQ(decision.person, "");
  EXPECT_EQ(decision.name, "");
}

TEST_F(JudgeTest, IsNotSureBetweenTwoPeopleAndNamesTheNearer) {
  const std::string id = add(named("Ann"), {{0, 0}});
  add(named("Ann's twin"), {{0.015625F, 0}});
  const Decision decision = judge({0, 0});
  EXPECT_EQ(decision.verdict, Verdict::kNotSure);
  EXPECT_EQ(decision.reason, Reason::kAmbiguous);
  EXPECT_EQ(decision.person, id);
}

TEST_F(JudgeTest, DeniesByAThresholdThatWasNeverMeasured) {
  add(named("Ann"), {{0, 0}});
  threshold_.far.reset();
  EXPECT_EQ(judge({0, 0}).reason, Reason::kUnmeasured);
  policy_.allow_unmeasured = true;
  EXPECT_EQ(judge({0, 0}).verdict, Verdict::kGranted);
  EXPECT_FALSE(judge({0, 0}).far_gallery.has_value());
}

TEST_F(JudgeTest, DeniesWithoutLivenessWhereItIsRequired) {
  add(named("Ann"), {{0, 0}});
  policy_.require_liveness = true;
  AccessRequest request;
  EXPECT_EQ(judge({0, 0}, request).reason, Reason::kNotLive);
  request.liveness = 0.4;
  EXPECT_EQ(judge({0, 0}, request).reason, Reason::kNotLive);
  request.liveness = 0.5;
  EXPECT_EQ(judge({0, 0}, request).verdict, Verdict::kGranted);
}

TEST_F(JudgeTest, DeniesAPoorPicture) {
  add(named("Ann"), {{0, 0}});
  quality_.sharpness = 0;
  EXPECT_EQ(judge({0, 0}).reason, Reason::kPoorQuality);
}

TEST_F(JudgeTest, DeniesEverybodyFromAnEmptyGallery) {
  EXPECT_EQ(judge({0, 0}).reason, Reason::kEmptyGallery);
}

TEST_F(JudgeTest, NeverComparesTemplatesOfAnotherModel) {
  add(named("Ann"), {{0, 0}}, "another-space");
  EXPECT_EQ(judge({0, 0}).reason, Reason::kModelMismatch);
  directory_.reset();
  add(named("Bob"), {{5, 5}});
  EXPECT_EQ(judge({0, 0}).reason, Reason::kNobody);
}

TEST_F(JudgeTest, ComparesWithTheClaimedPersonAlone) {
  Person with_card = named("Ann");
  with_card.card = "0042";
  with_card.vehicle = "12가3456";
  const std::string ann = add(with_card, {{0, 0}});
  const std::string bob = add(named("Bob"), {{1, 0}});
  AccessRequest by_card;
  by_card.claimed_card = "0042";
  const Decision decision = judge({0.25, 0}, by_card);
  EXPECT_EQ(decision.verdict, Verdict::kGranted);
  EXPECT_EQ(decision.person, ann);
  EXPECT_FALSE(decision.margin.has_value());
  EXPECT_DOUBLE_EQ(decision.far_gallery.value(), 0.001);
  EXPECT_EQ(judge({1, 0}, by_card).reason, Reason::kNobody);  // Bob with Ann's card
  AccessRequest by_vehicle;
  by_vehicle.claimed_vehicle = "12가 3456";  // plates are compared without spaces
  EXPECT_EQ(judge({0, 0}, by_vehicle).person, ann);
  AccessRequest by_person;
  by_person.claimed_person = bob;
  EXPECT_EQ(judge({1, 0}, by_person).person, bob);
  EXPECT_EQ(judge({0, 0}, by_person).verdict, Verdict::kDenied);
}

TEST_F(JudgeTest, DeniesAClaimThatIsNobodys) {
  add(named("Ann"), {{0, 0}});
  AccessRequest request;
  request.claimed_card = "none";
  EXPECT_EQ(judge({0, 0}, request).reason, Reason::kUnknownClaim);
  request = {};
  request.claimed_vehicle = "none";
  EXPECT_EQ(judge({0, 0}, request).reason, Reason::kUnknownClaim);
  request = {};
  request.claimed_person = "p-nobody";
  EXPECT_EQ(judge({0, 0}, request).reason, Reason::kUnknownClaim);
}

TEST_F(JudgeTest, DeniesSomebodyClaimedWithoutATemplate) {
  add(named("Ann"), {{0, 0}});
  AccessRequest request;
  request.claimed_person = add(named("Bob"), {});
  EXPECT_EQ(judge({0, 0}, request).reason, Reason::kNobody);
}

TEST_F(JudgeTest, DeniesOutsideThePersonsDates) {
  Person person = named("Ann");
  person.valid_from = kNow - 1000;
  person.valid_until = kNow + 1000;
  add(person, {{0, 0}});
  EXPECT_EQ(judge({0, 0}, {}, kNow - 1001).reason, Reason::kNotValid);
  EXPECT_EQ(judge({0, 0}, {}, kNow - 1000).verdict, Verdict::kGranted);
  EXPECT_EQ(judge({0, 0}, {}, kNow + 999).verdict, Verdict::kGranted);
  EXPECT_EQ(judge({0, 0}, {}, kNow + 1000).reason, Reason::kNotValid);
}

TEST_F(JudgeTest, DeniesToEnterTwiceWithoutLeaving) {
  policy_.anti_passback = true;
  const std::string id = add(named("Ann"), {{0, 0}});
  AccessRequest entry;
  entry.direction = Direction::kEntry;
  AccessRequest exit;
  exit.direction = Direction::kExit;
  EXPECT_EQ(judge({0, 0}, entry).verdict, Verdict::kGranted);
  ASSERT_TRUE(
      gallery_->set_passage(id, {.direction = Direction::kEntry, .gate = "north", .at = kNow})
          .ok());
  EXPECT_EQ(judge({0, 0}, entry).reason, Reason::kPassback);
  EXPECT_EQ(judge({0, 0}, exit).verdict, Verdict::kGranted);
  policy_.anti_passback = false;
  EXPECT_EQ(judge({0, 0}, entry).verdict, Verdict::kGranted);
}

TEST_F(JudgeTest, DeniesAnEmbeddingThatIsNoNumber) {
  add(named("Ann"), {{0, 0}});
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(judge({nan, 0}).verdict, Verdict::kDenied);
  EXPECT_EQ(judge({nan, 0}).reason, Reason::kFault);
}

TEST(AppliedThreshold, StatesTheMeasuredRateForAStricterThresholdOnly) {
  Threshold model;
  model.distance = 0.5F;
  model.far = 0.001;
  GatePolicy policy;
  EXPECT_DOUBLE_EQ(applied_threshold(model, policy).distance, 0.5);
  policy.threshold = 0.4;
  EXPECT_DOUBLE_EQ(applied_threshold(model, policy).distance, 0.4);
  EXPECT_DOUBLE_EQ(applied_threshold(model, policy).far.value(), 0.001);
  policy.threshold = 0.6;
  EXPECT_FALSE(applied_threshold(model, policy).far.has_value());
}

}  // namespace
}  // namespace kface
