#include "gate/command_door.h"

#include <unistd.h>

#include <mutex>
#include <utility>
#include <vector>

#include "gate/child_process.h"
#include "gate/direction.h"
#include "gate/hold_timer.h"

namespace kface {
namespace {

using Words = std::vector<std::string>;

// No value can hold a NUL: a program would see it cut there.
std::string variable(const char* name, std::string value) {
  std::erase(value, '\0');
  return std::string(name) + "=" + value;
}

Words environment_of(const DoorEvent& event, const char* action) {
  return {"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
          variable("KFACE_ACTION", action),
          variable("KFACE_EVENT", event.event),
          variable("KFACE_GATE", event.gate),
          variable("KFACE_PERSON", event.person),
          variable("KFACE_VERDICT", event.verdict),
          variable("KFACE_REASON", event.reason),
          variable("KFACE_DIRECTION", direction_word(event.direction)),
          variable("KFACE_AT", std::to_string(event.at))};
}

class CommandDoor final : public Door {
 public:
  CommandDoor(Words open, Words close, std::chrono::milliseconds hold,
              std::chrono::milliseconds limit)
      : open_(std::move(open)),
        close_(std::move(close)),
        limit_(limit),
        timer_(hold, [this] { return run_close(); }) {}

  Status tell(const DoorEvent& event) override {
    if (event.verdict != "granted") {
      return {};
    }
    Status opened = timer_.open(limit_, [&](std::chrono::milliseconds left) {
      last_ = event;
      return run_child(open_, environment_of(event, "open"), left);
    });
    const std::lock_guard lock(mutex_);
    trouble_ = opened.message();
    return opened;
  }

  std::string state() const override {
    const std::lock_guard lock(mutex_);
    return trouble_.empty() ? door_state(timer_) : "unreachable: " + trouble_;
  }

 private:
  Status run_close() {
    return close_.empty() ? Status{} : run_child(close_, environment_of(last_, "close"), limit_);
  }

  const Words open_;
  const Words close_;
  const std::chrono::milliseconds limit_;
  DoorEvent last_;  // of the timer's actions, of which one runs at a time
  mutable std::mutex mutex_;
  std::string trouble_;  // of the last opening; guarded by mutex_
  HoldTimer timer_;      // last: its thread uses what stands before it
};

Result<Words> split_and_find(const std::string& text) {
  KF_ASSIGN(Words words, split_command(text));
  if (::access(words[0].c_str(), X_OK) != 0) {
    return Status{ErrorCode::kNotFound, words[0] + ": not a program that this user may run"};
  }
  return words;
}

}  // namespace

Result<std::unique_ptr<Door>> make_command_door(const std::string& open, const std::string& close,
                                                std::chrono::milliseconds hold,
                                                std::chrono::milliseconds limit) {
  KF_ASSIGN(Words open_words, split_and_find(open));
  Words close_words;
  if (!close.empty()) {
    KF_ASSIGN(close_words, split_and_find(close));
  }
  return std::unique_ptr<Door>(
      std::make_unique<CommandDoor>(std::move(open_words), std::move(close_words), hold, limit));
}

}  // namespace kface
