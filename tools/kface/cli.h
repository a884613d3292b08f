// What every command shares: global options, errors as one line, progress, Ctrl-C.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/options.h"
#include "base/parallel.h"
#include "kface/status.h"

namespace kface::cli {

// Exit codes (design.md section 2).
inline constexpr int kSuccess = 0;
inline constexpr int kWorldError = 1;
inline constexpr int kUsageError = 2;

// Options that every command has; one object for the whole run.
struct Globals {
  unsigned threads = 1;
  std::string models;  // empty: models_folder() looks in the usual places
  bool json = false;
  int exit_code = kSuccess;
  StopFlag stop;  // set by Ctrl-C
};

// Where the model files are: --models, $KFACE_MODELS, $KFACE_HOME/models, the checkout's
// third_party/models, ~/.cache/kface/models; the first that exists.
std::filesystem::path models_folder(const Globals& globals);

// Prints "kface: <message>" on stderr, and returns the exit code.
int report_error(const Status& status);

// A job on globals.threads threads that Ctrl-C stops, with a progress line called `what` (items a
// second, time left) when stderr is a terminal, and none otherwise. The line ends when the last
// copy of the context goes.
JobContext job_context(const Globals& globals, const std::string& what);

// Makes Ctrl-C (SIGINT, SIGTERM) set `stop`; a second one ends the process at once.
void stop_on_signals(StopFlag& stop);

// A subcommand whose `run` gives the exit code; exceptions become one-line errors.
CLI::App* add_command(CLI::App& app, Globals& globals, const std::string& name,
                      const std::string& description, const std::string& examples,
                      std::function<int()> run);

// "1 person", "2 people".
std::string count_of(std::size_t count, const std::string& one, const std::string& many);

// 145002878 as "145,002,878".
std::string grouped_digits(std::uint64_t number);

// --name-with-dashes of an option key "group.name_with_dashes".
std::string flag_of(const std::string& key);

// "2 to 1000".
std::string range_text(const Range& range);

// Visitor of visit_*_options() that declares each field as a flag of `command`.
class OptionAdder {
 public:
  explicit OptionAdder(CLI::App& command) : command_(command) {}

  template <typename T>
  void operator()(const std::string& key, T& value, const Range& range,
                  const std::string& description) {
    command_.add_option(flag_of(key), value, description)
        ->check(CLI::Range(range.lowest, range.highest).description(range_text(range)))
        ->capture_default_str();
  }
  void operator()(const std::string& key, std::string& value, const Choices& choices,
                  const std::string& description) {
    command_.add_option(flag_of(key), value, description)
        ->check(CLI::IsMember(choices.words))
        ->capture_default_str();
  }
  void operator()(const std::string& key, std::string& value, AnyText,
                  const std::string& description) {
    command_.add_option(flag_of(key), value, description)->capture_default_str();
  }
  void operator()(const std::string& key, bool& value, AnyText, const std::string& description) {
    command_.add_flag(flag_of(key), value, description);
  }

 private:
  CLI::App& command_;
};

}  // namespace kface::cli
