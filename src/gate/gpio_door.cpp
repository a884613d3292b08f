#include "gate/gpio_door.h"

#include <mutex>
#include <utility>

#include "gate/hold_timer.h"

namespace kface {
namespace {

class GpioDoor final : public Door {
 public:
  GpioDoor(GpioLineOpener opener, std::unique_ptr<GpioLine> line, std::chrono::milliseconds hold,
           std::chrono::milliseconds limit)
      : opener_(std::move(opener)),
        line_(std::move(line)),
        limit_(limit),
        timer_(hold, [this] { return set(false); }) {}

  Status tell(const DoorEvent& event) override {
    if (event.verdict != "granted") {
      return {};
    }
    Status opened = timer_.open(limit_, [this](auto) { return set(true); });
    const std::lock_guard lock(mutex_);
    trouble_ = opened.message();
    return opened;
  }

  std::string state() const override {
    const std::lock_guard lock(mutex_);
    return trouble_.empty() ? door_state(timer_) : "unreachable: " + trouble_;
  }

 private:
  // One call at a time: the timer sees to that.
  Status set(bool active) {
    if (line_ == nullptr) {
      KF_ASSIGN(line_, opener_());
    }
    Status done = line_->set(active);
    if (!done.ok()) {
      line_.reset();
    } else if (!active) {
      const std::lock_guard lock(mutex_);
      trouble_.clear();
    }
    return done;
  }

  const GpioLineOpener opener_;
  std::unique_ptr<GpioLine> line_;
  const std::chrono::milliseconds limit_;
  mutable std::mutex mutex_;
  std::string trouble_;  // of the last opening; guarded by mutex_
  HoldTimer timer_;      // last: its thread uses what stands before it
};

}  // namespace

Result<std::unique_ptr<Door>> make_gpio_door(GpioLineOpener opener, std::chrono::milliseconds hold,
                                             std::chrono::milliseconds limit) {
  KF_ASSIGN(auto line, opener());
  KF_TRY(line->set(false));
  return std::unique_ptr<Door>(
      std::make_unique<GpioDoor>(std::move(opener), std::move(line), hold, limit));
}

}  // namespace kface
