#include "gate/audit_log.h"

#include <sys/wait.h>

#include <algorithm>
#include <thread>

#include "gate/audit_for_test.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

using AuditLogFile = AuditFolder;

TEST_F(AuditLogFile, BeginsEmptyAndVerifies) {
  const auto log = open();
  ASSERT_NE(log, nullptr);
  EXPECT_EQ(log->head().sequence, 0U);
  const AuditCheck check = verify();
  EXPECT_EQ(check.num_records, 0U);
  EXPECT_EQ(check.fault, "");
  EXPECT_EQ(check.head.chain, log->head().chain);
}

TEST_F(AuditLogFile, GivesEachRecordTheNextNumberAcrossOpenings) {
  write(0, 3);
  write(3, 5);
  const auto log = open();
  const auto head = log->append(decision_for_test(5));
  ASSERT_TRUE(head.ok()) << head.error().message();
  EXPECT_EQ(head.value().sequence, 6U);
  EXPECT_EQ(log->head().chain, head.value().chain);
  const AuditCheck check = verify();
  EXPECT_EQ(check.fault, "");
  EXPECT_EQ(check.num_records, 6U);
  EXPECT_EQ(check.head.chain, head.value().chain);
}

TEST_F(AuditLogFile, HasNoChainInCommonWithTheSameRecordsUnderAnotherKey) {
  write(0, 1);
  const std::string first = verify().head.chain;
  fs::remove(log_path);
  fs::remove(head_path);
  const auto log = open(key_for_test(9));
  ASSERT_TRUE(log->append(decision_for_test(0)).ok());
  EXPECT_NE(log->head().chain, first);
}

TEST_F(AuditLogFile, MakesTheFolder) {
  const auto log = AuditLog::open(folder / "a" / "b" / "audit.log", key_for_test());
  EXPECT_TRUE(log.ok()) << log.error().message();
}

TEST_F(AuditLogFile, RefusesASecondWriter) {
  const auto first = open();
  const auto second = AuditLog::open(log_path, key_for_test());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), ErrorCode::kIo);
  EXPECT_NE(second.error().message().find("another process writes it"), std::string::npos);
}

TEST_F(AuditLogFile, RefusesAFolderAndAMissingKeysLog) {
  fs::create_directories(log_path);
  const auto not_a_file = AuditLog::open(log_path, key_for_test());
  ASSERT_FALSE(not_a_file.ok());
  EXPECT_EQ(not_a_file.error().code(), ErrorCode::kIo);
  fs::remove(log_path);

  write(0, 2);
  const auto other_key = AuditLog::open(log_path, key_for_test(7));
  ASSERT_FALSE(other_key.ok());
  EXPECT_EQ(other_key.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(other_key.error().message().find("another key"), std::string::npos);
}

TEST_F(AuditLogFile, RefusesALogWithoutItsHeadAndAHeadWithoutItsLog) {
  write(0, 2);
  const std::string head = text_of(head_path);
  fs::remove(head_path);
  auto opened = AuditLog::open(log_path, key_for_test());
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(opened.error().message().find("audit.log.head is gone"), std::string::npos);

  put(head_path, head);
  fs::remove(log_path);
  opened = AuditLog::open(log_path, key_for_test());
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(opened.error().message().find("ends after 0 bytes"), std::string::npos)
      << opened.error().message();
}

TEST_F(AuditLogFile, RefusesALogOfOtherRecordsAtItsMark) {
  write(0, 3);
  std::string text = text_of(log_path);
  text[text.size() - 5] = text[text.size() - 5] == '0' ? '1' : '0';
  put(log_path, text);
  const auto opened = AuditLog::open(log_path, key_for_test());
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), ErrorCode::kCorruption);
  EXPECT_NE(opened.error().message().find("has another record there"), std::string::npos);
}

TEST_F(AuditLogFile, SetsAHalfWrittenLineAsideAndRecordsIt) {
  write(0, 3);
  const std::string whole = text_of(log_path);
  put(log_path, whole + "{\"sequence\":4,\"at\":17");
  EXPECT_EQ(verify().unfinished_bytes, 21U);
  EXPECT_EQ(verify().fault, "");
  const auto log = open();
  ASSERT_NE(log, nullptr);
  EXPECT_EQ(log->head().sequence, 4U);
  EXPECT_EQ(text_of(folder / "audit.log.torn"), "{\"sequence\":4,\"at\":17");
  const auto records = search_audit(log_path, {}, 1);
  ASSERT_TRUE(records.ok());
  EXPECT_EQ(records.value()[0].entry.kind, "log");
  EXPECT_NE(records.value()[0].entry.note.find("21 bytes after record 3 were no record"),
            std::string::npos)
      << records.value()[0].entry.note;
  EXPECT_EQ(verify().fault, "");
  EXPECT_TRUE(text_of(log_path).starts_with(whole));
}

