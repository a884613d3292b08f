#include "gate_clock.h"

#include <pwd.h>
#include <time.h>
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

LocalTime local_time(UnixMs at) {
  const auto seconds = static_cast<std::time_t>(at / 1000 - (at % 1000 < 0 ? 1 : 0));
  std::tm shown{};
  localtime_r(&seconds, &shown);
  return {.year = shown.tm_year + 1900,
          .month = shown.tm_mon + 1,
          .day = shown.tm_mday,
          .hour = shown.tm_hour,
          .minute = shown.tm_min,
          .second = shown.tm_sec};
}

std::string command_line_actor() {
  const passwd* user = getpwuid(geteuid());
  return std::string("cli:") + (user == nullptr ? std::to_string(geteuid()) : user->pw_name);
}

}  // namespace kface::cli
