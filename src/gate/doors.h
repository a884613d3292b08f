// The doors of a gate, as its options name them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/options.h"
#include "gate/audit_log.h"
#include "gate/door.h"
#include "kface/status.h"

namespace kface {

struct DoorOptions {
  std::string mqtt = {};
  std::string mqtt_credentials = {};
  std::string mqtt_ca = {};
  std::string mqtt_discovery = "homeassistant";
  std::string gpio_chip = {};
  int gpio_line = 0;
  bool gpio_active_low = false;
  std::string door_command = {};
  std::string door_close_command = {};
  int hold_ms = 3000;
  int door_timeout_ms = 1000;
};

template <typename Field>
void visit_door_options(DoorOptions& o, Field&& field) {
  field("door.mqtt", o.mqtt, AnyText{},
        "broker that hears of each decision: mqtt://host[:1883] or mqtts://host[:8883]");
  field("door.mqtt_credentials", o.mqtt_credentials, AnyText{},
        "file of two lines, user and password of the broker; its owner's alone");
  field("door.mqtt_ca", o.mqtt_ca, AnyText{},
        "file of the certificates that sign the broker's (default: the system's)");
  field("door.mqtt_discovery", o.mqtt_discovery, AnyText{},
        "prefix of Home Assistant's discovery (empty: none)");
  field("door.gpio_chip", o.gpio_chip, AnyText{},
        "GPIO chip of the door's relay, as 'gpiodetect' names it");
  field("door.gpio_line", o.gpio_line, Range{0, 1023}, "line of that chip");
  field("door.gpio_active_low", o.gpio_active_low, AnyText{}, "the relay opens at 0 volts");
  field("door.door_command", o.door_command, AnyText{},
        "program, with arguments and no shell, to run for each granted decision");
  field("door.door_close_command", o.door_close_command, AnyText{},
        "program to run when the hold time is over");
  field("door.hold_ms", o.hold_ms, Range{100, 600000}, "how long a door stays open");
  field("door.door_timeout_ms", o.door_timeout_ms, Range{50, 60000},
        "a door that takes longer counts as not opened");
}

// MQTT, GPIO and command, those that are asked for, in this order; none is no error: decisions are
// then only logged and answered. `gate` names the MQTT topics; `audit_head`, if given, is published
// there and outlives the doors.
//
// Errors: kInvalidArgument: a URL, command or gate name that is none, or options of a door that is
// not asked for; kNotFound: no such chip, line, program or file; kIo, kCorruption: the file of
// credentials. A broker that is not there is no error: it is waited for.
Result<std::vector<std::unique_ptr<Door>>> make_doors(const DoorOptions& options,
                                                      const std::string& gate,
                                                      std::function<AuditHead()> audit_head = {});

}  // namespace kface