TEST_F(AuditLogFile, TakesRecordsBeyondAHeadThatLagsBehind) {
  write(0, 2);
  const std::string old_head = text_of(head_path);
  write(2, 5);
  put(head_path, old_head);
  EXPECT_EQ(verify().fault, "");
  EXPECT_EQ(open()->head().sequence, 5U);
  EXPECT_EQ(verify().num_records, 5U);
  EXPECT_FALSE(fs::exists(folder / "audit.log.torn"));
}

TEST_F(AuditLogFile, RecordsThatHalfOfTheHeadWasChanged) {
  write(0, 3);
  std::string head = text_of(head_path);
  head[20] = '9';
  put(head_path, head);
  EXPECT_NE(verify().fault.find("half was changed"), std::string::npos);
  EXPECT_EQ(open()->head().sequence, 4U);
  const auto records = search_audit(log_path, {}, 1);
  ASSERT_TRUE(records.ok());
  EXPECT_NE(records.value()[0].entry.note.find("its first half was changed"), std::string::npos);
  EXPECT_EQ(verify().fault, "");
}

TEST_F(AuditLogFile, KeepsEveryRecordOfEightThreads) {
  constexpr int kThreads = 8;
  constexpr int kEach = 60;
  {
    const auto log = open();
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    std::vector<std::vector<AuditHead>> heads(kThreads);
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) {
          const auto head = log->append(decision_for_test(t * kEach + i));
          ASSERT_TRUE(head.ok()) << head.error().message();
          heads[static_cast<std::size_t>(t)].push_back(head.value());
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    for (const auto& each : heads) {
      EXPECT_TRUE(std::is_sorted(each.begin(), each.end(), [](const auto& a, const auto& b) {
        return a.sequence < b.sequence;
      }));
      for (const AuditHead& head : each) {
        EXPECT_EQ(verify(head).fault, "");
        if (&each != &heads.front()) {
          break;  // one of each other thread is enough: every check reads the whole file
        }
      }
    }
  }
  const AuditCheck check = verify();
  EXPECT_EQ(check.fault, "");
  EXPECT_EQ(check.num_records, static_cast<std::uint64_t>(kThreads * kEach));
  std::vector<bool> seen(std::size_t{kThreads} * kEach);
  ASSERT_TRUE(read_audit(log_path, {}, [&](const AuditRecord& record) -> Status {
                seen.at(std::stoul(record.entry.event.substr(2))) = true;
                return {};
              }).ok());
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), kThreads * kEach);
}

TEST_F(AuditLogFile, StopsForGoodWhenSomethingElseChangesTheFile) {
  const auto log = open();
  ASSERT_TRUE(log->append(decision_for_test(0)).ok());
  fs::resize_file(log_path, 10);
  const auto shortened = log->append(decision_for_test(1));
  ASSERT_FALSE(shortened.ok());
  EXPECT_EQ(shortened.error().code(), ErrorCode::kIo);
  EXPECT_NE(shortened.error().message().find("has 10 bytes"), std::string::npos);
  EXPECT_EQ(log->head().sequence, 1U);
  const auto again = log->append(decision_for_test(2));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().message(), shortened.error().message());
  EXPECT_EQ(fs::file_size(log_path), 10U);
}

TEST_F(AuditLogFile, StopsForGoodWhenTheFileIsMovedAway) {
  const auto log = open();
  ASSERT_TRUE(log->append(decision_for_test(0)).ok());
  fs::rename(log_path, folder / "audit.log.1");
  const auto gone = log->append(decision_for_test(1));
  ASSERT_FALSE(gone.ok());
  EXPECT_NE(gone.error().message().find("No such file"), std::string::npos);
  put(log_path, "");
  EXPECT_FALSE(log->append(decision_for_test(2)).ok());
}

TEST_F(AuditLogFile, SearchGivesTheNewestFirst) {
  write(0, 40);
  const auto all = search_audit(log_path, {}, 1000);
  ASSERT_TRUE(all.ok()) << all.error().message();
  ASSERT_EQ(all.value().size(), 40U);
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(all.value()[i].sequence, 40 - i);
    EXPECT_EQ(all.value()[i].entry.event, "e-" + std::to_string(39 - i));
  }
  const auto few = search_audit(log_path, {.before = 11}, 3);
  ASSERT_TRUE(few.ok());
  ASSERT_EQ(few.value().size(), 3U);
  EXPECT_EQ(few.value()[0].sequence, 10U);
  EXPECT_TRUE(search_audit(log_path, {}, 0).value().empty());
}

