#include "gallery/migrate_space.h"

#include <gtest/gtest.h>

#include "gallery/inventory.h"
#include "gallery/people_for_test.h"
#include "gallery/temp_folder_for_test.h"

namespace kface {
namespace {

class MigrateSpaceTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(Keyring::create(folder_ / "key").ok());
    auto gallery = Gallery::open((folder_ / "gallery.db").string(),
                                 Keyring::read(folder_ / "key").value(), kTestNow);
    ASSERT_TRUE(gallery.ok()) << gallery.error().message();
    gallery_ = std::move(gallery).value();
  }
  std::string added(const std::string& name, const std::vector<NewTemplate>& faces) {
    return gallery_->add_person(somebody(name), faces, kTestNow).value().id;
  }
  SpaceMigration migrated(const EmbedPhoto& embed, bool remove_others = false) {
    auto report = migrate_space(*gallery_, kOtherSpace, embed, remove_others, kTestNow + 1);
    KF_REQUIRE(report.ok(), report.error().message());
    return report.value();
  }

  TempFolderForTest folder_;
  std::unique_ptr<Gallery> gallery_;
};

// The first byte is the embedding; 99 is no face.
Result<EmbeddedPhoto> by_first_byte(std::span<const std::uint8_t> photo) {
  if (photo[0] == 99) {
    return Status{ErrorCode::kInvalidArgument, "no face found"};
  }
  return EmbeddedPhoto{{static_cast<float>(photo[0])}, {}};
}

TEST_F(MigrateSpaceTest, EmbedsKeptPhotosAnewAndListsWhoMustComeAgain) {
  const std::string kim = added("Kim", {some_face(1, {5}), some_face(2, {6})});
  const std::string lee = added("Lee", {some_face(3)});
  const std::string park = added("Park", {some_face(4, {99})});
  NewTemplate new_face = some_face(9, {}, kOtherSpace);
  new_face.embedding.resize(1);
  const std::string choi = added("Choi", {new_face});
  const std::string jung = added("Jung", {});
  const SpaceMigration report = migrated(by_first_byte);
  EXPECT_EQ(report.num_people, 5u);
  EXPECT_EQ(report.num_ready, 2u);
  EXPECT_EQ(report.num_embedded, 2u);
  EXPECT_EQ(report.num_removed, 0u);
  ASSERT_EQ(report.must_come_again.size(), 3u);
  for (const ComesAgain& person : report.must_come_again) {
    if (person.person == lee) {
      EXPECT_EQ(person.name, "Lee");
      EXPECT_EQ(person.reason, "no photo was kept");
    } else if (person.person == park) {
      EXPECT_EQ(person.reason, "the kept photo: no face found");
    } else {
      EXPECT_EQ(person.person, jung);
      EXPECT_EQ(person.reason, "was never enrolled");
    }
  }
  EXPECT_EQ(gallery_->templates_of(kim).value().size(), 4u);
  EXPECT_EQ(gallery_->templates_of(choi).value().size(), 1u);
  EXPECT_EQ(gallery_->templates_in(kTestSpace).value().size(), 4u);
  const std::vector<FaceTemplate> here = gallery_->templates_in(kOtherSpace).value();
  ASSERT_EQ(here.size(), 3u);
  for (const FaceTemplate& face : here) {
    EXPECT_TRUE(face.person == choi || face.has_photo);
  }
}

TEST_F(MigrateSpaceTest, StartingAgainGoesOn) {
  added("Kim", {some_face(1, {5}), some_face(2, {6}), some_face(3, {6})});
  int calls = 0;
  const EmbedPhoto stopped = [&](std::span<const std::uint8_t> photo) -> Result<EmbeddedPhoto> {
    return ++calls == 2 ? Result<EmbeddedPhoto>(Status{ErrorCode::kInterrupted, "stopped"})
                        : by_first_byte(photo);
  };
  EXPECT_EQ(migrate_space(*gallery_, kOtherSpace, stopped, false, kTestNow).error().code(),
            ErrorCode::kInterrupted);
  EXPECT_EQ(migrated(by_first_byte).num_embedded, 1u);
  EXPECT_EQ(migrated(by_first_byte).num_embedded, 0u);
  EXPECT_EQ(gallery_->templates_in(kOtherSpace).value().size(), 2u);  // one photo was there twice
}

TEST_F(MigrateSpaceTest, RemovesOtherTemplatesOnlyOfThoseWhoHaveANewOne) {
  const std::string kim = added("Kim", {some_face(1, {5})});
  const std::string lee = added("Lee", {some_face(3)});
  EXPECT_EQ(migrated(by_first_byte, true).num_removed, 1u);
  EXPECT_EQ(gallery_->templates_of(kim).value().at(0).space, kOtherSpace);
  EXPECT_EQ(gallery_->templates_of(lee).value().at(0).space, kTestSpace);
}

TEST_F(MigrateSpaceTest, ChangesNothingWithoutAModel) {
  added("Kim", {some_face(1, {5})});
  added("Lee", {some_face(3)});
  const std::uint64_t before = gallery_->revision().value();
  const SpaceMigration report = migrated(nullptr, true);
  EXPECT_EQ(report.num_ready, 1u);
  EXPECT_EQ(report.num_embedded, 0u);
  ASSERT_EQ(report.must_come_again.size(), 1u);
  EXPECT_EQ(report.must_come_again[0].name, "Lee");
  EXPECT_EQ(gallery_->revision().value(), before);
}

TEST_F(MigrateSpaceTest, TheInventoryCountsByModel) {
  added("Kim", {some_face(1, {5}), some_face(2), some_face(2, {7}, kOtherSpace)});
  added("Lee", {some_face(3)});
  added("Park", {});
  const GalleryInventory inventory = take_inventory(*gallery_).value();
  EXPECT_EQ(inventory.num_people, 3u);
  EXPECT_EQ(inventory.num_without_template, 1u);
  EXPECT_EQ(inventory.revision, gallery_->revision().value());
  ASSERT_EQ(inventory.spaces.size(), 2u);
  EXPECT_EQ(inventory.spaces[0].space, kTestSpace);
  EXPECT_EQ(inventory.spaces[0].num_people, 2u);
  EXPECT_EQ(inventory.spaces[0].num_templates, 3u);
  EXPECT_EQ(inventory.spaces[0].num_photos, 1u);
  EXPECT_EQ(inventory.spaces[1].num_people, 1u);
}

}  // namespace
}  // namespace kface
