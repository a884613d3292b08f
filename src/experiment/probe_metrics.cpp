#include "experiment/probe_metrics.h"

#include <algorithm>

#include "experiment/acquisition.h"
#include "experiment/metrics_json.h"

namespace kface {

Result<Json> probe_metrics(std::span<const ScoredPair> pairs, float threshold,
                           const ProbeOptions& options, const JobContext& context) {
  const auto is_same = [](const ScoredPair& pair) { return pair.same; };
  if (std::all_of(pairs.begin(), pairs.end(), is_same) ||
      std::none_of(pairs.begin(), pairs.end(), is_same)) {
    return Json(nullptr);
  }
  MetricsOptions wanted;
  wanted.threshold = threshold;
  wanted.seed = options.seed;
  wanted.bootstrap_resamples = static_cast<std::size_t>(options.bootstrap);
  KF_ASSIGN(const Metrics metrics, compute_metrics(pairs, wanted, context));
  const auto count = [&](bool same) {
    return std::count_if(pairs.begin(), pairs.end(), [&](const ScoredPair& pair) {
      return pair.same == same && (pair.distance <= threshold) != same;
    });
  };
  const Json tars = to_json(metrics.tar_at_far);
  return Json{{"eer", to_json(metrics.eer)},
              {"tar_at_far", {{"0.01", tars.at("0.01")}, {"0.001", tars.at("0.001")}}},
              {"frr_at_threshold", to_json(metrics.frr_at_threshold)},
              {"far_at_threshold", to_json(metrics.far_at_threshold)},
              {"num_false_rejects", count(true)},
              {"num_false_accepts", count(false)},
              {"num_same", metrics.num_same},
              {"num_different", metrics.num_different},
              {"num_identities", metrics.num_identities}};
}

Json probe_context(const Manifest& manifest, const Model& model, const std::string& model_name) {
  const Acquisition acquisition = acquisition_of(manifest);
  return {{"model", model_name},
          {"recipe", model.recipe},
          {"backbone", model.backbone},
          {"threshold", model.threshold.distance},
          {"threshold_rule", model.threshold.rule},
          {"num_rejected", acquisition.num_rejected},
          {"failure_to_acquire", acquisition.failure_rate()},
          {"data_digest", manifest.digest()}};
}

}  // namespace kface
