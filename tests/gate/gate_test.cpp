// The gate as its users run it: a gallery in a real PostgreSQL or in a file, a video of people who
// walk up to the camera, a real broker that hears of it, and the log afterwards.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "gallery/postgres_server_for_test.h"
#include "gate/mosquitto_server_for_test.h"
#include "program_for_test.h"
#include "walk_video.h"

namespace kface {
namespace {

using Json = nlohmann::json;

class GateProgram : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    if (IsSkipped()) {
      return;
    }
    const Outcome made = run({"gallery", "init", "--home", path("home")});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }

  // Three johns, some photos of each: two enrolled, one a stranger.
  std::vector<fs::path> photos_of(const std::string& person) const {
    std::vector<fs::path> photos;
    for (const auto& entry : fs::directory_iterator(johns_ / person)) {
      photos.push_back(entry.path());
    }
    std::sort(photos.begin(), photos.end());
    return photos;
  }

  void copy_people() const {
    for (const std::string person : {"John_Salley", "John_Savage"}) {
      fs::create_directories(fs::path(path("people")) / person);
      const auto photos = photos_of(person);
      for (std::size_t i = 0; i < 3; ++i) {
        fs::copy_file(photos[i], fs::path(path("people")) / person / photos[i].filename());
      }
    }
  }

  // Arguments that every command of these tests has.
  std::vector<std::string> with_home(std::vector<std::string> arguments,
                                     const std::string& gallery = "") const {
    arguments.insert(arguments.end(), {"--home", path("home")});
    if (!gallery.empty()) {
      arguments.insert(arguments.end(), {"--gallery", gallery});
    }
    return arguments;
  }

  Outcome enroll(const std::string& gallery) const {
    copy_people();
    return run(with_home({"enroll", "-m", "frozen", "--folder", path("people"), "--group", "staff",
                          "--consent", "2026-11-25", "--json"},
                         gallery));
  }

  std::vector<std::string> gate_arguments(const std::string& gallery) const {
    return with_home(
        {"gate", "-m", "frozen", "--threshold", "0.55", "--allow-unmeasured", "--camera",
         path("walk.avi"), "--gate", "north", "--direction", "entry", "--json"},
        gallery);
  }

  static std::vector<Json> lines_of(const std::string& text) {
    std::vector<Json> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
      lines.push_back(Json::parse(line));
    }
    return lines;
  }

  // One known person, a stranger, another known person.
  void write_video() const {
    fixture::write_walk_video({photos_of("John_Salley").back(), photos_of("John_Schneider").back(),
                               photos_of("John_Savage").back()},
                              path("walk.avi"));
  }

  void expect_walk(const std::vector<Json>& lines) const {
    ASSERT_EQ(lines.size(), 4U);  // three decisions, and what there was in all
    EXPECT_EQ(lines[0].at("verdict"), "granted") << lines[0].dump();
    EXPECT_EQ(lines[0].at("name"), "John_Salley");
    EXPECT_NE(lines[1].at("verdict"), "granted") << lines[1].dump();
    EXPECT_EQ(lines[2].at("verdict"), "granted") << lines[2].dump();
    EXPECT_EQ(lines[2].at("name"), "John_Savage");
    EXPECT_LE(lines[0].at("distance"), lines[0].at("threshold"));
    EXPECT_EQ(lines[3].at("decisions"), 3);
    EXPECT_EQ(lines[3].at("camera"), "ended");
  }
};

