#include "gate/mqtt_session.h"

#include <fcntl.h>
#include <mosquitto.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

namespace kface {
namespace {

using Clock = std::chrono::steady_clock;
using Ms = std::chrono::milliseconds;

constexpr Ms kConnectLimit{5000};  // for TCP, and again for TLS and the broker's word
constexpr int kQos = 1;

int poll_ms(Ms limit) { return static_cast<int>(std::max<Ms::rep>(0, limit.count())); }

void drain(int wake) {
  std::uint64_t count = 0;
  (void)!::read(wake, &count, sizeof(count));
}

struct AddressList {
  addrinfo* first = nullptr;
  ~AddressList() { ::freeaddrinfo(first); }
};

// Does TCP reach this address? libmosquitto's own connect() may take minutes over a host that does
// not answer, and cannot be stopped meanwhile.
Status try_tcp(const addrinfo& address, int wake) {
  const FileDescriptor socket(::socket(
      address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.ai_protocol));
  const auto failed = [](int error) {
    return Status{ErrorCode::kIo, std::generic_category().message(error)};
  };
  if (socket.number() < 0) {
    return failed(errno);
  }
  if (::connect(socket.number(), address.ai_addr, address.ai_addrlen) == 0) {
    return {};
  }
  if (errno != EINPROGRESS) {
    return failed(errno);
  }
  std::array<pollfd, 2> wanted = {{{socket.number(), POLLOUT, 0}, {wake, POLLIN, 0}}};
  const int found = ::poll(wanted.data(), wanted.size(), poll_ms(kConnectLimit));
  if (found <= 0 || wanted[0].revents == 0) {
    return failed(ETIMEDOUT);
  }
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? Status{} : failed(error);
}

Status check_reachable(const MqttAddress& address, int wake) {
  const std::string where = address.host + ":" + std::to_string(address.port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  AddressList list;
  const int resolved = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(),
                                     &hints, &list.first);
  if (resolved != 0) {
    return {ErrorCode::kIo, where + ": " + ::gai_strerror(resolved)};
  }
  Status last{ErrorCode::kIo, "no address"};
  for (const addrinfo* each = list.first; each != nullptr; each = each->ai_next) {
    last = try_tcp(*each, wake);
    if (last.ok()) {
      return last;
    }
  }
  return {ErrorCode::kIo, where + ": cannot connect: " + last.message()};
}

class LibmosquittoSession final : public MqttSession {
 public:
  explicit LibmosquittoSession(const MqttSettings& settings)
      : where_(settings.address.host + ":" + std::to_string(settings.address.port)) {
    static const int library = mosquitto_lib_init();
    KF_REQUIRE(library == MOSQ_ERR_SUCCESS, library);
    client_ = mosquitto_new(settings.client_id.c_str(), true, this);
    KF_REQUIRE(client_ != nullptr);
    mosquitto_connect_callback_set(client_, [](mosquitto*, void* self, int answer) {
      static_cast<LibmosquittoSession*>(self)->answer_ = answer;
    });
    mosquitto_publish_callback_set(client_, [](mosquitto*, void* self, int id) {
      const auto& acknowledged = static_cast<LibmosquittoSession*>(self)->on_acknowledged;
      if (acknowledged) {
        acknowledged(id);
      }
    });
  }
  ~LibmosquittoSession() override { mosquitto_destroy(client_); }

  Status begin(const MqttSettings& settings) {
    KF_TRY(checked(mosquitto_will_set(client_, settings.will.topic.c_str(),
                                      static_cast<int>(settings.will.payload.size()),
                                      settings.will.payload.data(), kQos, settings.will.retain)));
    if (!settings.credentials.user.empty()) {
      KF_TRY(checked(mosquitto_username_pw_set(client_, settings.credentials.user.c_str(),
                                               settings.credentials.password.c_str())));
    }
    if (settings.address.tls) {
      const bool own = !settings.ca_file.empty();
      KF_TRY(
          checked(mosquitto_tls_set(client_, own ? settings.ca_file.c_str() : nullptr,
                                    own ? nullptr : "/etc/ssl/certs", nullptr, nullptr, nullptr)));
    }
    tls_ = settings.address.tls;
    return checked(mosquitto_connect(client_, settings.address.host.c_str(), settings.address.port,
                                     settings.keepalive_s));
  }

