#include "base/parallel.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace kface {
namespace {

// What the workers share: the next item, the first failure, the count of finished items.
class Shared {
 public:
  Shared(std::size_t count, const JobContext& context) : count_(count), context_(context) {}

  void run(const std::function<Status(std::size_t, unsigned)>& work, unsigned worker) {
    for (;;) {
      const std::size_t item = next_.fetch_add(1);
      if (item >= count_ || failed_.load() || context_.stop_requested()) {
        return;
      }
      try {
        finish(item, work(item, worker));
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!exception_) {
          exception_ = std::current_exception();
        }
        failed_ = true;
      }
    }
  }

  Status result() {
    if (exception_) {
      std::rethrow_exception(exception_);
    }
    if (!first_error_.ok()) {
      return first_error_;
    }
    if (done_ < count_) {
      return Status{ErrorCode::kInterrupted, "stopped after " + std::to_string(done_) + " of " +
                                                 std::to_string(count_) +
                                                 "; run the same command again to continue"};
    }
    return {};
  }

 private:
  void finish(std::size_t item, const Status& status) {
    const std::lock_guard lock(mutex_);
    if (!status.ok()) {
      if (first_error_.ok() || item < first_error_item_) {
        first_error_ = status;
        first_error_item_ = item;
      }
      failed_ = true;
      return;
    }
    ++done_;
    if (context_.progress) {
      context_.progress(done_, count_);
    }
  }

  const std::size_t count_;
  const JobContext& context_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::size_t done_ = 0;              // guarded by mutex_
  Status first_error_;                // guarded by mutex_
  std::size_t first_error_item_ = 0;  // guarded by mutex_
  std::exception_ptr exception_;      // guarded by mutex_
};

}  // namespace

Status parallel_for(std::size_t count, const JobContext& context,
                    const std::function<Status(std::size_t, unsigned)>& work) {
  KF_REQUIRE(context.threads >= 1, context.threads);
  Shared shared(count, context);
  const unsigned workers = static_cast<unsigned>(
      std::min<std::size_t>(context.threads, std::max<std::size_t>(count, 1)));
  std::vector<std::thread> threads;
  for (unsigned worker = 1; worker < workers; ++worker) {
    threads.emplace_back([&shared, &work, worker] { shared.run(work, worker); });
  }
  shared.run(work, 0);
  for (auto& thread : threads) {
    thread.join();
  }
  return shared.result();
}

}  // namespace kface