TEST_F(GateProgram, LetsPeopleInFromAVideoAndTellsTheBrokerAndKeepsTheLog) {
  std::string why_not;
  const auto postgres = PostgresServerForTest::start(why_not);
  if (postgres == nullptr || MosquittoServerForTest::program().empty()) {
    GTEST_SKIP() << (postgres == nullptr ? why_not : "no mosquitto on this machine");
  }
  MosquittoServerForTest broker;
  ASSERT_TRUE(broker.start());
  MqttListenerForTest listener(broker.port());
  const std::string gallery = postgres->new_database();

  const Outcome enrolled = enroll(gallery);
  ASSERT_EQ(enrolled.exit_code, 0) << enrolled.err;
  EXPECT_EQ(enrolled.json().at("people"), 2) << enrolled.out;

  write_video();
  auto arguments = gate_arguments(gallery);
  arguments.insert(arguments.end(), {"--mqtt", broker.url(), "--hold-ms", "200"});
  const Outcome gate = run(arguments);
  ASSERT_EQ(gate.exit_code, 0) << gate.err;
  const auto lines = lines_of(gate.out);
  expect_walk(lines);
  ASSERT_FALSE(HasFatalFailure());

  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(listener.hears("kface/north/decision", [&](const auto& heard) {
      const Json json = Json::parse(heard.payload);
      return json.at("event") == lines[i].at("event") &&
             json.at("verdict") == lines[i].at("verdict") &&
             heard.payload.find("John") == std::string::npos;  // no names on the wire
    })) << i;
  }
  EXPECT_TRUE(listener.hears("kface/north/door", "open"));

  const Outcome verified = run(with_home({"audit", "verify", "--json"}));
  EXPECT_EQ(verified.exit_code, 0) << verified.err << verified.out;
  const Outcome exported = run(with_home({"audit", "export", "--format", "jsonl"}));
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  std::size_t granted = 0;
  for (const Json& record : lines_of(exported.out)) {
    granted += record.value("verdict", "") == "granted" ? 1 : 0;
    EXPECT_EQ(record.dump().find("John"), std::string::npos);
  }
  EXPECT_EQ(granted, 2U);
}

TEST_F(GateProgram, KnowsNobodyWhoWasForgotten) {
  ASSERT_EQ(enroll("").exit_code, 0);
  const auto identify = [&](const std::string& person) {
    return run(with_home({"identify", "-m", "frozen", "--threshold", "0.55", "--allow-unmeasured",
                          "--json", photos_of(person).back().string()}))
        .json();
  };
  const Json before = identify("John_Savage");
  ASSERT_EQ(before.at("verdict"), "granted") << before.dump();
  const Outcome forgotten = run(with_home({"forget", before.at("person")}));
  EXPECT_EQ(forgotten.exit_code, 0) << forgotten.err;
  EXPECT_NE(identify("John_Savage").at("verdict"), "granted");
  EXPECT_EQ(identify("John_Salley").at("verdict"), "granted");
  const Outcome people = run(with_home({"people", "--json"}));
  EXPECT_EQ(people.json().at("people").size(), 1U);
  EXPECT_EQ(people.out.find("John_Savage"), std::string::npos);
}

TEST_F(GateProgram, LetsNobodyInByAThresholdThatWasNeverMeasured) {
  ASSERT_EQ(enroll("").exit_code, 0);
  const Outcome outcome = run(
      with_home({"identify", "-m", "frozen", "--json", photos_of("John_Savage").back().string()}));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.json().at("verdict"), "denied");
  EXPECT_EQ(outcome.json().at("reason"), "unmeasured");
}

TEST_F(GateProgram, EnrolsNobodyWithoutConsentOrAFace) {
  const std::string photo = photos_of("John_Savage").front().string();
  Outcome outcome = run(with_home({"enroll", "-m", "frozen", "--name", "A", photo}));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("--consent"), std::string::npos) << outcome.err;
  std::ofstream(path("noise.pgm")) << "P2 64 64 255\n"
                                   << [] {
                                        std::string grey;
                                        for (int i = 0; i < 64 * 64; ++i) {
                                          grey += "128 ";
                                        }
                                        return grey;
                                      }();
  outcome = run(with_home(
      {"enroll", "-m", "frozen", "--name", "A", "--consent", "2026-11-25", path("noise.pgm")}));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("no face"), std::string::npos) << outcome.err;
  EXPECT_EQ(run(with_home({"people", "--json"})).json().at("people").size(), 0U);
}

TEST_F(GateProgram, SaysWhatToDoWithoutAKeyOrACamera) {
  Outcome outcome = run({"people", "--home", path("nowhere")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("kface gallery init"), std::string::npos) << outcome.err;
  outcome = run(with_home({"gate", "-m", "frozen", "--camera", path("none.avi")}));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("none.avi"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace kface
