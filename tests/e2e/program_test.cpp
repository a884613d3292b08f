// The program as its users meet it: commands, files, exit codes, interruption.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/files.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  int exit_code = -1;
  std::string out;
  std::string err;
  nlohmann::json json() const { return nlohmann::json::parse(out); }
};

class Program : public ::testing::Test {
 protected:
  void SetUp() override {
    johns_ = fs::path(KFACE_EXAMPLES) / "johns";
    if (!fs::exists(johns_)) {
      GTEST_SKIP() << johns_ << " is absent: run 'make setup'";
    }
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    work_ = fs::temp_directory_path() /
            ("kface-e2e-" + std::to_string(::getpid()) + "-" + info->name());
    fs::create_directories(work_);
  }
  void TearDown() override { fs::remove_all(work_); }

  // Starts the program with its output in files, so that nothing of it is a terminal.
  pid_t start(const std::vector<std::string>& arguments) const {
    const pid_t child = ::fork();
    if (child != 0) {
      return child;
    }
    const auto redirect = [&](const char* name, int descriptor) {
      const int file = ::open((work_ / name).c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
      ::dup2(file, descriptor);
    };
    redirect("out", STDOUT_FILENO);
    redirect("err", STDERR_FILENO);
    std::vector<char*> argv = {const_cast<char*>(KFACE_PROGRAM)};
    for (const auto& argument : arguments) {
      argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    ::execv(KFACE_PROGRAM, argv.data());
    ::_exit(127);
  }

  Outcome wait_for(pid_t child) const {
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            read_text(work_ / "out").value(), read_text(work_ / "err").value()};
  }

  Outcome run(const std::vector<std::string>& arguments) const {
    return wait_for(start(arguments));
  }

  std::string path(const std::string& name) const { return (work_ / name).string(); }

  // A dataset of dlib's five johns; their photos are chips already.
  void import_johns(const std::string& name) const {
    const Outcome outcome =
        run({"import", "folder", johns_.string(), "-o", path(name), "--crop", "none"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }

  // Every file below a folder with its bytes.
  static std::map<std::string, std::string> contents(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) {
        files[fs::relative(entry.path(), folder).string()] = read_text(entry.path()).value();
      }
    }
    return files;
  }

  fs::path johns_;
  fs::path work_;
};

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

TEST_F(Program, FindsAThresholdAndWritesTheModelThatHasIt) {
  import_johns("data");
  const Outcome chosen = run({"threshold", "-m", "frozen", path("data"), "--far", "0.01", "-o",
                              path("door.kface"), "--json"});
  ASSERT_EQ(chosen.exit_code, 0) << chosen.err;
  const auto record = chosen.json();
  EXPECT_TRUE(record["supported"].get<bool>());
  EXPECT_LE(record["far_measured"].get<double>(), 0.01);
  EXPECT_EQ(record["customary"]["threshold"], 0.6);
  const Outcome evaluated = run({"evaluate", path("door.kface"), path("data"), "--json"});
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.err;
  EXPECT_EQ(evaluated.json()["threshold"].get<float>(), record["threshold"]["value"].get<float>());
  EXPECT_EQ(evaluated.json()["far_at_threshold"]["value"], record["far_measured"]);
  EXPECT_EQ(evaluated.json()["model"], record["written_model"]);

  for (const std::vector<std::string>& output : {std::vector<std::string>{}, {"--json"}}) {
    std::vector<std::string> arguments = {"threshold", "-m",   "frozen", path("data"),
                                          "--far",     "1e-6", "-o",     path("none.kface")};
    arguments.insert(arguments.end(), output.begin(), output.end());
    const Outcome refused = run(arguments);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_NE(refused.err.find("needs 3000000 different-person pairs"), std::string::npos)
        << refused.err;
    EXPECT_FALSE(fs::exists(path("none.kface")));
    EXPECT_EQ(refused.out.find("\"supported\": false") != std::string::npos, !output.empty());
  }

  ASSERT_EQ(run({"train", path("data"), "-o", path("m.kface"), "--recipe", "calibrated"}).exit_code,
            0);
  const Outcome own = run({"threshold", "-m", path("m.kface"), path("data"), "--far", "0.01"});
  EXPECT_EQ(own.exit_code, 0);
  EXPECT_NE(own.err.find("warning: the model was fitted on this very dataset"), std::string::npos)
      << own.err;
}

TEST_F(Program, ComparesTwoModelsAndExportsTheirScores) {
  import_johns("data");
  ASSERT_EQ(run({"train", path("data"), "-o", path("m.kface"), "--recipe", "calibrated"}).exit_code,
            0);
  const Outcome compared = run({"evaluate", path("m.kface"), path("data"), "--against", "frozen",
                                "--scores-out", path("scores"), "--bootstrap", "40", "--json"});
  ASSERT_EQ(compared.exit_code, 0) << compared.err;
  const auto json = compared.json();
  EXPECT_EQ(json["comparison"]["against"], "frozen");
  EXPECT_EQ(json["comparison"]["verdict"], "cannot tell");  // five people
  const auto lines = [&](const char* name) {
    const std::string text = read_text(path("scores") + "/" + name).value();
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  };
  EXPECT_EQ(lines("genuine.txt"), json["num_same"].get<std::size_t>());
  EXPECT_EQ(lines("impostor.txt"), json["num_different"].get<std::size_t>());
  EXPECT_EQ(lines("scores-4col"), lines("genuine.txt") + lines("impostor.txt"));
  const Outcome usage = run({"evaluate", "frozen", path("data"), "--against-backbone", "vgg-face"});
  EXPECT_EQ(usage.exit_code, 2);
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

TEST_F(Program, MeasuresByConditionFromATableOfConditions) {
  import_johns("data");
  std::string table = "id,day\n";  // every other photo
  const auto manifest = read_text(path("data") + "/manifest.csv").value();
  bool odd = false;
  for (std::size_t at = manifest.find('\n') + 1; at < manifest.size();
       at = manifest.find('\n', at) + 1) {
    table += manifest.substr(at, manifest.find(',', at) - at) + (odd ? ",monday\n" : ",friday\n");
    odd = !odd;
  }
  ASSERT_TRUE(write_file_atomic(path("day.csv"), table).ok());
  const Outcome outcome =
      run({"conditions", path("data"), "-m", "frozen", "--attributes", "day", "--table",
           path("day.csv"), "--bootstrap", "40", "--splits", "2", "-o", path("run"), "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto record = outcome.json();
  EXPECT_EQ(record["attributes"][0]["attribute"], "day");
  EXPECT_EQ(record["attributes"][0]["rows"].size(), 6u);  // two days, three ways of pairing
  EXPECT_LT(record["attributes"][0]["rows"][0]["eer"]["value"].get<double>(), 0.02);
  EXPECT_TRUE(fs::exists(path("run") + "/report.html"));
  const Outcome text =
      run({"conditions", path("data"), "-m", "frozen", "--bootstrap", "0", "--splits", "0"});
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_NE(text.out.find("quality_sharpness, held against high"), std::string::npos) << text.out;
  const Outcome unknown = run({"conditions", path("data"), "-m", "frozen", "--attributes", "lux"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_NE(unknown.err.find("attribute 'lux'"), std::string::npos) << unknown.err;
}

TEST_F(Program, WritesAListOfKfacePairsAndMeasuresByItsRule) {
  std::vector<fs::path> people;
  for (const auto& entry : fs::directory_iterator(johns_)) {
    people.push_back(entry.path());
  }
  std::sort(people.begin(), people.end());
  for (std::size_t person = 0; person < people.size(); ++person) {
    std::vector<fs::path> photos;
    for (const auto& photo : fs::directory_iterator(people[person])) {
      photos.push_back(photo.path());
    }
    std::sort(photos.begin(), photos.end());
    const fs::path folder =
        work_ / "tree/High_Resolution" / ("1907164" + std::to_string(person)) / "S001/L1/E01";
    fs::create_directories(folder);
    for (int camera = 4; camera <= 10; ++camera) {
      fs::copy_file(photos.at(static_cast<std::size_t>(camera)),
                    folder / ("C" + std::to_string(camera) + ".jpg"));
    }
  }
  const Outcome imported =
      run({"import", "aihub", path("tree"), "-o", path("data"), "--people", "all", "--images",
           "all", "--camera", "all", "--crop", "none", "--json"});
  ASSERT_EQ(imported.exit_code, 0) << imported.err;
  const int accepted = imported.json()["num_accepted"].get<int>();
  EXPECT_GE(accepted, 34) << "one of the johns is there twice";
  const std::vector<std::string> protocol = {"protocol",      "kface", path("data"),
                                             "--test-people", "2",     "--json"};
  const auto with = [&protocol](const std::vector<std::string>& more) {
    auto all = protocol;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  const Outcome listed = run(with({"--list", "Q1", "-o", path("q1.txt")}));
  ASSERT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_EQ(listed.json()["split"]["num_train_identities"], 3);
  const std::string pairs = read_text(path("q1.txt")).value();
  EXPECT_EQ(std::count(pairs.begin(), pairs.end(), '\n'), listed.json()["selections"][4]["here"]);
  ASSERT_EQ(run(with({"--select", "Q1", "-o", path("ids.txt")})).exit_code, 0);
  const std::string ids = read_text(path("ids.txt")).value();
  EXPECT_EQ(listed.json()["selections"][0]["here"].get<int>(),
            accepted - std::count(ids.begin(), ids.end(), '\n'))
      << "whoever is not tested is trained on";
  const Outcome scored =
      run({"protocol", "score", path("data"), "-m", "frozen", "--pairs", path("q1.txt"),
           "--published", "Q1", "--bootstrap", "40", "-o", path("run")});
  ASSERT_EQ(scored.exit_code, 0) << scored.err;
  EXPECT_NE(scored.out.find(" pairs of 2 people"), std::string::npos) << scored.out;
  EXPECT_NE(scored.out.find("ResNet-34, MixFace"), std::string::npos);
  EXPECT_TRUE(fs::exists(path("run") + "/report.html"));
  EXPECT_EQ(run({"protocol", "kface", path("data"), "--list", "Q1"}).exit_code,
            2);                                                      // -o is missing
  EXPECT_EQ(run({"protocol", "kface", path("data")}).exit_code, 1);  // 30 of 5 people
TEST_F(Program, SimulatedImagesAreMarkedAndMeasuredApart) {
  import_johns("data");
  const Outcome simulated = run({"simulate", path("data"), "-o", path("more"), "--kinds",
                                 "lux,blur", "--per-image", "1", "--json"});
  ASSERT_EQ(simulated.exit_code, 0) << simulated.err;
  EXPECT_EQ(simulated.json()["num_real"], 54);
  EXPECT_EQ(simulated.json()["num_simulated"], 54);
  const Outcome stressed =
      run({"stress", path("more"), "-m", "frozen", "--bootstrap", "50", "--json"});
  ASSERT_EQ(stressed.exit_code, 0) << stressed.err;
  const auto json = stressed.json();
  EXPECT_EQ(json["simulated"], true);
  EXPECT_EQ(json["num_real_images"], 54);
  EXPECT_EQ(json["real"]["num_same"], 4 * 55 + 45);
  std::size_t drawn = 0;
  for (const auto& entry : json["stress"]) {
    drawn += entry["num_images"].get<std::size_t>();
    EXPECT_TRUE(entry["same_photo"].is_null()) << "everybody has other photos";
    EXPECT_GT(entry["other_photo"]["num_same"], 0);
  }
  EXPECT_EQ(drawn, 54U);
  const Outcome printed = run({"stress", path("more"), "-m", "frozen", "--bootstrap", "0"});
  EXPECT_NE(printed.out.find("SIMULATED blur 1 on another photo"), std::string::npos);
  const Outcome masks = run({"simulate", path("data"), "-o", path("masks"), "--kinds", "mask"});
  EXPECT_EQ(masks.exit_code, 1);
  EXPECT_NE(masks.err.find("imported with --crop none"), std::string::npos) << masks.err;
  EXPECT_EQ(run({"simulate", path("data"), "-o", path("x"), "--per-image", "0"}).exit_code, 2);
}

TEST_F(Program, SeveralPhotosMakeOneTemplate) {
  import_johns("data");
  const Outcome measured = run({"templates", path("data"), "-m", "frozen", "--enrol", "1,3",
                                "--draws", "1", "--bootstrap", "0", "--json"});
  ASSERT_EQ(measured.exit_code, 0) << measured.err;
  EXPECT_EQ(measured.json()["num_identities"], 5);
  EXPECT_EQ(measured.json()["templates"].size(), 4U);
  EXPECT_GT(measured.json()["machine"]["embed_ms"], 0.0);

  ASSERT_EQ(run({"train", path("data"), "-o", path("m.kface"), "--recipe", "frozen"}).exit_code, 0);
  std::vector<std::string> arguments = {"embed", "-m", path("m.kface")};
  for (const auto& entry : fs::directory_iterator(fs::directory_iterator(johns_)->path())) {
    arguments.push_back(entry.path().string());
  }
  ASSERT_GE(arguments.size(), 5U);
  const auto single = run(arguments).json();
  arguments.insert(arguments.end(), {"--pool", "mean"});
  const auto pooled = run(arguments).json();
  ASSERT_EQ(pooled.size(), 1U);
  EXPECT_EQ(pooled[0]["photos"].size(), single.size());
  double sum = 0;
  for (const auto& photo : single) {
    sum += photo["embedding"][0].get<double>();
  }
  EXPECT_NEAR(pooled[0]["embedding"][0].get<double>(), sum / static_cast<double>(single.size()),
              1e-6);
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
