// One MQTT connection, driven by one thread (libmosquitto behind it).
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/file_descriptor.h"
#include "gate/mqtt_client.h"
#include "kface/status.h"

namespace kface {

// Not thread-safe. What it has not delivered when it is destroyed is never delivered.
class MqttSession {
 public:
  // Waits until the broker has agreed. `wake` becomes readable when `stopping` may have changed.
  // Errors: kIo: no such host, refused, no answer, no TLS, wrong password; kInterrupted: stopping.
  static Result<std::unique_ptr<MqttSession>> connect(const MqttSettings& settings,
                                                      const FileDescriptor& wake,
                                                      const std::function<bool()>& stopping);
  virtual ~MqttSession() = default;
  MqttSession(const MqttSession&) = delete;
  MqttSession& operator=(const MqttSession&) = delete;

  // With QoS 1; the id with which it is acknowledged. Errors: kIo.
  virtual Result<int> publish(const MqttMessage& message) = 0;
  // Waits for the broker, for `wake` or for `limit`, and does what there is to do. Errors: kIo: the
  // connection is lost.
  virtual Status step(const FileDescriptor& wake, std::chrono::milliseconds limit) = 0;
  virtual void disconnect() = 0;

  std::function<void(int id)> on_acknowledged;  // called in step()

 protected:
  MqttSession() = default;
};

// Waits until `wake`, an eventfd, was written to, at most `limit`; takes away what was written.
void wait_for_wake(const FileDescriptor& wake, std::chrono::milliseconds limit);

}  // namespace kface
