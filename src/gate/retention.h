// Details and photos of events are removed when their time is over.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "gallery/gallery.h"

namespace kface {

// Purges when it is made and then every hour, in a thread of its own. Several processes may do so
// on one gallery. Refers to the gallery, which outlives it. Thread-safe.
class Retention {
 public:
  // Requires: days >= 0. 0: details are kept until the next purge.
  Retention(Gallery& gallery, int days, std::function<UnixMs()> now);
  ~Retention();
  Retention(const Retention&) = delete;
  Retention& operator=(const Retention&) = delete;

  // "ok", or why the last purge failed.
  std::string state() const;

 private:
  void keep();
  void purge();

  Gallery& gallery_;
  const int days_;
  const std::function<UnixMs()> now_;
  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;
  std::string state_ = "ok";
  std::thread thread_;
};

}  // namespace kface
