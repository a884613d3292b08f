// A folder, a key and records for the tests of the audit log.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>

#include "base/files.h"
#include "gate/audit_log.h"

namespace kface {

inline SecretKey key_for_test(std::uint8_t first = 1) {
  SecretKey key{};
  for (std::size_t i = 0; i < key.size(); ++i) {
    key[i] = static_cast<std::uint8_t>(first + i);
  }
  return key;
}

// The i-th of a row of decisions that differ in everything.
inline AuditEntry decision_for_test(int i) {
  const bool granted = i % 2 == 0;
  return {.at = 1'764'000'000'000 + UnixMs{1000} * i,
          .kind = "decision",
          .gate = i % 3 == 0 ? "north" : "south",
          .event = "e-" + std::to_string(i),
          .actor = "camera",
          .person = "p-" + std::to_string(i % 5),
          .direction = i % 4 < 2 ? "entry" : "exit",
          .verdict = granted ? "granted" : "denied",
          .reason = granted ? "match" : "nobody",
          .distance = 0.25 + 0.01 * i,
          .threshold = 0.5,
          .far = 1e-4};
}

class AuditFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    static std::atomic<int> counter{0};
    folder = std::filesystem::temp_directory_path() / ("kface-audit-" + std::to_string(::getpid()) +
                                                       "-" + std::to_string(counter.fetch_add(1)));
    std::filesystem::create_directories(folder);
    log_path = folder / "audit.log";
    head_path = folder / "audit.log.head";
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::unique_ptr<AuditLog> open(const SecretKey& key = key_for_test()) const {
    auto log = AuditLog::open(log_path, key);
    EXPECT_TRUE(log.ok()) << log.error().message();
    return log.ok() ? std::move(log).value() : nullptr;
  }
  // Appends decisions [first, last), in a log that is closed again.
  void write(int first, int last) const {
    const auto log = open();
    ASSERT_NE(log, nullptr);
    for (int i = first; i < last; ++i) {
      const auto head = log->append(decision_for_test(i));
      ASSERT_TRUE(head.ok()) << head.error().message();
    }
  }
  AuditCheck verify(const std::optional<AuditHead>& anchor = {},
                    const SecretKey& key = key_for_test()) const {
    const auto check = verify_audit(log_path, key, anchor);
    EXPECT_TRUE(check.ok()) << check.error().message();
    return check.ok() ? check.value() : AuditCheck{};
  }
  static std::string text_of(const std::filesystem::path& path) {
    const auto text = read_text(path);
    return text.ok() ? text.value() : "";
  }
  // In place, as a person with an editor would.
  static void put(const std::filesystem::path& path, const std::string& text) {
    ASSERT_TRUE(write_file_atomic(path, text).ok());
  }

  std::filesystem::path folder;
  std::filesystem::path log_path;
  std::filesystem::path head_path;
};

}  // namespace kface
