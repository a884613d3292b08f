#include "gate/hold_timer.h"

#include <exception>
#include <utility>

#include "gate/quiet_thread.h"

namespace kface {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kRetry{1000};  // of a closing that failed

template <typename Action>
Status attempt(const Action& action) {
  try {
    return action();
  } catch (const std::exception& error) {
    return {ErrorCode::kIo, std::string("door: ") + error.what()};
  }
}

}  // namespace

HoldTimer::HoldTimer(Ms hold, std::function<Status()> close)
    : hold_(hold), close_(std::move(close)), thread_(quiet_thread([this] { run(); })) {}

HoldTimer::~HoldTimer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Status HoldTimer::open(Ms limit, const std::function<Status(Ms left)>& open) {
  const auto end = Clock::now() + limit;
  std::unique_lock lock(mutex_);
  if (!changed_.wait_until(lock, end, [this] { return !acting_; })) {
    return {ErrorCode::kIo,
            "the door is still being closed after " + std::to_string(limit.count()) + " ms"};
  }
  acting_ = true;
  lock.unlock();
  Status opened = attempt(
      [&] { return open(std::chrono::duration_cast<Ms>(std::max(end - Clock::now(), {}))); });
  lock.lock();
  acting_ = false;
  open_ = true;
  close_at_ = Clock::now() + hold_;
  changed_.notify_all();
  return opened;
}

bool HoldTimer::is_open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

std::string HoldTimer::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void HoldTimer::close_once(std::unique_lock<std::mutex>& lock) {
  acting_ = true;
  lock.unlock();
  const Status closed = attempt(close_);
  lock.lock();
  acting_ = false;
  open_ = !closed.ok();
  trouble_ = closed.message();
  close_at_ = Clock::now() + kRetry;
  changed_.notify_all();
}

void HoldTimer::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!open_ || acting_) {
      changed_.wait(lock);
    } else if (Clock::now() < close_at_) {
      changed_.wait_until(lock, close_at_);
    } else {
      close_once(lock);
    }
  }
  changed_.wait(lock, [this] { return !acting_; });
  if (open_) {
    close_once(lock);
  }
}

std::string door_state(const HoldTimer& timer) {
  const std::string trouble = timer.trouble();
  if (!trouble.empty()) {
    return "unreachable: " + trouble;
  }
  return timer.is_open() ? "open" : "closed";
}

}  // namespace kface
