// A real MQTT broker on 127.0.0.1 for tests, that can be killed and started again, and somebody who
// hears everything that it is told.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <mosquitto.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace kface {

// A port of 127.0.0.1 that nobody has at the moment.
inline std::uint16_t free_port_for_test() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const bool bound = ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(socket);
  return bound ? ntohs(address.sin_port) : std::uint16_t{0};
}

class MosquittoServerForTest {
 public:
  // The program, or empty where it is not installed: a test is then skipped, saying so.
  static std::string program() {
    for (const char* path : {"/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"}) {
      if (::access(path, X_OK) == 0) {
        return path;
      }
    }
    return "";
  }

  MosquittoServerForTest() : port_(free_port_for_test()) {
    static std::atomic<int> counter{0};
    folder_ =
        std::filesystem::temp_directory_path() / ("kface-mosquitto-" + std::to_string(::getpid()) +
                                                  "-" + std::to_string(counter.fetch_add(1)));
    std::filesystem::create_directories(folder_);
  }
  ~MosquittoServerForTest() {
    stop(SIGKILL);
    std::filesystem::remove_all(folder_);
  }
  MosquittoServerForTest(const MosquittoServerForTest&) = delete;
  MosquittoServerForTest& operator=(const MosquittoServerForTest&) = delete;

  // `settings`: further lines of its configuration. False if it does not answer within 10 seconds.
  // Always the same port.
  bool start(const std::string& settings = "allow_anonymous true\n") {
    std::ofstream(folder_ / "mosquitto.conf")
        << "listener " << port_ << " 127.0.0.1\npersistence false\n"
        << (::geteuid() == 0 ? "user root\n" : "") << settings;
    const std::string log = (folder_ / "log").string();
    const std::string config = (folder_ / "mosquitto.conf").string();
    const std::string path = program();
    child_ = ::fork();
    if (child_ == 0) {
      const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
      ::dup2(file, STDOUT_FILENO);
      ::dup2(file, STDERR_FILENO);
      ::execl(path.c_str(), path.c_str(), "-c", config.c_str(), nullptr);
      ::_exit(127);
    }
    for (int i = 0; i < 1000 && child_ > 0; ++i) {
      if (answers()) {
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  // Ends it, with SIGTERM as an operator does, or SIGKILL.
  void stop(int signal) {
    if (child_ > 0) {
      ::kill(child_, signal);
      ::waitpid(child_, nullptr, 0);
      child_ = -1;
    }
  }
  // Makes it deaf without ending it, and the reverse.
  void freeze() const { ::kill(child_, SIGSTOP); }
  void thaw() const { ::kill(child_, SIGCONT); }

  std::uint16_t port() const { return port_; }
  std::string url() const { return "mqtt://127.0.0.1:" + std::to_string(port_); }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  bool answers() const {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port_);
    const bool connected =
        ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    ::close(socket);
    return connected;
  }

  std::uint16_t port_;
  std::filesystem::path folder_;
  pid_t child_ = -1;
};

// Hears every topic of a server without password or TLS.
class MqttListenerForTest {
 public:
  struct Heard {
    std::string topic;
    std::string payload;
    bool retained = false;  // it was said before this listener came
  };

  explicit MqttListenerForTest(std::uint16_t port) {
    mosquitto_lib_init();
    client_ = mosquitto_new(nullptr, true, this);
    mosquitto_connect_callback_set(client_, [](mosquitto* client, void*, int) {
      mosquitto_subscribe(client, nullptr, "#", 1);
    });
    mosquitto_subscribe_callback_set(client_, [](mosquitto*, void* self, int, int, const int*) {
      auto& me = *static_cast<MqttListenerForTest*>(self);
      const std::lock_guard lock(me.mutex_);
      me.listens_ = true;
      me.changed_.notify_all();
    });
    mosquitto_message_callback_set(
        client_, [](mosquitto*, void* self, const mosquitto_message* message) {
          auto& me = *static_cast<MqttListenerForTest*>(self);
          const std::lock_guard lock(me.mutex_);
          me.heard_.push_back({message->topic,
                               {static_cast<const char*>(message->payload),
                                static_cast<std::size_t>(message->payloadlen)},
                               message->retain});
          me.changed_.notify_all();
        });
    mosquitto_connect(client_, "127.0.0.1", port, 60);
    mosquitto_loop_start(client_);
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kLimit, [this] { return listens_; });
  }
  ~MqttListenerForTest() {
    mosquitto_disconnect(client_);
    mosquitto_loop_stop(client_, true);
    mosquitto_destroy(client_);
  }
  MqttListenerForTest(const MqttListenerForTest&) = delete;
  MqttListenerForTest& operator=(const MqttListenerForTest&) = delete;

  // Waits until a message of the topic is one that `wanted` takes, at most ten seconds.
  bool hears(const std::string& topic, const std::function<bool(const Heard&)>& wanted) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLimit, [&] {
      for (const Heard& each : heard_) {
        if (each.topic == topic && wanted(each)) {
          return true;
        }
      }
      return false;
    });
  }
  bool hears(const std::string& topic, const std::string& payload) {
    return hears(topic, [&](const Heard& heard) { return heard.payload == payload; });
  }

  std::vector<Heard> heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    heard_.clear();
  }

 private:
  static constexpr std::chrono::seconds kLimit{10};

  mosquitto* client_ = nullptr;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool listens_ = false;
  std::vector<Heard> heard_;
};

}  // namespace kface
