// A server on 127.0.0.1 that answers byte for byte what a test says, so that it can also misbehave:
// break off, stall, ignore Range, lie about sizes.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "kface/status.h"

namespace kface {

class HttpServerForTest {
 public:
  struct Request {
    std::string path;
    std::map<std::string, std::string> headers;  // names in lower case

    std::string header(const std::string& name) const {
      const auto found = headers.find(name);
      return found == headers.end() ? "" : found->second;
    }
  };
  struct Answer {
    std::string bytes;          // status line, headers, body, as they go out
    bool stall_at_end = false;  // keeps the connection open without a word
  };
  using Handler = std::function<Answer(const Request&)>;

  explicit HttpServerForTest(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool listens =
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
        ::listen(listener_, 16) == 0;
    KF_REQUIRE(listens);
    socklen_t size = sizeof(address);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }

  ~HttpServerForTest() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    for (const int stalled : stalled_) {
      ::close(stalled);
    }
    ::close(listener_);
  }
  HttpServerForTest(const HttpServerForTest&) = delete;
  HttpServerForTest& operator=(const HttpServerForTest&) = delete;

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

  std::vector<Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    for (;;) {
      const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) {
        return;
      }
      const auto request = read_request(connection);
      const Answer answer = request ? handler_(*request) : Answer{};
      std::size_t sent = 0;
      while (sent < answer.bytes.size()) {
        const ssize_t put = ::send(connection, answer.bytes.data() + sent,
                                   answer.bytes.size() - sent, MSG_NOSIGNAL);
        if (put <= 0) {
          break;
        }
        sent += static_cast<std::size_t>(put);
      }
      if (answer.stall_at_end) {
        stalled_.push_back(connection);
      } else {
        ::shutdown(connection, SHUT_WR);
        ::close(connection);
      }
    }
  }

  std::optional<Request> read_request(int connection) {
    std::string text;
    while (text.find("\r\n\r\n") == std::string::npos) {
      char buffer[4096];
      const ssize_t got = ::recv(connection, buffer, sizeof(buffer), 0);
      if (got <= 0) {
        return std::nullopt;
      }
      text.append(buffer, static_cast<std::size_t>(got));
    }
    Request request;
    const auto path = text.find(' ') + 1;
    request.path = text.substr(path, text.find(' ', path) - path);
    for (auto at = text.find("\r\n") + 2; text.compare(at, 2, "\r\n") != 0;) {
      const auto end = text.find("\r\n", at);
      const auto colon = text.find(':', at);
      std::string name = text.substr(at, colon - at);
      for (char& c : name) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      }
      request.headers[name] = text.substr(colon + 2, end - colon - 2);
      at = end + 2;
    }
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    return request;
  }

  Handler handler_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
  std::vector<int> stalled_;  // of the thread
  mutable std::mutex mutex_;
  std::vector<Request> requests_;  // guarded by mutex_
};

// What a well-behaved server answers for `content`, of the version `etag`.
inline std::string serve_file(const HttpServerForTest::Request& request, const std::string& content,
                              const std::string& etag) {
  const std::string range = request.header("range");
  const std::string head = "\r\nETag: " + etag + "\r\nConnection: close\r\nContent-Length: ";
  constexpr std::string_view kUnit = "bytes=";
  if (!range.starts_with(kUnit) || request.header("if-range") != etag) {
    return "HTTP/1.1 200 OK" + head + std::to_string(content.size()) + "\r\n\r\n" + content;
  }
  const std::size_t from = std::stoul(range.substr(kUnit.size()));
  if (from >= content.size()) {
    return "HTTP/1.1 416 Range Not Satisfiable" + head + "0\r\n\r\n";
  }
  return "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(from) + "-" +
         std::to_string(content.size() - 1) + "/" + std::to_string(content.size()) + head +
         std::to_string(content.size() - from) + "\r\n\r\n" + content.substr(from);
}

}  // namespace kface
