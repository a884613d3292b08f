#include "dataset/journal.h"

#include <algorithm>

#include "dataset/test_tree.h"

namespace kface {
namespace {

using test::read_bytes;
using test::TempFolder;
using test::write_bytes;

ImageRecord refused_record(const std::string& id) {
  ImageRecord record;
  record.id = id;
  record.identity = "김";
  record.source = id;
  record.reason = "empty\nfile \xFF";
  record.attributes["lux"] = "1000";
  return record;
}

std::size_t finished_count(const std::filesystem::path& path, const std::string& digest) {
  const auto journal = ImportJournal::open(path, digest);
  EXPECT_TRUE(journal.ok()) << journal.error().message();
  return journal.ok() ? journal.value()->finished().size() : 0;
}

void fill(const std::filesystem::path& path, int count) {
  const auto journal = ImportJournal::open(path, "options").value();
  for (int i = 0; i < count; ++i) {
    ASSERT_TRUE(journal->append("photo" + std::to_string(i), refused_record("a")).ok());
  }
}

TEST(ImportJournal, RemembersWhatWasFinished) {
  const TempFolder folder;
  fill(folder / "j", 3);
  const auto journal = ImportJournal::open(folder / "j", "options").value();
  ASSERT_EQ(journal->finished().size(), 3U);
  const ImageRecord& record = journal->finished().at("photo1");
  EXPECT_EQ(record.identity, "김");
  EXPECT_EQ(record.attributes.at("lux"), "1000");
  ASSERT_TRUE(journal->remove().ok());
  EXPECT_FALSE(std::filesystem::exists(folder / "j"));
}

TEST(ImportJournal, TornAnywhereKeepsTheWholeLinesBefore) {
  const TempFolder folder;
  fill(folder / "j", 2);
  const std::string whole = read_bytes(folder / "j");
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string torn = whole.substr(0, size);
    write_bytes(folder / "j", torn);
    const auto lines = static_cast<std::size_t>(std::count(torn.begin(), torn.end(), '\n'));
    EXPECT_EQ(finished_count(folder / "j", "options"), lines == 0 ? 0 : lines - 1) << size;
  }
}

TEST(ImportJournal, AppendsBehindATornLine) {
  const TempFolder folder;
  fill(folder / "j", 2);
  const std::string whole = read_bytes(folder / "j");
  write_bytes(folder / "j", whole.substr(0, whole.size() - 5));
  ImportJournal::open(folder / "j", "options").value()->append("new", refused_record("n")).ok();
  EXPECT_EQ(finished_count(folder / "j", "options"), 2U);
}

TEST(ImportJournal, DiscardsWhatOtherOptionsOrOtherProgramsWrote) {
  const TempFolder folder;
  fill(folder / "j", 2);
  EXPECT_EQ(finished_count(folder / "j", "other options"), 0U);
  EXPECT_EQ(finished_count(folder / "j", "options"), 0U);
  write_bytes(folder / "j", std::string(1000, '\n') + std::string(100, '\xFF'));
  EXPECT_EQ(finished_count(folder / "j", "options"), 0U);
}

TEST(ImportJournal, IgnoresALineWithAFlippedBit) {
  const TempFolder folder;
  fill(folder / "j", 3);
  std::string bytes = read_bytes(folder / "j");
  bytes[bytes.find("1000")] = '2';
  write_bytes(folder / "j", bytes);
  EXPECT_EQ(finished_count(folder / "j", "options"), 0U);
}

TEST(ImportJournal, BelongsToOneImportAtATime) {
  const TempFolder folder;
  const auto first = ImportJournal::open(folder / "j", "options").value();
  const auto second = ImportJournal::open(folder / "j", "options");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), ErrorCode::kIo);
  EXPECT_NE(second.error().message().find("another import"), std::string::npos);
  EXPECT_EQ(ImportJournal::open(folder / "missing/j", "options").error().code(), ErrorCode::kIo);
}

}  // namespace
}  // namespace kface
