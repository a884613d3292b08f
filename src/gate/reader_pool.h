// Readers of faces for several threads: each is lent to one of them at a time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "gate/face_reader.h"

namespace kface {

// Thread-safe.
class ReaderPool {
 public:
  explicit ReaderPool(std::vector<std::unique_ptr<FaceReader>> readers)
      : free_(std::move(readers)) {}

  // A reader that goes back by itself. Must not outlive the pool.
  class Lent {
   public:
    Lent(ReaderPool& pool, std::unique_ptr<FaceReader> reader)
        : pool_(&pool), reader_(std::move(reader)) {}
    Lent(Lent&&) = default;
    Lent& operator=(Lent&&) = delete;
    ~Lent() {
      if (reader_ != nullptr) {
        pool_->give_back(std::move(reader_));
      }
    }
    explicit operator bool() const { return reader_ != nullptr; }
    FaceReader* operator->() { return reader_.get(); }

   private:
    ReaderPool* pool_;
    std::unique_ptr<FaceReader> reader_;
  };

  // Waits at most `timeout`; then there is none in it.
  Lent take(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    if (!returned_.wait_for(lock, timeout, [&] { return !free_.empty(); })) {
      return {*this, nullptr};
    }
    auto reader = std::move(free_.back());
    free_.pop_back();
    return {*this, std::move(reader)};
  }

 private:
  void give_back(std::unique_ptr<FaceReader> reader) {
    {
      const std::lock_guard lock(mutex_);
      free_.push_back(std::move(reader));
    }
    returned_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<FaceReader>> free_;
};

}  // namespace kface
