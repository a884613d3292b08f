// A connection to an MQTT broker that comes back by itself, and never delivers anything late.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kface/status.h"

namespace kface {

struct MqttAddress {
  std::string host;
  std::uint16_t port = 0;
  bool tls = false;
};

// "mqtt://host", "mqtt://host:1883" (also tcp://), "mqtts://host:8883" (also tls://, ssl://);
// IPv6 as [::1]. No user, no path: the credentials have a file.
// Errors: kInvalidArgument with `url` and what is expected.
Result<MqttAddress> parse_mqtt_url(const std::string& url);

struct MqttCredentials {
  std::string user;
  std::string password;
};

// A file of two lines, user and password. Errors: kNotFound; kIo: others than the owner can read
// it; kCorruption: no such two lines.
Result<MqttCredentials> read_mqtt_credentials(const std::string& path);

struct MqttMessage {
  std::string topic;
  std::string payload;
  bool retain = false;
};

struct MqttSettings {
  MqttAddress address;
  std::string client_id;
  MqttCredentials credentials = {};  // user empty: none
  std::string ca_file = {};          // TLS: who signed the broker; empty: whom the system trusts
  MqttMessage will = {};             // what the broker says when we are gone
  int keepalive_s = 10;
  std::chrono::milliseconds first_retry{500};  // doubled up to the longest
  std::chrono::milliseconds longest_retry{30'000};
};

// Publishes with QoS 1. Thread-safe.
//
// Each connection begins with nothing left of the one before: what was not acknowledged is
// forgotten, so that an "open" is never delivered after its time.
class MqttClient {
 public:
  using Messages = std::function<std::vector<MqttMessage>()>;

  // Begins to connect. `on_connection` gives what is published first on each connection,
  // `last_words` what is published before disconnecting at the end; both are called on the
  // client's own thread.
  static std::unique_ptr<MqttClient> start(MqttSettings settings, Messages on_connection,
                                           Messages last_words);
  // May wait for the name resolver, and a second for the broker.
  virtual ~MqttClient() = default;
  MqttClient(const MqttClient&) = delete;
  MqttClient& operator=(const MqttClient&) = delete;

  // Returns when the broker has all of them, or `limit` is over. Without a connection: at once.
  // Errors: kIo: not connected, lost, or not acknowledged in time (it may have been delivered; the
  // connection is then given up).
  virtual Status publish(std::vector<MqttMessage> messages, std::chrono::milliseconds limit) = 0;

  // Why there is no connection; empty: there is one.
  virtual std::string trouble() const = 0;

 protected:
  MqttClient() = default;
};

}  // namespace kface
