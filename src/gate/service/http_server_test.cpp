// The service over real sockets on 127.0.0.1: what only a connection can do wrong.
#include "gate/service/http_server.h"

#include <gtest/gtest.h>

#include <latch>

#include "gate/service/fakes_for_test.h"
#include "gate/service/socket_for_test.h"

namespace kface::service {
namespace {

ServiceOptions quick_options() {
  ServiceOptions options = ServiceForTest::generous();
  options.listen = "127.0.0.1:0";
  return options;
}

class HttpServerTest : public testing::Test {
 protected:
  explicit HttpServerTest(const ServiceOptions& options = quick_options()) : options_(options) {
    start();
  }

  void start() {
    server_.reset();
    test_.options_ = options_;
    test_.restart();
    auto started = HttpServer::start(options_, *test_.service);
    ASSERT_TRUE(started.ok()) << started.error().message();
    server_ = std::move(started).value();
  }

  std::string head(const std::string& method, const std::string& target,
                   const std::string& more = "", Role role = Role::kAdmin) const {
    return method + " " + target + " HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " +
           test_.tokens.at(role) + "\r\n" + more + "\r\n";
  }
  std::string photo_request(std::uint8_t code = kFaceOne) const {
    const auto photo = photo_for_test(code);
    return head("POST", "/v1/identify",
                "Content-Type: image/png\r\nContent-Length: " + std::to_string(photo.size()) +
                    "\r\n") +
           std::string(photo.begin(), photo.end());
  }
  void expect_up() const {
    SocketForTest client(server_->port());
    EXPECT_TRUE(client.ask(head("GET", "/v1/health")).starts_with("HTTP/1.1 200 "));
  }

