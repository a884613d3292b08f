// The program as its users meet it, on dlib's five johns: starts it, waits, reads what it wrote.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/files.h"

namespace kface {

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

}  // namespace kface
