#include "gate/retention.h"

#include <chrono>
#include <exception>
#include <utility>

namespace kface {
namespace {

constexpr std::chrono::hours kPause{1};
constexpr UnixMs kDayMs = UnixMs{24} * 60 * 60 * 1000;

}  // namespace

Retention::Retention(Gallery& gallery, int days, std::function<UnixMs()> now)
    : gallery_(gallery), days_(days), now_(std::move(now)) {
  KF_REQUIRE(days >= 0, days);
  thread_ = std::thread([this] { keep(); });
}

Retention::~Retention() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_all();
  thread_.join();
}

std::string Retention::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void Retention::keep() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    lock.unlock();
    purge();
    lock.lock();
    stopped_.wait_for(lock, kPause, [this] { return stop_; });
  }
}

void Retention::purge() {
  std::string state = "ok";
  try {
    const auto removed = gallery_.purge_events(now_() - days_ * kDayMs);
    if (!removed.ok()) {
      state = "old events are not removed: " + removed.error().message();
    }
  } catch (const std::exception& error) {  // out of memory
    state = error.what();
  }
  const std::lock_guard lock(mutex_);
  state_ = std::move(state);
}

}  // namespace kface
