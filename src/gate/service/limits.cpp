#include "gate/service/limits.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "kface/status.h"

namespace kface::service {
namespace {

constexpr const char* kCrowd = "*";  // the bucket of those for whom there is no room
constexpr double kLongestWait = 60;
constexpr double kForgetAfter = 600;

}  // namespace

Buckets::Buckets(double rate, double burst, std::size_t max_keys)
    : rate_(rate), burst_(burst), max_keys_(max_keys) {
  KF_REQUIRE(rate > 0 && burst >= 1, rate, burst);
}

double Buckets::take(const std::string& key, double now) {
  const std::lock_guard lock(mutex_);
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= max_keys_) {
      forget_full(now);
    }
    found =
        buckets_.try_emplace(buckets_.size() < max_keys_ ? key : kCrowd, Bucket{burst_, now}).first;
  }
  Bucket& bucket = found->second;
  bucket.tokens = std::min(burst_, bucket.tokens + std::max(0.0, now - bucket.at) * rate_);
  bucket.at = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return 0;
  }
  return (1 - bucket.tokens) / rate_;
}

void Buckets::forget_full(double now) {
  std::erase_if(buckets_, [&](const auto& entry) {
    return entry.second.tokens + (now - entry.second.at) * rate_ >= burst_;
  });
}

BackOff::BackOff(int free, std::size_t max_keys) : free_(free), max_keys_(max_keys) {}

double BackOff::wait(const std::string& key, double now) {
  const std::lock_guard lock(mutex_);
  const auto found = failures_.find(key);
  return found == failures_.end() ? 0 : std::max(0.0, found->second.until - now);
}

void BackOff::failed(const std::string& key, double now) {
  const std::lock_guard lock(mutex_);
  if (failures_.size() >= max_keys_) {
    std::erase_if(failures_,
                  [&](const auto& entry) { return now - entry.second.last > kForgetAfter; });
  }
  const bool room = failures_.size() < max_keys_ || failures_.contains(key);
  Failures& failures = failures_[room ? key : kCrowd];
  if (now - failures.last > kForgetAfter) {
    failures.count = 0;
  }
  failures.last = now;
  failures.count = std::min(failures.count + 1, free_ + 16);
  if (failures.count > free_) {
    failures.until = now + std::min(kLongestWait, std::exp2(failures.count - free_ - 1));
  }
}

Admission::Admission(std::size_t running, std::size_t waiting, int max_wait_ms)
    : max_running_(running), max_waiting_(waiting), max_wait_ms_(max_wait_ms) {
  KF_REQUIRE(running >= 1 && max_wait_ms >= 0, running, max_wait_ms);
}

Admission::Ticket::~Ticket() {
  if (owner_ != nullptr) {
    owner_->leave();
  }
}

std::optional<Admission::Ticket> Admission::enter() {
  std::unique_lock lock(mutex_);
  if (running_ < max_running_) {
    ++running_;
    return Ticket(this);
  }
  if (in_line_.size() >= max_waiting_) {
    return std::nullopt;
  }
  Waiter waiter;
  in_line_.push_back(&waiter);
  waiter.turn.wait_for(lock, std::chrono::milliseconds(max_wait_ms_),
                       [&] { return waiter.admitted; });
  if (waiter.admitted) {
    return Ticket(this);
  }
  std::erase(in_line_, &waiter);
  return std::nullopt;
}

void Admission::leave() {
  const std::lock_guard lock(mutex_);
  if (in_line_.empty()) {
    --running_;
    return;
  }
  // The place is handed on, so that nobody who comes now gets in before those in line.
  Waiter* next = in_line_.front();
  in_line_.pop_front();
  next->admitted = true;
  next->turn.notify_one();
}

std::size_t Admission::num_running() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

std::size_t Admission::num_waiting() const {
  const std::lock_guard lock(mutex_);
  return in_line_.size();
}

}  // namespace kface::service
