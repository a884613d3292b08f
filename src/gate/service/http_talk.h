// HTTP/1.1 on one connection: requests in, answers out, until one of the two sides has enough.
// cpp-httplib reads and writes HTTP behind it; sockets, deadlines and limits are ours.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "gate/service/connection.h"
#include "gate/service/http.h"

namespace kface::service {

// Memory for the bodies of all requests together. Thread-safe.
class BodyMemory {
 public:
  explicit BodyMemory(std::size_t most) : most_(most) {}
  bool reserve(std::size_t bytes);
  void release(std::size_t bytes) { used_ -= bytes; }

 private:
  const std::size_t most_;
  std::atomic<std::size_t> used_{0};
};

struct TalkLimits {
  std::chrono::milliseconds request{10000};  // from a request's first byte to its last
  std::chrono::milliseconds idle{30000};     // between two requests
};

struct TalkHooks {
  // A request begins; false: the service stops, begin none.
  std::function<bool()> begins;
  // It was answered; false: the service stops, this was the last.
  std::function<bool()> ends;
};

// Returns when the connection can be closed.
//
// Bounded: the head of a request to 32 KiB and, with its body, to `limits.request` from its first
// byte, however slowly bytes drip in; its body to what the service takes, and to `memory`; an
// answer to 10 s and 32 KiB a second. A body that nobody wants is not read: the answer goes out,
// and the connection is closed.
void talk_http(Connection& connection, const std::string& source, HttpService& service,
               BodyMemory& memory, const TalkLimits& limits, const TalkHooks& hooks);

}  // namespace kface::service
