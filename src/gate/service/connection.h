// One accepted socket, with or without TLS, on which nothing waits longer than its deadline.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace kface::service {

class TlsContext;

// Not thread-safe, but for what the owner of the descriptor may do to it (shutdown).
class Connection {
 public:
  using Clock = std::chrono::steady_clock;

  // Does not own the descriptor, which is non-blocking. `tls` may be null.
  Connection(int descriptor, const TlsContext* tls);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void set_deadline(Clock::time_point deadline) { deadline_ = deadline; }

  // The handshake of TLS. false: it failed, or the deadline came.
  bool greet();
  // Is there something to read, before the deadline? Also true at the end of the stream.
  bool wait_for_bytes();
  // At least one byte; 0: the other end has finished; -1: error or deadline.
  long read(char* to, std::size_t size);
  // All of it, or false.
  bool write(std::string_view bytes);
  bool timed_out() const { return timed_out_; }

  // Says that no more comes, and takes in what is still under way, for at most `linger`: closing at
  // once would reset the connection, and the answer might be lost on its way.
  void finish(std::chrono::milliseconds linger);

 private:
  bool wait(short events);
  long read_some(char* to, std::size_t size);

  int descriptor_;
  void* ssl_ = nullptr;  // SSL*
  Clock::time_point deadline_ = Clock::time_point::max();
  bool timed_out_ = false;
  bool broken_ = false;
  std::array<char, 16384> buffer_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace kface::service
