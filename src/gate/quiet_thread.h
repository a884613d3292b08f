// A thread that takes no signals: they are for the thread that waits for them.
#pragma once

#include <pthread.h>

#include <csignal>
#include <thread>
#include <utility>

namespace kface {

// Writing to a socket whose other end is gone then fails, instead of ending the process.
template <typename Work>
std::thread quiet_thread(Work work) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // a new thread has the mask of the one that made it
  std::thread thread(std::move(work));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace kface
