#include "gate/service/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "gate/service/address.h"
#include "gate/service/connection.h"
#include "gate/service/http_talk.h"
#include "gate/service/tls.h"

namespace kface::service {
namespace {

constexpr int kBacklog = 128;
constexpr int kRetryAcceptMs = 50;  // where the system has no descriptor left

std::string system_reason() { return std::generic_category().message(errno); }

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SocketAddress socket_address(const ListenAddress& address) {
  SocketAddress made;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&made.storage);
  if (::inet_pton(AF_INET, address.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(address.port);
    made.size = sizeof(sockaddr_in);
    return made;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&made.storage);
  ::inet_pton(AF_INET6, address.host.c_str(), &v6->sin6_addr);
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(address.port);
  made.size = sizeof(sockaddr_in6);
  return made;
}

std::string numeric_host(const SocketAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
    ::inet_ntop(AF_INET, &v4->sin_addr, text.data(), text.size());
  } else {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
    ::inet_ntop(AF_INET6, &v6->sin6_addr, text.data(), text.size());
  }
  return text.data();
}

Result<int> open_listener(const ListenAddress& address, std::uint16_t& port) {
  SocketAddress at = socket_address(address);
  const int listener =
      ::socket(at.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int yes = 1;
  if (listener >= 0) {
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  }
  if (listener < 0 || ::bind(listener, at.get(), at.size) != 0 ||
      ::listen(listener, kBacklog) != 0) {
    const Status failed(ErrorCode::kIo, address.host + " port " + std::to_string(address.port) +
                                            " cannot be listened on: " + system_reason());
    if (listener >= 0) {
      ::close(listener);
    }
    return failed;
  }
  ::getsockname(listener, at.get(), &at.size);
  port = ntohs(at.storage.ss_family == AF_INET
                   ? reinterpret_cast<const sockaddr_in*>(&at.storage)->sin_port
                   : reinterpret_cast<const sockaddr_in6*>(&at.storage)->sin6_port);
  return listener;
}

Status check_options(const ServiceOptions& options, const ListenAddress& address) {
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    return {ErrorCode::kInvalidArgument,
            "a certificate and its key belong together: give --tls-cert and --tls-key"};
  }
  if (options.tls_cert.empty() && !options.insecure_plain && !is_loopback(address.host)) {
    return {ErrorCode::kInvalidArgument,
            address.host +
                " can be reached from elsewhere, and without TLS tokens and faces would go over "
                "the wire in the clear: give --tls-cert and --tls-key, or, behind a proxy that "
                "does TLS, --insecure-plain"};
  }
  return {};
}

}  // namespace

struct HttpServer::Impl {
  struct Client {
    int descriptor = -1;
    std::string group;
    bool busy = false;
    std::thread thread;
  };

  Impl(const ServiceOptions& chosen, HttpService& answers)
      : options(chosen),
        service(answers),
        memory(static_cast<std::size_t>(chosen.body_memory_mb) << 20U) {}

  ~Impl() {
    for (const int descriptor : {listener, wake}) {
      if (descriptor >= 0) {
        ::close(descriptor);
      }
    }
  }

  void accept_all();
  void accept_one();
  bool has_room(const std::string& group);
  void serve(std::uint64_t id, int descriptor, const std::string& source);
  void join_finished();
  void stop();

  const ServiceOptions options;
  HttpService& service;
  BodyMemory memory;
  std::unique_ptr<TlsContext> tls;
  std::string host;
  std::uint16_t port = 0;
  int listener = -1;
  int wake = -1;  // eventfd; ends accept_all()
  std::thread acceptor;

  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;                    // guarded by mutex
  std::uint64_t next_id = 0;                // guarded by mutex
  std::map<std::uint64_t, Client> clients;  // guarded by mutex
  std::vector<std::thread> finished;        // guarded by mutex
};

void HttpServer::Impl::accept_all() {
  for (;;) {
    std::array<pollfd, 2> wait_on{pollfd{.fd = listener, .events = POLLIN, .revents = 0},
                                  pollfd{.fd = wake, .events = POLLIN, .revents = 0}};
    if (::poll(wait_on.data(), wait_on.size(), -1) < 0 && errno != EINTR) {
      return;
    }
    if (wait_on[1].revents != 0) {
      return;
    }
    join_finished();
    if (wait_on[0].revents != 0) {
      accept_one();
    }
  }
}

