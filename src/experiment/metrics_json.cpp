#include "experiment/metrics_json.h"

#include <array>
#include <charconv>
#include <string>

namespace kface {
namespace {

// 0.0001 as "0.0001", not "1e-04": the key that is documented.
std::string rate_key(double rate) {
  std::array<char, 32> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), rate, std::chars_format::fixed);
  KF_REQUIRE(error == std::errc(), rate);
  return {text.data(), end};
}

}  // namespace

nlohmann::ordered_json to_json(const Estimate& estimate) {
  nlohmann::ordered_json json = {{"value", estimate.value}};
  if (estimate.ci95) {
    json["ci95"] = {estimate.ci95->low, estimate.ci95->high};
  }
  return json;
}

nlohmann::ordered_json to_json(const std::optional<Estimate>& estimate) {
  return estimate ? to_json(*estimate) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json to_json(const std::vector<TarAtFar>& tar_at_far) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const TarAtFar& goal : tar_at_far) {
    json[rate_key(goal.false_accept_rate)] = to_json(goal.tar);
  }
  return json;
}

nlohmann::ordered_json to_json(const Metrics& metrics) {
  return {{"eer", to_json(metrics.eer)},
          {"threshold_at_eer", to_json(metrics.threshold_at_eer)},
          {"accuracy", to_json(metrics.accuracy)},
          {"loss", to_json(metrics.loss)},
          {"overlap", to_json(metrics.overlap)},
          {"auc", to_json(metrics.auc)},
          {"tar_at_far", to_json(metrics.tar_at_far)},
          {"far_at_threshold", to_json(metrics.far_at_threshold)},
          {"num_same", metrics.num_same},
          {"num_different", metrics.num_different},
          {"num_identities", metrics.num_identities},
          {"num_images", metrics.num_images}};
}

}  // namespace kface
