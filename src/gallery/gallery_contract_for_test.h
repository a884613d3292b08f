// What gallery.h says, as tests that every database must pass.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gallery/gallery.h"
#include "gallery/people_for_test.h"
#include "gallery/random_id.h"
#include "gallery/temp_folder_for_test.h"

namespace kface {

// A new, empty place for a gallery, gone with the object.
class GalleryPlace {
 public:
  virtual ~GalleryPlace() = default;
  virtual std::string where() const = 0;
};
using MakeGalleryPlace = std::function<std::unique_ptr<GalleryPlace>()>;

class GalleryContract : public testing::TestWithParam<MakeGalleryPlace> {
 protected:
  void SetUp() override {
    place_ = GetParam()();
    if (!place_) {
      GTEST_SKIP() << "no server to test with";
    }
    ASSERT_TRUE(Keyring::create(key_).ok());
    gallery_ = opened();
  }

  Keyring keys() { return Keyring::read(key_).value(); }
  std::unique_ptr<Gallery> opened() {
    auto gallery = Gallery::open(place_->where(), keys(), kTestNow);
    KF_REQUIRE(gallery.ok(), gallery.error().message());
    return std::move(gallery).value();
  }
  Person added(const Person& person, std::vector<NewTemplate> faces = {}) {
    auto stored = gallery_->add_person(person, faces, kTestNow);
    KF_REQUIRE(stored.ok(), stored.error().message());
    return stored.value();
  }
  std::uint64_t revision() { return gallery_->revision().value(); }

