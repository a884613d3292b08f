// Work on all cores, stopping on request, with progress reported to whoever wants to show it.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

#include "kface/status.h"

namespace kface {

// Set (by a signal handler, say) to ask long work to stop at the next item. Lock-free.
class StopFlag {
 public:
  void request() { requested_.store(true, std::memory_order_relaxed); }
  bool requested() const { return requested_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> requested_{false};
};

// Called as items finish: how many of how many. May come from any worker, one call at a time,
// `done` never decreasing. The library prints nothing; the tool turns this into a progress line.
using ProgressFn = std::function<void(std::size_t done, std::size_t total)>;

// How a long job runs; passed down from the tool. Pointers are not owned and may be null.
struct JobContext {
  unsigned threads = 1;  // at least 1
  const StopFlag* stop = nullptr;
  ProgressFn progress = {};  // may be empty

  bool stop_requested() const { return stop != nullptr && stop->requested(); }
};

// Calls work(item, worker) for every item in [0, count), on `context.threads` threads; `worker` in
// [0, threads) names the calling thread's own state. Items are handed out in ascending order.
//
// Ensures: on success every item has been worked on once. Results must be written by item index,
//          which keeps output independent of the number of threads.
// Errors:  the Status of the lowest failed item (others may then not run); kInterrupted if a stop
//          was requested. An exception of `work` is rethrown here.
Status parallel_for(std::size_t count, const JobContext& context,
                    const std::function<Status(std::size_t item, unsigned worker)>& work);

}  // namespace kface
