#include "experiment/kface_protocol_job.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "dataset/test_tree.h"
#include "eval/pair_list.h"

namespace kface {
namespace {

using test::TempFolder;

// A dataset of 4 people x 7 cameras under Q1's conditions, one photo of it refused.
void write_dataset(const TempFolder& folder) {
  Manifest manifest;
  manifest.facts = {{"kind", "aihub"}, {"crop", "none"}};
  for (int person = 1; person <= 4; ++person) {
    for (const char* camera : {"C10", "C4", "C5", "C6", "C7", "C8", "C9"}) {
      ImageRecord image;
      image.identity = std::to_string(person);
      image.id = image.identity + "/S001/L1/E01/" + camera + ".jpg";
      image.source = image.id;
      image.source_sha256 = std::string(64, '0');
      if (image.id == "1/S001/L1/E01/C7.jpg") {
        image.reason = "no face found";
      } else {
        image.num_faces = 1;
        image.detector = "none";
        image.chip = "chips/" + image.id + ".png";
        image.chip_sha256 = std::string(64, '1');
        test::write_bytes(folder / ("data/" + image.chip), "chip");
      }
      manifest.images.push_back(image);
    }
  }
  ASSERT_TRUE(write_manifest(folder / "data", manifest).ok());
  ASSERT_TRUE(write_file_atomic(folder / "test.txt", "1\n3\n").ok());
}

class KfaceProtocolJob : public testing::Test {
 protected:
  void SetUp() override {
    write_dataset(folder);
    options.test_identities = (folder / "test.txt").string();
    options.output = (folder / "out.txt").string();
  }
  Result<Json> run(const char* source = "data") {
    return run_kface_protocol(folder / source, options, {});
  }
  std::string output() { return read_text(folder / "out.txt").value(); }

  TempFolder folder;
  KfaceProtocolOptions options;
};

TEST_F(KfaceProtocolJob, StatesWhatIsPublishedAndWhatIsHere) {
  const auto json = run();
  ASSERT_TRUE(json.ok()) << json.error().message();
  EXPECT_EQ(json.value()["split"]["num_train_identities"], 2);
  EXPECT_EQ(json.value()["split"]["test_identities"], Json({"1", "3"}));
  const Json& selections = json.value()["selections"];
  ASSERT_EQ(selections.size(), 8u);
  EXPECT_EQ(selections[0], (Json{{"name", "T1"}, {"published", 2590}, {"here", 14}}));
  // 6 and 7 photos: 15 + 21 same pairs, 42 different ones; as many of each kind.
  EXPECT_EQ(selections[4], (Json{{"name", "Q1"}, {"published", 1000}, {"here", 72}}));
  EXPECT_TRUE(json.value()["written"].empty());
}

TEST_F(KfaceProtocolJob, WritesAListThatOurReaderReads) {
  options.list = "Q1";
  options.pairs = 20;
  const auto json = run();
  ASSERT_TRUE(json.ok()) << json.error().message();
  const auto list = parse_pair_list(output(), "out.txt");
  ASSERT_TRUE(list.ok()) << list.error().message();
  ASSERT_EQ(list.value().pairs.size(), 20u);
  EXPECT_TRUE(list.value().pairs.front().same);
  EXPECT_FALSE(list.value().pairs.back().same);
  for (const ListedPair& pair : list.value().pairs) {
    EXPECT_TRUE(pair.a[0] == '1' || pair.a[0] == '3') << "not a person to test on";
    EXPECT_NE(pair.a, "1/S001/L1/E01/C7.jpg") << "refused";
  }
}

TEST_F(KfaceProtocolJob, WritesTheImagesOfASelectionAndADatasetOfThem) {
  options.select = "T1";
  options.into = (folder / "t1").string();
  const auto json = run();
  ASSERT_TRUE(json.ok()) << json.error().message();
  EXPECT_EQ(json.value()["written"].size(), 2u);
  EXPECT_EQ(output().substr(0, output().find('\n')), "2/S001/L1/E01/C10.jpg");
  const auto derived = read_manifest(folder / "t1");
  ASSERT_TRUE(derived.ok()) << derived.error().message();
  EXPECT_EQ(derived.value().images.size(), 14u);
  options.select = "Q1";
  options.into.clear();
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(output()[0], '1') << "Q selects people to test on";
}

TEST_F(KfaceProtocolJob, MatchesAPublishedList) {
  ASSERT_TRUE(write_file_atomic(folder / "q.txt",
                                "1/S001/L1/E01/C4.jpg 1/S001/L1/E01/C7.jpg 1\n"
                                "1/S001/L1/E01/C4.jpg 9/S001/L1/E01/C7.jpg 0\n")
                  .ok());
  options.match = (folder / "q.txt").string();
  const auto json = run();
  ASSERT_TRUE(json.ok()) << json.error().message();
  EXPECT_EQ(output(), "1/S001/L1/E01/C4.jpg 1/S001/L1/E01/C7.jpg 1\n");
  EXPECT_NE(json.value()["written"][0].get<std::string>().find(
                "1 of 2 published pairs, 1 name photos that were not imported, 1 a photo that"),
            std::string::npos);
}

TEST_F(KfaceProtocolJob, DrawsPeopleWhereNoListIsGivenAndSaysSo) {
  options.test_identities.clear();
  options.test_people = 2;
  options.identities_out = (folder / "drawn.txt").string();
  const auto json = run();
  ASSERT_TRUE(json.ok()) << json.error().message();
  EXPECT_TRUE(json.value()["split"]["drawn"].get<bool>());
  EXPECT_NE(json.value()["split"]["rule"].get<std::string>().find("drawn by seed 1"),
            std::string::npos);
  const auto drawn = json.value()["split"]["test_identities"];
  EXPECT_EQ(read_text(folder / "drawn.txt").value(),
            drawn[0].get<std::string>() + "\n" + drawn[1].get<std::string>() + "\n");
}

TEST_F(KfaceProtocolJob, ReadsATreeButMakesNoDatasetOfIt) {
  for (const char* path :
       {"1/S001/L1/E01/C7.jpg", "1/S001/L1/E01/C6.jpg", "3/S001/L1/E01/C6.jpg",
        "3/S001/L1/E01/C7.jpg", "2/S001/L1/E01/C7.jpg", "2/S001/L1/E01/C8.jpg"}) {
    std::string deep = "tree/High_Resolution/1907164";
    test::write_photo(folder / (deep + path));
  }
  ASSERT_TRUE(write_file_atomic(folder / "test.txt", "19071641\n19071643\n").ok());
  options.list = "Q1";
  const auto json = run("tree");
  ASSERT_TRUE(json.ok()) << json.error().message();
  EXPECT_EQ(output().substr(0, output().find('\n')),
            "19071641/S001/L1/E01/C6.jpg 19071641/S001/L1/E01/C7.jpg 1");
  options.list.clear();
  options.select = "T1";
  options.into = (folder / "t1").string();
  EXPECT_NE(run("tree").error().message().find("is a tree, a dataset is made of a dataset"),
            std::string::npos);
  options.select.clear();
  options.match = options.output;
  EXPECT_NE(run("tree").error().message().find("import it first"), std::string::npos);
}

TEST_F(KfaceProtocolJob, PassesOnWhatIsWrongWithASource) {
  EXPECT_FALSE(run("nowhere").ok());
  options.test_identities = (folder / "nobody.txt").string();
  EXPECT_EQ(run().error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kface
