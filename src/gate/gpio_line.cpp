#include "gate/gpio_line.h"

#include <gpiod.h>

#include <cerrno>

#include "base/file_descriptor.h"

namespace kface {
namespace {

class LibgpiodLine final : public GpioLine {
 public:
  LibgpiodLine(gpiod_chip* chip, gpiod_line* line, std::string name)
      : chip_(chip), line_(line), name_(std::move(name)) {}
  ~LibgpiodLine() override {
    gpiod_line_release(line_);
    gpiod_chip_close(chip_);
  }

  Status set(bool active) override {
    return gpiod_line_set_value(line_, active ? 1 : 0) == 0 ? Status{}
                                                            : io_error(name_, "set", errno);
  }

 private:
  gpiod_chip* chip_;
  gpiod_line* line_;
  std::string name_;
};

}  // namespace

Result<std::unique_ptr<GpioLine>> open_gpio_line(const GpioLineOptions& options) {
  const std::string name = "GPIO chip " + options.chip + " line " + std::to_string(options.line);
  gpiod_chip* chip = gpiod_chip_open_lookup(options.chip.c_str());
  if (chip == nullptr) {
    const int error = errno;
    const bool absent = error == ENOENT || error == ENODEV || error == ENOTTY;
    return Status{absent ? ErrorCode::kNotFound : ErrorCode::kIo,
                  io_error(name, "open", error).message() + "; 'gpiodetect' lists the chips"};
  }
  gpiod_line* line = gpiod_chip_get_line(chip, options.line);
  if (line == nullptr) {
    const Status absent{ErrorCode::kNotFound, name + ": the chip has " +
                                                  std::to_string(gpiod_chip_num_lines(chip)) +
                                                  " lines, from 0 on"};
    gpiod_chip_close(chip);
    return absent;
  }
  const int flags = options.active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
  if (gpiod_line_request_output_flags(line, "kface", flags, 0) != 0) {
    const Status refused = io_error(name, "take", errno);
    gpiod_chip_close(chip);
    return refused;
  }
  return std::unique_ptr<GpioLine>(std::make_unique<LibgpiodLine>(chip, line, name));
}

}  // namespace kface
