#include "gate_clock.h"

#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <ctime>

namespace kface::cli {

UnixMs unix_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::int64_t steady_now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

LocalTime local_time(UnixMs) { return {}; }

std::string command_line_actor() {
  const passwd* user = getpwuid(geteuid());
  return std::string("cli:") + (user == nullptr ? std::to_string(geteuid()) : user->pw_name);
}

}  // namespace kface::cli
