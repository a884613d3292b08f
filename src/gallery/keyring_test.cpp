#include "gallery/keyring.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "base/files.h"
#include "gallery/temp_folder_for_test.h"

namespace kface {
namespace {

using Bytes = std::vector<std::uint8_t>;
const Bytes kPlain = {1, 2, 3, 250};
constexpr char kRow[] = "template:t-1";

class KeyringTest : public testing::Test {
 protected:
  Keyring made() {
    EXPECT_TRUE(Keyring::create(path_).ok());
    return read();
  }
  Keyring read() {
    auto ring = Keyring::read(path_);
    KF_REQUIRE(ring.ok(), ring.error().message());
    return ring.value();
  }
  std::string text() { return read_text(path_).value(); }
  void write(const std::string& content, mode_t mode = 0600) {
    ASSERT_TRUE(write_file_atomic(path_, content).ok());
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
  }
  Status error() {
    const auto ring = Keyring::read(path_);
    return ring.ok() ? Status{} : ring.error();
  }

  TempFolderForTest folder_;
  std::filesystem::path path_ = folder_ / "key";
};

TEST_F(KeyringTest, OpensWhatItSealedInTheSameRow) {
  const Keyring ring = made();
  const auto opened = ring.open(kRow, ring.seal(kRow, kPlain));
  ASSERT_TRUE(opened.ok()) << opened.error().message();
  EXPECT_EQ(opened.value(), kPlain);
  EXPECT_TRUE(ring.open(kRow, ring.seal(kRow, {})).value().empty());
}

TEST_F(KeyringTest, SealsTheSameBytesDifferentlyEachTime) {
  const Keyring ring = made();
  EXPECT_NE(ring.seal(kRow, kPlain), ring.seal(kRow, kPlain));
}

TEST_F(KeyringTest, OpensNothingThatWasMovedToAnotherRow) {
  const Keyring ring = made();
  const auto opened = ring.open("template:t-2", ring.seal(kRow, kPlain));
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(opened.error().message().find("template:t-2"), std::string::npos);
}

TEST_F(KeyringTest, NoticesEveryAlteredByteAndEveryCut) {
  const Keyring ring = made();
  const Bytes sealed = ring.seal(kRow, kPlain);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes altered = sealed;
    altered[i] ^= 1;
    EXPECT_FALSE(ring.open(kRow, altered).ok()) << i;
    EXPECT_FALSE(ring.open(kRow, std::span(sealed).first(i)).ok()) << i;
  }
}

TEST_F(KeyringTest, NamesTheKeyThatIsMissing) {
  const Keyring ring = made();
  const Bytes sealed = ring.seal(kRow, kPlain);
  std::filesystem::remove(path_);
  const Keyring other = made();
  const auto opened = other.open(kRow, sealed);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(opened.error().message().find(ring.newest_id()), std::string::npos);
}

TEST_F(KeyringTest, SealsWithTheNewestKeyAndOpensWithAll) {
  const Bytes old_sealed = made().seal(kRow, kPlain);
  ASSERT_TRUE(Keyring::add_key(path_).ok());
  const Keyring ring = read();
  EXPECT_EQ(ring.size(), 2u);
  EXPECT_FALSE(ring.is_newest(old_sealed));
  EXPECT_TRUE(ring.is_newest(ring.seal(kRow, kPlain)));
  EXPECT_EQ(ring.open(kRow, old_sealed).value(), kPlain);
  ASSERT_TRUE(Keyring::drop_old_keys(path_).ok());
  EXPECT_EQ(read().newest_id(), ring.newest_id());
  EXPECT_FALSE(read().open(kRow, old_sealed).ok());
}

TEST_F(KeyringTest, ARunningRingLearnsANewKeyFromTheFile) {
  const Keyring running = made();
  ASSERT_TRUE(Keyring::add_key(path_).ok());
  const Bytes sealed = read().seal(kRow, kPlain);
  EXPECT_FALSE(running.is_newest(sealed));
  ASSERT_TRUE(running.open(kRow, sealed).ok());
  EXPECT_TRUE(running.is_newest(sealed));
}

TEST_F(KeyringTest, DoesNotFollowAFileOfAnotherGallery) {
  const Keyring running = made();
  std::filesystem::remove(path_);
  made();
  EXPECT_EQ(running.refresh().code(), ErrorCode::kMismatch);
}

TEST_F(KeyringTest, DerivedKeysSurviveRotationAndDifferByPurpose) {
  const SecretKey before = made().derive("audit");
  ASSERT_TRUE(Keyring::add_key(path_).ok());
  ASSERT_TRUE(Keyring::drop_old_keys(path_).ok());
  EXPECT_EQ(read().derive("audit"), before);
  EXPECT_NE(read().derive("event-digest"), before);
}

TEST_F(KeyringTest, MakesAFileThatOnlyItsOwnerCanRead) {
  made();
  struct stat facts {};
  for (int step = 0; step < 2; ++step) {
    ASSERT_EQ(::stat(path_.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0600U);
    ASSERT_TRUE(Keyring::add_key(path_).ok());
  }
}

TEST_F(KeyringTest, NeverOverwritesAKey) {
  made();
  const std::string before = text();
  EXPECT_EQ(Keyring::create(path_).code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(text(), before);
}

TEST_F(KeyringTest, DropsNothingWhereThereIsOneKey) {
  made();
  EXPECT_EQ(Keyring::drop_old_keys(path_).code(), ErrorCode::kInvalidArgument);
}

TEST_F(KeyringTest, SaysHowToMakeAMissingFile) {
  EXPECT_EQ(error().code(), ErrorCode::kNotFound);
  EXPECT_NE(error().message().find("kface gallery init"), std::string::npos);
}

TEST_F(KeyringTest, RefusesAFileThatOthersCanRead) {
  made();
  for (const mode_t mode : {0640, 0604, 0620, 0610, 0666}) {
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    EXPECT_EQ(error().code(), ErrorCode::kIo);
    EXPECT_NE(error().message().find("chmod 600"), std::string::npos);
  }
  ASSERT_EQ(::chmod(path_.c_str(), 0400), 0);
  EXPECT_TRUE(error().ok());
}

// Version 2, then {tag, permissions, id}: owner, user, group, mask, others.
std::string access_list(std::uint32_t user, std::uint16_t group) {
  struct Entry {
    std::uint16_t tag, permissions;
    std::uint32_t id;
  };
  const std::uint32_t version = 2, none = 0xffffffff;
  const Entry entries[] = {
      {0x01, 4, none}, {0x02, 4, user}, {0x04, group, none}, {0x10, 4, none}, {0x20, 0, none}};
  std::string bytes(sizeof(version) + sizeof(entries), '\0');
  std::memcpy(bytes.data(), &version, sizeof(version));
  std::memcpy(bytes.data() + sizeof(version), entries, sizeof(entries));
  return bytes;
}

TEST_F(KeyringTest, AcceptsAnAccessListForThisUserAlone) {
  made();
  const auto set_list = [&](const std::string& list) {
    return ::setxattr(path_.c_str(), "system.posix_acl_access", list.data(), list.size(), 0) == 0;
  };
  if (!set_list(access_list(::geteuid(), 0))) {
    GTEST_SKIP() << "this file system has no access lists";
  }
  EXPECT_TRUE(error().ok()) << error().message();
  ASSERT_TRUE(set_list(access_list(::geteuid() + 1, 0)));
  EXPECT_EQ(error().code(), ErrorCode::kIo);
  ASSERT_TRUE(set_list(access_list(::geteuid(), 4)));
  EXPECT_EQ(error().code(), ErrorCode::kIo);
}

TEST_F(KeyringTest, RefusesAFileOfAnotherUser) {
  made();
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can give a file away";
  }
  ASSERT_EQ(::chown(path_.c_str(), 12345, 12345), 0);
  EXPECT_EQ(error().code(), ErrorCode::kIo);
  EXPECT_NE(error().message().find("12345"), std::string::npos);
}

TEST_F(KeyringTest, RefusesLinesThatAreNoKey) {
  made();
  const std::string good = text();
  const std::string first = good.substr(0, good.find('\n') + 1);
  const std::string second = good.substr(first.size());
  std::string other_digit = good;
  char& digit = other_digit[other_digit.size() - 2];
  digit = digit == '0' ? '1' : '0';
  for (const std::string& bad :
       {std::string(), first, second, second + first, other_digit, good + "\n", good + "x\n",
        good.substr(0, good.size() - 9), std::string(1000, '\0'), std::string(100000, 'a'),
        first + "kface-key 2" + second.substr(11)}) {
    write(bad);
    EXPECT_EQ(error().code(), ErrorCode::kCorruption) << bad;
  }
  write(good.substr(0, good.size() - 1));  // an editor may take the last line's end away
  EXPECT_TRUE(error().ok());
}

TEST_F(KeyringTest, NeverShowsAKeyInAMessage) {
  made();
  const std::string good = text();
  write(good + "x\n");
  const std::string key = good.substr(good.size() - 65, 64);
  EXPECT_EQ(error().message().find(key), std::string::npos);
}

TEST_F(KeyringTest, AFolderIsNoKey) {
  ASSERT_TRUE(make_folder(path_).ok());
  EXPECT_EQ(error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kface
