#include "gate/service/connection.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "gate/service/tls.h"
#include "kface/status.h"

namespace kface::service {
namespace {

constexpr std::size_t kMostLingering = 1U << 20U;  // bytes that are taken in after the answer

SSL* native(void* ssl) { return static_cast<SSL*>(ssl); }

}  // namespace

Connection::Connection(int descriptor, const TlsContext* tls) : descriptor_(descriptor) {
  if (tls != nullptr) {
    ssl_ = SSL_new(static_cast<SSL_CTX*>(tls->native()));
    KF_REQUIRE(ssl_ != nullptr);
    SSL_set_fd(native(ssl_), descriptor);
  }
}

Connection::~Connection() {
  if (ssl_ != nullptr) {
    SSL_free(native(ssl_));
  }
}

bool Connection::wait(short events) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
    if (left.count() <= 0) {
      timed_out_ = true;
      return false;
    }
    pollfd poll_on{.fd = descriptor_, .events = events, .revents = 0};
    const int ready =
        ::poll(&poll_on, 1, static_cast<int>(std::min<long long>(left.count(), 60'000)));
    if (ready > 0) {
      return true;
    }
    if (ready < 0 && errno != EINTR) {
      return false;
    }
  }
}

bool Connection::greet() {
  if (ssl_ == nullptr) {
    return true;
  }
  for (;;) {
    ERR_clear_error();
    const int done = SSL_accept(native(ssl_));
    if (done == 1) {
      return true;
    }
    const int error = SSL_get_error(native(ssl_), done);
    if ((error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) ||
        !wait(error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT)) {
      broken_ = true;
      return false;
    }
  }
}

bool Connection::wait_for_bytes() {
  if (begin_ < end_) {
    return true;
  }
  const long got = read_some(buffer_.data(), buffer_.size());
  begin_ = 0;
  end_ = got > 0 ? static_cast<std::size_t>(got) : 0;
  return got > 0;
}

long Connection::read(char* to, std::size_t size) {
  if (begin_ == end_ && size >= buffer_.size()) {
    return read_some(to, size);
  }
  if (begin_ == end_) {
    const long got = read_some(buffer_.data(), buffer_.size());
    if (got <= 0) {
      return got;
    }
    begin_ = 0;
    end_ = static_cast<std::size_t>(got);
  }
  const std::size_t take = std::min(size, end_ - begin_);
  std::copy_n(buffer_.data() + begin_, take, to);
  begin_ += take;
  return static_cast<long>(take);
}

long Connection::read_some(char* to, std::size_t size) {
  for (;;) {
    if (Clock::now() >= deadline_) {
      timed_out_ = true;  // also where bytes come in, one by one
      return -1;
    }
    short wanted = POLLIN;
    if (ssl_ != nullptr) {
      ERR_clear_error();
      std::size_t got = 0;
      const int done = SSL_read_ex(native(ssl_), to, size, &got);
      if (done == 1) {
        return static_cast<long>(got);
      }
      const int error = SSL_get_error(native(ssl_), done);
      if (error == SSL_ERROR_ZERO_RETURN) {
        return 0;
      }
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
        broken_ = true;
        return -1;
      }
      wanted = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    } else {
      const ssize_t got = ::recv(descriptor_, to, size, 0);
      if (got >= 0) {
        return got;
      }
      if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        return -1;
      }
    }
    if (!wait(wanted)) {
      return -1;
    }
  }
}

bool Connection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    short wanted = POLLOUT;
    std::size_t put = 0;
    if (ssl_ != nullptr) {
      ERR_clear_error();
      const int done = SSL_write_ex(native(ssl_), bytes.data(), bytes.size(), &put);
      if (done != 1) {
        const int error = SSL_get_error(native(ssl_), done);
        if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
          broken_ = true;
          return false;
        }
        wanted = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
      }
    } else {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        return false;
      }
      put = sent > 0 ? static_cast<std::size_t>(sent) : 0;
    }
    bytes.remove_prefix(put);
    if (put == 0 && !wait(wanted)) {
      return false;
    }
  }
  return true;
}

void Connection::finish(std::chrono::milliseconds linger) {
  if (ssl_ != nullptr && !broken_) {
    ERR_clear_error();
    SSL_shutdown(native(ssl_));
  }
  ::shutdown(descriptor_, SHUT_WR);
  set_deadline(Clock::now() + linger);
  std::size_t taken = 0;
  while (taken < kMostLingering && wait(POLLIN)) {
    const ssize_t got = ::recv(descriptor_, buffer_.data(), buffer_.size(), 0);
    if (got <= 0) {
      return;
    }
    taken += static_cast<std::size_t>(got);
  }
}

}  // namespace kface::service
