// A door that an MQTT broker hears of. docs/formats/mqtt.md.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "gate/audit_log.h"
#include "gate/door.h"
#include "gate/mqtt_client.h"
#include "kface/status.h"

namespace kface {

struct MqttDoorOptions {
  std::string gate;  // is_mqtt_name()
  MqttAddress address;
  MqttCredentials credentials = {};
  std::string ca_file = {};
  std::string discovery_prefix = "homeassistant";  // empty: no discovery
  std::chrono::milliseconds hold{3000};
  std::chrono::milliseconds limit{1000};
  std::chrono::milliseconds first_retry{500};
};

// Connects in the background, and again with growing pauses whenever the connection is lost; until
// then tell() fails at once and state() says why. Each decision is published; "open" for a granted
// one alone, "closed" after the hold time, at each connection and at the end. Nothing that is
// received is obeyed: there is no topic that opens the door.
//
// `audit_head`, if given, is asked after each decision and connection, on any thread, and its
// answer published when it has changed.
//
// Requires: is_mqtt_name(options.gate).
std::unique_ptr<Door> make_mqtt_door(MqttDoorOptions options,
                                     std::function<AuditHead()> audit_head);

}  // namespace kface
