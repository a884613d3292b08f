#include "dataset/kface_protocol.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "dataset/test_tree.h"

namespace kface {
namespace {

using Strings = std::vector<std::string>;

// Every photo of K-FACE of `people` people, a resolution.
std::vector<KfacePhoto> whole_dataset(int people) {
  std::vector<KfacePhoto> photos;
  for (int person = 0; person < people; ++person) {
    const std::string identity = std::to_string(19071601 + person);
    for (int session = 1; session <= 6; ++session) {
      for (int light = 1; light <= 30; ++light) {
        for (int expression = 1; expression <= 3; ++expression) {
          for (int camera = 1; camera <= 20; ++camera) {
            const std::string id = identity + "/S00" + std::to_string(session) + "/L" +
                                   std::to_string(light) + "/E0" + std::to_string(expression) +
                                   "/C" + std::to_string(camera) + ".jpg";
            photos.push_back({id, identity, 0, session, light, expression, camera});
          }
        }
      }
    }
  }
  return photos;
}

// The published sizes are of 370 people who all have every photo.
TEST(KfaceSelections, HaveThePublishedNumberOfImages) {
  const auto photos = whole_dataset(2);
  for (const KfaceSelection& selection : kface_selections()) {
    const auto one = select_photos(photos, selection, {"19071601"});
    EXPECT_EQ(one.size() * 370, selection.published_images) << selection.number;
  }
}

TEST(KfaceSelections, HoldOnlyTheirConditions) {
  const auto photos = whole_dataset(1);
  const KfaceSelection& second = kface_selections()[1];
  std::set<int> lights;
  for (const KfacePhoto& photo : select_photos(photos, second, {"19071601"})) {
    EXPECT_LE(photo.session, 2);
    EXPECT_EQ(photo.expression, 1);
    EXPECT_GE(photo.camera, 4);
    EXPECT_LE(photo.camera, 10);
    lights.insert(photo.light);
  }
  EXPECT_EQ(lights, (std::set<int>{1, 2, 8, 12, 16, 19, 22, 25, 28}));
  for (const KfacePhoto& photo : select_photos(photos, kface_selections()[3], {"19071601"})) {
    EXPECT_NE(photo.light, 7) << "without any lamp";
  }
}

TEST(KfacePhotos, AreReadFromPublishedNamesAndOurIds) {
  const auto published = parse_kface_photo("19071641/S001/L1/E01/C10.jpg");
  ASSERT_TRUE(published.ok());
  EXPECT_EQ(published.value().identity, "19071641");
  EXPECT_EQ(published.value().camera, 10);
  EXPECT_EQ(published.value().resolution, 0);
  const auto ours = parse_kface_photo("19071641/middle/S006/L30/E03/C20.jpg");
  ASSERT_TRUE(ours.ok());
  EXPECT_EQ(ours.value().resolution, 2);
  EXPECT_EQ(ours.value().session, 6);
  EXPECT_EQ(ours.value().light, 30);
  EXPECT_EQ(ours.value().expression, 3);
  for (const char* bad : {"", "19071641/S001/L1/E01", "19071641/S001/L1/E01/x.jpg",
                          "19071641/S007/L1/E01/C1.jpg", "19071641/S001/L31/E01/C1.jpg",
                          "19071641/other/S001/L1/E01/C1.jpg", "/S001/L1/E01/C1.jpg", "a/b.jpg"}) {
    const auto photo = parse_kface_photo(bad);
    ASSERT_FALSE(photo.ok()) << bad;
    EXPECT_NE(photo.error().message().find("is no photo of K-FACE"), std::string::npos);
  }
}

TEST(KfacePhotos, AreTheAcceptedOnesOfADataset) {
  Manifest manifest;
  for (const char* id : {"2/S001/L1/E01/C7.jpg", "1/S001/L1/E01/C7.jpg", "3/S001/L1/E01/C7.jpg"}) {
    manifest.images.emplace_back().id = id;
  }
  manifest.images[2].reason = "no face found";
  const auto photos = kface_photos(manifest);
  ASSERT_TRUE(photos.ok());
  ASSERT_EQ(photos.value().size(), 2u);
  EXPECT_EQ(photos.value()[0].identity, "1");
  manifest.images[1].id = "holiday.jpg";
  EXPECT_NE(kface_photos(manifest).error().message().find("'holiday.jpg'"), std::string::npos);
}

TEST(KfacePhotos, AreFoundInATreeInTheBestResolution) {
  test::TempFolder folder;
  for (const char* path : {"High_Resolution/19071641/S001/L1/E01/C7.jpg",
                           "High_Resolution/19071641/S001/L1/E02/C3.jpg",
                           "Middle_Resolution/19071641/S001/L1/E01/C7.jpg",
                           "High_Resolution/19071642/S006/L7/E03/C20.jpg",
                           "High_Resolution/19071642/S001/L1/E01/C7.jpg"}) {
    test::write_photo(folder / path);
  }
  const auto photos = scan_kface_photos(folder.path(), {});
  ASSERT_TRUE(photos.ok()) << photos.error().message();
  Strings ids;
  for (const KfacePhoto& photo : photos.value()) {
    ids.push_back(photo.id);
  }
  EXPECT_EQ(ids, (Strings{"19071641/S001/L1/E01/C7.jpg", "19071641/S001/L1/E02/C3.jpg",
                          "19071642/S001/L1/E01/C7.jpg", "19071642/S006/L7/E03/C20.jpg"}));
}

TEST(SelectPhotos, TakesTheBestOfSeveralResolutions) {
  std::vector<KfacePhoto> photos;
  for (const char* id :
       {"1/high/S001/L1/E01/C7.jpg", "1/low/S001/L1/E01/C7.jpg", "1/low/S001/L1/E01/C8.jpg"}) {
    photos.push_back(parse_kface_photo(id).value());
  }
  const auto chosen = select_photos(photos, kface_selections()[0], {"1"});
  ASSERT_EQ(chosen.size(), 2u);
  EXPECT_EQ(chosen[0].id, "1/high/S001/L1/E01/C7.jpg");
  EXPECT_EQ(chosen[1].id, "1/low/S001/L1/E01/C8.jpg");
}

TEST(KfaceSplit, FollowsAListAndCountsWhoIsAbsent) {
  const auto photos = whole_dataset(5);
  const auto split =
      split_by_list(photos, "# test\r\n19071602\r\n\n19071604\n20000101\n", "list.txt");
  ASSERT_TRUE(split.ok()) << split.error().message();
  EXPECT_EQ(split.value().test, (Strings{"19071602", "19071604"}));
  EXPECT_EQ(split.value().train, (Strings{"19071601", "19071603", "19071605"}));
  EXPECT_EQ(split.value().num_absent, 1u);
}

TEST(KfaceSplit, RefusesAListOfOtherPeople) {
  const auto photos = whole_dataset(3);
  const auto nobody = split_by_list(photos, "1\n2\n19071601\n", "list.txt");
  EXPECT_EQ(nobody.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(nobody.error().message().find("list.txt: of the 3 identities on it 1 have photos here"),
            std::string::npos);
  EXPECT_FALSE(split_by_list(photos, "19071601\n19071602\n19071603\n", "list.txt").ok());
}

TEST(KfaceSplit, DrawsPeopleBySeedWithoutACommonOne) {
  const auto photos = whole_dataset(6);
  const auto one = draw_split(photos, 2, 1);
  ASSERT_TRUE(one.ok());
  EXPECT_EQ(one.value().test.size(), 2u);
  EXPECT_EQ(one.value().train.size(), 4u);
  std::set<std::string> all(one.value().train.begin(), one.value().train.end());
  all.insert(one.value().test.begin(), one.value().test.end());
  EXPECT_EQ(all.size(), 6u);
  EXPECT_EQ(draw_split(photos, 2, 1).value().test, one.value().test);
  std::set<Strings> drawn;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    drawn.insert(draw_split(photos, 2, seed).value().test);
  }
  EXPECT_GT(drawn.size(), 3u) << "the seed has no effect";
  const auto all_of_them = draw_split(photos, 6, 1);
  EXPECT_NE(all_of_them.error().message().find("leave nobody to train on"), std::string::npos);
}

// 3 people with 4, 2 and 1 photos under Q1's conditions.
std::vector<KfacePhoto> few_photos() {
  std::vector<KfacePhoto> photos;
  for (const char* id : {"1/S001/L1/E01/C4.jpg", "1/S001/L1/E01/C5.jpg", "1/S001/L1/E01/C6.jpg",
                         "1/S001/L1/E01/C7.jpg", "2/S001/L1/E01/C4.jpg", "2/S001/L1/E01/C5.jpg",
                         "3/S001/L1/E01/C7.jpg"}) {
    photos.push_back(parse_kface_photo(id).value());
  }
  return photos;
}

TEST(DrawPairs, CountsWhatThereIsByHand) {
  const PairCounts counts = count_pairs(few_photos());
  EXPECT_EQ(counts.same, 6u + 1u);
  EXPECT_EQ(counts.different, 4u * 2u + 4u + 2u);
  EXPECT_EQ(count_pairs({}).same, 0u);
}

std::string identity_of(const std::string& id) { return id.substr(0, id.find('/')); }

void expect_honest(const std::vector<KfacePair>& pairs, std::size_t of_each_kind) {
  ASSERT_EQ(pairs.size(), 2 * of_each_kind);
  std::set<std::pair<std::string, std::string>> seen;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    EXPECT_EQ(pairs[i].same, i < of_each_kind) << "same pairs come first";
    EXPECT_EQ(identity_of(pairs[i].a) == identity_of(pairs[i].b), pairs[i].same);
    EXPECT_NE(pairs[i].a, pairs[i].b);
    EXPECT_TRUE(seen.insert(std::minmax(pairs[i].a, pairs[i].b)).second) << "drawn twice";
  }
}

TEST(DrawPairs, TakesHalfAndHalfAsManyAsThereAre) {
  const auto all = draw_pairs(few_photos(), 1000, 1);
  ASSERT_TRUE(all.ok());
  expect_honest(all.value(), 7);
  const auto six = draw_pairs(few_photos(), 6, 1);
  ASSERT_TRUE(six.ok());
  expect_honest(six.value(), 3);
  EXPECT_EQ(pair_lines(six.value()), pair_lines(draw_pairs(few_photos(), 6, 1).value()));
  EXPECT_NE(pair_lines(six.value()), pair_lines(draw_pairs(few_photos(), 6, 2).value()));
}

TEST(DrawPairs, DrawsFromMillionsWithoutListingThem) {
  const auto photos =
      select_photos(whole_dataset(3), kface_selections()[3], {"19071601", "19071602", "19071603"});
  ASSERT_EQ(photos.size(), 3u * 10'440u);
  const auto pairs = draw_pairs(photos, 6000, 5);
  ASSERT_TRUE(pairs.ok());
  expect_honest(pairs.value(), 3000);
  std::map<std::string, int> same_of;
  for (std::size_t i = 0; i < 3000; ++i) {
    ++same_of[identity_of(pairs.value()[i].a)];
  }
  for (const auto& [identity, count] : same_of) {
    EXPECT_NEAR(count, 1000, 130) << identity;  // 5 standard deviations of a fair draw
  }
}

TEST(DrawPairs, RefusesPhotosWithoutBothKinds) {
  auto photos = few_photos();
  photos.resize(4);  // one person
  const auto none = draw_pairs(photos, 10, 1);
  EXPECT_EQ(none.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(none.error().message().find("make 6 pairs of one person and 0 of two"),
            std::string::npos);
}

TEST(PairLines, AreAsPublished) {
  EXPECT_EQ(pair_lines({{"1/S001/L1/E01/C4.jpg", "1/S001/L1/E01/C10.jpg", true},
                        {"1/S001/L1/E01/C4.jpg", "2/S001/L1/E01/C4.jpg", false}}),
            "1/S001/L1/E01/C4.jpg 1/S001/L1/E01/C10.jpg 1\n"
            "1/S001/L1/E01/C4.jpg 2/S001/L1/E01/C4.jpg 0\n");
}

}  // namespace
}  // namespace kface
