// The smallest records that the page shows, for the tests of this folder.
#pragma once

#include <nlohmann/json.hpp>

namespace kface::report {

inline nlohmann::ordered_json small_result(const nlohmann::ordered_json& ratio, const char* split) {
  return {{"ratio", ratio},
          {"split", split},
          {"images_per_person", 5},
          {"accuracy", 0.5},
          {"loss", nullptr},
          {"overlap", {{"value", 0.25}, {"ci95", {0.2, 0.3}}}},
          {"threshold", 0.75},
          {"eer", 0.125},
          {"tar_at_far", {{"0.01", nullptr}}},
          {"history", nlohmann::ordered_json::array()},
          {"histogram", {{"edges", {0, 1, 2}}, {"same", {0.9, 0.1}}, {"different", {0.2, 0.8}}}},
          {"roc", {{{"far", 0}, {"tar", 0}}, {{"far", 1}, {"tar", 1}}}}};
}

inline nlohmann::ordered_json small_record(const char* kind) {
  using Json = nlohmann::ordered_json;
  return {{"format", "kface-run"},
          {"version", 1},
          {"kind", kind},
          {"program", {{"name", "kface"}, {"version", "0.1.0"}}},
          {"machine", {{"cpu", "a CPU"}, {"threads", 2}}},
          {"options", {{"sweep.seed", 1}}},
          {"dataset",
           {{"digest", "abc"},
            {"kind", "folder"},
            {"num_images", 10},
            {"num_identities", 2},
            {"num_rejected", 1},
            {"rejected",
             Json::array({{{"reason", "no face found"}, {"count", 1}, {"examples", {"a.jpg"}}}})},
            {"attributes", Json::object()},
            {"simulated", false}}},
          {"backbone", {{"id", "dlib_resnet"}, {"digest", "def"}, {"feature_dim", 256}}}};
}

inline nlohmann::ordered_json small_sweep() {
  using Json = nlohmann::ordered_json;
  Json record = small_record("sweep");
  record["paper"] = {{"ratios", Json::array()}, {"images", Json::array()}};
  record["frozen"] = small_result(nullptr, "frozen");
  record["ratios"] = {small_result("4:6", "pairs"), small_result("4:6", "identities")};
  record["images"] = Json::array();
  record["by_condition"] = Json::array();
  record["worst_pairs"] = Json::array();
  return record;
}

inline nlohmann::ordered_json small_compare() {
  nlohmann::ordered_json record = small_record("compare");
  record["num_splits"] = 20;
  record["recipes"] = nlohmann::ordered_json::array({{{"name", "frozen"},
                                                      {"eer", {{"mean", 0.03}, {"sd", 0.01}}},
                                                      {"tar_at_far", {{"0.01", nullptr}}}}});
  return record;
}

inline nlohmann::ordered_json small_cell() {
  return {{"eer", {{"mean", 0.02}, {"sd", 0.01}}}, {"tar_at_far", {{"0.01", nullptr}}}};
}

inline nlohmann::ordered_json small_conditions() {
  using Json = nlohmann::ordered_json;
  Json record = small_record("conditions");
  record["model"] = {{"name", "frozen"}, {"fitted_on_these_images", false}};
  record["failure_to_acquire"] = 0.1;
  Json row{{"value", "40"},        {"pairs", "any"},           {"num_same", 30},
           {"num_different", 300}, {"eer", {{"value", 0.02}}}, {"tar_at_far", {{"0.01", nullptr}}}};
  Json map{{"recipe", "calibrated"}, {"num_splits", 2}, {"reference", "1000"}};
  map["train"] = Json::array({{{"kind", "frozen"}, {"num_images", 0}}});
  map["test"] = {"40", "1000"};
  map["within"] = Json::array({Json::array({small_cell(), small_cell()})});
  map["against_reference"] = map["within"];
  map["all"] = Json::array({small_cell()});
  Json value{{"value", "40"}, {"num_images", 10}, {"num_identities", 2}};
  record["attributes"] = Json::array({{{"attribute", "lux"},
                                       {"kind", "attribute"},
                                       {"reference", "1000"},
                                       {"values", Json::array({value})},
                                       {"rows", Json::array({row})},
                                       {"heat_map", map}}});
  return record;
}

inline nlohmann::ordered_json small_evaluate() {
  nlohmann::ordered_json record = small_record("evaluate");
  record["eer"] = {{"value", 0.02}};
  record["tar_at_far"] = {{"0.01", nullptr}};
  record["protocol"] = {
      {"ours", nlohmann::ordered_json::array()},
      {"published",
       {{"columns", {"Q1"}},
        {"rows", nlohmann::ordered_json::array(
                     {{{"model", "m"}, {"accuracy", {{"Q1", 98.3}}}, {"rule", "r"}}})}}}};
  return record;
}

inline nlohmann::ordered_json small_pair(const char* chip_a, const char* chip_b) {
  return {{"model", "frozen"},
          {"kind", "same"},
          {"distance", 0.9},
          {"a", {{"id", "p/1"}, {"identity", "p"}, {"chip", chip_a}}},
          {"b", {{"id", "p/2"}, {"identity", "p"}, {"chip", chip_b}}}};
}

}  // namespace kface::report
