// What the log has acknowledged stays, whatever ends the writer.
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <set>

#include "base/rng.h"
#include "gate/audit_for_test.h"

namespace kface {
namespace {

class AuditCrash : public AuditFolder {
 protected:
  // Starts a child that appends until it is killed, and writes the number of each record that was
  // acknowledged into `pipe`. No gtest in it: it ends by _exit alone.
  pid_t start_writer(int pipe) const {
    const pid_t child = ::fork();
    if (child != 0) {
      return child;
    }
    const auto log = AuditLog::open(log_path, key_for_test());
    for (int i = 0; log.ok(); ++i) {
      const auto head = log.value()->append(decision_for_test(i));
      if (!head.ok() || ::write(pipe, &head.value().sequence, sizeof(std::uint64_t)) !=
                            static_cast<ssize_t>(sizeof(std::uint64_t))) {
        break;
      }
    }
    ::_exit(9);
  }
};

// Reads what is left in the pipe; the last number.
std::uint64_t last_acknowledged(int pipe) {
  std::uint64_t last = 0;
  std::uint64_t number = 0;
  while (::read(pipe, &number, sizeof(number)) == static_cast<ssize_t>(sizeof(number))) {
    last = number;
  }
  return last;
}

TEST_F(AuditCrash, LosesNoAcknowledgedRecordToFiftyKills) {
  constexpr int kKills = 50;
  constexpr useconds_t kLongestLife = 20'000;  // microseconds
  Rng rng(4711);
  std::uint64_t acknowledged = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = start_writer(pipe[1]);
    ASSERT_GT(child, 0);
    ::close(pipe[1]);
    ::usleep(static_cast<useconds_t>(rng.below(kLongestLife)));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int how = 0;
    ASSERT_EQ(::waitpid(child, &how, 0), child);
    ASSERT_TRUE(WIFSIGNALED(how)) << "it ended by itself: " << WEXITSTATUS(how);
    acknowledged = std::max(acknowledged, last_acknowledged(pipe[0]));
    ::close(pipe[0]);
    if (!std::filesystem::exists(log_path)) {
      continue;  // killed before it came so far
    }
    const AuditCheck check = verify();
    ASSERT_TRUE(check.fault.empty() || check.num_records == 0) << check.fault;
    ASSERT_GE(check.num_records, acknowledged);
    const auto log = open();
    ASSERT_NE(log, nullptr);
    ASSERT_EQ(verify().fault, "");
    ASSERT_GE(log->head().sequence, acknowledged);
  }
  EXPECT_GT(acknowledged, 0U);
}

TEST_F(AuditCrash, StopsForGoodWhenTheDiskIsFullAndGoesOnWhenThereIsRoom) {
  write(0, 2);
  const auto size = std::filesystem::file_size(log_path);
  const pid_t child = ::fork();
  if (child == 0) {
    // A file may grow to here, in the midst of a record, as on a disk without room.
    const rlimit limit{size + 1000, size + 1000};
    ::signal(SIGXFSZ, SIG_IGN);
    const auto log = AuditLog::open(log_path, key_for_test());
    if (!log.ok() || ::setrlimit(RLIMIT_FSIZE, &limit) != 0) {
      ::_exit(100);
    }
    int appended = 0;
    while (appended < 90 && log.value()->append(decision_for_test(appended)).ok()) {
      ++appended;
    }
    const auto refused = log.value()->append(decision_for_test(50));
    const bool says_why = refused.error().message().find("File too large") != std::string::npos &&
                          log.value()->head().sequence == 2U + static_cast<unsigned>(appended);
    ::_exit(!refused.ok() && says_why ? appended : 101);
  }
  ASSERT_GT(child, 0);
  int how = 0;
  ASSERT_EQ(::waitpid(child, &how, 0), child);
  ASSERT_TRUE(WIFEXITED(how));
  const int appended = WEXITSTATUS(how);
  ASSERT_GT(appended, 0);
  ASSERT_LT(appended, 90);

  EXPECT_GT(verify().unfinished_bytes, 0U);
  const auto log = open();
  ASSERT_NE(log, nullptr);
  EXPECT_EQ(log->head().sequence, static_cast<std::uint64_t>(appended) + 3);
  EXPECT_EQ(verify().fault, "");
}

}  // namespace
}  // namespace kface
