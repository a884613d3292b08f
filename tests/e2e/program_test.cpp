// Commands, files, exit codes, interruption.
#include <chrono>
#include <csignal>
#include <thread>

#include "program_for_test.h"

namespace kface {
namespace {

TEST_F(Program, GoesFromPhotosToADecision) {
  import_johns("data");
  const Outcome extracted = run({"extract", path("data"), "--json"});
  ASSERT_EQ(extracted.exit_code, 0) << extracted.err;
  EXPECT_EQ(extracted.json()["num_images"], 54);  // one of the 55 is there twice
  EXPECT_EQ(extracted.json()["num_identities"], 5);
  EXPECT_EQ(extracted.err, "") << "no progress line where stderr is not a terminal";

  const Outcome trained =
      run({"train", path("data"), "-o", path("m.kface"), "--recipe", "frozen", "--json"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;

  const Outcome evaluated = run({"evaluate", path("m.kface"), path("data"), "--json"});
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.err;
  const auto metrics = evaluated.json();
  EXPECT_LT(metrics["eer"]["value"].get<double>(), 0.02);
  EXPECT_EQ(metrics["num_same"], 4 * 55 + 45);
  EXPECT_TRUE(metrics["eer"].contains("ci95"));
  EXPECT_TRUE(metrics["tar_at_far"]["0.0001"].is_null());
  EXPECT_EQ(metrics["identification"]["num_enrolled"], 5);

  auto people = fs::directory_iterator(johns_);
  std::vector<fs::path> folders;
  for (const auto& entry : people) {
    if (entry.is_directory()) {
      folders.push_back(entry.path());
    }
  }
  std::sort(folders.begin(), folders.end());
  const auto photos_of = [](const fs::path& folder) {
    std::vector<std::string> photos;
    for (const auto& entry : fs::directory_iterator(folder)) {
      photos.push_back(entry.path().string());
    }
    std::sort(photos.begin(), photos.end());
    return photos;
  };
  const auto first = photos_of(folders[0]);
  const auto second = photos_of(folders[1]);
  const auto same = run({"verify", "-m", path("m.kface"), first[0], first[1], "--json"}).json();
  const auto different =
      run({"verify", "-m", path("m.kface"), first[0], second[0], "--json"}).json();
  EXPECT_TRUE(same["same"].get<bool>());
  EXPECT_FALSE(different["same"].get<bool>());
  for (const char* key : {"same", "distance", "threshold", "far", "model", "faces", "time_ms"}) {
    EXPECT_TRUE(same.contains(key)) << key;
  }
}

TEST_F(Program, ACalibratedModelComputesInEightBitsAndDecidesAlike) {
  import_johns("data");
  ASSERT_EQ(run({"train", path("data"), "-o", path("m.kface"), "--recipe", "frozen"}).exit_code, 0);
  const Outcome calibrated = run({"calibrate", path("data"), "-m", path("m.kface"), "-o",
                                  path("fast.kface"), "--precision", "int8", "--json"});
  ASSERT_EQ(calibrated.exit_code, 0) << calibrated.err;
  EXPECT_EQ(calibrated.json()["precision"], "int8");
  EXPECT_EQ(calibrated.json()["faces"], 54);
  EXPECT_GE(calibrated.json()["tried"][0]["lowest_cosine"].get<double>(), 0.995);

  const Outcome slow = run({"evaluate", path("m.kface"), path("data"), "--json"});
  const Outcome fast = run({"evaluate", path("fast.kface"), path("data"), "--json"});
  ASSERT_EQ(fast.exit_code, 0) << fast.err;
  EXPECT_NEAR(fast.json()["eer"]["value"].get<double>(), slow.json()["eer"]["value"].get<double>(),
              0.01);
  std::size_t caches = 0;
  for (const auto& entry : fs::directory_iterator(path("data") + "/features")) {
    caches += entry.path().extension() == ".safetensors" ? 1 : 0;
  }
  EXPECT_EQ(caches, 2U) << "features of each arithmetic have a file of their own";

  const Outcome uncalibrated = run({"bench", "--precision", "int8", "--runs", "3", "--json"});
  ASSERT_EQ(uncalibrated.exit_code, 0) << uncalibrated.err;
  EXPECT_EQ(uncalibrated.json()["samples_ms"].size(), 3U);
  EXPECT_GT(uncalibrated.json()["layers"].size(), 29U);
}

TEST_F(Program, SameSeedSameBytesForAnyNumberOfThreads) {
  import_johns("data");
  const std::vector<std::string> sweep = {"sweep",       path("data"), "--epochs", "5",
                                          "--bootstrap", "40",         "-o"};
  for (const char* threads : {"1", "3"}) {
    auto arguments = sweep;
    arguments.insert(arguments.end(), {path(threads), "--threads", threads});
    const Outcome outcome = run(arguments);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    ASSERT_EQ(run({"train", path("data"), "-o", path(threads) + "/m.kface", "--epochs", "5",
                   "--threads", threads})
                  .exit_code,
              0);
  }
  const auto one = contents(path("1"));
  EXPECT_EQ(one.size(), 6u);  // report, record, two tables, model, its record
  EXPECT_EQ(one, contents(path("3")));
}

TEST_F(Program, ImportIsTheSameForAnyNumberOfThreadsAndDoesNoWorkTwice) {
  for (const char* threads : {"1", "3"}) {
    ASSERT_EQ(run({"import", "folder", johns_.string(), "-o", path(threads), "--threads", threads})
                  .exit_code,
              0);
  }
  auto one = contents(path("1"));
  auto three = contents(path("3"));
  one.erase("import.state");  // times of change on this machine
  three.erase("import.state");
  EXPECT_EQ(one, three);
  const Outcome again = run({"import", "folder", johns_.string(), "-o", path("1"), "--json"});
  EXPECT_TRUE(again.json()["up_to_date"].get<bool>());
}

TEST_F(Program, AStoppedImportGoesOnWhereItWas) {
  ASSERT_EQ(run({"import", "folder", johns_.string(), "-o", path("whole")}).exit_code, 0);
  const std::vector<std::string> import = {
      "import", "folder", johns_.string(), "-o", path("part"), "--threads", "1"};
  const pid_t child = start(import);
  const fs::path chips = work_ / "part" / "chips";
  for (int wait = 0; wait < 2000 && !fs::exists(chips); ++wait) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ::kill(child, SIGINT);
  const Outcome stopped = wait_for(child);
  EXPECT_EQ(stopped.exit_code, 1);
  EXPECT_NE(stopped.err.find("run the same command again"), std::string::npos) << stopped.err;
  EXPECT_FALSE(fs::exists(work_ / "part" / "manifest.csv"));
  auto again = import;
  again.emplace_back("--json");
  const Outcome finished = run(again);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_GT(finished.json()["num_resumed"].get<int>(), 0);
  auto whole = contents(path("whole"));
  auto part = contents(path("part"));
  whole.erase("import.state");
  part.erase("import.state");
  EXPECT_EQ(whole, part);
}

TEST_F(Program, AKilledExtractionIsNeverTakenForWhole) {
  import_johns("data");
  const pid_t child = start({"extract", path("data"), "--threads", "1"});
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  ::kill(child, SIGKILL);
  (void)wait_for(child);
  const Outcome finished = run({"extract", path("data"), "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  import_johns("other");
  ASSERT_EQ(run({"extract", path("other")}).exit_code, 0);
  EXPECT_EQ(contents(work_ / "data" / "features"), contents(work_ / "other" / "features"));
}

TEST_F(Program, ErrorsAreOneLineAndTheirKindIsTheExitCode) {
  const auto world = [&](const std::vector<std::string>& arguments, const char* text) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
    EXPECT_NE(outcome.err.find(text), std::string::npos) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  };
  world({"extract", path("absent")}, "absent");
  world({"verify", "-m", path("absent.kface"), "a", "b"}, "absent.kface");
  world({"verify", "-m", "frozen", "--precision", "int8", "a", "b"},
        "frozen: has no calibration for 8 bits; run 'kface calibrate DS -m frozen");
  world({"import", "folder", path("absent"), "-o", path("d")}, "absent");
  fs::create_directories(work_ / "empty");
  world({"import", "folder", path("empty"), "-o", path("d")}, "found");
  EXPECT_EQ(run({}).exit_code, 2);
  EXPECT_EQ(run({"dance"}).exit_code, 2);
  EXPECT_EQ(run({"sweep", path("d")}).exit_code, 2);  // -o is missing
  EXPECT_EQ(run({"compare", path("d"), "--splits", "0"}).exit_code, 2);
  EXPECT_EQ(run({"--help"}).exit_code, 0);
}

TEST_F(Program, AModelOfAnotherBackboneOrVersionIsRefused) {
  import_johns("data");
  ASSERT_EQ(run({"train", path("data"), "-o", path("m.kface"), "--recipe", "frozen"}).exit_code, 0);
  std::string bytes = read_text(path("m.kface")).value();
  const auto at = bytes.find("backbone_digest\\\":\\\"");
  ASSERT_NE(at, std::string::npos);
  std::string other = bytes;
  other.replace(at + 20, 4, "ffff");
  ASSERT_TRUE(write_file_atomic(path("other.kface"), other).ok());
  const Outcome mismatch = run({"evaluate", path("other.kface"), path("data")});
  EXPECT_EQ(mismatch.exit_code, 1);
  EXPECT_NE(mismatch.err.find("was fitted on backbone"), std::string::npos) << mismatch.err;
  const auto version = bytes.find("\"version\":\"1\"");
  ASSERT_NE(version, std::string::npos);
  bytes.replace(version, 13, "\"version\":\"9\"");
  ASSERT_TRUE(write_file_atomic(path("newer.kface"), bytes).ok());
  const Outcome newer = run({"evaluate", path("newer.kface"), path("data")});
  EXPECT_EQ(newer.exit_code, 1);
  EXPECT_NE(newer.err.find("this build reads 1..2"), std::string::npos) << newer.err;
}

}  // namespace
}  // namespace kface
