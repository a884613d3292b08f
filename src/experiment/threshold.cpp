#include "experiment/threshold.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "eval/all_pairs.h"
#include "experiment/acquisition.h"
#include "experiment/metrics_json.h"
#include "kface/metrics.h"
#include "verify/verifier.h"

namespace kface {
namespace {

// Fewest different pairs for the rule of three.
double pairs_needed(double far) { return std::ceil(3 / far * (1 - 1e-12)); }

Result<Metrics> measure(const std::vector<ScoredPair>& pairs, std::size_t num_images,
                        float threshold, const ThresholdOptions& options,
                        const JobContext& context) {
  MetricsOptions wanted;
  wanted.threshold = threshold;
  wanted.num_images = num_images;
  wanted.seed = options.seed;
  wanted.bootstrap_resamples = static_cast<std::size_t>(options.bootstrap);
  wanted.false_accept_rates = {options.far};
  return compute_metrics(pairs, wanted, context);
}

std::string number(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof(text), format, value);
  return text;
}

// P people with m images each have P (P - 1) / 2 * m^2 different pairs.
std::string what_is_needed(double pairs, double people, double images) {
  const double with_these_images =
      std::ceil((1 + std::sqrt(1 + 8 * pairs / (images * images))) / 2);
  const double with_these_people = std::ceil(std::sqrt(2 * pairs / (people * (people - 1))));
  return "about " + number("%.0f", with_these_images) + " people with " + number("%.3g", images) +
         " images each, or " + number("%.0f", with_these_people) + " images each of " +
         number("%.0f", people) + " people";
}

// 0.0000384615 as "3.9e-05": to two digits, never less than it is.
std::string rounded_up(double rate) {
  const double unit = std::pow(10.0, std::floor(std::log10(rate)) - 1);
  return number("%.2g", std::ceil(rate / unit - 1e-9) * unit);
}

std::string refusal_of(const Metrics& metrics, double far) {
  const double needed = pairs_needed(far);
  const auto found = static_cast<double>(metrics.num_different);
  if (found >= needed) {
    return "even the closest pair of all accepts more than " + number("%g", far) +
           " of the different-person pairs: this model has no threshold for that rate";
  }
  return "a false-accept rate of " + number("%g", far) + " needs " + number("%.0f", needed) +
         " different-person pairs (3 / FAR), found " + number("%.0f", found) + "; bring " +
         what_is_needed(needed, static_cast<double>(metrics.num_identities),
                        static_cast<double>(metrics.num_images) /
                            static_cast<double>(metrics.num_identities)) +
         ", or ask for a FAR of " + rounded_up(3 / found) + " or more";
}

// What the frozen network accepts at its customary threshold.
Json customary_json(double threshold, const Metrics& metrics) {
  return {{"threshold", threshold},
          {"far", to_json(metrics.far_at_threshold)},
          {"frr", to_json(metrics.frr_at_threshold)}};
}

// The recipe "frozen" fits nothing, whatever dataset its threshold came from.
bool fitted_on(const Model& model, const FeatureSet& set) {
  return model.recipe != kFrozenModel && model.data_digest == set.data_digest;
}

Json record_of(const Metrics& metrics, const FeatureSet& set, const Manifest& manifest,
               const Model& model, const std::string& model_name, const ThresholdOptions& options) {
  const TarAtFar& goal = metrics.tar_at_far.front();
  const bool supported = goal.threshold.has_value();
  return {{"model", model_name},
          {"recipe", model.recipe},
          {"backbone", model.backbone},
          {"far", options.far},
          {"supported", supported},
          {"num_different_needed", pairs_needed(options.far)},
          {"threshold", to_json(goal.threshold)},
          {"tar", supported ? to_json(goal.tar) : Json(nullptr)},
          {"model_threshold",
           {{"threshold", model.threshold.distance},
            {"rule", model.threshold.rule},
            {"far", to_json(metrics.far_at_threshold)},
            {"frr", to_json(metrics.frr_at_threshold)}}},
          {"customary", nullptr},
          {"fitted_on_this_data", fitted_on(model, set)},
          {"num_same", metrics.num_same},
          {"num_different", metrics.num_different},
          {"num_identities", metrics.num_identities},
          {"num_images", metrics.num_images},
          {"num_rejected", acquisition_of(manifest).num_rejected},
          {"data_digest", set.data_digest}};
}

Status other_chips(const std::string& key, const std::string& of_model,
                   const std::string& of_data) {
  return {ErrorCode::kMismatch, "the model takes photos with " + key + " = " + of_model +
                                    ", the dataset was made with " + of_data +
                                    "; import the photos again as the model's were"};
}

Result<std::vector<ScoredPair>> pairs_of(const FeatureSet& set, const Head& head,
                                         const JobContext& context) {
  return all_pairs(embed(head, set.features), head.m, set.identities, context);
}

}  // namespace

Result<ChosenThreshold> choose_threshold(const FeatureSet& set, const Manifest& manifest,
                                         const Model& model, const std::string& model_name,
                                         const Backbone& backbone, const ThresholdOptions& options,
                                         const JobContext& context) {
  KF_ASSIGN(const auto pairs, pairs_of(set, model.head, context));
  KF_ASSIGN(const Metrics metrics,
            measure(pairs, set.size(), model.threshold.distance, options, context));
  ChosenThreshold chosen;
  chosen.record = record_of(metrics, set, manifest, model, model_name, options);
  if (const double customary = backbone.info().customary_threshold; customary > 0) {
    KF_ASSIGN(const auto frozen_pairs, pairs_of(set, backbone.last_layer(), context));
    KF_ASSIGN(const Metrics frozen,
              measure(frozen_pairs, set.size(), static_cast<float>(customary), options, context));
    chosen.record["customary"] = customary_json(customary, frozen);
  }
  if (fitted_on(model, set)) {
    chosen.warning =
        "the model was fitted on this very dataset: people whom it has not seen will be accepted "
        "more often than asked, several times as often in our trials; give photos of other people";
  }
  const auto& found = metrics.tar_at_far.front().threshold;
  if (!found) {
    chosen.refusal = refusal_of(metrics, options.far);
    chosen.record["refusal"] = chosen.refusal;
    return chosen;
  }
  const auto distance = static_cast<float>(found->value);
  KF_ASSIGN(const RatesAtThreshold rates, rates_at(pairs, distance));
  chosen.record["far_measured"] = rates.false_accept_rate;
  chosen.threshold = Threshold{.distance = distance,
                               .rule = "far " + Json(options.far).dump(),
                               .far = rates.false_accept_rate,
                               .num_people = metrics.num_identities,
                               .unseen_people = !fitted_on(model, set)};
  return chosen;
}

Result<Model> with_threshold(Model model, const Threshold& threshold, const Manifest& manifest,
                             const Program& program) {
  const auto preprocessing = align_facts(manifest.facts);
  if (model.data_digest.empty()) {
    model.preprocessing = preprocessing;
    model.data_digest = manifest.digest();
    model.program = program.version;
  }
  for (const auto& [key, value] : model.preprocessing) {
    const auto of_data = preprocessing.find(key);
    const std::string found = of_data == preprocessing.end() ? "nothing" : of_data->second;
    if (found != value) {
      return other_chips(key, value, found);
    }
  }
  model.threshold = threshold;
  return model;
}

}  // namespace kface
