#include "nn/roofline.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <numeric>
#include <vector>

#include "nn/roofline_kernels.h"

namespace kface {
namespace {

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void expect_a_rate(double rate) {
  EXPECT_TRUE(std::isfinite(rate));
  EXPECT_GT(rate, 0);
}

TEST(MeasureRoofline, GivesAFiniteRateForEverythingThatThisCpuHas) {
  for (const unsigned threads : {1U, 2U}) {
    const auto roofline = measure_roofline(threads, seconds_now);
    ASSERT_TRUE(roofline.ok()) << roofline.error().message();
    EXPECT_EQ(roofline.value().threads, threads);
    expect_a_rate(roofline.value().f32_gflops);
    expect_a_rate(roofline.value().read_gbps);
    EXPECT_FALSE(roofline.value().f32_kernel.empty());
    EXPECT_FALSE(roofline.value().read_kernel.empty());
    ASSERT_EQ(roofline.value().bf16_gflops.has_value(), bf16_kernel().has_value());
    ASSERT_EQ(roofline.value().int8_gops.has_value(), int8_kernel().has_value());
    if (roofline.value().bf16_gflops.has_value()) {
      expect_a_rate(*roofline.value().bf16_gflops);
    }
    if (roofline.value().int8_gops.has_value()) {
      expect_a_rate(*roofline.value().int8_gops);
    }
  }
}

TEST(MeasureRoofline, IsTheWorkDividedByTheTime) {
  std::atomic<int> ticks = 0;
  const auto one_second_a_call = [&] { return static_cast<double>(ticks++); };
  const auto roofline = measure_roofline(1, one_second_a_call);
  ASSERT_TRUE(roofline.ok()) << roofline.error().message();
  constexpr double kSteps = 1 << 20;
  EXPECT_DOUBLE_EQ(roofline.value().f32_gflops, f32_kernel().operations_per_step * kSteps / 1e9);
  constexpr double kBytes = (1 << 28) + 64 * 8;  // a block more than 256 MiB
  EXPECT_DOUBLE_EQ(roofline.value().read_gbps, kBytes / 1e9);
}

TEST(MeasureRoofline, WithoutAThreadOrAClockIsTheCallersBug) {
  EXPECT_THROW((void)measure_roofline(0, seconds_now), ContractViolation);
  EXPECT_THROW((void)measure_roofline(1, nullptr), ContractViolation);
}

TEST(PeakKernels, CountTheirStepsExactly) {
  for (const std::size_t steps : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, kMaxSteps}) {
    EXPECT_TRUE(f32_kernel().run(steps)) << steps;
    if (const auto kernel = bf16_kernel(); kernel.has_value()) {
      EXPECT_TRUE(kernel->run(steps)) << steps;
    }
    if (const auto kernel = int8_kernel(); kernel.has_value()) {
      EXPECT_TRUE(kernel->run(steps)) << steps;
    }
  }
}

TEST(PeakKernels, NoticeASumThatIsOutsideTheExactRange) {
  constexpr std::size_t kTooMany = (std::size_t{1} << 24) + 16;  // 2^24 + 1 = 2^24 in floats
  EXPECT_FALSE(f32_kernel().run(kTooMany));
}

TEST(ReadKernel, AddsUpEveryValueOnce) {
  for (std::size_t blocks = 0; blocks <= 5; ++blocks) {
    std::vector<std::uint64_t> values(blocks * kReadBlock);
    std::iota(values.begin(), values.end(), std::uint64_t{1} << 60);
    const std::uint64_t expected = std::accumulate(values.begin(), values.end(), std::uint64_t{0});
    EXPECT_EQ(read_kernel().sum(values), expected) << blocks;
  }
}

}  // namespace
}  // namespace kface
