// What keeps one caller from taking the service away from the others: buckets, back-off after bad
// tokens, and admission to the costly work. None reads a clock: `now` is seconds on any steady one.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace kface::service {

// One bucket a key: `burst` at once, then `rate` a second. Thread-safe.
class Buckets {
 public:
  // Requires: rate > 0, burst >= 1.
  Buckets(double rate, double burst, std::size_t max_keys = 10000);

  // 0: go on. Else the seconds to wait. Keys that nobody used for long are forgotten; beyond
  // `max_keys` busy ones, all new ones share one bucket.
  double take(const std::string& key, double now);

 private:
  struct Bucket {
    double tokens = 0;
    double at = 0;
  };
  void forget_full(double now);

  double rate_;
  double burst_;
  std::size_t max_keys_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;  // guarded by mutex_
};

// After `free` failures the wait doubles with every further one, from 1 s to 60 s; it is forgotten
// after ten quiet minutes. A valid token is never held up by it: others may share the address.
// Thread-safe.
class BackOff {
 public:
  explicit BackOff(int free = 5, std::size_t max_keys = 10000);
  double wait(const std::string& key, double now);  // seconds; 0: none
  void failed(const std::string& key, double now);

 private:
  struct Failures {
    int count = 0;
    double last = 0;
    double until = 0;
  };
  int free_;
  std::size_t max_keys_;
  std::mutex mutex_;
  std::unordered_map<std::string, Failures> failures_;  // guarded by mutex_
};

// At most `running` at work and `waiting` in line, first come first served. Who finds the line
// full, or stands in it too long, is sent away: an answer that comes too late helps nobody.
// Thread-safe.
class Admission {
 public:
  Admission(std::size_t running, std::size_t waiting, int max_wait_ms);

  class Ticket {
   public:
    explicit Ticket(Admission* owner) : owner_(owner) {}
    ~Ticket();
    Ticket(Ticket&& other) noexcept : owner_(other.owner_) { other.owner_ = nullptr; }
    Ticket& operator=(Ticket&&) = delete;
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

   private:
    Admission* owner_;
  };

  // None: sent away. The work lasts as long as the ticket, which the object outlives.
  std::optional<Ticket> enter();
  std::size_t num_running() const;
  std::size_t num_waiting() const;

 private:
  struct Waiter {
    std::condition_variable turn;
    bool admitted = false;
  };
  void leave();

  const std::size_t max_running_;
  const std::size_t max_waiting_;
  const int max_wait_ms_;
  mutable std::mutex mutex_;
  std::size_t running_ = 0;      // guarded by mutex_
  std::deque<Waiter*> in_line_;  // guarded by mutex_
};

}  // namespace kface::service
