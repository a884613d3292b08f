#include "base/parallel.h"

#include <gtest/gtest.h>

#include <vector>

namespace kface {
namespace {

TEST(ParallelFor, WorksOnEveryItemOnce) {
  std::vector<int> visits(1000, 0);
  std::size_t last_progress = 0;
  JobContext context{.threads = 4, .progress = [&](std::size_t done, std::size_t total) {
                       EXPECT_EQ(done, last_progress + 1);
                       EXPECT_EQ(total, 1000u);
                       last_progress = done;
                     }};
  const Status status =
      parallel_for(visits.size(), context, [&](std::size_t item, unsigned worker) {
        EXPECT_LT(worker, 4u);
        ++visits[item];
        return Status{};
      });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(visits, std::vector<int>(1000, 1));
  EXPECT_EQ(last_progress, 1000u);
}

TEST(ParallelFor, ReportsTheLowestFailure) {
  const JobContext context{.threads = 3};
  const Status status = parallel_for(100, context, [](std::size_t item, unsigned) {
    return item >= 10 ? Status{ErrorCode::kIo, "item " + std::to_string(item)} : Status{};
  });
  EXPECT_EQ(status.message(), "item 10");
}

TEST(ParallelFor, StopsOnRequest) {
  StopFlag stop;
  const JobContext context{.threads = 2, .stop = &stop};
  const Status status = parallel_for(1000, context, [&](std::size_t item, unsigned) {
    if (item == 5) {
      stop.request();
    }
    return Status{};
  });
  EXPECT_EQ(status.code(), ErrorCode::kInterrupted);
  EXPECT_NE(status.message().find("run the same command again"), std::string::npos);
}

TEST(ParallelFor, RethrowsAnException) {
  const JobContext context{.threads = 2};
  EXPECT_THROW(
      (void)parallel_for(
          10, context, [](std::size_t, unsigned) -> Status { throw ContractViolation("inside"); }),
      ContractViolation);
}

TEST(ParallelFor, NothingToDoIsSuccess) {
  EXPECT_TRUE(parallel_for(0, JobContext{}, [](std::size_t, unsigned) { return Status{}; }).ok());
}

}  // namespace
}  // namespace kface
