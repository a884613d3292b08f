#include "gate/mqtt_messages.h"

#include <nlohmann/json.hpp>

#include "gate/direction.h"

namespace kface {
namespace {

using Json = nlohmann::ordered_json;

// Ids may come from outside: text that is no UTF-8 is replaced, never an error.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json entity(const MqttTopics& topics, const std::string& gate, const std::string& object,
            const std::string& name, const std::string& state_topic) {
  return {{"name", name},
          {"unique_id", "kface_" + gate + "_" + object},
          {"object_id", "kface_" + gate + "_" + object},
          {"state_topic", state_topic},
          {"availability_topic", topics.state},
          {"payload_available", "online"},
          {"payload_not_available", "offline"},
          {"device",
           {{"identifiers", {"kface_" + gate}},
            {"name", "kface " + gate},
            {"manufacturer", "kface"},
            {"model", "gate"}}}};
}

MqttMessage discovery(const std::string& prefix, const std::string& component,
                      const std::string& gate, const std::string& object, const Json& config) {
  return {prefix + "/" + component + "/kface_" + gate + "/" + object + "/config", text_of(config),
          true};
}

}  // namespace

MqttTopics::MqttTopics(const std::string& gate) {
  KF_REQUIRE(is_mqtt_name(gate), gate);
  const std::string root = "kface/" + gate + "/";
  state = root + "state";
  door = root + "door";
  decision = root + "decision";
  audit_head = root + "audit_head";
}

bool is_mqtt_name(const std::string& name) {
  constexpr std::size_t kLongest = 64;
  return !name.empty() && name.size() <= kLongest &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
             std::string::npos;
}

MqttMessage state_message(const MqttTopics& topics, bool online) {
  return {topics.state, online ? "online" : "offline", true};
}

// "open" is not kept by the broker: nobody who comes later may open on it.
MqttMessage door_message(const MqttTopics& topics, bool open) {
  return {topics.door, open ? "open" : "closed", !open};
}

MqttMessage decision_message(const MqttTopics& topics, const DoorEvent& event,
                             std::chrono::milliseconds hold) {
  const Json json{{"event", event.event},   {"gate", event.gate},
                  {"person", event.person}, {"verdict", event.verdict},
                  {"reason", event.reason}, {"direction", direction_word(event.direction)},
                  {"at", event.at},         {"hold_ms", hold.count()}};
  return {topics.decision, text_of(json), false};
}

MqttMessage audit_head_message(const MqttTopics& topics, const AuditHead& head) {
  return {topics.audit_head, text_of(Json{{"sequence", head.sequence}, {"chain", head.chain}}),
          true};
}

std::vector<MqttMessage> discovery_messages(const MqttTopics& topics, const std::string& gate,
                                            const std::string& prefix) {
  Json door = entity(topics, gate, "door", "Door", topics.door);
  door["payload_on"] = "open";
  door["payload_off"] = "closed";
  door["device_class"] = "lock";  // on: unlocked

  Json verdict = entity(topics, gate, "verdict", "Last verdict", topics.decision);
  verdict["value_template"] = "{{ value_json.verdict }}";
  verdict["json_attributes_topic"] = topics.decision;
  verdict["device_class"] = "enum";
  verdict["options"] = {"granted", "denied", "not sure"};
  verdict["force_update"] = true;  // two equal verdicts are two events

  Json head = entity(topics, gate, "audit_head", "Audit log", topics.audit_head);
  head["value_template"] = "{{ value_json.sequence }}";
  head["json_attributes_topic"] = topics.audit_head;
  head["entity_category"] = "diagnostic";

  return {discovery(prefix, "binary_sensor", gate, "door", door),
          discovery(prefix, "sensor", gate, "verdict", verdict),
          discovery(prefix, "sensor", gate, "audit_head", head)};
}

}  // namespace kface
