#include "gate/access.h"

#include <gtest/gtest.h>

#include "gate/access_for_test.h"

namespace kface {
namespace {

class AccessTest : public test::GateAccess {
 protected:
  std::unique_ptr<AccessControl> make(const GatePolicy& policy) {
    auto access = AccessControl::create(parts(), policy);
    EXPECT_TRUE(access.ok()) << access.error().message();
    return std::move(access).value();
  }

  ReadFace face_at(std::size_t place) {
    ReadFace face;
    face.embedding = embedding_at(place);
    face.quality = test::good_quality();
    return face;
  }

  std::string enrol(const std::string& name, std::size_t place) {
    return add(named(name), {embedding_at(place)}, template_space(opened_));
  }
};

TEST_F(AccessTest, RecordsEveryDecisionBeforeItIsGiven) {
  const std::string ann = enrol("Ann", 0);
  const auto access = make(lenient());
  const Decision granted = access->decide_face(face_at(0), {}, {}, 5);
  EXPECT_EQ(granted.verdict, Verdict::kGranted);
  EXPECT_EQ(granted.person, ann);
  EXPECT_GE(granted.time_ms, 5);
  const Decision denied = access->deny(Reason::kSeveralFaces, {}, 1);
  EXPECT_EQ(denied.verdict, Verdict::kDenied);
  const auto log = records();
  ASSERT_EQ(log.size(), 2U);
  EXPECT_EQ(log[1].entry.event, granted.event);
  EXPECT_EQ(log[1].entry.verdict, "granted");
  EXPECT_EQ(log[0].entry.reason, "several_faces");
  EXPECT_EQ(access->state().decisions[2], 1U);
  EXPECT_EQ(access->state().decisions[0], 1U);
}

TEST_F(AccessTest, DeniesADecisionThatTookTooLong) {
  enrol("Ann", 0);
  GatePolicy policy = lenient();
  policy.timeout_ms = 100;
  const Decision decision = make(policy)->decide_face(face_at(0), {}, {}, 101);
  EXPECT_EQ(decision.verdict, Verdict::kDenied);
  EXPECT_EQ(decision.reason, Reason::kTimeout);
}

TEST_F(AccessTest, DeniesWhatIsNoPhoto) {
  enrol("Ann", 0);
  const auto access = make(lenient());
  const std::vector<std::uint8_t> bytes = {'n', 'o', 'n', 'e'};
  const Decision decision = access->decide_photo(bytes, {});
  EXPECT_EQ(decision.verdict, Verdict::kDenied);
  EXPECT_EQ(decision.reason, Reason::kFault);
  EXPECT_FALSE(decision.note.empty());
  EXPECT_FALSE(access->read_face(bytes, AccessControl::ReadFor::kDoor).ok());
  EXPECT_EQ(records().size(), 1U);
}

TEST_F(AccessTest, FindsSomebodyAddedByAnotherProcess) {
  enrol("Ann", 0);
  const auto access = make(lenient());
  ASSERT_EQ(access->decide_face(face_at(1), {}, {}, 0).verdict, Verdict::kDenied);
  const auto other = Gallery::open((folder_ / "gallery.db").string(), keys_, test::kNow).value();
  Person bob = named("Bob");
  bob.consent_at = test::kNow;
  NewTemplate template_of_bob;
  template_of_bob.space = template_space(opened_);
  template_of_bob.embedding = embedding_at(1);
  template_of_bob.quality = test::good_quality();
  ASSERT_TRUE(other->add_person(bob, std::vector{template_of_bob}, test::kNow).ok());
  Verdict verdict = Verdict::kDenied;
  for (int i = 0; i < 200 && verdict != Verdict::kGranted; ++i) {  // told within two seconds
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    verdict = access->decide_face(face_at(1), {}, {}, 0).verdict;
  }
  EXPECT_EQ(verdict, Verdict::kGranted);
}

TEST_F(AccessTest, ForgetsAtOnceAndLogsIt) {
  const std::string ann = enrol("Ann", 0);
  enrol("Bob", 1);
  const auto access = make(lenient());
  ASSERT_TRUE(access->forget(ann, "k-admin").ok());
  EXPECT_EQ(access->decide_face(face_at(0), {}, {}, 0).verdict, Verdict::kDenied);
  EXPECT_EQ(access->state().num_people, 1U);
  EXPECT_EQ(records().back().entry.kind, "forget");
  EXPECT_EQ(records().back().entry.actor, "k-admin");
  EXPECT_EQ(access->forget(ann, "k-admin").code(), ErrorCode::kNotFound);
}

TEST_F(AccessTest, RefusesAGalleryOfAnotherModel) {
  add(named("Ann"), {embedding_at(0)}, "another-model");
  const auto access = AccessControl::create(parts(), lenient());
  ASSERT_FALSE(access.ok());
  EXPECT_EQ(access.error().code(), ErrorCode::kMismatch);
  EXPECT_NE(access.error().message().find("kface gallery migrate"), std::string::npos);
  auto anew = parts();
  anew.allow_foreign_templates = true;
  EXPECT_TRUE(AccessControl::create(std::move(anew), lenient()).ok());
}

TEST_F(AccessTest, SearchesWithoutDecidingOrLogging) {
  const std::string ann = enrol("Ann", 0);
  enrol("Bob", 1);
  const auto access = make(lenient());
  const auto near = access->search(embedding_at(0), 5, 0.6);
  ASSERT_TRUE(near.ok()) << near.error().message();
  ASSERT_EQ(near.value().size(), 1U);
  EXPECT_EQ(near.value()[0].person, ann);
  EXPECT_EQ(access->search(embedding_at(0), 5, 10).value().size(), 2U);
  EXPECT_TRUE(records().empty());
}

TEST_F(AccessTest, HasASpaceThatTheThresholdIsNoPartOf) {
  const std::string space = template_space(opened_);
  opened_.model.threshold.distance = 0.1F;
  EXPECT_EQ(template_space(opened_), space);
  opened_.model.head.l2_normalize = !opened_.model.head.l2_normalize;
  EXPECT_NE(template_space(opened_), space);
}

}  // namespace
}  // namespace kface
