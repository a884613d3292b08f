// A door that a program opens.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "gate/door.h"
#include "kface/status.h"

namespace kface {

// `open` is run for each granted decision and for no other, so that a script which looks at nothing
// opens for nobody else; `close`, if it is not empty, after the hold time and at the end. Both as
// split_command takes them. Each has `limit` to end.
//
// Environment: KFACE_ACTION (open, close), KFACE_EVENT, KFACE_GATE, KFACE_PERSON, KFACE_VERDICT,
// KFACE_REASON, KFACE_DIRECTION (entry, exit or empty), KFACE_AT (milliseconds since 1970), those
// of the decision that opened; and PATH=/usr/sbin:/usr/bin:/sbin:/bin.
//
// Errors: kInvalidArgument: split_command's; kNotFound: the program is not there or cannot be run.
Result<std::unique_ptr<Door>> make_command_door(const std::string& open, const std::string& close,
                                                std::chrono::milliseconds hold,
                                                std::chrono::milliseconds limit);

}  // namespace kface
