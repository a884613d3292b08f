// What a gate says over MQTT: topics and payloads. docs/formats/mqtt.md.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "gate/audit_log.h"
#include "gate/door.h"
#include "gate/mqtt_client.h"
#include "kface/status.h"

namespace kface {

class MqttTopics {
 public:
  // Requires: is_mqtt_name(gate).
  explicit MqttTopics(const std::string& gate);

  std::string state;       // "online", "offline"; retained
  std::string door;        // "open", not retained; "closed", retained
  std::string decision;    // JSON, one a decision
  std::string audit_head;  // JSON, retained
};

// 1 to 64 of a-z, A-Z, 0-9, '-' and '_': what Home Assistant takes, and no wildcard of MQTT.
bool is_mqtt_name(const std::string& name);

MqttMessage state_message(const MqttTopics& topics, bool online);
MqttMessage door_message(const MqttTopics& topics, bool open);
MqttMessage decision_message(const MqttTopics& topics, const DoorEvent& event,
                             std::chrono::milliseconds hold);
MqttMessage audit_head_message(const MqttTopics& topics, const AuditHead& head);

// Home Assistant's discovery: one device with the door, the last verdict and the log's head; all
// retained, below `prefix` ("homeassistant").
std::vector<MqttMessage> discovery_messages(const MqttTopics& topics, const std::string& gate,
                                            const std::string& prefix);

}  // namespace kface
