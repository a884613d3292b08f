#include "bench_output.h"

#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>

#include "cli.h"

namespace kface::cli {
namespace {

std::string percent(const Json& share) {
  char text[16];
  std::snprintf(text, sizeof(text), "%5.0f %%", share.is_null() ? 0 : share.get<double>() * 100);
  return share.is_null() ? "      -" : text;
}

}  // namespace

void print_bench(const Json& result, const EngineBench& bench, const Roofline& roofline) {
  const double batch = result["batch"].get<double>();
  std::printf("machine, %u threads: float32 %.0f GFLOP/s, memory %.1f GB/s\n", roofline.threads,
              roofline.f32_gflops, roofline.read_gbps);
  std::printf("%-12s %-30s %9s %9s %8s %8s %9s\n", "layer", "computed by", "ms", "GFLOP/s",
              "of peak", "GB/s", "of memory");
  for (const auto& row : result["layers"]) {
    std::printf("%-12s %-30s %9.3f %9.0f %8s %8.1f %9s\n", row["layer"].get<std::string>().c_str(),
                row["what"].get<std::string>().c_str(), row["ms"].get<double>(),
                row["gflops"].get<double>(), percent(row["share_of_peak"]).c_str(),
                row["gbps"].get<double>(), percent(row["share_of_bandwidth"]).c_str());
  }
  for (const auto& trial : result["tried"]) {
    std::printf("tried: %-5s %-28s %8.2f ms, lowest cosine with f32 %.5f\n",
                trial["precision"].get<std::string>().c_str(),
                trial["plan"].get<std::string>().c_str(), trial["ms"].get<double>(),
                trial["lowest_cosine"].get<double>());
  }
  const double median = result["median_ms"].get<double>();
  std::printf(
      "whole: %s, %s: median %.2f ms, p95 %.2f ms for %.0f, %.1f faces/s, %.0f GFLOP/s; "
      "weights %.0f MB, activations %.0f MB\n",
      result["precision"].get<std::string>().c_str(), result["plan"].get<std::string>().c_str(),
      median, result["p95_ms"].get<double>(), batch, batch / median * 1e3,
      2 * bench.macs() * batch / median * 1e-6, static_cast<double>(bench.weight_bytes()) / 1e6,
      static_cast<double>(bench.arena_bytes()) / 1e6);
}

int serve_bench(EngineBench& bench, const Json& ready) {
  std::printf("ready %s\n", ready.dump().c_str());
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string word;
    int runs = 0;
    if (!(words >> word >> runs) || word != "run" || runs < 1) {
      return report_error({ErrorCode::kInvalidArgument, "expected 'run N', got '" + line + "'"});
    }
    std::string answer = "ms";
    for (int i = 0; i < runs; ++i) {
      answer.append(" ").append(std::to_string(bench.run()));
    }
    std::printf("%s\n", answer.c_str());
    std::fflush(stdout);
  }
  return kSuccess;
}

}  // namespace kface::cli
