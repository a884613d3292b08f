#include "cli.h"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace kface::cli {
namespace {

StopFlag* g_stop = nullptr;  // the only thing a signal handler can reach

void on_signal(int signal) {
  if (g_stop->requested()) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
    return;
  }
  g_stop->request();
}

std::string clock_text(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  char text[32];
  std::snprintf(text, sizeof(text), "%ld:%02ld", whole / 60, whole % 60);
  return text;
}

// One line that is drawn over itself on stderr, at most ten times a second.
class ProgressLine {
 public:
  explicit ProgressLine(std::string what) : what_(std::move(what)), start_(Clock::now()) {}

  ~ProgressLine() {
    if (shown_) {
      std::fputs("\r\033[K", stderr);
    }
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void update(std::size_t done, std::size_t total) {
    const auto now = Clock::now();
    if (shown_ && done < total && now - last_ < std::chrono::milliseconds(100)) {
      return;
    }
    last_ = now;
    shown_ = true;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
    const std::string left =
        rate > 0 ? clock_text(static_cast<double>(total - done) / rate) + " left" : "";
    std::fprintf(stderr, "\r\033[K%s  %zu/%zu  %.1f/s  %s", what_.c_str(), done, total, rate,
                 left.c_str());
    std::fflush(stderr);
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::string what_;
  Clock::time_point start_;
  Clock::time_point last_;
  bool shown_ = false;
};

const char* environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value != nullptr && *value != '\0' ? value : nullptr;
}

}  // namespace

std::filesystem::path models_folder(const Globals& globals) {
  if (!globals.models.empty()) {
    return globals.models;
  }
  if (const char* folder = environment("KFACE_MODELS")) {
    return folder;
  }
  std::vector<std::filesystem::path> places;
  if (const char* home = environment("KFACE_HOME")) {
    places.push_back(std::filesystem::path(home) / "models");
  }
  places.emplace_back(KFACE_CHECKOUT "/third_party/models");
  if (const char* home = environment("HOME")) {
    places.push_back(std::filesystem::path(home) / ".cache" / "kface" / "models");
  }
  for (const auto& place : places) {
    if (std::filesystem::is_directory(place)) {
      return place;
    }
  }
  return places.front();
}

int report_error(const Status& status) {
  std::fprintf(stderr, "kface: %s\n", status.message().c_str());
  return kWorldError;
}

JobContext job_context(const Globals& globals, const std::string& what) {
  JobContext context{.threads = globals.threads, .stop = &globals.stop};
  if (isatty(STDERR_FILENO) == 1) {
    const auto line = std::make_shared<ProgressLine>(what);
    context.progress = [line](std::size_t done, std::size_t total) { line->update(done, total); };
  }
  return context;
}

void stop_on_signals(StopFlag& stop) {
  g_stop = &stop;
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
}

CLI::App* add_command(CLI::App& app, Globals& globals, const std::string& name,
                      const std::string& description, const std::string& examples,
                      std::function<int()> run) {
  CLI::App* command = app.add_subcommand(name, description);
  if (!examples.empty()) {
    command->footer("Examples:\n" + examples);
  }
  command->final_callback([&globals, run = std::move(run)] {
    try {
      globals.exit_code = run();
    } catch (const std::exception& error) {
      globals.exit_code =
          report_error({ErrorCode::kCorruption,
                        std::string("internal error, please report it: ") + error.what()});
    }
  });
  return command;
}

std::string count_of(std::size_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string grouped_digits(std::uint64_t number) {
  constexpr std::size_t kGroup = 3;
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > kGroup; at -= kGroup) {
    text.insert(at - kGroup, ",");
  }
  return text;
}

std::string flag_of(const std::string& key) {
  std::string flag = "--" + key.substr(key.rfind('.') + 1);
  for (char& c : flag) {
    c = c == '_' ? '-' : c;
  }
  return flag;
}

std::string range_text(const Range& range) {
  char text[64];
  std::snprintf(text, sizeof(text), "%g to %g", range.lowest, range.highest);
  return text;
}

}  // namespace kface::cli
