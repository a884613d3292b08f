// Records of the kinds "conditions" and "evaluate".
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "fixture.h"

namespace kface::fixture {

namespace {

using Json = nlohmann::ordered_json;

double rounded(double x) { return std::round(x * 1e6) / 1e6; }

Json estimate(double value, double half_width) {
  return {
      {"value", rounded(value)},
      {"ci95",
       {rounded(std::max(0.0, value - half_width)), rounded(std::min(1.0, value + half_width))}}};
}

Json row_of(const std::string& value, const char* pairs, double eer, bool too_few) {
  Json row{{"value", value},
           {"pairs", pairs},
           {"num_same", 1200},
           {"num_different", 90000},
           {"num_identities", 80},
           {"eer", estimate(eer, eer / 4)},
           {"tar_at_far", {{"0.01", estimate(1 - 2.5 * eer, eer)}, {"0.001", nullptr}}}};
  row["far_at_threshold"] = estimate(0.04, 0.01);
  row["frr_at_threshold"] = estimate(1.5 * eer, eer / 3);
  row["mean_same_distance"] = rounded(0.4 + eer);
  row["mean_different_distance"] = rounded(0.9 - eer);
  if (too_few) {
    for (const char* figure : {"eer", "tar_at_far", "far_at_threshold", "frr_at_threshold",
                               "mean_same_distance", "mean_different_distance"}) {
      row[figure] = nullptr;
    }
    row["num_same"] = 4;
    row["reason_code"] = "pairs";
    row["reason"] = "4 same and 90000 different pairs, at least 30 of each are needed";
  }
  return row;
}

Json cell_of(double eer) {
  return {{"eer", {{"mean", rounded(eer)}, {"sd", rounded(eer / 6)}}},
          {"tar_at_far",
           {{"0.01", {{"mean", rounded(1 - 2.5 * eer)}, {"sd", rounded(eer / 4)}}},
            {"0.001", nullptr}}}};
}

Json no_cell(const char* code) {
  return {{"eer", nullptr},
          {"tar_at_far", {{"0.01", nullptr}, {"0.001", nullptr}}},
          {"reason_code", code},
          {"reason", "in 5 of 5 splits: </td><script>alert(1)</script>"}};
}

// Fitting helps most where it was fitted; the last condition has too few photos of a person.
Json heat_map_of(const std::vector<std::string>& values, const std::vector<double>& eer) {
  Json map{
      {"recipe", "calibrated"}, {"num_splits", 5}, {"reference", values.front()}, {"test", values}};
  map["train"].push_back({{"kind", "frozen"}, {"num_images", 0}});
  for (const std::string& value : values) {
    map["train"].push_back({{"kind", "value"}, {"value", value}, {"num_images", 40}});
  }
  map["train"].push_back({{"kind", "mixed_equal"}, {"num_images", 40.4}});
  map["train"].push_back({{"kind", "mixed"}, {"num_images", 160}});
  const std::size_t count = values.size();
  for (std::size_t fit = 0; fit < count + 3; ++fit) {
    const bool unfitted = fit == count;  // row of the last value
    Json within = Json::array();
    for (std::size_t test = 0; test < count; ++test) {
      const double factor = fit == test + 1 ? 0.6 : fit > count ? 0.7 : 1;
      within.push_back(unfitted ? no_cell("fit") : cell_of(eer[test] * factor));
    }
    if (!unfitted) {
      within[0] = no_cell("pairs");
    }
    map["within"].push_back(within);
    map["against_reference"].push_back(within);
    map["all"].push_back(unfitted ? no_cell("fit") : cell_of(fit > count ? 0.03 : 0.04));
  }
  map["variety"] = {{"mixed_equal", 0.03}, {"single", 0.04},  {"num_better", 5},
                    {"num_worse", 0},      {"num_splits", 5}, {"verdict", "better"}};
  return map;
}

Json attribute_of(const char* name, const char* kind, const std::vector<std::string>& values,
                  const std::vector<double>& eer) {
  Json attribute{{"attribute", name}, {"kind", kind}, {"reference", values.front()}};
  const bool quality = attribute["kind"] == "quality";
  if (quality) {
    attribute["bounds"] = {41.23, 97.5};
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    attribute["values"].push_back(
        {{"value", values[i]}, {"num_images", 400 - 10 * i}, {"num_identities", 80}});
    if (!quality) {
      attribute["values"].back()["num_rejected"] = 12 * i;
      attribute["values"].back()["failure_to_acquire"] = rounded(0.03 * static_cast<double>(i));
    }
  }
  for (const auto& [pairs, factor] :
       {std::pair{"any", 0.8}, {"within", 1.3}, {"against_reference", 1.0}}) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      attribute["rows"].push_back(row_of(values[i], pairs, eer[i] * factor,
                                         i + 1 == values.size() && factor > 1 && !quality));
    }
  }
  attribute["heat_map"] = heat_map_of(values, eer);
  return attribute;
}

