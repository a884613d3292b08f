#include "gate/newest_frame.h"

#include <chrono>
#include <exception>
#include <utility>

namespace kface {

NewestFrame::NewestFrame(FrameSource& source, ClockMs clock)
    : source_(source), clock_(std::move(clock)), thread_([this] { follow(); }) {}

NewestFrame::~NewestFrame() {
  {
    const std::lock_guard lock(mutex_);
    stop_.request();
  }
  changed_.notify_all();
  thread_.join();
}

void NewestFrame::follow() {
  const std::int64_t start = clock_();
  while (!stop_.requested()) {
    Result<std::optional<Frame>> next = [&]() -> Result<std::optional<Frame>> {
      try {
        return source_.next();
      } catch (const std::exception& error) {  // out of memory
        return Status{ErrorCode::kIo, error.what()};
      }
    }();
    std::unique_lock lock(mutex_);
    if (!next.ok() || !next.value()) {
      error_ = next.ok() ? Status{} : next.error();
      ended_ = true;
      changed_.notify_all();
      return;
    }
    if (!source_.live()) {
      const std::int64_t due = start + next.value()->time_ms;
      while (!stop_.requested() && clock_() < due) {
        changed_.wait_for(lock, std::chrono::milliseconds(due - clock_()));
      }
    }
    const std::uint64_t dropped = newest_ ? newest_->dropped + 1 : 0;
    newest_ = Taken{.frame = std::move(*next.value()), .arrived_ms = clock_(), .dropped = dropped};
    changed_.notify_all();
  }
}

Result<std::optional<NewestFrame::Taken>> NewestFrame::take(int timeout_ms, bool& ended) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                    [this] { return newest_.has_value() || ended_; });
  ended = ended_ && !newest_;
  if (newest_) {
    std::optional<Taken> taken = std::move(newest_);
    newest_.reset();
    return taken;
  }
  if (ended_ && !error_.ok()) {
    return error_;
  }
  return std::optional<Taken>{};
}

}  // namespace kface
