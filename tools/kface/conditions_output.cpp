#include "conditions_output.h"

#include <cstdio>

namespace kface::cli {
namespace {

std::string percent(const Json& metric) {
  if (metric.is_null()) {
    return "-";
  }
  char text[64];
  const bool spread = metric.contains("mean");
  const double value = 100 * metric[spread ? "mean" : "value"].get<double>();
  if (metric.contains("ci95")) {
    std::snprintf(text, sizeof(text), "%.2f [%.2f, %.2f]", value,
                  100 * metric["ci95"][0].get<double>(), 100 * metric["ci95"][1].get<double>());
  } else {
    std::snprintf(text, sizeof(text), "%.2f", value);
  }
  return text;
}

std::string distance(const Json& value) {
  char text[32] = "-";
  if (!value.is_null()) {
    std::snprintf(text, sizeof(text), "%.3f", value.get<double>());
  }
  return text;
}

void print_rows(const Json& attribute) {
  std::printf("%-24s %-18s %8s %10s  %-20s %-22s %-22s %6s %6s\n", "value", "pairs", "same",
              "different", "EER %", "TAR % at FAR 1e-2", "TAR % at FAR 1e-3", "same", "diff.");
  for (const Json& row : attribute["rows"]) {
    const Json none;
    const Json& tar = row["tar_at_far"];
    std::printf("%-24s %-18s %8s %10s  %-20s %-22s %-22s %6s %6s\n",
                row["value"].get<std::string>().c_str(), row["pairs"].get<std::string>().c_str(),
                row["num_same"].dump().c_str(), row["num_different"].dump().c_str(),
                percent(row["eer"]).c_str(), percent(tar.is_null() ? none : tar["0.01"]).c_str(),
                percent(tar.is_null() ? none : tar["0.001"]).c_str(),
                distance(row["mean_same_distance"]).c_str(),
                distance(row["mean_different_distance"]).c_str());
  }
}

void print_heat_map(const Json& attribute) {
  const Json& map = attribute["heat_map"];
  if (map.is_null()) {
    std::printf("no heat map: %s\n",
                attribute.value("heat_map_reason", std::string("--splits 0")).c_str());
    return;
  }
  std::printf(
      "EER %% of '%s' fitted on a condition (row), measured within another (column):\n%-24s",
      map["recipe"].get<std::string>().c_str(), "");
  for (const Json& test : map["test"]) {
    std::printf(" %9s", test.get<std::string>().c_str());
  }
  std::printf(" %9s\n", "all");
  for (std::size_t row = 0; row < map["train"].size(); ++row) {
    const Json& train = map["train"][row];
    std::printf("%-24s", train.value("value", train["kind"].get<std::string>()).c_str());
    for (const Json& cell : map["within"][row]) {
      std::printf(" %9s", percent(cell["eer"]).c_str());
    }
    std::printf(" %9s\n", percent(map["all"][row]["eer"]).c_str());
  }
}

}  // namespace

void print_conditions(const Json& record) {
  if (record["dataset"]["simulated"].get<bool>()) {
    std::printf("SIMULATED: a program made these conditions, no camera did\n");
  }
  if (record["model"]["fitted_on_these_images"].get<bool>()) {
    std::printf("the model was fitted on these very images: its figures are too good\n");
  }
  std::printf("%s images refused at import (%.2f %%)\n", record["num_rejected"].dump().c_str(),
              100 * record["failure_to_acquire"].get<double>());
  for (const Json& attribute : record["attributes"]) {
    std::printf("\n%s, held against %s\n", attribute["attribute"].get<std::string>().c_str(),
                attribute["reference"].get<std::string>().c_str());
    print_rows(attribute);
    print_heat_map(attribute);
  }
  std::printf("\n");
  for (const Json& finding : record["findings"]) {
    std::printf("%s\n", finding["en"].get<std::string>().c_str());
  }
}

}  // namespace kface::cli
