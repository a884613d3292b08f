// 'kface audit' as its users meet it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/csv.h"
#include "base/files.h"
#include "gallery/keyring.h"
#include "gate/audit_anchor.h"
#include "gate/audit_log.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  int exit_code = -1;
  std::string out;
  std::string err;
};

class AuditCommand : public testing::Test {
 protected:
  void SetUp() override {
    ::unsetenv("CREDENTIALS_DIRECTORY");
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    home = fs::temp_directory_path() /
           ("kface-audit-command-" + std::to_string(::getpid()) + "-" + info->name());
    fs::create_directories(home);
    ::setenv("KFACE_GATE_HOME", home.c_str(), 1);
    ASSERT_TRUE(Keyring::create(home / "key").ok());
    const auto keyring = Keyring::read(home / "key");
    ASSERT_TRUE(keyring.ok()) << keyring.error().message();
    auto log = AuditLog::open(home / "audit.log", keyring.value().derive("audit"));
    ASSERT_TRUE(log.ok()) << log.error().message();
    for (int i = 0; i < 6; ++i) {
      const auto head = log.value()->append({.at = 1'764'000'000'000 + UnixMs{60'000} * i,
                                             .kind = "decision",
                                             .gate = "north",
                                             .person = "p-" + std::to_string(i % 2),
                                             .direction = i < 3 ? "entry" : "exit",
                                             .verdict = i % 2 == 0 ? "granted" : "denied",
                                             .distance = 0.25,
                                             .note = "\x1b[31m=1+1"});
      ASSERT_TRUE(head.ok()) << head.error().message();
      anchors.push_back(anchor_text(head.value()));
    }
  }
  void TearDown() override { fs::remove_all(home); }

  Outcome run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {KFACE_PROGRAM, "audit"});
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (std::string& argument : arguments) {
      argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    const std::string out = (home / "out").string();
    const std::string err = (home / "err").string();
    const pid_t child = ::fork();
    if (child == 0) {
      ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
      ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDERR_FILENO);
      ::execv(KFACE_PROGRAM, argv.data());
      ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            read_text(out).value(), read_text(err).value()};
  }
  // Changes one letter of the log's line `number`, 1 ...
  void change_record(int number) const {
    std::string text = read_text(home / "audit.log").value();
    std::size_t at = 0;
    for (int i = 1; i < number; ++i) {
      at = text.find('\n', at) + 1;
    }
    text.replace(text.find("north", at), 5, "south");
    ASSERT_TRUE(write_file_atomic(home / "audit.log", text).ok());
  }

  fs::path home;
  std::vector<std::string> anchors;
};

TEST_F(AuditCommand, VerifyFindsAWholeLogWhole) {
  const Outcome outcome = run({"verify"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("whole, 6 records\n" + anchors.back()), std::string::npos)
      << outcome.out;
  EXPECT_EQ(run({"verify", "--anchor", anchors[2]}).exit_code, 0);
  const auto json = nlohmann::json::parse(run({"verify", "--json"}).out);
  EXPECT_EQ(json["records"], 6);
  EXPECT_EQ(json["head"], anchors.back());
  EXPECT_TRUE(json["fault"].is_null());
}

TEST_F(AuditCommand, VerifySaysWhichRecordIsTheFirstThatDoesNotHold) {
  change_record(3);
  const Outcome outcome = run({"verify"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("record 3 (line 3"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("2 records before it hold"), std::string::npos) << outcome.err;
  const Outcome json = run({"verify", "--json"});
  EXPECT_EQ(json.exit_code, 1);
  EXPECT_EQ(nlohmann::json::parse(json.out)["records"], 2);
}

TEST_F(AuditCommand, VerifyRefusesWrongAnchorsAndKeys) {
  EXPECT_EQ(run({"verify", "--anchor", "nonsense"}).exit_code, 1);
  std::string other = anchors[2];
  other.back() = other.back() == '0' ? '1' : '0';
  const Outcome anchored = run({"verify", "--anchor", other});
  EXPECT_EQ(anchored.exit_code, 1);
  EXPECT_NE(anchored.err.find("record 3: the anchor knows another"), std::string::npos);

  ASSERT_TRUE(Keyring::create(home / "other-key").ok());
  const Outcome keyed = run({"verify", "--key", (home / "other-key").string()});
  EXPECT_EQ(keyed.exit_code, 1);
  EXPECT_NE(keyed.err.find("another key"), std::string::npos) << keyed.err;
  EXPECT_EQ(run({"verify", "--key", (home / "absent").string()}).exit_code, 1);
  EXPECT_EQ(run({"verify", "--audit", (home / "absent").string()}).exit_code, 1);
}

TEST_F(AuditCommand, TakesItsKeyFromTheServicesCredentials) {
  fs::create_directories(home / "credentials");
  fs::rename(home / "key", home / "credentials" / "kface-key");
  EXPECT_EQ(run({"head"}).exit_code, 1);
  ::setenv("CREDENTIALS_DIRECTORY", (home / "credentials").c_str(), 1);
  const Outcome outcome = run({"head"});
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, anchors.back() + "\n");
}

TEST_F(AuditCommand, ExportIsCsvWithoutFormulasOrTheLogsOwnLines) {
  const Outcome csv = run({"export"});
  EXPECT_EQ(csv.exit_code, 0) << csv.err;
  const auto rows = parse_csv(csv.out);
  ASSERT_TRUE(rows.ok()) << rows.error().message();
  EXPECT_EQ(rows.value().size(), 7U);
  EXPECT_EQ(run({"export", "--format", "jsonl"}).out, read_text(home / "audit.log").value());

  const std::string file = (home / "exits.jsonl").string();
  EXPECT_EQ(run({"export", "--json", "--direction", "exit", "-o", file}).exit_code, 0);
  const std::string exits = read_text(file).value();
  EXPECT_EQ(std::count(exits.begin(), exits.end(), '\n'), 3);
  EXPECT_EQ(run({"export", "--direction", "sideways"}).exit_code, 2);
  EXPECT_EQ(run({"export", "--from", "today"}).exit_code, 1);
  EXPECT_EQ(run({"export", "-o", "/proc/no/such"}).exit_code, 1);
}

TEST_F(AuditCommand, ExportTakesAPeriod) {
  // The records are of 2025-11-24, 16:00 to 16:05 UTC.
  const auto count = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"export", "--format", "jsonl"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const std::string out = run(arguments).out;
    return std::count(out.begin(), out.end(), '\n');
  };
  EXPECT_EQ(count({"--from", "2025-11-24T16:02"}), 4);
  EXPECT_EQ(count({"--until", "2025-11-25T01:02+09:00"}), 2);
  EXPECT_EQ(count({"--from", "2025-11-25"}), 0);
}

TEST_F(AuditCommand, ShowHasTheNewestFirstAndKeepsTheTerminalSafe) {
  const Outcome outcome = run({"show", "--limit", "2", "--person", "p-1"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos);
  EXPECT_NE(outcome.out.find("\\u001b[31m=1+1"), std::string::npos) << outcome.out;
  const auto json = nlohmann::json::parse(run({"show", "--json", "--before", "5"}).out);
  ASSERT_EQ(json.size(), 4U);
  EXPECT_EQ(json[0]["sequence"], 4);
  EXPECT_EQ(json[3]["sequence"], 1);
}

}  // namespace
}  // namespace kface