  TempFolderForTest folder_;
  std::filesystem::path key_ = folder_ / "key";
  std::unique_ptr<GalleryPlace> place_;
  std::unique_ptr<Gallery> gallery_;
};

template <typename T>
ErrorCode code_of(const Result<T>& result) {
  return result.error().code();
}

TEST_P(GalleryContract, GivesBackWhatWasAdded) {
  Person person = somebody("김민준");
  person.card = "0042";
  person.vehicle = "12가 3456";
  person.valid_from = kTestNow;
  person.valid_until = kTestNow + 1;
  const Person stored = added(person, {some_face(1, {7, 8}), some_face(2)});
  EXPECT_TRUE(is_id('p', stored.id)) << stored.id;
  gallery_ = opened();  // from the disk
  const Person read = gallery_->person(stored.id).value();
  EXPECT_EQ(read.name, person.name);
  EXPECT_EQ(read.groups, person.groups);
  EXPECT_EQ(read.card, person.card);
  EXPECT_EQ(read.vehicle, person.vehicle);
  EXPECT_EQ(read.valid_from, person.valid_from);
  EXPECT_EQ(read.valid_until, person.valid_until);
  EXPECT_EQ(read.consent_at, person.consent_at);
  EXPECT_EQ(read.created_at, kTestNow);
  const auto faces = gallery_->templates_of(stored.id).value();
  ASSERT_EQ(faces.size(), 2u);
  const FaceTemplate& face = faces[0].has_photo ? faces[0] : faces[1];
  EXPECT_EQ(face.embedding, (std::vector<float>{1, 0.25F, -1.5F}));
  EXPECT_EQ(face.quality.sharpness, 33.5F);
  EXPECT_EQ(face.quality.roll_degrees, 2);
  EXPECT_EQ(face.person, stored.id);
  EXPECT_EQ(face.space, kTestSpace);
  EXPECT_EQ(gallery_->template_photo(face.id).value(), (std::vector<std::uint8_t>{7, 8}));
  EXPECT_EQ(gallery_->count_people().value(), 1u);
}

TEST_P(GalleryContract, RefusesAPersonThatIsNotAsItShouldBe) {
  const auto refused = [&](const std::function<void(Person&)>& spoil) {
    Person person = somebody("Kim");
    spoil(person);
    const auto added = gallery_->add_person(person, {}, kTestNow);
    return !added.ok() && added.error().code() == ErrorCode::kInvalidArgument;
  };
  EXPECT_TRUE(refused([](Person& p) { p.name = ""; }));
  EXPECT_TRUE(refused([](Person& p) { p.name = std::string(201, 'x'); }));
  EXPECT_TRUE(refused([](Person& p) { p.name = "a\nb"; }));
  EXPECT_TRUE(refused([](Person& p) { p.name = std::string("a\0b", 3); }));
  EXPECT_TRUE(refused([](Person& p) { p.name = "\xc0\x80"; }));
  EXPECT_TRUE(refused([](Person& p) { p.name = "\xed\xa0\x80"; }));
  EXPECT_TRUE(refused([](Person& p) { p.groups = {"b", "a"}; }));
  EXPECT_TRUE(refused([](Person& p) { p.groups = {"a", "a"}; }));
  EXPECT_TRUE(refused([](Person& p) { p.groups = {""}; }));
  EXPECT_TRUE(refused([](Person& p) { p.card = "  "; }));
  EXPECT_TRUE(refused([](Person& p) { p.vehicle = " - "; }));
  EXPECT_TRUE(refused([](Person& p) { p.vehicle = std::string(65, '1'); }));
  EXPECT_TRUE(refused([](Person& p) { p.consent_at = 0; }));
  EXPECT_TRUE(refused([](Person& p) { p.valid_from = p.valid_until = 5; }));
  EXPECT_EQ(gallery_->count_people().value(), 0u);
}

TEST_P(GalleryContract, NoTwoPeopleHaveOneCardOrNumberPlate) {
  Person first = somebody("First");
  first.card = "1";
  first.vehicle = "12가 3456";
  first = added(first);
  Person second = somebody("Second");
  second.card = "1";
  const auto refused = gallery_->add_person(second, {}, kTestNow);
  EXPECT_EQ(code_of(refused), ErrorCode::kInvalidArgument);
  EXPECT_NE(refused.error().message().find(first.id), std::string::npos);
  second.card = "";
  second.vehicle = "12가-3456";
  EXPECT_EQ(code_of(gallery_->add_person(second, {}, kTestNow)), ErrorCode::kInvalidArgument);
  second.vehicle = "";
  second = added(second);
  second.vehicle = "12가3456";
  EXPECT_EQ(gallery_->update_person(second, kTestNow).code(), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(gallery_->update_person(first, kTestNow).ok());  // its own is no hindrance
}

TEST_P(GalleryContract, FindsPeopleByCardAndNumberPlate) {
  Person person = somebody("Lee");
  person.card = "00 17";
  person.vehicle = "서울 12바-3456 a";
  person = added(person);
  EXPECT_EQ(gallery_->person_with_card(" 00 17 ").value()->id, person.id);
  EXPECT_FALSE(gallery_->person_with_card("0017").value().has_value());
  EXPECT_FALSE(gallery_->person_with_card("").value().has_value());
  EXPECT_EQ(gallery_->person_with_vehicle("서울12바3456A").value()->id, person.id);
  EXPECT_FALSE(gallery_->person_with_vehicle("x' OR '1'='1").value().has_value());
  person.card = "new";
  ASSERT_TRUE(gallery_->update_person(person, kTestNow).ok());
  EXPECT_FALSE(gallery_->person_with_card("00 17").value().has_value());
  EXPECT_TRUE(gallery_->person_with_card("new").value().has_value());
}

TEST_P(GalleryContract, UpdateKeepsTheDateOfEnrolment) {
  Person person = added(somebody("Before"));
  person.name = "After";
  person.created_at = 5;
  ASSERT_TRUE(gallery_->update_person(person, kTestNow + 9).ok());
  EXPECT_EQ(gallery_->person(person.id).value().name, "After");
  EXPECT_EQ(gallery_->person(person.id).value().created_at, kTestNow);
}

TEST_P(GalleryContract, SaysWhichIdIsNotThere) {
  for (const std::string& id : {random_id('p'), std::string("p-1"), std::string(),
                                std::string("\xff\0'", 3), std::string(100000, 'p')}) {
    Person person = somebody("Nobody");
    person.id = id;
    EXPECT_EQ(code_of(gallery_->person(id)), ErrorCode::kNotFound);
    EXPECT_EQ(gallery_->update_person(person, kTestNow).code(), ErrorCode::kNotFound);
    EXPECT_EQ(gallery_->forget_person(id).code(), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(gallery_->add_template(id, some_face(1), kTestNow)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(gallery_->templates_of(id)), ErrorCode::kNotFound);
    EXPECT_EQ(gallery_->remove_template(id).code(), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(gallery_->template_photo(id)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(gallery_->event_details(id)), ErrorCode::kNotFound);
    EXPECT_EQ(code_of(gallery_->last_passage(id)), ErrorCode::kNotFound);
    EXPECT_EQ(gallery_->set_passage(id, {}).code(), ErrorCode::kNotFound);
    EXPECT_EQ(gallery_->remove_token(id).code(), ErrorCode::kNotFound);
  }
}

TEST_P(GalleryContract, ListsPeopleByNameGroupCardAndPage) {
  Person kim = somebody("Kim Minjun");
  kim.card = "77";
  kim.groups = {"staff"};
  kim = added(kim);
  const Person lee = added(somebody("이서연"));
  const auto ids = [&](const PeopleQuery& query) {
    std::vector<std::string> found;
    const std::vector<Person> people = gallery_->people(query).value();
    for (const Person& person : people) {
      found.push_back(person.id);
    }
    return found;
  };
  using Ids = std::vector<std::string>;
  Ids both = {kim.id, lee.id};
  std::sort(both.begin(), both.end());
  EXPECT_EQ(ids({}), both);
  EXPECT_EQ(ids({.text = "minj"}), Ids{kim.id});
  EXPECT_EQ(ids({.text = "서연"}), Ids{lee.id});
  EXPECT_EQ(ids({.text = "77"}), Ids{kim.id});
  EXPECT_EQ(ids({.text = lee.id}), Ids{lee.id});
  EXPECT_EQ(ids({.text = "%"}), Ids{});
  EXPECT_EQ(ids({.group = "night"}), Ids{lee.id});
  EXPECT_EQ(ids({.group = "nigh"}), Ids{});
  EXPECT_EQ(ids({.limit = 1}), Ids{both[0]});
  EXPECT_EQ(ids({.after = both[0], .limit = 1}), Ids{both[1]});
  EXPECT_EQ(ids({.after = both[1]}), Ids{});
  EXPECT_THROW(static_cast<void>(gallery_->people({.limit = 0})), ContractViolation);
  EXPECT_THROW(static_cast<void>(gallery_->people({.limit = 1001})), ContractViolation);
}

TEST_P(GalleryContract, AddsAPersonWithAllTemplatesOrNotAtAll) {
  NewTemplate bad = some_face(1);
  bad.embedding[0] = std::nanf("");
  const std::vector<NewTemplate> faces = {some_face(1), bad};
  EXPECT_THROW(static_cast<void>(gallery_->add_person(somebody("Half"), faces, kTestNow)),
               ContractViolation);
  EXPECT_EQ(gallery_->count_people().value(), 0u);
  EXPECT_TRUE(gallery_->templates_in(kTestSpace).value().empty());
}

TEST_P(GalleryContract, TemplatesOfOtherModelsNeverMeet) {
  const Person kim = added(somebody("Kim"), {some_face(1), some_face(2, {}, kOtherSpace)});
  const Person lee = added(somebody("Lee"), {some_face(3, {}, kOtherSpace)});
  const auto here = gallery_->templates_in(kTestSpace).value();
  ASSERT_EQ(here.size(), 1u);
  EXPECT_EQ(here[0].embedding[0], 1);
  const auto there = gallery_->templates_in(kOtherSpace).value();
  ASSERT_EQ(there.size(), 2u);
  EXPECT_LT(there[0].person, there[1].person);
  EXPECT_EQ(gallery_->people_without(kTestSpace).value(), std::vector<std::string>{lee.id});
  EXPECT_TRUE(gallery_->people_without(kOtherSpace).value().empty());
}

TEST_P(GalleryContract, RemovesOneTemplate) {
  const Person kim = added(somebody("Kim"), {some_face(1, {1})});
  const std::string id = gallery_->add_template(kim.id, some_face(2), kTestNow).value();
  EXPECT_EQ(gallery_->templates_of(kim.id).value().size(), 2u);
  const auto no_photo = gallery_->template_photo(id);
  EXPECT_EQ(code_of(no_photo), ErrorCode::kNotFound);
  EXPECT_NE(no_photo.error().message().find("not kept"), std::string::npos);
  ASSERT_TRUE(gallery_->remove_template(id).ok());
  EXPECT_EQ(gallery_->templates_of(kim.id).value().size(), 1u);
  EXPECT_EQ(gallery_->remove_template(id).code(), ErrorCode::kNotFound);
}

TEST_P(GalleryContract, KeepsWhatIsKnownOfAnEvent) {
  const EventDetails kept = some_event(added(somebody("Kim")).id);
  const std::string digest = gallery_->keep_event(kept).value();
  EXPECT_EQ(digest.size(), 64u);
  const EventDetails read = gallery_->event_details(kept.event).value();
  EXPECT_EQ(read.event, kept.event);
  EXPECT_EQ(read.person, kept.person);
  EXPECT_EQ(read.gate, kept.gate);
  EXPECT_EQ(read.at, kept.at);
  EXPECT_EQ(read.vehicle, kept.vehicle);
  EXPECT_EQ(read.card, kept.card);
  EXPECT_EQ(read.photo, kept.photo);
  EXPECT_EQ(read.digest, digest);
  EXPECT_EQ(code_of(gallery_->keep_event(kept)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of(gallery_->keep_event(some_event(random_id('p')))), ErrorCode::kNotFound);
}

TEST_P(GalleryContract, DigestsOfTheSameDetailsDiffer) {
  EventDetails details = some_event("");
  const std::string first = gallery_->keep_event(details).value();
  ASSERT_EQ(gallery_->purge_events(kTestNow + 1).value(), 1u);
  EXPECT_NE(gallery_->keep_event(details).value(), first);
}

TEST_P(GalleryContract, PurgesEventsBeforeAMoment) {
  EventDetails old_event = some_event("");
  old_event.at = kTestNow - 1;
  const EventDetails new_event = some_event("");
  ASSERT_TRUE(gallery_->keep_event(old_event).ok());
  ASSERT_TRUE(gallery_->keep_event(new_event).ok());
  EXPECT_EQ(gallery_->purge_events(kTestNow).value(), 1u);
  EXPECT_EQ(gallery_->purge_events(kTestNow).value(), 0u);
  EXPECT_EQ(code_of(gallery_->event_details(old_event.event)), ErrorCode::kNotFound);
  EXPECT_TRUE(gallery_->event_details(new_event.event).ok());
}

TEST_P(GalleryContract, RemembersTheLastPassageAlone) {
  const Person kim = added(somebody("Kim"));
  EXPECT_FALSE(gallery_->last_passage(kim.id).value().has_value());
  ASSERT_TRUE(gallery_->set_passage(kim.id, {Direction::kEntry, "north", 5}).ok());
  ASSERT_TRUE(gallery_->set_passage(kim.id, {Direction::kExit, "south", 6}).ok());
  const auto passage = gallery_->last_passage(kim.id).value();
  ASSERT_TRUE(passage.has_value());
  EXPECT_EQ(passage->direction, Direction::kExit);
  EXPECT_EQ(passage->gate, "south");
  EXPECT_EQ(passage->at, 6);
}

TEST_P(GalleryContract, ForgetsEverythingOfOnePerson) {
  Person kim = somebody("Kim");
  kim.card = "9";
  kim = added(kim, {some_face(1, {1})});
  const Person lee = added(somebody("Lee"), {some_face(2)});
  const std::string face = gallery_->templates_of(kim.id).value()[0].id;
  const EventDetails mine = some_event(kim.id);
  const EventDetails with_my_card = some_event("");  // refused, but with the card of Kim
  EventDetails other = some_event(lee.id);
  other.card = "";
  for (const EventDetails& event : {mine, with_my_card, other}) {
    ASSERT_TRUE(gallery_->keep_event(event).ok());
  }
  ASSERT_TRUE(gallery_->set_passage(kim.id, {Direction::kEntry, "north", 5}).ok());
  const Status forgotten = gallery_->forget_person(kim.id);
  ASSERT_TRUE(forgotten.ok()) << forgotten.message();
  EXPECT_EQ(code_of(gallery_->person(kim.id)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(gallery_->template_photo(face)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(gallery_->event_details(mine.event)), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(gallery_->event_details(with_my_card.event)), ErrorCode::kNotFound);
  EXPECT_TRUE(gallery_->event_details(other.event).ok());
  EXPECT_EQ(gallery_->templates_in(kTestSpace).value().size(), 1u);
  EXPECT_EQ(gallery_->forget_person(kim.id).code(), ErrorCode::kNotFound);
  Person again = somebody("Park");
  again.card = "9";
  EXPECT_TRUE(gallery_->add_person(again, {}, kTestNow).ok());
}

TEST_P(GalleryContract, KeepsTokens) {
  const ServiceToken token = some_token();
  ASSERT_TRUE(gallery_->add_token(token).ok());
  EXPECT_EQ(gallery_->add_token(token).code(), ErrorCode::kInvalidArgument);
  const auto all = gallery_->tokens().value();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].id, token.id);
  EXPECT_EQ(all[0].name, token.name);
  EXPECT_EQ(all[0].role, token.role);
  EXPECT_EQ(all[0].hash, token.hash);
  EXPECT_EQ(all[0].created_at, token.created_at);
  EXPECT_EQ(all[0].expires_at, token.expires_at);
  ASSERT_TRUE(gallery_->remove_token(token.id).ok());
  EXPECT_TRUE(gallery_->tokens().value().empty());
  ServiceToken nameless = some_token();
  nameless.name = "";
  EXPECT_EQ(gallery_->add_token(nameless).code(), ErrorCode::kInvalidArgument);
}

TEST_P(GalleryContract, TheRevisionGrowsWithEveryChangeThatGatesMustSee) {
  std::uint64_t before = revision();
  const auto grew = [&] {
    const std::uint64_t last = std::exchange(before, revision());
    return before > last;
  };
  Person kim = added(somebody("Kim"));
  EXPECT_TRUE(grew());
  ASSERT_TRUE(gallery_->update_person(kim, kTestNow).ok());
  EXPECT_TRUE(grew());
  const std::string face = gallery_->add_template(kim.id, some_face(1), kTestNow).value();
  EXPECT_TRUE(grew());
  ASSERT_TRUE(gallery_->remove_template(face).ok());
  EXPECT_TRUE(grew());
  const ServiceToken token = some_token();
  ASSERT_TRUE(gallery_->add_token(token).ok());
  EXPECT_TRUE(grew());
  ASSERT_TRUE(gallery_->remove_token(token.id).ok());
  EXPECT_TRUE(grew());
  ASSERT_TRUE(gallery_->keep_event(some_event(kim.id)).ok());
  ASSERT_TRUE(gallery_->set_passage(kim.id, {}).ok());
  EXPECT_FALSE(grew());
  ASSERT_TRUE(gallery_->forget_person(kim.id).ok());
  EXPECT_TRUE(grew());
  kim.name = "";
  EXPECT_FALSE(gallery_->update_person(kim, kTestNow).ok());
  EXPECT_FALSE(grew());
}

TEST_P(GalleryContract, AChangeReachesAnotherGateWithinTwoSeconds) {
  const auto other = opened();
  const std::uint64_t seen = other->revision().value();
  EXPECT_EQ(other->wait_for_change(seen, 0).value(), seen);
  Result<std::uint64_t> told = Status{ErrorCode::kIo, "not yet"};
  std::thread waiter([&] { told = other->wait_for_change(seen, 2000); });
  const Person kim = added(somebody("Kim"));
  waiter.join();
  ASSERT_TRUE(told.ok()) << told.error().message();
  EXPECT_GT(told.value(), seen);
  EXPECT_TRUE(other->person(kim.id).ok());
  EXPECT_EQ(other->wait_for_change(seen, 100000).value(), told.value());  // at once
}

TEST_P(GalleryContract, AnotherKeyFileOpensNothing) {
  added(somebody("Kim"));
  ASSERT_TRUE(Keyring::create(folder_ / "other").ok());
  const auto refused =
      Gallery::open(place_->where(), Keyring::read(folder_ / "other").value(), kTestNow);
  EXPECT_EQ(code_of(refused), ErrorCode::kMismatch);
  EXPECT_EQ(opened()->count_people().value(), 1u);
}

TEST_P(GalleryContract, RotatesTheKeyWhileAnotherGateRuns) {
  const Keyring first = keys();
  const Person kim = added(somebody("Kim"), {some_face(1, {1, 2})});
  const EventDetails event = some_event(kim.id);
  const std::string digest = gallery_->keep_event(event).value();
  ASSERT_TRUE(gallery_->set_passage(kim.id, {Direction::kEntry, "north", 5}).ok());
  ASSERT_TRUE(gallery_->add_token(some_token()).ok());
  ASSERT_TRUE(Keyring::add_key(key_).ok());
  const auto rotating = opened();
  const Person lee = added(somebody("Lee"));  // by the gate that knew the first key alone
  EXPECT_EQ(rotating->reseal().value(), 6u);  // Lee was sealed with the new key
  EXPECT_EQ(rotating->reseal().value(), 0u);
  ASSERT_TRUE(Keyring::drop_old_keys(key_).ok());
  for (const auto& gallery : {opened(), std::move(gallery_)}) {
    EXPECT_EQ(gallery->person(lee.id).value().name, "Lee");
    EXPECT_EQ(gallery->templates_of(kim.id).value().size(), 1u);
    EXPECT_EQ(gallery->event_details(event.event).value().digest, digest);
    EXPECT_TRUE(gallery->last_passage(kim.id).value().has_value());
    EXPECT_EQ(gallery->tokens().value().size(), 1u);
  }
}

TEST_P(GalleryContract, AKeyFileFromBeforeTheRotationIsRefused) {
  added(somebody("Kim"));
  std::filesystem::copy_file(key_, folder_ / "copy");
  ASSERT_TRUE(Keyring::add_key(key_).ok());
  EXPECT_EQ(opened()->reseal().value(), 1u);
  const auto refused =
      Gallery::open(place_->where(), Keyring::read(folder_ / "copy").value(), kTestNow);
  EXPECT_EQ(code_of(refused), ErrorCode::kMismatch);
  EXPECT_NE(refused.error().message().find("newest copy"), std::string::npos);
}

TEST_P(GalleryContract, ManyThreadsAndGatesWriteAtOnce) {
  const auto other = opened();
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      Gallery& gallery = t % 2 == 0 ? *gallery_ : *other;
      for (int i = 0; i < 8; ++i) {
        const std::vector<NewTemplate> faces = {some_face(static_cast<float>(i))};
        failed += gallery.add_person(somebody("Kim"), faces, kTestNow).ok() ? 0 : 1;
        failed += gallery.templates_in(kTestSpace).ok() ? 0 : 1;
        failed += gallery.keep_event(some_event("")).ok() ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(other->count_people().value(), 32u);
  EXPECT_EQ(gallery_->templates_in(kTestSpace).value().size(), 32u);
}

}  // namespace kface
