#include "experiment/metrics_json.h"

#include <string>

namespace kface {

std::string rate_key(double rate) { return nlohmann::ordered_json(rate).dump(); }

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

nlohmann::ordered_json fnmr_json(const std::vector<TarAtFar>& tar_at_far) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const TarAtFar& goal : tar_at_far) {
    std::optional<Estimate> fnmr;
    if (goal.tar) {
      fnmr = Estimate{1 - goal.tar->value, std::nullopt};
      if (goal.tar->ci95) {
        fnmr->ci95 = Interval{1 - goal.tar->ci95->high, 1 - goal.tar->ci95->low};
      }
    }
    json[rate_key(goal.false_accept_rate)] = to_json(fnmr);
  }
  return json;
}

nlohmann::ordered_json threshold_json(const std::vector<TarAtFar>& tar_at_far) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const TarAtFar& goal : tar_at_far) {
    json[rate_key(goal.false_accept_rate)] = to_json(goal.threshold);
  }
  return json;
}

nlohmann::ordered_json to_json(const Difference& difference) {
  return {{"a", difference.a},
          {"b", difference.b},
          {"difference",
           {{"value", difference.value}, {"ci95", {difference.ci95.low, difference.ci95.high}}}},
          {"verdict", verdict_text(difference.verdict)}};
}

nlohmann::ordered_json to_json(const PairedDifference& difference) {
  nlohmann::ordered_json tar = nlohmann::ordered_json::object();
  for (const TarDifference& goal : difference.tar) {
    tar[rate_key(goal.false_accept_rate)] =
        goal.difference ? to_json(*goal.difference) : nlohmann::ordered_json(nullptr);
  }
  return {{"verdict", verdict_text(difference.verdict())},
          {"eer", to_json(difference.eer)},
          {"tar_at_far", tar},
          {"num_same", difference.num_same},
          {"num_different", difference.num_different},
          {"num_identities", difference.num_identities}};
}

nlohmann::ordered_json det_json(const std::vector<DetPoint>& curve) {
  nlohmann::ordered_json fmr = nlohmann::ordered_json::array();
  nlohmann::ordered_json fnmr = nlohmann::ordered_json::array();
  for (const DetPoint& point : curve) {
    fmr.push_back(point.false_accept_rate);
    fnmr.push_back(point.false_reject_rate);
  }
  return {{"fmr", fmr}, {"fnmr", fnmr}};
}

nlohmann::ordered_json to_json(const Metrics& metrics) {
  return {{"eer", to_json(metrics.eer)},
          {"threshold_at_eer", to_json(metrics.threshold_at_eer)},
          {"accuracy", to_json(metrics.accuracy)},
          {"loss", to_json(metrics.loss)},
          {"overlap", to_json(metrics.overlap)},
          {"auc", to_json(metrics.auc)},
          {"tar_at_far", to_json(metrics.tar_at_far)},
          {"fnmr_at_fmr", fnmr_json(metrics.tar_at_far)},
          {"threshold_at_far", threshold_json(metrics.tar_at_far)},
          {"far_at_threshold", to_json(metrics.far_at_threshold)},
          {"frr_at_threshold", to_json(metrics.frr_at_threshold)},
          {"d_prime", to_json(metrics.d_prime)},
          {"num_same", metrics.num_same},
          {"num_different", metrics.num_different},
          {"num_identities", metrics.num_identities},
          {"num_images", metrics.num_images}};
}

}  // namespace kface
