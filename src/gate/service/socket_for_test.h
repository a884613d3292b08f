// A client that sends bytes as a test says, also such as no client would.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "kface/status.h"

namespace kface::service {

class SocketForTest {
 public:
  explicit SocketForTest(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool connected =
        ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    KF_REQUIRE(connected, port);
  }
  ~SocketForTest() { ::close(descriptor_); }
  SocketForTest(const SocketForTest&) = delete;
  SocketForTest& operator=(const SocketForTest&) = delete;

  int descriptor() const { return descriptor_; }

  // false: the other end is gone.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t put = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (put <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
  }

  // One answer: its head and as many bytes as it announces. Empty: closed without one.
  std::string answer() {
    while (text_.find("\r\n\r\n") == std::string::npos) {
      if (!receive()) {
        return std::exchange(text_, {});
      }
    }
    const std::size_t body = text_.find("\r\n\r\n") + 4;
    const std::size_t at = text_.find("Content-Length: ");
    const std::size_t length = at < body ? std::stoul(text_.substr(at + 16)) : 0;
    while (text_.size() < body + length && receive()) {
    }
    std::string whole = text_.substr(0, body + length);
    text_.erase(0, body + length);
    return whole;
  }

  // All that comes until the other end closes.
  std::string rest() {
    while (receive()) {
    }
    return std::exchange(text_, {});
  }

  std::string ask(std::string_view bytes) {
    send(bytes);
    return answer();
  }

 private:
  bool receive() {
    constexpr int kPatienceMs = 60'000;  // for a machine that is busy; no test waits for it
    pollfd wait_on{.fd = descriptor_, .events = POLLIN, .revents = 0};
    char buffer[4096];
    const ssize_t got =
        ::poll(&wait_on, 1, kPatienceMs) > 0 ? ::recv(descriptor_, buffer, sizeof(buffer), 0) : -1;
    text_.append(buffer, got > 0 ? static_cast<std::size_t>(got) : 0);
    return got > 0;
  }

  int descriptor_;
  std::string text_;
};

}  // namespace kface::service
