// Decisions and people as JSON, the same for the command line and the service.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "gate/decision.h"

namespace kface {

using GateJson = nlohmann::ordered_json;

GateJson quality_json(const Quality& quality);
GateJson person_json(const Person& person);
GateJson decision_json(const Decision& decision);

// null where there is nothing to say: none, or empty.
GateJson optional_number(const std::optional<double>& number);
GateJson optional_text(const std::string& text);
GateJson optional_time(const std::optional<UnixMs>& at);

}  // namespace kface
