// A door whose relay hangs on a GPIO line.
#pragma once

#include <chrono>
#include <memory>

#include "gate/door.h"
#include "gate/gpio_line.h"
#include "kface/status.h"

namespace kface {

// The line is active for `hold` after each grant, and inactive at the start and at the end. After
// an error it is taken anew at the next use.
//
// A process that is killed while the door is open cannot close it: chips keep the level. The next
// start sets it inactive; docs/formats/mqtt.md says what a relay should do by itself.
//
// Errors: that of `opener`.
Result<std::unique_ptr<Door>> make_gpio_door(GpioLineOpener opener, std::chrono::milliseconds hold,
                                             std::chrono::milliseconds limit);

}  // namespace kface