Json published_row(const char* model, const char* training, double q3, double q4) {
  return {{"model", model},
          {"training", training},
          {"accuracy", {{"Q3", q3}, {"Q4", q4}}},
          {"rule", {{"en", "best threshold of the list"}, {"ko", "목록에서 가장 좋은 임계값"}}},
          {"source", "synthetic"}};
}

}  // namespace

Json conditions_record() {
  Json record = common("conditions");
  record["model"] = {{"name", "frozen"},
                     {"recipe", "frozen"},
                     {"threshold", 0.6},
                     {"threshold_rule", "customary"},
                     {"fitted_on_these_images", true}};
  record["num_rejected"] = 55;
  record["failure_to_acquire"] = 0.0275;
  record["attributes"] = {
      attribute_of("lux", "attribute", {"1000", "400", "150", "40"}, {0.012, 0.014, 0.025, 0.075}),
      attribute_of("accessory", "attribute",
                   {"none", "cap-and-horn-rimmed-glasses", "<b>mask</b>", "sunglasses"},
                   {0.011, 0.05, 0.03, 0.09}),
      attribute_of("quality_sharpness", "quality", {"high", "middle", "low"}, {0.012, 0.02, 0.05})};
  record["attributes"][2]["heat_map"] = nullptr;
  record["attributes"][2]["heat_map_reason"] = "found 3 people with 2 images or more";
  record["findings"] = Json::array();
  return record;
}

Json evaluate_record() {
  Json record = common("evaluate");
  record["model"] = "3f2a9c01b2d4";
  record["recipe"] = "calibrated";
  record["eer"] = estimate(0.012, 0.004);
  record["threshold_at_eer"] = {{"value", 0.91}};
  record["accuracy"] = estimate(0.984, 0.004);
  record["overlap"] = estimate(0.03, 0.01);
  record["auc"] = estimate(0.9991, 0.0004);
  record["d_prime"] = {{"value", 4.2}, {"ci95", {3.9, 4.5}}};
  record["tar_at_far"] = {{"0.01", estimate(0.985, 0.006)},
                          {"0.001", estimate(0.955, 0.015)},
                          {"0.0001", estimate(0.89, 0.04)},
                          {"1e-05", nullptr}};
  record["far_at_threshold"] = estimate(0.001, 0.0004);
  record["frr_at_threshold"] = estimate(0.046, 0.01);
  record["num_same"] = 4000;
  record["num_different"] = 950000;
  record["num_identities"] = 400;
  record["num_rejected"] = 55;
  record["failure_to_acquire"] = 0.0275;
  Json fmr = Json::array();
  Json fnmr = Json::array();
  for (int i = 0; i <= 40; ++i) {
    const double rate = std::pow(10, -5 + 5 * i / 40.0);
    fmr.push_back(rounded(rate));
    fnmr.push_back(rounded(0.12 * std::pow(1 - rate, 4) / (1 + 0.5 * i)));
  }
  record["det"] = {{"fmr", fmr}, {"fnmr", fnmr}};
  Json ranks = Json::object();
  for (int rank = 1; rank <= 20; ++rank) {
    ranks[std::to_string(rank)] = estimate(1 - 0.06 / rank, 0.015 / rank);
  }
  record["identification"] = {
      {"gallery_images", 1},
      {"num_enrolled", 400},
      {"num_probes", 1545},
      {"rank", ranks},
      {"open_set",
       {{"splits", 10},
        {"num_enrolled", 200},
        {"num_mated", 760},
        {"num_nonmated", 970},
        {"fnir_at_fpir",
         {{"0.1", estimate(0.04, 0.01)}, {"0.01", estimate(0.11, 0.03)}, {"0.001", nullptr}}}}}};
  record["comparison"] = {
      {"against", "frozen"},
      {"verdict", "better"},
      {"sentence", "calibrated is better than frozen: EER lower by 1.20 points [0.40, 2.00]"}};
  record["view2"] = {{"accuracy", 0.9862},
                     {"standard_error", 0.0016},
                     {"num_pairs", 6000},
                     {"num_missing", 3},
                     {"folds", Json::array({1, 2, 3, 4, 5, 6, 7, 8, 9, 10})}};
  record["protocol"] = {{"name", "kface"},
                        {"ours", Json::array({published_row("ours <i>", "20 people", 97.1, 93.3)})},
                        {"published",
                         {{"columns", {"Q3", "Q4"}},
                          {"rows", Json::array({published_row("somebody's R34", "T4", 91, 88)})}}},
                        {"notes", Json::array({{{"en", "The people are not the published 30."},
                                                {"ko", "발표된 30명이 아닙니다."}}})}};
  return record;
}

}  // namespace kface::fixture
