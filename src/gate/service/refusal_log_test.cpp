#include "gate/service/refusal_log.h"

#include <gtest/gtest.h>

#include "gate/service/fakes_for_test.h"

namespace kface::service {
namespace {

std::vector<std::string> notes_of(const FakeAudit& audit) {
  std::vector<std::string> notes;
  for (const AuditRecord& record : audit.records("refusal")) {
    notes.push_back(record.entry.note);
  }
  return notes;
}

TEST(RefusalLog, WritesTheFirstAtOnceAndCountsTheRestOfTheSecond) {
  FakeAudit audit;
  RefusalLog log(audit);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(log.refused("10.0.0.1", "", "401 unauthorized: GET /v1/me", 5000 + i % 100).ok());
  }
  ASSERT_TRUE(log.refused("10.0.0.2", "k-1", "403 forbidden: GET /v1/tokens", 5500).ok());
  EXPECT_EQ(notes_of(audit),
            (std::vector<std::string>{"401 unauthorized: GET /v1/me, from 10.0.0.1",
                                      "403 forbidden: GET /v1/tokens, from 10.0.0.2"}));
  EXPECT_EQ(audit.records()[1].entry.actor, "k-1");
  ASSERT_TRUE(log.refused("10.0.0.3", "", "401 unauthorized: GET /v1/me", 6000).ok());
  const auto notes = notes_of(audit);
  ASSERT_EQ(notes.size(), 4u);
  EXPECT_EQ(notes[2], "401 unauthorized: GET /v1/me, from 10.0.0.1, 999 times");
}

TEST(RefusalLog, OfAFloodFromManyAddressesStaysSmall) {
  FakeAudit audit;
  RefusalLog log(audit);
  for (int i = 0; i < 5000; ++i) {
    ASSERT_TRUE(log.refused("10.0." + std::to_string(i), "", "401", 7000).ok());
  }
  EXPECT_EQ(audit.records().size(), 20u);
  ASSERT_TRUE(log.flush(8000).ok());
  ASSERT_EQ(audit.records().size(), 21u);
  EXPECT_EQ(notes_of(audit).back(), "401, from several addresses, 4980 times");
}

TEST(RefusalLog, WritesWhatItCountedAtTheEnd) {
  FakeAudit audit;
  RefusalLog log(audit);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(log.refused("a", "", "401", 1000).ok());
  }
  ASSERT_TRUE(log.flush(1000).ok());  // the second is not over
  EXPECT_EQ(audit.records().size(), 1u);
  ASSERT_TRUE(log.flush(1000, true).ok());
  EXPECT_EQ(notes_of(audit).back(), "401, from a, 2 times");
}

TEST(RefusalLog, SaysWhenItCannotBeWritten) {
  FakeAudit audit;
  RefusalLog log(audit);
  audit.broken = {ErrorCode::kIo, "no space"};
  EXPECT_EQ(log.refused("a", "", "401", 1000).message(), "no space");
}

}  // namespace
}  // namespace kface::service