  Status wait_for_answer(const FileDescriptor& wake, const std::function<bool()>& stopping) {
    const auto end = Clock::now() + kConnectLimit;
    while (!answer_) {
      if (stopping()) {
        return {ErrorCode::kInterrupted, where_ + ": not connected: stopping"};
      }
      const auto left = std::chrono::duration_cast<Ms>(end - Clock::now());
      if (left <= Ms(0)) {
        return {ErrorCode::kIo, where_ + ": no answer of an MQTT broker within " +
                                    std::to_string(kConnectLimit.count()) + " ms"};
      }
      Status stepped = step(wake, left);
      // A broker that refuses says why, and hangs up.
      if (!stepped.ok() && (!answer_ || *answer_ == 0)) {
        return stepped;
      }
    }
    return *answer_ == 0
               ? Status{}
               : Status{ErrorCode::kIo,
                        where_ + ": the broker refuses: " + mosquitto_connack_string(*answer_)};
  }

  Result<int> publish(const MqttMessage& message) override {
    int id = 0;
    KF_TRY(checked(mosquitto_publish(client_, &id, message.topic.c_str(),
                                     static_cast<int>(message.payload.size()),
                                     message.payload.data(), kQos, message.retain)));
    return id;
  }

  Status step(const FileDescriptor& wake, Ms limit) override {
    const int socket = mosquitto_socket(client_);
    if (socket < 0) {
      return checked(MOSQ_ERR_CONN_LOST);
    }
    const auto events = static_cast<short>(POLLIN | (mosquitto_want_write(client_) ? POLLOUT : 0));
    std::array<pollfd, 2> wanted = {{{socket, events, 0}, {wake.number(), POLLIN, 0}}};
    (void)::poll(wanted.data(), wanted.size(), poll_ms(limit));
    if (wanted[1].revents != 0) {
      drain(wake.number());
    }
    // TLS may hold bytes that the socket no longer shows.
    if (wanted[0].revents != 0 || tls_) {
      KF_TRY(checked(mosquitto_loop_read(client_, 1)));
    }
    if (mosquitto_want_write(client_)) {
      KF_TRY(checked(mosquitto_loop_write(client_, 1)));
    }
    return checked(mosquitto_loop_misc(client_));
  }

  void disconnect() override {
    mosquitto_disconnect(client_);
    if (mosquitto_want_write(client_)) {
      mosquitto_loop_write(client_, 1);
    }
  }

 private:
  Status checked(int code) const {
    if (code == MOSQ_ERR_SUCCESS) {
      return {};
    }
    const std::string why =
        code == MOSQ_ERR_ERRNO ? std::generic_category().message(errno) : mosquitto_strerror(code);
    return {ErrorCode::kIo, where_ + ": " + why};
  }

  const std::string where_;
  mosquitto* client_ = nullptr;
  std::optional<int> answer_;  // of the broker, 0: agreed
  bool tls_ = false;
};

}  // namespace

void wait_for_wake(const FileDescriptor& wake, Ms limit) {
  pollfd wanted{wake.number(), POLLIN, 0};
  if (::poll(&wanted, 1, poll_ms(limit)) > 0) {
    drain(wake.number());
  }
}

Result<std::unique_ptr<MqttSession>> MqttSession::connect(const MqttSettings& settings,
                                                          const FileDescriptor& wake,
                                                          const std::function<bool()>& stopping) {
  KF_TRY(check_reachable(settings.address, wake.number()));
  auto session = std::make_unique<LibmosquittoSession>(settings);
  KF_TRY(session->begin(settings));
  KF_TRY(session->wait_for_answer(wake, stopping));
  return std::unique_ptr<MqttSession>(std::move(session));
}

}  // namespace kface