  ServiceForTest test_{quick_options()};
  ServiceOptions options_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersManyRequestsOnOneConnection) {
  SocketForTest client(server_->port());
  for (int i = 0; i < 20; ++i) {
    const std::string answer = client.ask(photo_request());
    ASSERT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
    EXPECT_NE(answer.find("\"verdict\":\"granted\""), std::string::npos);
    EXPECT_NE(answer.find("x-request-id: "), std::string::npos);
  }
  // Two at once are answered one after the other.
  client.send(head("GET", "/v1/me") + head("GET", "/v1/models"));
  EXPECT_NE(client.answer().find("\"role\":\"admin\""), std::string::npos);
  EXPECT_NE(client.answer().find("\"models\""), std::string::npos);
}

TEST_F(HttpServerTest, AnswersHeadWithoutABody) {
  SocketForTest client(server_->port());
  client.send(head("HEAD", "/v1/health", "Connection: close\r\n"));
  const std::string answer = client.rest();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST_F(HttpServerTest, ReadsChunkedBodies) {
  const auto photo = photo_for_test(kFaceOne);
  const std::string bytes(photo.begin(), photo.end());
  char size[16];
  std::snprintf(size, sizeof(size), "%zx\r\n", bytes.size() - 10);
  SocketForTest client(server_->port());
  const std::string start =
      head("POST", "/v1/identify", "Content-Type: image/png\r\nTransfer-Encoding: chunked\r\n");
  const std::string answer = client.ask(start + "a\r\n" + bytes.substr(0, 10) + "\r\n" + size +
                                        bytes.substr(10) + "\r\n0\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_NE(client.ask(head("GET", "/v1/me")).find("admin"), std::string::npos);
}

TEST_F(HttpServerTest, RefusesChunksWithoutEnd) {
  SocketForTest client(server_->port());
  client.send(head("POST", "/v1/tokens",
                   "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"));
  const std::string chunk = "1000\r\n" + std::string(4096, ' ') + "\r\n";
  for (int i = 0; i < 64 && client.send(chunk); ++i) {
  }
  EXPECT_TRUE(client.answer().starts_with("HTTP/1.1 413 "));
  EXPECT_EQ(client.rest(), "");
  SocketForTest second(server_->port());
  second.send(head("POST", "/v1/tokens",
                   "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"));
  const std::string extension(1U << 16U, 'x');
  second.send("1;");
  for (int i = 0; i < 8 && second.send(extension); ++i) {
  }
  EXPECT_TRUE(second.answer().starts_with("HTTP/1.1 413 "));
  expect_up();
}

TEST_F(HttpServerTest, RefusesWhatIsNoRequest) {
  const std::string wrong[] = {
      std::string("\x16\x03\x01\x02\x00\x01\xfc\x03\x03 greetings in TLS\r\n\r\n", 29),
      "GET\r\n\r\n",
      "BREW /v1/health HTTP/1.1\r\n\r\n",
      "GET /v1/health HTTP/9.9\r\n\r\n",
      "GET /v1/health HTTP/1.1\r\nBad Header: x\r\n\r\n",
      head("POST", "/v1/tokens", "Content-Length: 2\r\nContent-Length: 3\r\n") + "{}",
      head("POST", "/v1/tokens", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n") + "{}",
      head("POST", "/v1/tokens", "Transfer-Encoding: gzip, chunked\r\n") + "0\r\n\r\n",
      head("POST", "/v1/tokens", "Content-Length: +2\r\n") + "{}",
      head("GET", "/v1/me", "Content-Length: 5\r\n") + "GET /",
      head("GET", "/v1/me", "X: a\nContent-Length: 5\r\n"),
      head("GET", "/v1/me", std::string("X: a\0b\r\n", 8)),
      head("POST", "/v1/tokens",
           "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n") +
          "zz\r\n{}\r\n",
  };
  for (const std::string& bytes : wrong) {
    SocketForTest client(server_->port());
    client.send(bytes);
    const std::string answer = client.rest();  // and the connection ends with it
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << bytes << "\n" << answer;
    EXPECT_NE(answer.find("\"code\":\""), std::string::npos) << answer;
  }
  expect_up();
}

TEST_F(HttpServerTest, RefusesHeadsWithoutEnd) {
  for (const std::string& start :
       {std::string("GET /"), std::string("GET /v1/health HTTP/1.1\r\nX: "),
        std::string("GET /v1/health HTTP/1.1\r\n")}) {
    SocketForTest client(server_->port());
    client.send(start);
    const std::string more = start.ends_with("1\r\n") ? "X-Y: z\r\n" : "aaaaaaaa";
    for (int i = 0; i < 20'000 && client.send(more); ++i) {
    }
    const std::string answer = client.answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ") || answer.starts_with("HTTP/1.1 400 "))
        << answer;
  }
  expect_up();
}

TEST_F(HttpServerTest, AnswersBeforeTheBodyWhereItIsNotWanted) {
  SocketForTest client(server_->port());
  client.send(
      "POST /v1/identify HTTP/1.1\r\nHost: gate\r\nContent-Type: image/png\r\nContent-Length: "
      "8000000\r\n\r\n");
  client.send(std::string(200'000, 'x'));
  const std::string answer = client.rest();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 401 ")) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
}

TEST_F(HttpServerTest, SaysContinueOnlyToThoseWhoMay) {
  SocketForTest client(server_->port());
  const auto photo = photo_for_test(kFaceOne);
  client.send(head("POST", "/v1/identify",
                   "Content-Type: image/png\r\nExpect: 100-continue\r\nContent-Length: " +
                       std::to_string(photo.size()) + "\r\n"));
  EXPECT_TRUE(client.answer().starts_with("HTTP/1.1 100 "));
  EXPECT_TRUE(client.ask(std::string(photo.begin(), photo.end())).starts_with("HTTP/1.1 200 "));
  SocketForTest other(server_->port());
  other.send(head("POST", "/v1/identify",
                  "Content-Type: image/png\r\nExpect: 100-continue\r\nContent-Length: 9\r\n",
                  Role::kAuditor));
  EXPECT_TRUE(other.answer().starts_with("HTTP/1.1 403 "));
}

TEST_F(HttpServerTest, StreamsTheExport) {
  SocketForTest client(server_->port());
  client.send(head("GET", "/v1/audit/export?format=csv", "Connection: close\r\n", Role::kAuditor));
  const std::string answer = client.rest();
  EXPECT_NE(answer.find("Transfer-Encoding: chunked"), std::string::npos);
  EXPECT_NE(answer.find(audit_csv_heading()), std::string::npos);
  EXPECT_TRUE(answer.ends_with("0\r\n\r\n")) << answer;
}

class SlowClients : public HttpServerTest {
 protected:
  static ServiceOptions impatient() {
    ServiceOptions options = quick_options();
    options.request_timeout_ms = 300;
    options.idle_timeout_ms = 300;
    return options;
  }
  SlowClients() : HttpServerTest(impatient()) {}

  // Sends a byte every 20 ms until the server has enough of it.
  static std::string drip(SocketForTest& client) {
    pollfd wait_on{.fd = client.descriptor(), .events = POLLIN, .revents = 0};
    while (::poll(&wait_on, 1, 20) == 0 && client.send("x")) {
    }
    return client.answer();
  }
};

TEST_F(SlowClients, WhoDripTheirHeadAreSentAway) {
  SocketForTest client(server_->port());
  client.send("GET /v1/health HTTP/1.1\r\nX: ");
  expect_up();  // others are served meanwhile
  EXPECT_TRUE(drip(client).starts_with("HTTP/1.1 408 "));
  EXPECT_EQ(client.rest(), "");
}

TEST_F(SlowClients, WhoDripTheirBodyAreSentAway) {
  SocketForTest client(server_->port());
  client.send(
      head("POST", "/v1/identify", "Content-Type: image/png\r\nContent-Length: 100000\r\n"));
  expect_up();
  EXPECT_TRUE(drip(client).starts_with("HTTP/1.1 408 "));
}

TEST_F(SlowClients, WhoSayNothingAreClosed) {
  SocketForTest client(server_->port());
  EXPECT_EQ(client.rest(), "");
  expect_up();
}

class FewConnections : public HttpServerTest {
 protected:
  static ServiceOptions few() {
    ServiceOptions options = quick_options();
    options.source_connections = 2;
    return options;
  }
  FewConnections() : HttpServerTest(few()) {}
};

TEST_F(FewConnections, OfOneAddressAreKept) {
  {
    SocketForTest first(server_->port());
    SocketForTest second(server_->port());
    EXPECT_FALSE(first.ask(head("GET", "/v1/me")).empty());
    EXPECT_FALSE(second.ask(head("GET", "/v1/me")).empty());
    SocketForTest third(server_->port());
    third.send(head("GET", "/v1/me"));
    EXPECT_EQ(third.rest(), "");
  }
  // When they are gone there is room again.
  for (std::string answer; answer.empty();) {
    SocketForTest next(server_->port());
    answer = next.ask(head("GET", "/v1/me"));
  }
}

class LittleMemory : public HttpServerTest {
 protected:
  static ServiceOptions little() {
    ServiceOptions options = quick_options();
    options.body_memory_mb = 1;
    return options;
  }
  LittleMemory() : HttpServerTest(little()) {}
};

TEST_F(LittleMemory, ForBodiesIsNotExceeded) {
  SocketForTest client(server_->port());
  client.send(
      head("POST", "/v1/identify", "Content-Type: image/png\r\nContent-Length: 2000000\r\n"));
  client.send(std::string(2'000'000, 'x'));
  EXPECT_TRUE(client.answer().starts_with("HTTP/1.1 503 "));
  SocketForTest next(server_->port());  // it was given back
  EXPECT_TRUE(next.ask(photo_request()).starts_with("HTTP/1.1 200 "));
}

class Overload : public HttpServerTest {
 protected:
  static ServiceOptions narrow() {
    ServiceOptions options = quick_options();
    options.workers = 1;
    options.queue = 1;
    options.queue_wait_ms = 20'000;
    return options;
  }
  Overload() : HttpServerTest(narrow()) {}
};

TEST_F(Overload, IsSentAwayWith429AndTheServiceRecovers) {
  constexpr int kClients = 8;
  test_.access.work_ms = 300;
  std::atomic<int> done{0};
  std::atomic<int> shed{0};
  std::latch together(kClients);
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      SocketForTest client(server_->port());
      client.ask(head("GET", "/v1/me"));
      together.arrive_and_wait();
      const std::string answer = client.ask(photo_request());
      const bool away =
          answer.starts_with("HTTP/1.1 429 ") && answer.find("Retry-After: 1") != std::string::npos;
      done += answer.starts_with("HTTP/1.1 200 ") ? 1 : 0;
      shed += away ? 1 : 0;
    });
  }
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_EQ(done + shed, kClients);
  EXPECT_GE(done, 2);
  EXPECT_GE(shed, 1);
  SocketForTest after(server_->port());
  EXPECT_TRUE(after.ask(photo_request()).starts_with("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, FinishesWhatIsInWorkWhenItStops) {
  test_.access.work_ms = 300;
  SocketForTest client(server_->port());
  SocketForTest idle(server_->port());
  EXPECT_FALSE(idle.ask(head("GET", "/v1/me")).empty());
  const int read_before = test_.access.num_read;
  client.send(photo_request());
  while (test_.access.num_read == read_before) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const std::uint16_t port = server_->port();
  server_->stop();
  EXPECT_TRUE(client.answer().starts_with("HTTP/1.1 200 "));
  EXPECT_EQ(idle.rest(), "");
  EXPECT_THROW(SocketForTest refused(port), ContractViolation);
  server_->stop();  // again: nothing
}

TEST(HttpServerStart, RefusesUnsafeOrImpossibleAddresses) {
  ServiceForTest test;
  const auto message = [&](ServiceOptions options) {
    const auto started = HttpServer::start(options, *test.service);
    return started.ok() ? std::string() : started.error().message();
  };
  EXPECT_NE(message({.listen = "0.0.0.0:0"}).find("--tls-cert and --tls-key"), std::string::npos);
  EXPECT_NE(message({.listen = "[::]:0"}).find("without TLS"), std::string::npos);
  EXPECT_NE(message({.listen = "gate:80"}).find("no address to listen on"), std::string::npos);
  EXPECT_NE(message({.listen = "127.0.0.1:0", .tls_cert = "x"}).find("belong together"),
            std::string::npos);
  EXPECT_NE(message({.listen = "127.0.0.1:0", .tls_cert = "/no/cert", .tls_key = "/no/key"})
                .find("/no/cert cannot be read as a certificate"),
            std::string::npos);
  const auto first = HttpServer::start({.listen = "127.0.0.1:0"}, *test.service);
  ASSERT_TRUE(first.ok());
  const std::string taken = "127.0.0.1:" + std::to_string(first.value()->port());
  EXPECT_EQ(first.value()->url(), "http://" + taken);
  EXPECT_NE(message({.listen = taken}).find("cannot be listened on"), std::string::npos);
}

}  // namespace
}  // namespace kface::service
