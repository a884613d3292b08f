// One output line of a GPIO chip, as a relay hangs on it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kface/status.h"

namespace kface {

struct GpioLineOptions {
  std::string chip;         // "gpiochip0" or "/dev/gpiochip0"
  unsigned line = 0;        // offset on the chip
  bool active_low = false;  // active: 0 volts
};

// Owns the line until it is destroyed. Not thread-safe.
class GpioLine {
 public:
  virtual ~GpioLine() = default;
  GpioLine(const GpioLine&) = delete;
  GpioLine& operator=(const GpioLine&) = delete;
  // Errors: kIo.
  virtual Status set(bool active) = 0;

 protected:
  GpioLine() = default;
};

// Takes the line, inactive (libgpiod). Errors: kNotFound: no such chip or line; kIo: another
// process has it, or no permission.
Result<std::unique_ptr<GpioLine>> open_gpio_line(const GpioLineOptions& options);

using GpioLineOpener = std::function<Result<std::unique_ptr<GpioLine>>()>;

}  // namespace kface
