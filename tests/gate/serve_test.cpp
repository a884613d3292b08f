// The service as its users run it: tokens from the command line, people over HTTP, decisions on
// real photos, and the log afterwards.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "gate/service/socket_for_test.h"
#include "program_for_test.h"
#include "walk_video.h"

namespace kface {
namespace {

using Json = nlohmann::json;

class ServeProgram : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    if (IsSkipped()) {
      return;
    }
    const Outcome made = run({"gallery", "init", "--home", path("home")});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    for (const std::string role : {"gate", "admin", "auditor"}) {
      const Outcome token =
          run({"token", "add", "the " + role, "--role", role, "--home", path("home"), "--json"});
      ASSERT_EQ(token.exit_code, 0) << token.err;
      tokens_[role] = token.json().at("token");
      token_ids_[role] = token.json().at("id");
    }
  }
  void TearDown() override {
    if (service_ > 0) {
      ::kill(service_, SIGKILL);
      ::waitpid(service_, nullptr, 0);
    }
    Program::TearDown();
  }

  void serve() {
    service_ = start({"serve", "-m", "frozen", "--threshold", "0.55", "--allow-unmeasured",
                      "--home", path("home"), "--listen", "127.0.0.1:0", "--json"});
    std::string line;
    while (line.find('\n') == std::string::npos) {
      ASSERT_EQ(::waitpid(service_, nullptr, WNOHANG), 0) << read_text(work_ / "err").value();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      line = read_text(work_ / "out").value();
    }
    const std::string url = Json::parse(line).at("url");
    port_ = static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
  }
  Outcome stop() {
    ::kill(service_, SIGTERM);
    return wait_for(std::exchange(service_, -1));
  }

  // Status and body.
  std::pair<int, Json> ask(const std::string& role, const std::string& method,
                           const std::string& target, const std::string& type = "",
                           const std::string& body = "") const {
    service::SocketForTest client(port_);
    const std::string answer =
        client.ask(method + " " + target + " HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " +
                   tokens_.at(role) + (type.empty() ? "" : "\r\nContent-Type: " + type) +
                   "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    const std::size_t at = answer.find("\r\n\r\n");
    return {std::stoi(answer.substr(9, 3)), Json::parse(answer.substr(at + 4), nullptr, false)};
  }

  std::string photo_of(const std::string& person, std::size_t number) const {
    std::vector<fs::path> photos;
    for (const auto& entry : fs::directory_iterator(johns_ / person)) {
      photos.push_back(entry.path());
    }
    std::sort(photos.begin(), photos.end());
    return read_text(photos.at(number)).value();
  }

  std::map<std::string, std::string> tokens_;
  std::map<std::string, std::string> token_ids_;
  pid_t service_ = -1;
  std::uint16_t port_ = 0;
};

TEST_F(ServeProgram, EnrolsIdentifiesLogsAndForgets) {
  serve();
  ASSERT_FALSE(HasFatalFailure());
  const auto made = ask("admin", "POST", "/v1/people", "application/json",
                        R"({"name":"John Savage","card":"4711","consent_at":"2026-11-25"})");
  ASSERT_EQ(made.first, 201) << made.second;
  const std::string id = made.second["person"]["id"];
  for (const std::size_t number : {0, 1}) {
    const auto face = ask("admin", "POST", "/v1/people/" + id + "/faces", "image/jpeg",
                          photo_of("John_Savage", number));
    ASSERT_EQ(face.first, 201) << face.second;
  }
  const auto known =
      ask("gate", "POST", "/v1/identify?gate=north", "image/jpeg", photo_of("John_Savage", 3));
  ASSERT_EQ(known.first, 200) << known.second;
  EXPECT_EQ(known.second["decision"]["verdict"], "granted") << known.second;
  EXPECT_EQ(known.second["decision"]["name"], "John Savage");
  EXPECT_EQ(known.second["matches"][0]["person"], id);
  const auto stranger =
      ask("gate", "POST", "/v1/verify?card=4711", "image/jpeg", photo_of("John_Salley", 0));
  EXPECT_NE(stranger.second["verdict"], "granted") << stranger.second;
  EXPECT_EQ(ask("gate", "GET", "/v1/people").first, 403);

  const Json events = ask("auditor", "GET", "/v1/events?kind=decision").second["events"];
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1]["person"], id);
  EXPECT_EQ(events[1]["gate"], "north");
  EXPECT_EQ(events[1]["actor"], token_ids_["gate"]);
  EXPECT_EQ(ask("auditor", "GET", "/v1/distances").second["num_decisions"], 2);
  EXPECT_EQ(ask("admin", "GET", "/v1/health").second["status"], "ok");

  EXPECT_EQ(ask("admin", "DELETE", "/v1/people/" + id).first, 204);
  const auto forgotten =
      ask("gate", "POST", "/v1/identify", "image/jpeg", photo_of("John_Savage", 3));
  EXPECT_EQ(forgotten.first, 200);
  EXPECT_TRUE(forgotten.second["matches"].empty());

  const Outcome stopped = stop();
  EXPECT_EQ(stopped.exit_code, 0) << stopped.err;
  EXPECT_EQ(run({"audit", "verify", "--home", path("home")}).exit_code, 0);
  const Outcome refusals =
      run({"audit", "export", "--format", "jsonl", "--home", path("home"), "--kind", "refusal"});
  EXPECT_NE(refusals.out.find("403 forbidden"), std::string::npos) << refusals.out << refusals.err;
}

