// A gate is killed at a random moment, two hundred times, while it enrols people and lets them in.
// Whatever it had acknowledged is there afterwards, and no door opened without its record.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include "gallery/gallery.h"
#include "gallery/temp_folder_for_test.h"
#include "gate/audit_log.h"
#include "gate/recorder.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

constexpr UnixMs kNow = 1'764'000'000'000;
constexpr char kSpace[] = "space-of-the-test";

// Tells the parent, in one write, so that a line is whole or absent.
void say(int pipe, const std::string& line) {
  if (::write(pipe, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    ::_exit(3);
  }
}

class ToldDoor final : public Door {
 public:
  explicit ToldDoor(int pipe) : pipe_(pipe) {}
  Status tell(const DoorEvent& event) override {
    if (event.verdict == "granted") {
      say(pipe_, "opened " + event.event + "\n");
    }
    return {};
  }
  std::string state() const override { return "closed"; }

 private:
  int pipe_;
};

Person somebody(int round, int number) {
  Person person;
  person.name = "person " + std::to_string(round) + "." + std::to_string(number);
  person.card = std::to_string(round) + "-" + std::to_string(number);
  person.consent_at = kNow;
  return person;
}

NewTemplate some_face() {
  NewTemplate face;
  face.space = kSpace;
  face.embedding.assign(128, 0.5F);
  return face;
}

// The child: enrols and decides until it is killed.
[[noreturn]] void work_until_killed(const fs::path& folder, int round, int pipe) {
  const auto keys = Keyring::read(folder / "key");
  const auto gallery = Gallery::open((folder / "gallery.db").string(), keys.value(), kNow);
  const auto audit = AuditLog::open(folder / "audit.log", keys.value().derive("audit"));
  if (!gallery.ok() || !audit.ok()) {
    say(pipe, "broken " + (gallery.ok() ? audit.error() : gallery.error()).message() + "\n");
    ::_exit(2);
  }
  ToldDoor door(pipe);
  Recorder recorder({.gallery = gallery.value().get(),
                     .audit = audit.value().get(),
                     .doors = {&door},
                     .now = [] { return kNow; },
                     .keep_photos = true});
  say(pipe, "ready\n");
  for (int number = 0;; ++number) {
    const std::vector<NewTemplate> faces = {some_face()};
    const auto added = gallery.value()->add_person(somebody(round, number), faces, kNow);
    if (!added.ok() || !recorder.log("enrolment", "test", added.value().id, "").ok()) {
      say(pipe, "broken enrolment\n");
      ::_exit(2);
    }
    say(pipe, "enrolled " + added.value().id + "\n");
    Decision decision;
    decision.verdict = Verdict::kGranted;
    decision.reason = Reason::kMatch;
    decision.person = added.value().id;
    AccessRequest request;
    request.direction = Direction::kEntry;
    request.vehicle = "12가3456";
    const std::vector<std::uint8_t> photo(2000, 7);
    recorder.record(decision, photo, request);
    if (decision.verdict != Verdict::kGranted) {
      say(pipe, "broken " + decision.note + "\n");
      ::_exit(2);
    }
  }
}

std::string read_all(int pipe) {
  std::string text;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::read(pipe, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(n));
  }
  return text;
}

struct Acknowledged {
  std::set<std::string> people;
  std::set<std::string> openings;
};

// One life: what the child had said before it was killed.
void live_and_die(const fs::path& folder, int round, std::mt19937& random, Acknowledged& all) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    work_until_killed(folder, round, ends[1]);
  }
  ::close(ends[1]);
  std::this_thread::sleep_for(
      std::chrono::microseconds(std::uniform_int_distribution(0, 80'000)(random)));
  ::kill(child, SIGKILL);
  const std::string said = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  std::istringstream lines(said);
  for (std::string word, rest; lines >> word && std::getline(lines, rest);) {
    ASSERT_NE(word, "broken") << "round " << round << ":" << rest;
    if (word != "ready") {
      (word == "enrolled" ? all.people : all.openings).insert(rest.substr(1));
    }
  }
}

TEST(KilledGate, LosesNothingThatItAcknowledgedAndOpensNothingUnrecorded) {
  const TempFolderForTest folder;
  ASSERT_TRUE(Keyring::create(folder / "key").ok());
  std::mt19937 random(20261125);
  Acknowledged all;
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    live_and_die(folder.path(), round, random, all);
    ASSERT_FALSE(HasFatalFailure());
  }
  // Otherwise nothing was tried.
  EXPECT_GT(all.people.size(), 100U);
  EXPECT_GT(all.openings.size(), 100U);

  const auto keys = Keyring::read(folder / "key");
  const SecretKey key = keys.value().derive("audit");
  // The last life may have ended within a line; opening mends that, as the next start would.
  ASSERT_TRUE(AuditLog::open(folder / "audit.log", key).ok());
  const auto check = verify_audit(folder / "audit.log", key);
  ASSERT_TRUE(check.ok()) << check.error().message();
  EXPECT_EQ(check.value().fault, "");
  std::set<std::string> granted;
  ASSERT_TRUE(read_audit(folder / "audit.log", {}, [&](const AuditRecord& record) -> Status {
                if (record.entry.kind == "decision" && record.entry.verdict == "granted") {
                  granted.insert(record.entry.event);
                }
                return {};
              }).ok());
  for (const std::string& event : all.openings) {
    EXPECT_TRUE(granted.contains(event)) << event << " opened the door and is not recorded";
  }
  const auto gallery = Gallery::open((folder / "gallery.db").string(), keys.value(), kNow);
  ASSERT_TRUE(gallery.ok()) << gallery.error().message();
  for (const std::string& id : all.people) {
    EXPECT_TRUE(gallery.value()->person(id).ok()) << id << " was acknowledged and is lost";
    EXPECT_EQ(gallery.value()->templates_of(id).value().size(), 1U);
  }
}

}  // namespace
}  // namespace kface
