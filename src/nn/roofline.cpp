#include "nn/roofline.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <thread>
#include <vector>

#include "nn/roofline_kernels.h"

namespace kface {
namespace {

constexpr std::size_t kRounds = 8;
constexpr std::size_t kStepsPerRound = std::size_t{1} << 20;  // about 5 ms
constexpr std::size_t kReadBytes = std::size_t{256} << 20;
constexpr double kGiga = 1e9;

static_assert(kStepsPerRound <= kMaxSteps);

// When a thread worked, in seconds.
struct Span {
  double start = 0;
  double end = 0;
};

// From the first thread's start to the last one's end.
double seconds_together(std::span<const Span> threads) {
  double first = threads[0].start;
  double last = threads[0].end;
  for (const Span& thread : threads) {
    first = std::min(first, thread.start);
    last = std::max(last, thread.end);
  }
  return last - first;
}

// Calls work(thread) in all threads at once, kRounds times: the seconds of the shortest round, or
// nothing if `work` ever said no.
template <typename Work>
std::optional<double> best_round(unsigned threads, const std::function<double()>& clock,
                                 const Work& work) {
  std::vector<Span> spans(kRounds * threads);  // [round, thread]
  std::atomic<bool> right = true;
  std::barrier together(static_cast<std::ptrdiff_t>(threads));
  const auto run = [&](unsigned thread) {
    for (std::size_t round = 0; round < kRounds; ++round) {
      together.arrive_and_wait();
      Span& span = spans[round * threads + thread];
      span.start = clock();
      if (!work(thread)) {
        right = false;
      }
      span.end = clock();
    }
  };
  {
    std::vector<std::jthread> others;
    for (unsigned thread = 1; thread < threads; ++thread) {
      others.emplace_back(run, thread);
    }
    run(0);
  }
  if (!right) {
    return std::nullopt;
  }
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t round = 0; round < kRounds; ++round) {
    best = std::min(best, seconds_together(std::span(spans).subspan(round * threads, threads)));
  }
  return best;
}

Status miscalculated(const std::string& kernel) {
  return Status{ErrorCode::kCorruption,
                "roofline: the " + kernel +
                    " kernel gave a wrong sum, so this machine's arithmetic cannot be trusted; "
                    "run it again, and test the memory if it stays so"};
}

// Operations a second, in 1e9.
Result<double> peak(const PeakKernel& kernel, unsigned threads,
                    const std::function<double()>& clock) {
  const auto seconds =
      best_round(threads, clock, [&](unsigned /*thread*/) { return kernel.run(kStepsPerRound); });
  if (!seconds.has_value()) {
    return miscalculated(kernel.name);
  }
  return kernel.operations_per_step * static_cast<double>(kStepsPerRound) * threads / *seconds /
         kGiga;
}

// A thread's part of the memory, filled by the thread that will read it: that is where the
// operating system puts it on a machine with several memories.
struct ReadPart {
  std::vector<std::uint64_t> values;
  std::uint64_t sum = 0;
};

void fill(ReadPart& part, std::size_t count, unsigned thread) {
  part.values.resize(count);
  std::iota(part.values.begin(), part.values.end(), thread);
  part.sum = count * thread + count / 2 * (count - 1);  // count is even
}

// Bytes a second, in 1e9.
Result<double> read_rate(const ReadKernel& kernel, unsigned threads,
                         const std::function<double()>& clock) {
  const std::size_t count =
      kReadBytes / sizeof(std::uint64_t) / threads / kReadBlock * kReadBlock + kReadBlock;
  std::vector<ReadPart> parts(threads);
  {
    std::vector<std::jthread> fillers;
    for (unsigned thread = 0; thread < threads; ++thread) {
      fillers.emplace_back(fill, std::ref(parts[thread]), count, thread);
    }
  }
  const auto seconds = best_round(threads, clock, [&](unsigned thread) {
    return kernel.sum(parts[thread].values) == parts[thread].sum;
  });
  if (!seconds.has_value()) {
    return miscalculated("memory reading");
  }
  return static_cast<double>(count * sizeof(std::uint64_t)) * threads / *seconds / kGiga;
}

}  // namespace

Result<Roofline> measure_roofline(unsigned threads, const std::function<double()>& clock) {
  KF_REQUIRE(threads >= 1 && clock != nullptr, threads);
  Roofline roofline;
  roofline.threads = threads;
  const PeakKernel f32 = f32_kernel();
  const ReadKernel read = read_kernel();
  roofline.f32_kernel = f32.name;
  roofline.read_kernel = read.name;
  KF_ASSIGN(roofline.f32_gflops, peak(f32, threads, clock));
  if (const auto bf16 = bf16_kernel(); bf16.has_value()) {
    KF_ASSIGN(roofline.bf16_gflops, peak(*bf16, threads, clock));
  }
  if (const auto int8 = int8_kernel(); int8.has_value()) {
    KF_ASSIGN(roofline.int8_gops, peak(*int8, threads, clock));
  }
  KF_ASSIGN(roofline.read_gbps, read_rate(read, threads, clock));
  return roofline;
}

}  // namespace kface
