#include "compare_output.h"

#include <cstdio>
#include <string>

namespace kface::cli {
namespace {

std::string percent_spread(const Json& spread) {
  if (spread.is_null()) {
    return "too few pairs";
  }
  char text[64];
  const double mean = spread["mean"].get<double>() * 100;
  if (spread["sd"].is_null()) {
    std::snprintf(text, sizeof(text), "%.2f %%", mean);
  } else {
    std::snprintf(text, sizeof(text), "%.2f %% +- %.2f", mean, spread["sd"].get<double>() * 100);
  }
  return text;
}

// " [1.20, 2.31]", nothing without an interval.
std::string percent_interval(const Json& spread) {
  if (spread.is_null() || !spread.contains("ci95")) {
    return "";
  }
  char text[64];
  std::snprintf(text, sizeof(text), " [%.2f, %.2f]", spread["ci95"][0].get<double>() * 100,
                spread["ci95"][1].get<double>() * 100);
  return text;
}

// "calibrated 0.10 0.05 (12 of 20), frozen (8 of 20)"
std::string counts_text(const Json& counts) {
  int total = 0;
  for (const auto& [what, count] : counts.items()) {
    total += count.get<int>();
  }
  std::string text;
  for (const auto& [what, count] : counts.items()) {
    text += (text.empty() ? "" : ", ") + what + " (" + count.dump() + " of " +
            std::to_string(total) + ")";
  }
  return text;
}

}  // namespace

void print_comparison(const Json& record) {
  std::printf("%d random halves without a common person: fitted on %zu people, measured on %zu\n",
              record["num_splits"].get<int>(),
              record["split"]["num_fit_identities"].get<std::size_t>(),
              record["split"]["num_test_identities"].get<std::size_t>());
  std::printf("%.2f %% of the photos were refused at import and are in no figure\n",
              record["failure_to_acquire"].get<double>() * 100);
  std::printf("%-18s %-34s %-20s %-20s %s\n", "recipe", "EER +- sd over halves [95 %]",
              "TAR at FAR 1e-2", "TAR at FAR 1e-3", "overlap");
  for (const auto& recipe : record["recipes"]) {
    std::printf("%-18s %-34s %-20s %-20s %s\n", recipe["name"].get<std::string>().c_str(),
                (percent_spread(recipe["eer"]) + percent_interval(recipe["eer"])).c_str(),
                percent_spread(recipe["tar_at_far"]["0.01"]).c_str(),
                percent_spread(recipe["tar_at_far"]["0.001"]).c_str(),
                percent_spread(recipe["overlap"]).c_str());
  }
  for (const auto& recipe : record["recipes"]) {
    if (recipe["name"] == "auto") {
      std::printf("auto took %s, views %s\n", counts_text(recipe["chosen"]).c_str(),
                  counts_text(recipe["views"]).c_str());
    }
  }
  for (const auto& finding : record.value("findings", Json::array())) {
    std::printf("%s\n", finding["en"].get<std::string>().c_str());
  }
}

}  // namespace kface::cli