TEST_F(ServeProgram, SeesATokenThatWasTakenBack) {
  serve();
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_EQ(ask("gate", "GET", "/v1/me").first, 200);
  const Outcome listed = run({"token", "list", "--home", path("home"), "--json"});
  EXPECT_EQ(listed.json().at("tokens").size(), 3U);
  EXPECT_EQ(listed.out.find("kf_"), std::string::npos);
  const Outcome removed = run({"token", "remove", token_ids_["gate"], "--home", path("home")});
  EXPECT_EQ(removed.exit_code, 0) << removed.err;
  while (ask("gate", "GET", "/v1/me").first == 200) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(ask("gate", "GET", "/v1/me").first, 401);
  EXPECT_EQ(ask("admin", "GET", "/v1/me").first, 200);
}

TEST_F(ServeProgram, DoesNotStartInTheClearForOthers) {
  const Outcome outcome =
      run({"serve", "-m", "frozen", "--home", path("home"), "--listen", "0.0.0.0:0"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("--tls-cert"), std::string::npos) << outcome.err;
}

TEST_F(ServeProgram, RefusesTokensThatCannotBe) {
  Outcome outcome = run({"token", "add", "a", "--expires", "tomorrow", "--home", path("home")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("2026-11-25"), std::string::npos) << outcome.err;
  outcome = run({"token", "add", "a", "--role", "root", "--home", path("home")});
  EXPECT_EQ(outcome.exit_code, 2);
  outcome = run({"token", "remove", "k-none", "--home", path("home")});
  EXPECT_EQ(outcome.exit_code, 1);
}

// The page in headless Chromium, with a camera that shows a real face: enrol, identify, search the
// log, forget; tests/page/flow.mjs, against the real service instead of its stand-in.
TEST_F(ServeProgram, IsUsedThroughItsPage) {
  const fs::path page = KFACE_PAGE_TESTS;
  if (std::system("command -v node > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "no node on this machine";
  }
  serve();
  ASSERT_FALSE(HasFatalFailure());
  std::vector<fs::path> photos;
  for (const auto& entry : fs::directory_iterator(johns_ / "John_Savage")) {
    photos.push_back(entry.path());
  }
  fixture::write_frame(*std::min_element(photos.begin(), photos.end()), path("face.jpg"));
  const std::string frame = read_text(path("face.jpg")).value();
  std::string video;  // motion JPEG, as Chromium's fake camera plays it
  for (int i = 0; i < 30; ++i) {
    video += frame;
  }
  ASSERT_TRUE(write_file_atomic(path("face.mjpeg"), video).ok());
  const std::string command = "KFACE_PAGE_URL=http://127.0.0.1:" + std::to_string(port_) +
                              "/ KFACE_PAGE_TOKEN=" + tokens_.at("admin") +
                              " KFACE_PAGE_VIDEO=" + path("face.mjpeg") + " node " +
                              (page / "flow.mjs").string() + " > " + path("flow") + " 2>&1";
  const int status = std::system(command.c_str());
  constexpr int kCannotRunHere = 77;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kCannotRunHere) {
    GTEST_SKIP() << read_text(path("flow")).value();
  }
  EXPECT_EQ(status, 0) << read_text(path("flow")).value();
  EXPECT_EQ(stop().exit_code, 0);
}

}  // namespace
}  // namespace kface
