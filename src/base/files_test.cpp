#include "base/files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "base/digest.h"

namespace kface {
namespace {

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("kface-files-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::size_t num_entries() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_)) {
      ++count;
    }
    return count;
  }

  std::filesystem::path folder_;
};

TEST_F(Files, WritesAndReadsBack) {
  ASSERT_TRUE(write_file_atomic(folder_ / "a" / "b.txt", "hello").ok());
  EXPECT_EQ(read_text(folder_ / "a" / "b.txt").value(), "hello");
  EXPECT_EQ(sha256_file(folder_ / "a" / "b.txt").value(), sha256_hex(std::string_view("hello")));
}

TEST_F(Files, AnUncommittedWriterLeavesNothing) {
  {
    AtomicFileWriter writer(folder_ / "x");
    ASSERT_TRUE(writer.append(std::string_view("half")).ok());
    EXPECT_EQ(num_entries(), 1u);
  }
  EXPECT_EQ(num_entries(), 0u);
}

TEST_F(Files, AFullDiskLeavesTheOldFile) {
  ASSERT_TRUE(write_file_atomic(folder_ / "x", "old").ok());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tiny{1000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tiny), 0);
  const Status status = write_file_atomic(folder_ / "x", std::string(100'000, 'y'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  (void)std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(status.code(), ErrorCode::kIo);
  EXPECT_NE(status.message().find("cannot write"), std::string::npos);
  EXPECT_EQ(read_text(folder_ / "x").value(), "old");
  EXPECT_EQ(num_entries(), 1u);
}

TEST_F(Files, ReadingSaysWhatIsWrong) {
  EXPECT_EQ(read_text(folder_ / "absent").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(read_text(folder_).error().code(), ErrorCode::kNotFound);
  ASSERT_TRUE(write_file_atomic(folder_ / "x", "12345").ok());
  EXPECT_EQ(read_text(folder_ / "x", 4).error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(Files, AFolderInTheWayIsAnError) {
  ASSERT_TRUE(make_folder(folder_ / "x").ok());
  EXPECT_EQ(write_file_atomic(folder_ / "x", "text").code(), ErrorCode::kIo);
  EXPECT_EQ(num_entries(), 1u);
}

TEST(Digest, KnownValue) {
  EXPECT_EQ(sha256_hex(std::string_view("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace kface
