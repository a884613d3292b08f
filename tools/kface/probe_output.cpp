#include "probe_output.h"

#include <cstdio>

namespace kface::cli {
namespace {

// Per cent with the interval; "-" where there are too few pairs.
std::string percent(const Json& estimate) {
  if (estimate.is_null()) {
    return "-";
  }
  char text[64];
  const double value = estimate["value"].get<double>() * 100;
  if (estimate.contains("ci95")) {
    std::snprintf(text, sizeof(text), "%.2f [%.2f, %.2f]", value,
                  estimate["ci95"][0].get<double>() * 100, estimate["ci95"][1].get<double>() * 100);
  } else {
    std::snprintf(text, sizeof(text), "%.2f", value);
  }
  return text;
}

constexpr char kRow[] = "%-44s %-22s %-24s %-24s %-24s %s\n";

}  // namespace

void print_probe_head(const std::string& what) {
  std::printf(kRow, what.c_str(), "EER %", "TAR % at FAR 0.01", "TAR % at FAR 0.001",
              "false rejects %", "false accepts % at the model's threshold");
}

void print_probe_line(const std::string& what, const Json& metrics) {
  if (metrics.is_null()) {
    std::printf("%-44s too few pairs\n", what.c_str());
    return;
  }
  std::printf(kRow, what.c_str(), percent(metrics["eer"]).c_str(),
              percent(metrics["tar_at_far"]["0.01"]).c_str(),
              percent(metrics["tar_at_far"]["0.001"]).c_str(),
              percent(metrics["frr_at_threshold"]).c_str(),
              percent(metrics["far_at_threshold"]).c_str());
}

}  // namespace kface::cli