TEST_F(AuditLogFile, SearchTakesWhatTheQuerySays) {
  write(0, 40);
  const auto count = [&](const AuditQuery& query) {
    const auto found = search_audit(log_path, query, 1000);
    EXPECT_TRUE(found.ok());
    return found.ok() ? found.value().size() : 0;
  };
  EXPECT_EQ(count({.from = decision_for_test(10).at}), 30U);
  EXPECT_EQ(count({.until = decision_for_test(10).at}), 10U);
  EXPECT_EQ(count({.kind = "decision"}), 40U);
  EXPECT_EQ(count({.kind = "door"}), 0U);
  EXPECT_EQ(count({.person = "p-1"}), 8U);
  EXPECT_EQ(count({.verdict = "granted"}), 20U);
  EXPECT_EQ(count({.gate = "north"}), 14U);
  EXPECT_EQ(count({.event = "e-4"}), 1U);
  EXPECT_EQ(count({.direction = "exit"}), 20U);
  EXPECT_EQ(count({.person = "p-1", .gate = "south"}), 5U);
}

TEST_F(AuditLogFile, SearchIsNotFooledByTextThatLooksLikeAField) {
  {
    const auto log = open();
    ASSERT_TRUE(log->append({.at = 1, .kind = "refusal", .note = "\"person\":\"p-1\""}).ok());
  }
  EXPECT_TRUE(search_audit(log_path, {.person = "p-1"}, 10).value().empty());
}

TEST_F(AuditLogFile, SearchReadsLinesLongerThanItsBlocks) {
  const std::string filler(4096, '\x02');  // six bytes each in the file
  {
    const auto log = open();
    for (int i = 0; i < 4; ++i) {
      ASSERT_TRUE(log->append({.at = i,
                               .kind = filler,
                               .gate = filler,
                               .actor = filler,
                               .person = filler,
                               .note = filler})
                      .ok());
    }
  }
  ASSERT_GT(fs::file_size(log_path), 4U * 5U * 6U * 4096U);
  const auto found = search_audit(log_path, {}, 10);
  ASSERT_TRUE(found.ok()) << found.error().message();
  ASSERT_EQ(found.value().size(), 4U);
  EXPECT_EQ(found.value()[3].entry.note, filler);
  EXPECT_EQ(verify().fault, "");
}

TEST_F(AuditLogFile, ReadGivesTheFileItselfAsJsonLines) {
  write(0, 10);
  std::string lines;
  ASSERT_TRUE(read_audit(log_path, {}, [&](const AuditRecord& record) -> Status {
                lines += audit_json_line(record);
                return {};
              }).ok());
  EXPECT_EQ(lines, text_of(log_path));
}

TEST_F(AuditLogFile, ReadStopsWhereItIsTold) {
  write(0, 10);
  int taken = 0;
  const Status status = read_audit(log_path, {.person = "p-2"}, [&](const AuditRecord&) {
    ++taken;
    return Status{ErrorCode::kInterrupted, "enough"};
  });
  EXPECT_EQ(status.code(), ErrorCode::kInterrupted);
  EXPECT_EQ(taken, 1);
}

TEST_F(AuditLogFile, ReadersSayWhatIsWrong) {
  const auto ignore = [](const AuditRecord&) { return Status{}; };
  EXPECT_EQ(search_audit(log_path, {}, 1).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(read_audit(log_path, {}, ignore).code(), ErrorCode::kNotFound);
  EXPECT_EQ(verify_audit(log_path, key_for_test()).error().code(), ErrorCode::kNotFound);

  put(log_path, "no record\n");
  EXPECT_EQ(search_audit(log_path, {}, 1).error().code(), ErrorCode::kCorruption);
  EXPECT_EQ(read_audit(log_path, {}, ignore).code(), ErrorCode::kCorruption);
  EXPECT_NE(read_audit(log_path, {}, ignore).message().find("byte 0: not a record"),
            std::string::npos);

  put(log_path, std::string(1 << 20, 'x') + "\n");
  EXPECT_EQ(search_audit(log_path, {}, 1).error().code(), ErrorCode::kCorruption);
  EXPECT_EQ(read_audit(log_path, {}, ignore).code(), ErrorCode::kCorruption);
}

}  // namespace
}  // namespace kface
