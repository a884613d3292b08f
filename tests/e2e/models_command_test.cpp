// 'kface models' as its users meet it: exit codes, environment, interruption.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/files.h"
#include "base/safetensors.h"
#include "store/download.h"
#include "store/fetch_model.h"
#include "store/http_server_for_test.h"
#include "store/weights_for_test.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  int exit_code = -1;
  std::string out;
  std::string err;
};

class ModelsCommand : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("no_proxy", "127.0.0.1", 1);
    ::unsetenv("KFACE_VGG_FACE_URL");
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    work = fs::temp_directory_path() /
           ("kface-models-" + std::to_string(::getpid()) + "-" + info->name());
    fs::create_directories(work);
  }
  void TearDown() override { fs::remove_all(work); }

  pid_t start(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {KFACE_PROGRAM, "models"});
    arguments.insert(arguments.end(), {"--models", models().string()});
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (std::string& argument : arguments) {
      argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    const std::string out = (work / "out").string();
    const std::string err = (work / "err").string();
    const pid_t child = ::fork();
    if (child != 0) {
      return child;
    }
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
    ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDERR_FILENO);
    ::execv(KFACE_PROGRAM, argv.data());
    ::_exit(127);
  }

  Outcome wait_for(pid_t child) const {
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            read_text(work / "out").value(), read_text(work / "err").value()};
  }

  Outcome run(const std::vector<std::string>& arguments) const {
    return wait_for(start(arguments));
  }

  fs::path models() const { return work / "models"; }

  fs::path work;
};

TEST_F(ModelsCommand, ListOfAnEmptyFolderIsATableOfAbsentFiles) {
  const Outcome table = run({"list"});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_NE(table.out.find("vgg-face.safetensors                       absent"), std::string::npos)
      << table.out;
  EXPECT_NE(table.out.find("run 'make setup'"), std::string::npos);
  const auto json = nlohmann::json::parse(run({"list", "--json"}).out);
  EXPECT_EQ(json["folder"], models().string());
  ASSERT_EQ(json["files"].size(), 6U);
  EXPECT_EQ(json["files"][4]["name"], "vgg-face.safetensors");
  EXPECT_EQ(json["files"][4]["state"], "absent");
  EXPECT_EQ(json["files"][4]["backbones"], nlohmann::json({"vgg-face"}));
}

TEST_F(ModelsCommand, ErrorsAreOneLineAndTheirExitCodesTellWhoIsWrong) {
  const Outcome missing = run({"info", "nothing"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_TRUE(missing.err.starts_with("kface: nothing: no such file")) << missing.err;
  EXPECT_EQ(std::count(missing.err.begin(), missing.err.end(), '\n'), 1);
  EXPECT_EQ(run({"import", (work / "none.h5").string()}).exit_code, 1);
  EXPECT_EQ(run({}).exit_code, 2) << "a subcommand is missing";
  EXPECT_EQ(run({"import"}).exit_code, 2) << "the file is missing";
  EXPECT_EQ(run({"import", "x", "--channels", "grb"}).exit_code, 2);
  const Outcome refused = run({"fetch", "vgg-face", "--url", "http://127.0.0.1:1/x"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("CC BY-NC 4.0"), std::string::npos);
  EXPECT_NE(refused.err.find("--accept-license"), std::string::npos);
}

TEST_F(ModelsCommand, AStrangersFileDoesNotSteerTheTerminal) {
  TensorFile file;
  file.metadata = {
      {"format", "kface-other"}, {"version", "1"}, {"note", "\x1b[2J\a" + std::string(5000, 'x')}};
  file.tensors["a\x1b[31m"] = {{1}, {1}};
  const fs::path path = work / "x.safetensors";
  ASSERT_TRUE(write_safetensors(path, file).ok());
  const Outcome info = run({"info", path.string()});
  EXPECT_EQ(info.exit_code, 0) << info.err;
  EXPECT_EQ(info.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(info.out.find('\a'), std::string::npos);
  EXPECT_LT(info.out.size(), 2000U);
  EXPECT_NE(info.out.find("parameters       1\n"), std::string::npos) << info.out;
}

TEST_F(ModelsCommand, AnInterruptedFetchContinues) {
  const auto encoded = encode_safetensors(convolutions_for_test());
  const std::string content(encoded.begin(), encoded.end());
  const std::size_t half = content.size() / 2;
  std::atomic<bool> stalls = true;
  const HttpServerForTest server([&](const HttpServerForTest::Request& request) {
    const std::string whole = serve_file(request, content, "\"1\"");
    return stalls ? HttpServerForTest::Answer{whole.substr(0, whole.size() - half), true}
                  : HttpServerForTest::Answer{whole};
  });
  // The address comes from the environment.
  ::setenv("KFACE_VGG_FACE_URL", server.url("/weights").c_str(), 1);
  const std::vector<std::string> command = {"fetch", "vgg-face", "--accept-license", "--bytes",
                                            std::to_string(content.size())};
  const pid_t child = start(command);
  const fs::path download = download_path(models());
  for (int i = 0; i < 3000 && unfinished_bytes(download) < content.size() - half; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ASSERT_EQ(unfinished_bytes(download), content.size() - half);
  ::kill(child, SIGINT);
  const Outcome stopped = wait_for(child);
  EXPECT_EQ(stopped.exit_code, 1);
  EXPECT_NE(stopped.err.find("run the same command again to continue"), std::string::npos)
      << stopped.err;
  EXPECT_FALSE(fs::exists(download));

  stalls = false;
  const Outcome whole = run(command);
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  EXPECT_NE(whole.out.find("of which "), std::string::npos) << whole.out;
  EXPECT_NE(whole.out.find("licence: CC BY-NC 4.0"), std::string::npos) << whole.out;
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_EQ(server.requests()[1].header("range"),
            "bytes=" + std::to_string(content.size() - half) + "-");
  const auto info = nlohmann::json::parse(run({"info", "vgg-face-notop", "--json"}).out);
  EXPECT_EQ(info["parameters"], 14'714'688);
  EXPECT_EQ(info["parameters_without_fc8"], nullptr);
}

}  // namespace
}  // namespace kface
