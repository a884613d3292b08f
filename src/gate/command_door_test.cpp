#include "gate/command_door.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "base/files.h"
#include "gate/child_process.h"
#include "gate/wait_for_test.h"

namespace kface {
namespace {

namespace fs = std::filesystem;
using Ms = std::chrono::milliseconds;
using Words = std::vector<std::string>;

constexpr Ms kLimit{20'000};
constexpr Ms kForEver{3'600'000};

class CommandDoorRun : public testing::Test {
 protected:
  void SetUp() override {
    static std::atomic<int> counter{0};
    folder = fs::temp_directory_path() / ("kface-command-" + std::to_string(::getpid()) + "-" +
                                          std::to_string(counter.fetch_add(1)));
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  // A program of these lines.
  std::string script(const std::string& name, const std::string& lines) const {
    const fs::path path = folder / name;
    EXPECT_TRUE(write_file_atomic(path, "#!/bin/sh\n" + lines).ok());
    fs::permissions(path, fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
    return path.string();
  }
  std::string file(const std::string& name) const { return (folder / name).string(); }
  std::string text(const std::string& name) const {
    const auto read = read_text(folder / name);
    return read.ok() ? read.value() : "";
  }

  fs::path folder;
};

DoorEvent event_of(const std::string& verdict) {
  return {.event = "e-1",
          .gate = "north",
          .person = "p-1",
          .verdict = verdict,
          .reason = "match",
          .direction = Direction::kExit,
          .at = 123};
}

TEST_F(CommandDoorRun, TellsTheProgramWhatWasDecidedAndNothingElse) {
  ::setenv("KFACE_SECRET_OF_THE_GATE", "1", 1);
  const auto door = make_command_door(script("open", "env | sort > " + file("seen") + "\n"), "",
                                      kForEver, kLimit);
  ASSERT_TRUE(door.ok()) << door.error().message();
  const Status told = door.value()->tell(event_of("granted"));
  ::unsetenv("KFACE_SECRET_OF_THE_GATE");
  ASSERT_TRUE(told.ok()) << told.message();
  EXPECT_EQ(door.value()->state(), "open");
  const std::string seen = text("seen");
  for (const char* line :
       {"KFACE_ACTION=open\n", "KFACE_AT=123\n", "KFACE_DIRECTION=exit\n", "KFACE_EVENT=e-1\n",
        "KFACE_GATE=north\n", "KFACE_PERSON=p-1\n", "KFACE_REASON=match\n",
        "KFACE_VERDICT=granted\n", "PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"}) {
    EXPECT_NE(seen.find(line), std::string::npos) << line << seen;
  }
  EXPECT_EQ(seen.find("SECRET"), std::string::npos) << seen;
}

TEST_F(CommandDoorRun, RunsForNothingButGranted) {
  const auto door =
      make_command_door(script("open", "touch " + file("seen") + "\n"), "", kForEver, kLimit);
  ASSERT_TRUE(door.ok());
  for (const char* verdict : {"denied", "not sure", ""}) {
    EXPECT_TRUE(door.value()->tell(event_of(verdict)).ok());
  }
  EXPECT_FALSE(fs::exists(folder / "seen"));
  EXPECT_EQ(door.value()->state(), "closed");
}

TEST_F(CommandDoorRun, RunsTheClosingProgramAfterTheHoldTimeAndAtTheEnd) {
  const std::string both =
      script("both", "echo $KFACE_ACTION $KFACE_EVENT >> " + file("seen") + "\n");
  {
    const auto door = make_command_door(both, both, Ms(1), kLimit);
    ASSERT_TRUE(door.ok());
    EXPECT_TRUE(door.value()->tell(event_of("granted")).ok());
    EXPECT_TRUE(eventually([&] { return door.value()->state() == "closed"; }));
    EXPECT_EQ(text("seen"), "open e-1\nclose e-1\n");
  }
  {
    const auto door = make_command_door(both, both, kForEver, kLimit);
    EXPECT_TRUE(door.value()->tell(event_of("granted")).ok());
  }
  EXPECT_EQ(text("seen"), "open e-1\nclose e-1\nopen e-1\nclose e-1\n");
}

TEST_F(CommandDoorRun, KillsWhatTakesTooLongWithAllThatItStarted) {
  const std::string open =
      script("open", "sleep 1000 &\necho $! > " + file("child") + "\nsleep 1000\n");
  const auto door = make_command_door(open, "", kForEver, Ms(300));
  ASSERT_TRUE(door.ok());
  const Status told = door.value()->tell(event_of("granted"));
  EXPECT_EQ(told.code(), ErrorCode::kIo);
  EXPECT_NE(told.message().find("killed"), std::string::npos) << told.message();
  EXPECT_NE(door.value()->state().find("unreachable: "), std::string::npos);
  const std::string child = text("child");
  if (!child.empty()) {  // a slow machine may have killed the shell before it came so far
    // An orphan that was killed may stand as a zombie for a while, if nobody reaps it here.
    EXPECT_TRUE(eventually([&] {
      const auto stat = read_text("/proc/" + child.substr(0, child.size() - 1) + "/stat");
      return !stat.ok() || stat.value().find(") Z ") != std::string::npos;
    }));
  }
}

TEST_F(CommandDoorRun, SaysHowTheProgramFailed) {
  const auto told = [&](const std::string& lines) {
    const auto door = make_command_door(script("open", lines), "", kForEver, kLimit);
    return door.value()->tell(event_of("granted")).message();
  };
  EXPECT_NE(told("exit 3\n").find("exit code 3"), std::string::npos);
  EXPECT_NE(told("kill -9 $$\n").find("ended by signal 9"), std::string::npos);
  const Status absent = run_child({file("absent")}, {}, kLimit);
  EXPECT_EQ(absent.code(), ErrorCode::kNotFound);
  EXPECT_NE(absent.message().find("cannot start"), std::string::npos);
}

TEST_F(CommandDoorRun, GivesTheProgramItsWordsAsTheyAreWithoutAShell) {
  const std::string open = script("open", "printf '%s|' \"$@\" > " + file("seen") + "\n");
  const auto door = make_command_door(open + " a 'b  c' \"$HOME;'\" ''", "", kForEver, kLimit);
  ASSERT_TRUE(door.ok()) << door.error().message();
  EXPECT_TRUE(door.value()->tell(event_of("granted")).ok());
  EXPECT_EQ(text("seen"), "a|b  c|$HOME;'||");
}

TEST_F(CommandDoorRun, KeepsNoFileOfTheGateOpenInTheProgram) {
  const int leak = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  ASSERT_GT(leak, 2);
  const std::string open = script("open", "ls /proc/self/fd > " + file("seen") + "\n");
  EXPECT_TRUE(run_child({open}, {"PATH=/usr/bin:/bin"}, kLimit).ok());
  ::close(leak);
  EXPECT_EQ(text("seen").substr(0, 6), "0\n1\n2\n");
  EXPECT_LE(text("seen").size(), 8U) << text("seen");  // and the folder that ls reads
}

TEST_F(CommandDoorRun, IsNotMadeOfWhatIsNoCommand) {
  const auto error_of = [&](const std::string& command) {
    return make_command_door(command, "", kForEver, kLimit).error();
  };
  EXPECT_EQ(error_of("").code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(error_of("open-door").code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(error_of("/bin/true 'a").code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(error_of("open-door").message().find("with its folder"), std::string::npos);
  EXPECT_EQ(error_of(file("absent")).code(), ErrorCode::kNotFound);
  EXPECT_EQ(make_command_door("/bin/true", "close", kForEver, kLimit).error().code(),
            ErrorCode::kInvalidArgument);
}

TEST(SplitCommand, TakesWordsApartAtSpaces) {
  EXPECT_EQ(split_command("/a  b\tc ").value(), (Words{"/a", "b", "c"}));
  EXPECT_EQ(split_command("'/a b' \"c'd\"e").value(), (Words{"/a b", "c'de"}));
  EXPECT_EQ(split_command("/a \\ $x *").value(), (Words{"/a", "\\", "$x", "*"}));
}

}  // namespace
}  // namespace kface
