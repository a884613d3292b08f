#include "gate/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "base/file_descriptor.h"

namespace kface {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> list;
  list.reserve(words.size() + 1);
  for (const std::string& word : words) {
    list.push_back(const_cast<char*>(word.c_str()));  // posix_spawn changes none of them
  }
  list.push_back(nullptr);
  return list;
}

// How a child begins: own group, all signals as usual, no file of ours.
class SpawnSettings {
 public:
  SpawnSettings() {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes,
        static_cast<short>(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

// Does the process end within `limit`?
bool ends_in_time(pid_t child, std::chrono::milliseconds limit) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + limit;
  const FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  if (process.number() < 0) {
    return false;  // cannot be watched: is killed, and counts as failed
  }
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    pollfd wanted{process.number(), POLLIN, 0};
    const int found = ::poll(&wanted, 1, static_cast<int>(std::max<long>(0, left.count())));
    if (found >= 0 || errno != EINTR) {
      return found > 0;
    }
  }
}

}  // namespace

Result<std::vector<std::string>> split_command(const std::string& text) {
  std::vector<std::string> words;
  char quote = 0;
  bool in_word = false;
  for (const char c : text) {
    if (quote != 0 ? c == quote : c == '\'' || c == '"') {
      quote = quote != 0 ? '\0' : c;
      words.resize(words.size() + (in_word ? 0 : 1));
      in_word = true;
    } else if (quote == 0 && (c == ' ' || c == '\t')) {
      in_word = false;
    } else {
      words.resize(words.size() + (in_word ? 0 : 1));
      in_word = true;
      words.back() += c;
    }
  }
  const auto refused = [&](const char* what) {
    return Status{ErrorCode::kInvalidArgument, "command '" + text + "': " + what};
  };
  if (quote != 0) {
    return refused("a quote is not closed");
  }
  if (words.empty() || words[0].find('/') == std::string::npos) {
    return refused(
        "expected a program with its folder (/usr/local/bin/open, ./open), then its arguments");
  }
  return words;
}

Status run_child(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                 std::chrono::milliseconds limit) {
  KF_REQUIRE(!argv.empty());
  const SpawnSettings settings;
  pid_t child = -1;
  const int error = ::posix_spawn(&child, argv[0].c_str(), &settings.actions, &settings.attributes,
                                  pointers(argv).data(), pointers(environment).data());
  if (error != 0) {
    return {ErrorCode::kNotFound,
            argv[0] + ": cannot start: " + std::generic_category().message(error)};
  }
  const bool in_time = ends_in_time(child, limit);
  if (!in_time) {
    ::kill(-child, SIGKILL);  // the group; it is there as long as its leader was not waited for
  }
  int how = 0;
  pid_t ended = -1;
  do {
    ended = ::waitpid(child, &how, 0);
  } while (ended < 0 && errno == EINTR);
  if (!in_time) {
    return {ErrorCode::kIo,
            argv[0] + ": did not end within " + std::to_string(limit.count()) + " ms; killed"};
  }
  if (ended != child) {
    return io_error(argv[0], "wait for it", errno);
  }
  if (WIFSIGNALED(how)) {
    return {ErrorCode::kIo, argv[0] + ": ended by signal " + std::to_string(WTERMSIG(how))};
  }
  return WEXITSTATUS(how) == 0
             ? Status{}
             : Status{ErrorCode::kIo, argv[0] + ": exit code " + std::to_string(WEXITSTATUS(how))};
}

}  // namespace kface
