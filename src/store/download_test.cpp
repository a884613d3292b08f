#include "store/download.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "base/digest.h"
#include "base/files.h"
#include "store/http_server_for_test.h"

namespace kface {
namespace {

namespace fs = std::filesystem;
using Server = HttpServerForTest;

constexpr char kVersionA[] = "\"version-a\"";
constexpr char kVersionB[] = "\"version-b\"";
constexpr std::size_t kHalf = 150'000;

class Download : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("no_proxy", "127.0.0.1", 1);
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder = fs::temp_directory_path() /
             ("kface-download-" + std::to_string(::getpid()) + "-" + info->name());
    fs::create_directories(folder);
    for (std::size_t i = 0; i < 2 * kHalf; ++i) {
      content += static_cast<char>(i * 7 + i / 251);
    }
  }
  void TearDown() override { fs::remove_all(folder); }

  fs::path target() const { return folder / "weights.h5"; }
  fs::path part() const { return folder / "weights.h5.part"; }
  fs::path note() const { return folder / "weights.h5.part.json"; }

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
    ASSERT_FALSE(fs::exists(target()));
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
    EXPECT_FALSE(fs::exists(part()));
    EXPECT_FALSE(fs::exists(note()));
  }

  void expect_nothing_left() const { EXPECT_TRUE(fs::is_empty(folder)); }

  fs::path folder;
  std::string content;
};

TEST_F(Download, BringsAWholeFile) {
  const Server server([this](const Server::Request& request) {
    return Server::Answer{serve_file(request, content, kVersionA)};
  });
  std::size_t last = 0;
  expect_whole(fetch(server, {.progress =
                                  [&](std::size_t done, std::size_t total) {
                                    EXPECT_GE(done, last);
                                    EXPECT_EQ(total, content.size());
                                    last = done;
                                  }}),
               0);
  EXPECT_EQ(last, content.size());
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(server.requests()[0].path, "/weights.h5");
  EXPECT_EQ(server.requests()[0].header("range"), "");
}

TEST_F(Download, ContinuesWhereAServerBrokeOff) {
  const Server server([this](const Server::Request& request) {
    return Server::Answer{serve_file(request, content, kVersionA)};
  });
  leave_half(server);
  EXPECT_EQ(unfinished_bytes(target()), kHalf);
  std::size_t total = 0;
  expect_whole(fetch(server, {.progress = [&](std::size_t, std::size_t all) { total = all; }}),
               kHalf);
  EXPECT_EQ(total, kHalf) << "progress counts what this attempt has to fetch";
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(server.requests()[0].header("range"), "bytes=150000-");
  EXPECT_EQ(server.requests()[0].header("if-range"), kVersionA);
  EXPECT_EQ(unfinished_bytes(target()), 0U);
}

TEST_F(Download, BeginsAnewWhenTheFileHasChangedSince) {
  const std::string old = content;
  const Server server([this](const Server::Request& request) {
    return Server::Answer{serve_file(request, content, kVersionB)};
  });
  leave_half(server);
  content.assign(content.rbegin(), content.rend());
  ASSERT_NE(content, old);
  expect_whole(fetch(server), 0);
}