void HttpServer::Impl::accept_one() {
  SocketAddress from;
  from.size = sizeof(from.storage);
  const int descriptor = ::accept4(listener, from.get(), &from.size, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (descriptor < 0) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      std::this_thread::sleep_for(std::chrono::milliseconds(kRetryAcceptMs));
    }
    return;
  }
  const int yes = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  const std::string source = numeric_host(from);
  const std::string group = address_group(source);
  const std::lock_guard lock(mutex);
  if (stopping || !has_room(group)) {
    ::close(descriptor);
    return;
  }
  const std::uint64_t id = next_id++;
  Client& client = clients[id];
  client.descriptor = descriptor;
  client.group = group;
  try {
    client.thread = std::thread([this, id, descriptor, source] { serve(id, descriptor, source); });
  } catch (const std::system_error&) {  // no thread left: as if there were no room
    clients.erase(id);
    ::close(descriptor);
  }
}

bool HttpServer::Impl::has_room(const std::string& group) {
  int of_group = 0;
  for (const auto& [id, client] : clients) {
    of_group += client.group == group ? 1 : 0;
  }
  return clients.size() < static_cast<std::size_t>(options.connections) &&
         of_group < options.source_connections;
}

void HttpServer::Impl::serve(std::uint64_t id, int descriptor, const std::string& source) {
  const auto set_busy = [this, id](bool busy) {
    const std::lock_guard lock(mutex);
    clients.at(id).busy = busy;
    return !stopping;
  };
  const TalkHooks hooks{.begins = [&] { return set_busy(true); },
                        .ends = [&] { return set_busy(false); }};
  try {
    Connection connection(descriptor, tls.get());
    talk_http(connection, source, service, memory,
              {.request = std::chrono::milliseconds(options.request_timeout_ms),
               .idle = std::chrono::milliseconds(options.idle_timeout_ms)},
              hooks);
  } catch (const std::exception&) {
    // Out of memory, or a fault of ours: this connection ends, the others go on.
  }
  const std::lock_guard lock(mutex);
  ::close(descriptor);
  const auto client = clients.find(id);
  finished.push_back(std::move(client->second.thread));
  clients.erase(client);
  changed.notify_all();
}

void HttpServer::Impl::join_finished() {
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex);
    threads.swap(finished);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

void HttpServer::Impl::stop() {
  {
    const std::lock_guard lock(mutex);
    if (stopping) {
      return;
    }
    stopping = true;
    for (const auto& [id, client] : clients) {
      if (!client.busy) {
        ::shutdown(client.descriptor, SHUT_RD);
      }
    }
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t woken = ::write(wake, &one, sizeof(one));
  acceptor.join();
  ::close(listener);
  listener = -1;
  std::unique_lock lock(mutex);
  const auto all_gone = [this] { return clients.empty(); };
  if (!changed.wait_for(lock, std::chrono::milliseconds(options.stop_timeout_ms), all_gone)) {
    for (const auto& [id, client] : clients) {
      ::shutdown(client.descriptor, SHUT_RDWR);
    }
    changed.wait(lock, all_gone);
  }
  lock.unlock();
  join_finished();
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { stop(); }
std::uint16_t HttpServer::port() const { return impl_->port; }
void HttpServer::stop() { impl_->stop(); }

std::string HttpServer::url() const {
  const bool v6 = impl_->host.find(':') != std::string::npos;
  return std::string(impl_->tls ? "https" : "http") + "://" + (v6 ? "[" : "") + impl_->host +
         (v6 ? "]" : "") + ":" + std::to_string(impl_->port);
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(const ServiceOptions& options,
                                                      HttpService& service) {
  KF_ASSIGN(const ListenAddress address, parse_listen(options.listen));
  KF_TRY(check_options(options, address));
  auto impl = std::make_unique<Impl>(options, service);
  if (!options.tls_cert.empty()) {
    KF_ASSIGN(impl->tls, TlsContext::open(options.tls_cert, options.tls_key));
  }
  impl->host = address.host;
  KF_ASSIGN(impl->listener, open_listener(address, impl->port));
  impl->wake = ::eventfd(0, EFD_CLOEXEC);
  if (impl->wake < 0) {
    return Status{ErrorCode::kIo, "no event descriptor: " + system_reason()};
  }
  impl->acceptor = std::thread([raw = impl.get()] { raw->accept_all(); });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

}  // namespace kface::service
