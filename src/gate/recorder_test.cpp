#include "gate/recorder.h"

#include <gtest/gtest.h>

#include "gate/gallery_for_test.h"

namespace kface {
namespace {

using test::kNow;

// Keeps what was appended; fails when told to.
class ListedAudit final : public AuditLog {
 public:
  Result<AuditHead> append(const AuditEntry& entry) override {
    if (!failure.empty()) {
      return Status{ErrorCode::kIo, failure};
    }
    entries.push_back(entry);
    return head();
  }
  AuditHead head() const override { return {.sequence = entries.size(), .chain = "chain"}; }

  std::vector<AuditEntry> entries;
  std::string failure;
};

// Remembers what it was told, and how many records there were then.
class ListeningDoor final : public Door {
 public:
  explicit ListeningDoor(const ListedAudit& audit) : audit_(audit) {}
  Status tell(const DoorEvent& event) override {
    events.push_back(event);
    records_before.push_back(audit_.entries.size());
    return failure.empty() ? Status{} : Status{ErrorCode::kIo, failure};
  }
  std::string state() const override { return "closed"; }

  std::vector<DoorEvent> events;
  std::vector<std::size_t> records_before;
  std::string failure;

 private:
  const ListedAudit& audit_;
};

class RecorderTest : public test::GateGallery {
 protected:
  Decision record(const AccessRequest& request = {}, Verdict verdict = Verdict::kGranted) {
    Decision decision;
    decision.verdict = verdict;
    decision.reason = verdict == Verdict::kGranted ? Reason::kMatch : Reason::kNobody;
    if (verdict == Verdict::kGranted) {
      decision.person = person_;
    }
    decision.distance = 0.25;
    decision.threshold = 0.5;
    decision.quality = test::good_quality();
    const std::vector<std::uint8_t> photo = {1, 2, 3};
    recorder_.record(decision, photo, request);
    return decision;
  }

  std::string person_ = add(named("Ann"), {{0, 0}});
  ListedAudit audit_;
  ListeningDoor door_{audit_};
  Recorder recorder_{{.gallery = gallery_.get(),
                      .audit = &audit_,
                      .doors = {&door_},
                      .now = [] { return kNow; },
                      .keep_photos = true}};
};

TEST_F(RecorderTest, WritesTheRecordBeforeTheDoorIsTold) {
  AccessRequest request;
  request.gate = "north";
  request.direction = Direction::kEntry;
  const Decision decision = record(request);
  ASSERT_EQ(audit_.entries.size(), 1U);
  ASSERT_EQ(door_.events.size(), 1U);
  EXPECT_EQ(door_.records_before[0], 1U);
  const AuditEntry& entry = audit_.entries[0];
  EXPECT_EQ(entry.kind, "decision");
  EXPECT_EQ(entry.at, kNow);
  EXPECT_EQ(entry.gate, "north");
  EXPECT_EQ(entry.direction, "entry");
  EXPECT_EQ(entry.verdict, "granted");
  EXPECT_EQ(entry.reason, "match");
  EXPECT_EQ(entry.person, person_);
  EXPECT_EQ(entry.event, decision.event);
  EXPECT_EQ(door_.events[0].event, decision.event);
  EXPECT_EQ(door_.events[0].verdict, "granted");
}

TEST_F(RecorderTest, DeniesWhatCannotBeRecorded) {
  audit_.failure = "disk full";
  const Decision decision = record();
  EXPECT_EQ(decision.verdict, Verdict::kDenied);
  EXPECT_EQ(decision.reason, Reason::kStorage);
  EXPECT_EQ(decision.note, "disk full");
  ASSERT_EQ(door_.events.size(), 1U);
  EXPECT_EQ(door_.events[0].verdict, "denied");
  EXPECT_EQ(recorder_.audit_state(), "disk full");
}

TEST_F(RecorderTest, DeniesWhoseDetailsCannotBeKept) {
  Recorder recorder({.gallery = gallery_.get(),
                     .audit = &audit_,
                     .doors = {&door_},
                     .now = [] { return kNow; },
                     .keep_photos = false});
  Decision decision;
  decision.verdict = Verdict::kGranted;
  decision.reason = Reason::kMatch;
  decision.person = "p-nobody";  // no such row to keep details for
  AccessRequest request;
  request.vehicle = "12가3456";
  recorder.record(decision, {}, request);
  EXPECT_EQ(decision.verdict, Verdict::kDenied);
  EXPECT_EQ(decision.reason, Reason::kStorage);
  ASSERT_EQ(audit_.entries.size(), 1U);
  EXPECT_EQ(audit_.entries[0].verdict, "denied");
  EXPECT_EQ(door_.events[0].verdict, "denied");
}

TEST_F(RecorderTest, KeepsVehicleAndPhotoInTheGalleryAndTheirDigestInTheRecord) {
  AccessRequest request;
  request.vehicle = "12가3456";
  const Decision decision = record(request);
  const AuditEntry& entry = audit_.entries.at(0);
  EXPECT_FALSE(entry.details.empty());
  const auto details = gallery_->event_details(decision.event);
  ASSERT_TRUE(details.ok()) << details.error().message();
  EXPECT_EQ(details.value().vehicle, "12가3456");
  EXPECT_EQ(details.value().photo, (std::vector<std::uint8_t>{1, 2, 3}));
  EXPECT_EQ(details.value().person, person_);
}

TEST_F(RecorderTest, RemembersWhoWentWhichWay) {
  AccessRequest request;
  request.gate = "north";
  request.direction = Direction::kExit;
  record(request);
  const auto passage = gallery_->last_passage(person_);
  ASSERT_TRUE(passage.ok()) << passage.error().message();
  ASSERT_TRUE(passage.value().has_value());
  EXPECT_EQ(passage.value()->direction, Direction::kExit);
  EXPECT_EQ(passage.value()->gate, "north");
}

TEST_F(RecorderTest, RemembersNoPassageOfSomebodyDenied) {
  AccessRequest request;
  request.direction = Direction::kEntry;
  record(request, Verdict::kDenied);
  EXPECT_FALSE(gallery_->last_passage(person_).value().has_value());
}

TEST_F(RecorderTest, RecordsADoorThatCannotBeTold) {
  door_.failure = "broker gone";
  const Decision decision = record();
  EXPECT_EQ(decision.verdict, Verdict::kGranted);
  EXPECT_EQ(decision.note, "broker gone");
  ASSERT_EQ(audit_.entries.size(), 2U);
  EXPECT_EQ(audit_.entries[1].kind, "door");
  EXPECT_EQ(audit_.entries[1].event, decision.event);
  EXPECT_EQ(audit_.entries[1].note, "broker gone");
}

TEST_F(RecorderTest, TellsNoDoorOfAQuestion) {
  AccessRequest request;
  request.open_door = false;
  request.direction = Direction::kEntry;
  record(request);
  EXPECT_TRUE(door_.events.empty());
  EXPECT_EQ(audit_.entries.size(), 1U);
  EXPECT_FALSE(gallery_->last_passage(person_).value().has_value());
}

TEST_F(RecorderTest, SaysThatSomethingWasDoneButNotLogged) {
  EXPECT_TRUE(recorder_.log("change", "admin", person_, "note").ok());
  audit_.failure = "disk full";
  const Status status = recorder_.log("change", "admin", person_, "note");
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.message(), "it was done, but could not be logged: disk full");
}

}  // namespace
}  // namespace kface