TEST_F(Download, BeginsAnewWhenAServerThatTakesNoNoticeOfIfRangeShowsAnotherVersion) {
  const Server server([this](Server::Request request) {
    if (request.headers.contains("if-range")) {
      request.headers["if-range"] = kVersionB;
    }
    return Server::Answer{serve_file(request, content, kVersionB)};
  });
  leave_half(server);
  content.assign(content.rbegin(), content.rend());
  expect_whole(fetch(server), 0);
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(Download, BeginsAnewWhenTheFileHasBecomeShorterThanThePart) {
  const Server server([this](const Server::Request& request) {
    return Server::Answer{serve_file(request, content, kVersionA)};
  });
  leave_half(server);
  content.resize(kHalf / 2);
  expect_whole(fetch(server), 0);
}

TEST_F(Download, BeginsAnewWhenTheServerIgnoresRange) {
  const Server server([this](const Server::Request&) {
    return Server::Answer{serve_file({}, content, kVersionA)};
  });
  leave_half(server);
  expect_whole(fetch(server), 0);
}

TEST_F(Download, BeginsAnewWhenNothingTellsTheVersion) {
  std::string head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 300000\r\n";
  for (const std::string& extra : {std::string(), std::string("ETag: W/\"weak\"\r\n")}) {
    std::size_t count = 0;
    const Server server([&](const Server::Request&) {
      return Server::Answer{head + extra + "\r\n" +
                            content.substr(0, count++ == 0 ? 9000 : 300'000)};
    });
    const auto broken = fetch(server);
    ASSERT_FALSE(broken.ok());
    EXPECT_EQ(broken.error().message().find("again to continue"), std::string::npos);
    expect_nothing_left();
    expect_whole(fetch(server), 0);
    EXPECT_EQ(server.requests()[1].header("range"), "");
    fs::remove(target());
  }
}

TEST_F(Download, ContinuesByDateWhereThereIsNoETag) {
  const std::string date = "Wed, 21 Oct 2015 07:28:00 GMT";
  std::size_t count = 0;
  const Server server([&](const Server::Request&) {
    const std::string common = "Connection: close\r\nLast-Modified: " + date + "\r\n";
    if (count++ == 0) {
      return Server::Answer{"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n" + common + "\r\n" +
                            content.substr(0, kHalf)};
    }
    return Server::Answer{
        "HTTP/1.1 206 Partial Content\r\nContent-Length: 150000\r\n"
        "Content-Range: bytes 150000-299999/300000\r\n" +
        common + "\r\n" + content.substr(kHalf)};
  });
  ASSERT_FALSE(fetch(server).ok());
  expect_whole(fetch(server), kHalf);
  EXPECT_EQ(server.requests()[1].header("if-range"), date);
}

TEST_F(Download, AnotherPartThanAskedForIsRefused) {
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

TEST_F(Download, AFileOfAnotherSizeIsRefusedBeforeItIsFetched) {
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

TEST_F(Download, AFileAboveTheLimitIsRefused) {
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

TEST_F(Download, WithoutAnyStatedSizeHalfAFileCannotPassForTheWhole) {
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

TEST_F(Download, ErrorAnswersAreErrorsAndTheirTextIsNotTheFile) {
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

TEST_F(Download, AnErrorAnswerKeepsThePartForLater) {
  bool ill = true;
  const Server server([&](const Server::Request& request) {
    return Server::Answer{
        ill ? "HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            : serve_file(request, content, kVersionA)};
  });
  leave_half(server);
  const auto result = fetch(server);
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message().find("keeps 150000"), std::string::npos);
  ill = false;
  expect_whole(fetch(server), kHalf);
}

TEST_F(Download, AStalledServerIsGivenUpAndThePartKept) {
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

TEST_F(Download, AServerThatNeverAnswersIsGivenUp) {
  const Server server([](const Server::Request&) { return Server::Answer{"", true}; });
  const auto result = fetch(server);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kIo);
  expect_nothing_left();
}

TEST_F(Download, StoppingKeepsThePart) {
  const Server server([this](const Server::Request& request) {
    const std::string whole = serve_file(request, content, kVersionA);
    return Server::Answer{whole.substr(0, whole.size() - kHalf), true};
  });
  StopFlag stop;
  const auto result = download_file(
      {.url = server.url("/x"), .target = target(), .expected_bytes = {}, .stall_seconds = 30},
      {.stop = &stop, .progress = [&](std::size_t, std::size_t) { stop.request(); }});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), ErrorCode::kInterrupted);
  EXPECT_TRUE(result.error().message().starts_with("stopped; ")) << result.error().message();
  EXPECT_GT(unfinished_bytes(target()), 0U);
}

TEST_F(Download, FollowsRedirectionsButNotToAFile) {
  ASSERT_TRUE(write_file_atomic(folder / "secret", std::string_view("secret")).ok());
  std::string place = "/elsewhere";
  const Server server([&](const Server::Request& request) {
    return Server::Answer{request.path == "/elsewhere"
                              ? serve_file(request, content, kVersionA)
                              : "HTTP/1.1 302 Found\r\nETag: \"of-the-redirection\"\r\n"
                                "Connection: close\r\nContent-Length: 2\r\nLocation: " +
                                    place + "\r\n\r\nhi"};
  });
  expect_whole(fetch(server), 0);
  fs::remove(target());
  for (const std::string& forbidden :
       {"file://" + (folder / "secret").string(), std::string("ftp://127.0.0.1/x")}) {
    place = forbidden;
    const auto result = fetch(server);
    ASSERT_FALSE(result.ok());
    EXPECT_NE(result.error().message().find("cannot be fetched"), std::string::npos)
        << result.error().message();
    EXPECT_FALSE(fs::exists(target()));
  }
  place = "/weights.h5";
  EXPECT_FALSE(fetch(server).ok()) << "a circle of redirections ends";
}

TEST_F(Download, OnlyHttpAndHttpsAreAddresses) {
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

TEST_F(Download, NobodyListeningIsAnError) {
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

TEST_F(Download, AnEncodedAnswerIsRefused) {
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

TEST_F(Download, APartOfAnotherAddressIsLeftAloneByAFailure) {
  const Server server([](const Server::Request&) {
    return Server::Answer{"HTTP/1.1 404 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"};
  });
  leave_half(server);
  ASSERT_FALSE(
      download_file({.url = server.url("/other"), .target = target(), .expected_bytes = {}}, {})
          .ok());
  EXPECT_EQ(unfinished_bytes(target()), kHalf);
}

TEST_F(Download, APartWhoseNoteIsDamagedIsFetchedAnew) {
  const Server server([this](const Server::Request& request) {
    return Server::Answer{serve_file(request, content, kVersionA)};
  });
  for (const std::string text : {"", "[1]", "{\"url\": 1}", "{\"url\":", "null"}) {
    ASSERT_TRUE(write_file_atomic(part(), std::string_view("half of something")).ok());
    ASSERT_TRUE(write_file_atomic(note(), text).ok());
    expect_whole(fetch(server), 0);
  }
}

TEST_F(Download, TwoAtOnceDoNotWriteIntoEachOther) {
  const Server server([this](const Server::Request& request) {
    return Server::Answer{serve_file(request, content, kVersionA)};
  });
  Status inner;
  expect_whole(fetch(server, {.progress =
                                  [&](std::size_t, std::size_t) {
                                    const auto second = fetch(server);
                                    inner = second.ok() ? Status{} : second.error();
                                  }}),
               0);
  EXPECT_EQ(inner.code(), ErrorCode::kIo);
  EXPECT_NE(inner.message().find("another process is fetching this file"), std::string::npos)
      << inner.message();
}

}  // namespace
}  // namespace kface
