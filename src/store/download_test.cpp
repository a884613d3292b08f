#include "store/download.h"

#include "store/download_fixture_for_test.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

class Download : public DownloadFixture {};

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
