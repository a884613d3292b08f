#include <map>

#include "store/download_fixture_for_test.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

class DownloadRefused : public DownloadFixture {};

TEST_F(DownloadRefused, AnotherPartThanAskedForIsRefused) {
  for (const std::string range : {"bytes 0-299999/300000", "bytes 150001-299999/300000",
                                  "bytes 150000-200000/300000", "bytes */300000", "nonsense", ""}) {
    const Server server([&](const Server::Request&) {
      return Server::Answer{"HTTP/1.1 206 Partial Content\r\nConnection: close\r\nContent-Range: " +
                            range + "\r\nContent-Length: 150000\r\n\r\n" + content.substr(kHalf)};
    });
    leave_half(server);
    const auto result = fetch(server);
    ASSERT_FALSE(result.ok()) << range;
    EXPECT_NE(result.error().message().find("another part of the file than was asked for"),
              std::string::npos)
        << result.error().message();
    EXPECT_FALSE(fs::exists(target()));
  }
}

TEST_F(DownloadRefused, AFileOfAnotherSizeIsRefusedBeforeItIsFetched) {
  for (const std::size_t size : {std::size_t{10}, 2 * kHalf - 1, 2 * kHalf + 1}) {
    const Server server([&](const Server::Request& request) {
      return Server::Answer{serve_file(request, std::string(size, 'x'), kVersionA)};
    });
    const auto result = fetch(server);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code(), ErrorCode::kMismatch);
    EXPECT_NE(
        result.error().message().find("has " + std::to_string(size) + " bytes, expected 300000"),
        std::string::npos)
        << result.error().message();
    expect_nothing_left();
  }
}

TEST_F(DownloadRefused, AFileAboveTheLimitIsRefused) {
  const Server server([this](const Server::Request& request) {
    return Server::Answer{serve_file(request, content, kVersionA)};
  });
  const auto result = download_file(
      {.url = server.url("/x"), .target = target(), .expected_bytes = {}, .max_bytes = 1000}, {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kMismatch);
  EXPECT_NE(result.error().message().find("at most 1000 are fetched"), std::string::npos);
  expect_nothing_left();
}

TEST_F(DownloadRefused, WithoutAnyStatedSizeHalfAFileCannotPassForTheWhole) {
  const Server server([this](const Server::Request&) {
    return Server::Answer{"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + content};
  });
  DownloadRequest request{.url = server.url("/x"), .target = target(), .expected_bytes = {}};
  const auto unknown = download_file(request, {});
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(unknown.error().message().find("does not say how large"), std::string::npos);
  expect_nothing_left();
  request.expected_bytes = content.size() + 1;
  const auto shorter = download_file(request, {});
  ASSERT_FALSE(shorter.ok());
  EXPECT_NE(shorter.error().message().find("ended after 300000 of 300001 bytes"), std::string::npos)
      << shorter.error().message();
  request.expected_bytes = content.size() - 1;
  const auto longer = download_file(request, {});
  ASSERT_FALSE(longer.ok());
  EXPECT_NE(longer.error().message().find("more than the 299999 bytes"), std::string::npos);
  EXPECT_FALSE(fs::exists(target()));
  request.expected_bytes = content.size();
  expect_whole(download_file(request, {}), 0);
}

TEST_F(DownloadRefused, ErrorAnswersAreErrorsAndTheirTextIsNotTheFile) {
  const std::map<std::string, ErrorCode> answers = {
      {"404 Not Found", ErrorCode::kNotFound}, {"410 Gone", ErrorCode::kNotFound},
      {"403 Forbidden", ErrorCode::kIo},       {"500 Oops", ErrorCode::kIo},
      {"204 No Content", ErrorCode::kIo},      {"302 Found", ErrorCode::kIo}};
  for (const auto& [line, code] : answers) {
    const Server server([&, text = line](const Server::Request&) {
      return Server::Answer{"HTTP/1.1 " + text + "\r\nConnection: close\r\nContent-Length: " +
                            (text.starts_with("204") ? "0\r\n\r\n" : "5\r\n\r\nsorry")};
    });
    const auto result = fetch(server);
    ASSERT_FALSE(result.ok()) << line;
    EXPECT_EQ(result.error().code(), code) << result.error().message();
    EXPECT_NE(result.error().message().find("the server answers " + line.substr(0, 3)),
              std::string::npos)
        << result.error().message();
    expect_nothing_left();
  }
}

TEST_F(DownloadRefused, AStalledServerIsGivenUpAndThePartKept) {
  const Server server([this](const Server::Request& request) {
    const std::string whole = serve_file(request, content, kVersionA);
    return Server::Answer{whole.substr(0, whole.size() - kHalf), /*stall_at_end=*/true};
  });
  const auto result = fetch(server);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kIo);
  EXPECT_NE(result.error().message().find("keeps 150000 of 300000 bytes"), std::string::npos)
      << result.error().message();
}

TEST_F(DownloadRefused, AServerThatNeverAnswersIsGivenUp) {
  const Server server([](const Server::Request&) { return Server::Answer{"", true}; });
  const auto result = fetch(server);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kIo);
  expect_nothing_left();
}

TEST_F(DownloadRefused, OnlyHttpAndHttpsAreAddresses) {
  for (const std::string url : {"", "weights.h5", "file:///etc/passwd", "ftp://x/y", "HTTP:x"}) {
    const auto result = download_file({.url = url, .target = target(), .expected_bytes = {}}, {});
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(result.error().message().find("'" + url + "' is not an address"), std::string::npos);
  }
  EXPECT_FALSE(
      download_file({.url = "http://", .target = target(), .expected_bytes = {}}, {}).ok());
  expect_nothing_left();
}

TEST_F(DownloadRefused, NobodyListeningIsAnError) {
  std::string url;
  {
    const Server server([](const Server::Request&) { return Server::Answer{}; });
    url = server.url("/x");
  }
  const auto result = download_file({.url = url, .target = target(), .expected_bytes = {}}, {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kIo);
  EXPECT_NE(result.error().message().find("cannot be fetched"), std::string::npos);
  expect_nothing_left();
}

TEST_F(DownloadRefused, AnEncodedAnswerIsRefused) {
  const Server server([this](const Server::Request&) {
    return Server::Answer{
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\n"
        "Content-Length: 300000\r\n\r\n" +
        content};
  });
  const auto result = fetch(server);
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message().find("encoded as gzip"), std::string::npos);
}

}  // namespace
}  // namespace kface
