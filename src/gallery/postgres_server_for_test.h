// A real PostgreSQL server for tests: its own data, a unix socket in a temporary folder, no TCP.
// A test that uses it links pq.
#pragma once

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "gallery/temp_folder_for_test.h"
#include "kface/status.h"

namespace kface {

// Not thread-safe. Make it in a thread that outlives it: the server ends with that thread, also
// when the test is killed.
class PostgresServerForTest {
 public:
  // Nothing if there can be none; `why_not` then says so, for GTEST_SKIP.
  static std::unique_ptr<PostgresServerForTest> start(std::string& why_not) {
    auto server = std::unique_ptr<PostgresServerForTest>(new PostgresServerForTest());
    why_not = server->prepare();
    if (why_not.empty()) {
      why_not = server->start_again();
    }
    return why_not.empty() ? std::move(server) : nullptr;
  }

  ~PostgresServerForTest() { stop(SIGQUIT); }
  PostgresServerForTest(const PostgresServerForTest&) = delete;
  PostgresServerForTest& operator=(const PostgresServerForTest&) = delete;

  // postgresql://... of a database.
  std::string url(const std::string& database) const {
    return "postgresql:///" + database + "?host=" + folder_.path().string() + "&user=kface";
  }

  // Makes an empty database; its URL.
  std::string new_database() {
    const std::string name = "test" + std::to_string(++num_databases_);
    run("CREATE DATABASE " + name);
    return url(name);
  }

  // Runs a statement as the superuser; the first field of the first row.
  std::string run(const std::string& statement, const std::string& database = "postgres") const {
    const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectdb(url(database).c_str()),
                                                                PQfinish);
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
        PQexec(connection.get(), statement.c_str()), PQclear);
    const auto status = PQresultStatus(result.get());
    KF_REQUIRE(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK, statement,
               PQerrorMessage(connection.get()));
    return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
  }

  // The server's folder of data.
  std::filesystem::path data() const { return folder_.path() / "data"; }

  // SIGINT ends it in good order, SIGQUIT at once, as a crash does.
  void stop(int signal) {
    if (pid_ > 0) {
      ::kill(pid_, signal);
      ::waitpid(pid_, nullptr, 0);
      pid_ = -1;
    }
  }

  // After stop(). Empty, or why it does not start.
  std::string start_again() {
    pid_ = spawn({binary("postgres"), "-D", data().string(), "-k", folder_.path().string(), "-c",
                  "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=40", "-c",
                  "shared_buffers=16MB", "-c", "dynamic_shared_memory_type=mmap", "-c",
                  "max_wal_size=64MB"});
    for (int attempt = 0; attempt < 1200; ++attempt) {
      if (PQping(url("postgres").c_str()) == PQPING_OK) {
        return "";
      }
      if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
        pid_ = -1;
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return "postgres does not start: " + log();
  }

 private:
  PostgresServerForTest() = default;

  static std::string binary(const std::string& name) {
    return "/usr/lib/postgresql/15/bin/" + name;
  }

  std::string prepare() {
    if (!std::filesystem::exists(binary("initdb")) ||
        !std::filesystem::exists(binary("postgres"))) {
      return "no PostgreSQL server here (Debian package postgresql-15)";
    }
    if (::geteuid() == 0) {  // the server refuses root
      user_ = ::getpwnam("postgres");
      user_ = user_ == nullptr ? ::getpwnam("nobody") : user_;
      if (user_ == nullptr || ::chown(folder_.path().c_str(), user_->pw_uid, user_->pw_gid) != 0) {
        return "no user whom the server could run as";
      }
    }
    const pid_t made = spawn({binary("initdb"), "-D", data().string(), "-U", "kface", "-A", "trust",
                              "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"});
    int status = -1;
    ::waitpid(made, &status, 0);
    return status == 0 ? "" : "initdb fails: " + log();
  }

  pid_t spawn(const std::vector<std::string>& command) const {
    std::vector<char*> arguments;
    for (const std::string& word : command) {
      arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    const std::string log_path = (folder_ / "log").string();
    const pid_t pid = ::fork();
    if (pid != 0) {
      return pid;
    }
    const bool is_other =
        user_ == nullptr || (::setgroups(0, nullptr) == 0 && ::setgid(user_->pw_gid) == 0 &&
                             ::setuid(user_->pw_uid) == 0);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    const int nothing = ::open("/dev/null", O_RDONLY);
    const int log_file = ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (is_other && ::chdir("/") == 0 && ::dup2(nothing, STDIN_FILENO) >= 0 &&
        ::dup2(log_file, STDOUT_FILENO) >= 0 && ::dup2(log_file, STDERR_FILENO) >= 0) {
      ::execv(arguments[0], arguments.data());
    }
    ::_exit(127);
  }

  std::string log() const {
    std::ifstream file(folder_ / "log");
    std::ostringstream text;
    text << file.rdbuf();
    const std::string whole = text.str();
    return whole.substr(whole.size() > 1000 ? whole.size() - 1000 : 0);
  }

  TempFolderForTest folder_;
  const passwd* user_ = nullptr;
  pid_t pid_ = -1;
  int num_databases_ = 0;
};

}  // namespace kface
