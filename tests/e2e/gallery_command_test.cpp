// 'kface gallery' as its users meet it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "gallery/people_for_test.h"
#include "gallery/temp_folder_for_test.h"
#include "gate/audit_log.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  int exit_code = -1;
  std::string out;
  std::string err;
  nlohmann::json json() const { return nlohmann::json::parse(out); }
};

class GalleryCommand : public testing::Test {
 protected:
  void SetUp() override {
    ::unsetenv("CREDENTIALS_DIRECTORY");
    ::setenv("KFACE_GATE_HOME", home_.c_str(), 1);
  }

  Outcome run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {KFACE_PROGRAM, "gallery"});
    std::vector<char*> argv;
    for (std::string& argument : arguments) {
      argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    const fs::path out = folder_ / "out", err = folder_ / "err";
    const pid_t child = ::fork();
    if (child == 0) {
      ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
      ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDERR_FILENO);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            read_text(out).value(), read_text(err).value()};
  }
  void init() const {
    const Outcome made = run({"init"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }
  std::unique_ptr<Gallery> opened(const fs::path& path) const {
    auto gallery = Gallery::open(path.string(), Keyring::read(home_ / "key").value(), kTestNow);
    KF_REQUIRE(gallery.ok(), gallery.error().message());
    return std::move(gallery).value();
  }
  std::unique_ptr<Gallery> opened() const { return opened(home_ / "gallery.db"); }

  TempFolderForTest folder_;
  fs::path home_ = folder_ / "home";
};

TEST_F(GalleryCommand, InitMakesAFolderAKeyAndAGalleryThatOthersCannotRead) {
  const Outcome made = run({"init", "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_TRUE(made.json()["new_key"]);
  for (const auto& [name, mode] : {std::pair(home_, 0700U), std::pair(home_ / "key", 0600U),
                                   std::pair(home_ / "gallery.db", 0600U)}) {
    struct stat facts {};
    ASSERT_EQ(::stat(name.c_str(), &facts), 0) << name;
    EXPECT_EQ(facts.st_mode & 0777U, mode) << name;
  }
  const Outcome again = run({"init", "--json"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_FALSE(again.json()["new_key"]);
}

TEST_F(GalleryCommand, InitMakesNoNewKeyForAGalleryWhoseKeyIsMissing) {
  init();
  fs::remove(home_ / "key");
  const Outcome refused = run({"init"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("restore the key"), std::string::npos) << refused.err;
  EXPECT_FALSE(fs::exists(home_ / "key"));
}

TEST_F(GalleryCommand, InitLeavesNoKeyBehindWhereItFails) {
  const Outcome refused = run({"init", "--gallery", "postgresql:///none?host=" + home_.string()});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_FALSE(fs::exists(home_ / "key"));
}

TEST_F(GalleryCommand, InfoCountsByModel) {
  init();
  const std::vector<NewTemplate> faces = {some_face(1, {1}), some_face(2)};
  ASSERT_TRUE(opened()->add_person(somebody("Kim"), faces, kTestNow).ok());
  const Outcome info = run({"info", "--json"});
  ASSERT_EQ(info.exit_code, 0) << info.err;
  EXPECT_EQ(info.json()["people"], 1);
  EXPECT_EQ(info.json()["models"][0]["space"], kTestSpace);
  EXPECT_EQ(info.json()["models"][0]["photos"], 1);
  const Outcome text = run({"info"});
  EXPECT_NE(text.out.find("1 person, 2 templates, 1 photo kept"), std::string::npos) << text.out;
  EXPECT_EQ(text.out.find("Kim"), std::string::npos);
}

TEST_F(GalleryCommand, RotatesTheKeyAtOnceOrInSteps) {
  init();
  const auto running = opened();
  const Person kim = running->add_person(somebody("Kim"), {}, kTestNow).value();
  const Outcome once = run({"rotate-key", "--json"});
  ASSERT_EQ(once.exit_code, 0) << once.err;
  EXPECT_EQ(once.json()["rows"], 1);
  EXPECT_EQ(once.json()["keys"], 1);
  EXPECT_EQ(running->person(kim.id).value().name, "Kim");
  EXPECT_EQ(run({"rotate-key", "--only", "add", "--json"}).json()["keys"], 2);
  EXPECT_EQ(run({"rotate-key", "--only", "reseal", "--json"}).json()["rows"], 1);
  EXPECT_EQ(run({"rotate-key", "--only", "drop", "--json"}).json()["keys"], 1);
  EXPECT_EQ(running->person(kim.id).value().name, "Kim");
  const auto check =
      verify_audit(home_ / "audit-cli.log", Keyring::read(home_ / "key").value().derive("audit"));
  ASSERT_TRUE(check.ok()) << check.error().message();
  EXPECT_EQ(check.value().num_records, 4u);
  EXPECT_EQ(check.value().fault, "");
}

TEST_F(GalleryCommand, ADropSealsAnewFirstSoThatNoRowIsLost) {
  init();
  const Person kim = opened()->add_person(somebody("Kim"), {}, kTestNow).value();
  ASSERT_EQ(run({"rotate-key", "--only", "add"}).exit_code, 0);
  ASSERT_EQ(run({"rotate-key", "--only", "drop"}).exit_code, 0);
  EXPECT_EQ(opened()->person(kim.id).value().name, "Kim");
}

TEST_F(GalleryCommand, PurgesOldEvents) {
  init();
  ASSERT_TRUE(opened()->keep_event(some_event("")).ok());  // at kTestNow, in 2025
  const Outcome kept = run({"purge", "--days", "3650", "--json"});
  EXPECT_EQ(kept.json()["removed"], 0);
  EXPECT_EQ(run({"purge", "--json"}).json()["removed"], 1);
}

TEST_F(GalleryCommand, BacksUpToAFileThatOpensWithTheKey) {
  init();
  const Person kim = opened()->add_person(somebody("Kim"), {}, kTestNow).value();
  const fs::path copy = folder_ / "a \"quoted\" copy.db";
  const Outcome written = run({"backup", copy.string(), "--json"});
  ASSERT_EQ(written.exit_code, 0) << written.err;
  EXPECT_EQ(written.json()["backup"], copy.string());
  EXPECT_EQ(opened(copy)->person(kim.id).value().name, "Kim");
  EXPECT_EQ(run({"backup", copy.string()}).exit_code, 1);
  const Outcome postgres = run({"backup", "x", "--gallery", "postgresql:///gate"});
  EXPECT_EQ(postgres.exit_code, 1);
  EXPECT_NE(postgres.err.find("pg_dump"), std::string::npos);
}

TEST_F(GalleryCommand, MigratesKeptPhotosToAModel) {
  const auto photo = read_file(fs::path(KFACE_EXAMPLES) / "faces" / "2007_007763.jpg");
  if (!photo.ok()) {
    GTEST_SKIP() << photo.error().message() << ": run 'make setup'";
  }
  init();
  const std::vector<NewTemplate> with_photo = {some_face(1, photo.value())};
  const std::vector<NewTemplate> without = {some_face(1)};
  const Person kim = opened()->add_person(somebody("Kim"), with_photo, kTestNow).value();
  const Person lee = opened()->add_person(somebody("Lee"), without, kTestNow).value();
  const Outcome list = run({"migrate", "-m", "frozen", "--list", "--json"});
  ASSERT_EQ(list.exit_code, 0) << list.err;
  EXPECT_EQ(list.json()["ready"], 1);
  EXPECT_EQ(opened()->templates_of(kim.id).value().size(), 1u);
  const Outcome moved = run({"migrate", "-m", "frozen", "--remove-others", "--json"});
  ASSERT_EQ(moved.exit_code, 0) << moved.err;
  EXPECT_EQ(moved.json()["templates_made"], 1);
  EXPECT_EQ(moved.json()["templates_removed"], 1);
  EXPECT_EQ(moved.json()["must_come_again"][0]["id"], lee.id);
  const std::vector<FaceTemplate> faces = opened()->templates_of(kim.id).value();
  ASSERT_EQ(faces.size(), 1u);
  EXPECT_EQ(faces[0].space, moved.json()["space"]);
  EXPECT_EQ(faces[0].embedding.size(), 128u);
  EXPECT_TRUE(faces[0].has_photo);
}

TEST_F(GalleryCommand, SaysWhatToDoWithoutAKey) {
  for (const char* command : {"info", "rotate-key", "purge"}) {
    const Outcome refused = run({command});
    EXPECT_EQ(refused.exit_code, 1) << command;
    EXPECT_NE(refused.err.find("kface gallery init"), std::string::npos) << refused.err;
  }
}

}  // namespace
}  // namespace kface
