// Keeps a door open for its hold time and then closes it; a new opening prolongs it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "kface/status.h"

namespace kface {

// Thread-safe. `open` and `close` never run at the same time, and each of them one at a time.
class HoldTimer {
 public:
  using Ms = std::chrono::milliseconds;

  // `close` is called on a thread of the timer's own, again every second until it succeeds; it may
  // not call the timer.
  HoldTimer(Ms hold, std::function<Status()> close);
  // Closes at once what is open; tries once.
  ~HoldTimer();
  HoldTimer(const HoldTimer&) = delete;
  HoldTimer& operator=(const HoldTimer&) = delete;

  // Calls `open` with what is left of `limit`, and starts the hold time anew: also if it failed,
  // since nobody knows how far it came. Errors: that of `open`; kIo if a closing of before takes
  // longer than `limit`.
  Status open(Ms limit, const std::function<Status(Ms left)>& open);

  // Was it opened, and not closed since?
  bool is_open() const;
  // Why it cannot be closed; empty: it can.
  std::string trouble() const;

 private:
  void run();
  void close_once(std::unique_lock<std::mutex>& lock);

  const Ms hold_;
  const std::function<Status()> close_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool acting_ = false;  // `open` or `close` runs
  bool open_ = false;
  bool stopping_ = false;
  std::chrono::steady_clock::time_point close_at_;
  std::string trouble_;
  std::thread thread_;
};

// "open" or "closed", or why the door is not what it should be.
std::string door_state(const HoldTimer& timer);

}  // namespace kface
