// What the tests of downloads share: a target, a content, a half of it left by a server that broke
// off.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/digest.h"
#include "base/files.h"
#include "store/download.h"
#include "store/http_server_for_test.h"

namespace kface {

using Server = HttpServerForTest;

inline constexpr char kVersionA[] = "\"version-a\"";
inline constexpr char kVersionB[] = "\"version-b\"";
inline constexpr std::size_t kHalf = 150'000;

class DownloadFixture : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("no_proxy", "127.0.0.1", 1);
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder = std::filesystem::temp_directory_path() /
             ("kface-download-" + std::to_string(::getpid()) + "-" + info->name());
    std::filesystem::create_directories(folder);
    for (std::size_t i = 0; i < 2 * kHalf; ++i) {
      content += static_cast<char>(i * 7 + i / 251);
    }
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::filesystem::path target() const { return folder / "weights.h5"; }
  std::filesystem::path part() const { return folder / "weights.h5.part"; }
  std::filesystem::path note() const { return folder / "weights.h5.part.json"; }

  Result<Downloaded> fetch(const Server& server, const JobContext& context = {}) const {
    return download_file({.url = server.url("/weights.h5"),
                          .target = target(),
                          .expected_bytes = content.size(),
                          .stall_seconds = 1},
                         context);
  }

  // Leaves the first half of the file, as a server that breaks off does. The address of a later
  // server differs, so the note is given that of `next`.
  void leave_half(const Server& next) const {
    const Server server([this](const Server::Request& request) {
      const std::string whole = serve_file(request, content, kVersionA);
      return Server::Answer{whole.substr(0, whole.size() - kHalf)};
    });
    const auto broken = fetch(server);
    ASSERT_FALSE(broken.ok());
    EXPECT_EQ(broken.error().code(), ErrorCode::kIo);
    EXPECT_NE(broken.error().message().find("weights.h5.part keeps 150000 of 300000 bytes: run "
                                            "the same command again to continue"),
              std::string::npos)
        << broken.error().message();
    ASSERT_EQ(read_text(part()).value(), content.substr(0, kHalf));
    ASSERT_FALSE(std::filesystem::exists(target()));
    std::string text = read_text(note()).value();
    const std::string old = server.url("");
    text.replace(text.find(old), old.size(), next.url(""));
    ASSERT_TRUE(write_file_atomic(note(), text).ok());
  }

  void expect_whole(const Result<Downloaded>& result, std::uint64_t resumed_from) const {
    ASSERT_TRUE(result.ok()) << result.error().message();
    EXPECT_EQ(result.value().bytes, content.size());
    EXPECT_EQ(result.value().resumed_from, resumed_from);
    EXPECT_EQ(result.value().sha256, sha256_hex(content));
    EXPECT_EQ(read_text(target()).value(), content);
    EXPECT_FALSE(std::filesystem::exists(part()));
    EXPECT_FALSE(std::filesystem::exists(note()));
  }

  void expect_nothing_left() const { EXPECT_TRUE(std::filesystem::is_empty(folder)); }

  std::filesystem::path folder;
  std::string content;
};

}  // namespace kface
