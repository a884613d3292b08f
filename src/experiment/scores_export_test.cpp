#include "experiment/scores_export.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/files.h"

namespace kface {
namespace {

class WriteScores : public ::testing::Test {
 protected:
  WriteScores() {
    set.identity_names = {"김 철수", "bob"};
    set.identities = {0, 0, 1};
    set.images = {0, 2, 3};
    for (const char* id : {"김 철수/1", "refused", "김 철수/2", "bob/1#2"}) {
      manifest.images.push_back({});
      manifest.images.back().id = id;
    }
    scores.pairs = {{0.25F, true, 0, 0}, {0.1F, false, 0, 1}, {0.0F, false, 0, 1}};
  }
  void SetUp() override {
    folder = std::filesystem::temp_directory_path() /
             ("kface-scores-" + std::to_string(::getpid()) + "-" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name());
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string text(const char* name) const { return read_text(folder / name).value(); }

  FeatureSet set;
  Manifest manifest;
  ScoredPairs scores;
  std::filesystem::path folder;
};

// The bytes that docs/formats/scores.md shows.
TEST_F(WriteScores, AreTheDocumentedBytes) {
  ASSERT_TRUE(write_scores(folder, scores, set, manifest).ok());
  EXPECT_EQ(text("genuine.txt"), "0.25\n");
  EXPECT_EQ(text("impostor.txt"), "0.1\n0\n");
  EXPECT_EQ(text("scores-4col"),
            "김%20철수 김%20철수 김%20철수/2 -0.25\n"
            "김%20철수 bob bob/1%232 -0.1\n"
            "김%20철수 bob bob/1%232 0\n");
}

TEST_F(WriteScores, WritesTheRowsOfAList) {
  ListedPairs listed;
  listed.rows = {{2, 0}};
  scores.pairs = {{0.5F, false, 1, 0}};
  scores.listed = listed;
  ASSERT_TRUE(write_scores(folder, scores, set, manifest).ok());
  EXPECT_EQ(text("scores-4col"), "bob 김%20철수 김%20철수/1 -0.5\n");
  EXPECT_EQ(text("genuine.txt"), "");
  EXPECT_EQ(text("impostor.txt"), "0.5\n");
}

TEST_F(WriteScores, LeavesNoHalfWrittenFileWhereItCannotWrite) {
  ASSERT_TRUE(write_file_atomic(folder, std::string_view("a file, no folder")).ok());
  EXPECT_EQ(write_scores(folder, scores, set, manifest).code(), ErrorCode::kIo);
}

TEST(ScoreWord, IsOneWordForAnyNameAndTwoNamesNeverMeet) {
  EXPECT_EQ(score_word("a b\tc\nd"), "a%20b%09c%0Ad");
  EXPECT_EQ(score_word("#1"), "%231");
  EXPECT_EQ(score_word("O'Neill \"Bo\", jr"), "O%27Neill%20%22Bo%22%2C%20jr");
  EXPECT_EQ(score_word("100%"), "100%25");
  EXPECT_NE(score_word("a b"), score_word("a%20b"));
}

}  // namespace
}  // namespace kface
