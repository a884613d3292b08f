#include "gate/doors.h"

#include <chrono>
#include <filesystem>
#include <utility>

#include "gate/command_door.h"
#include "gate/gpio_door.h"
#include "gate/mqtt_door.h"
#include "gate/mqtt_messages.h"

namespace kface {
namespace {

using Ms = std::chrono::milliseconds;

Status invalid(const std::string& what) { return {ErrorCode::kInvalidArgument, what}; }

// Options that would do nothing are a mistake that leaves a door shut, or a broker unauthenticated.
Status check_together(const DoorOptions& options) {
  if (options.mqtt.empty() && !(options.mqtt_credentials.empty() && options.mqtt_ca.empty())) {
    return invalid("--mqtt-credentials and --mqtt-ca need --mqtt");
  }
  if (options.gpio_chip.empty() && (options.gpio_line != 0 || options.gpio_active_low)) {
    return invalid("--gpio-line and --gpio-active-low need --gpio-chip");
  }
  if (options.door_command.empty() && !options.door_close_command.empty()) {
    return invalid("--door-close-command needs --door-command");
  }
  return {};
}

Result<std::unique_ptr<Door>> mqtt_door(const DoorOptions& options, const std::string& gate,
                                        std::function<AuditHead()> audit_head) {
  if (!is_mqtt_name(gate)) {
    return invalid("gate '" + gate +
                   "': with MQTT, its name has 1 to 64 of the characters a-z, A-Z, 0-9, - and _");
  }
  MqttDoorOptions mqtt{.gate = gate, .address = {}};
  KF_ASSIGN(mqtt.address, parse_mqtt_url(options.mqtt));
  if (!options.mqtt_credentials.empty()) {
    KF_ASSIGN(mqtt.credentials, read_mqtt_credentials(options.mqtt_credentials));
  }
  if (!options.mqtt_ca.empty() && !mqtt.address.tls) {
    return invalid(options.mqtt + ": is not encrypted, so --mqtt-ca means nothing; use mqtts://");
  }
  if (!options.mqtt_ca.empty() && !std::filesystem::is_regular_file(options.mqtt_ca)) {
    return Status{ErrorCode::kNotFound, options.mqtt_ca + ": no such file of certificates"};
  }
  mqtt.ca_file = options.mqtt_ca;
  mqtt.discovery_prefix = options.mqtt_discovery;
  mqtt.hold = Ms(options.hold_ms);
  mqtt.limit = Ms(options.door_timeout_ms);
  return make_mqtt_door(std::move(mqtt), std::move(audit_head));
}

}  // namespace

Result<std::vector<std::unique_ptr<Door>>> make_doors(const DoorOptions& options,
                                                      const std::string& gate,
                                                      std::function<AuditHead()> audit_head) {
  KF_TRY(check_together(options));
  const Ms hold(options.hold_ms);
  const Ms limit(options.door_timeout_ms);
  std::vector<std::unique_ptr<Door>> doors;
  const auto add = [&](Result<std::unique_ptr<Door>> door) -> Status {
    if (!door.ok()) {
      return door.error();
    }
    doors.push_back(std::move(door).value());
    return {};
  };
  if (!options.mqtt.empty()) {
    KF_TRY(add(mqtt_door(options, gate, std::move(audit_head))));
  }
  if (!options.gpio_chip.empty()) {
    const GpioLineOptions line{options.gpio_chip, static_cast<unsigned>(options.gpio_line),
                               options.gpio_active_low};
    KF_TRY(add(make_gpio_door([line] { return open_gpio_line(line); }, hold, limit)));
  }
  if (!options.door_command.empty()) {
    KF_TRY(add(make_command_door(options.door_command, options.door_close_command, hold, limit)));
  }
  return doors;
}

}  // namespace kface
