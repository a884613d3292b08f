#include "experiment/evaluate.h"

#include <algorithm>

#include "eval/identification.h"
#include "experiment/acquisition.h"
#include "experiment/metrics_json.h"
#include "kface/metrics.h"
#include "kface/paired.h"

namespace kface {
namespace {

MetricsOptions wanted_metrics(const Model& model, const EvaluateOptions& options,
                              std::size_t num_images) {
  MetricsOptions wanted;
  wanted.threshold = model.threshold.distance;
  wanted.num_images = num_images;
  wanted.seed = options.seed;
  wanted.bootstrap_resamples = static_cast<std::size_t>(options.bootstrap);
  if (model.score) {
    wanted.score = PairScore{model.score->weight, model.score->bias};
  }
  return wanted;
}

// What stands beside the metrics of every evaluation.
Json with_context(const Metrics& metrics, const Manifest& manifest, const Model& model,
                  const std::string& model_name) {
  Json json{{"model", model_name}, {"recipe", model.recipe}, {"backbone", model.backbone}};
  json.update(to_json(metrics));
  json["threshold"] = model.threshold.distance;
  json["threshold_rule"] = model.threshold.rule;
  const Acquisition acquisition = acquisition_of(manifest);
  json["num_rejected"] = acquisition.num_rejected;
  json["failure_to_acquire"] = acquisition.failure_rate();
  json["data_digest"] = manifest.digest();
  return json;
}

Json view2_json(const CrossValidation& result) {
  Json folds = Json::array();
  for (const FoldResult& fold : result.folds) {
    folds.push_back({{"threshold", fold.threshold},
                     {"accuracy", fold.accuracy},
                     {"num_pairs", fold.num_pairs},
                     {"num_missing", fold.num_missing}});
  }
  return {{"accuracy", result.accuracy},
          {"standard_error", result.standard_error},
          {"num_pairs", result.num_pairs},
          {"num_missing", result.num_missing},
          {"folds", folds}};
}

Json identification_json(const Identification& result, const EvaluateOptions& options) {
  Json ranks = Json::object();
  for (std::size_t k = 0; k < result.cmc.size(); ++k) {
    ranks[std::to_string(k + 1)] = to_json(result.cmc[k]);
  }
  Json fnir = Json::object();
  for (const FnirAtFpir& goal : result.fnir_at_fpir) {
    fnir[rate_key(goal.false_positive_rate)] = to_json(goal.fnir);
  }
  return {{"gallery_images", options.gallery_images},
          {"num_enrolled", result.num_enrolled},
          {"num_probes", result.num_probes},
          {"rank", ranks},
          {"open_set",
           {{"splits", result.splits},
            {"num_enrolled", result.num_open_enrolled},
            {"num_mated", result.num_mated},
            {"num_nonmated", result.num_nonmated},
            {"fnir_at_fpir", fnir}}}};
}

// Has anybody an image beyond those that make his template?
bool has_probes(const FeatureSet& set, std::size_t gallery_images) {
  std::vector<std::size_t> images(set.identity_names.size());
  return std::any_of(set.identities.begin(), set.identities.end(),
                     [&](std::uint32_t identity) { return ++images[identity] > gallery_images; });
}

Result<Json> identification_of(const FeatureSet& set, const Model& model,
                               const EvaluateOptions& options, const JobContext& context) {
  const auto gallery_images = static_cast<std::size_t>(options.gallery_images);
  if (!has_probes(set, gallery_images)) {
    return Json(nullptr);
  }
  const IdentificationOptions wanted{
      .gallery_images = gallery_images,
      .splits = static_cast<std::size_t>(options.splits),
      .seed = options.seed,
      .bootstrap_resamples = static_cast<std::size_t>(options.bootstrap)};
  KF_ASSIGN(const Identification result, identify(embed(model.head, set.features), model.head.m,
                                                  set.identities, wanted, context));
  return identification_json(result, options);
}

Status check_options(const EvaluateOptions& options) {
  if (options.det_points == 1) {
    return {ErrorCode::kInvalidArgument,
            "a DET curve of 1 point was asked for; ask for 0 (none) or 2 and more"};
  }
  return {};
}

}  // namespace

Result<Json> evaluate_scores(const ScoredPairs& scores, const FeatureSet& set,
                             const Manifest& manifest, const Model& model,
                             const std::string& model_name, const EvaluateOptions& options,
                             const JobContext& context) {
  KF_TRY(check_options(options));
  KF_ASSIGN(const Metrics metrics,
            compute_metrics(scores.pairs, wanted_metrics(model, options, set.size()), context));
  Json json = with_context(metrics, manifest, model, model_name);
  if (options.det_points > 0) {
    KF_ASSIGN(const auto roc, compute_roc(scores.pairs));
    json["det"] = det_json(det_curve(roc, static_cast<std::size_t>(options.det_points)));
  }
  if (!scores.listed) {
    KF_ASSIGN(json["identification"], identification_of(set, model, options, context));
    return json;
  }
  json["num_pairs"] = scores.listed->folded.size();
  json["num_missing"] = scores.listed->num_missing;
  if (scores.listed->num_folds > 1) {
    KF_ASSIGN(const CrossValidation view2, cross_validate(scores.listed->folded));
    json["view2"] = view2_json(view2);
  }
  return json;
}

Result<Json> evaluate_all_pairs(const FeatureSet& set, const Manifest& manifest, const Model& model,
                                const std::string& model_name, const EvaluateOptions& options,
                                const JobContext& context) {
  KF_ASSIGN(const ScoredPairs scores, score_all_pairs(set, model, context));
  return evaluate_scores(scores, set, manifest, model, model_name, options, context);
}

Result<Json> evaluate_pair_list(const FeatureSet& set, const Manifest& manifest, const Model& model,
                                const std::string& model_name, const PairList& list,
                                const EvaluateOptions& options, const JobContext& context) {
  KF_ASSIGN(const ScoredPairs scores, score_pair_list(set, manifest, model, list));
  return evaluate_scores(scores, set, manifest, model, model_name, options, context);
}

Result<Json> compare_scores(const ScoredPairs& scores, const std::string& model_name,
                            const ScoredPairs& other, const std::string& other_name,
                            const EvaluateOptions& options, const JobContext& context) {
  const PairedOptions paired{.seed = options.seed,
                             .bootstrap_resamples = static_cast<std::size_t>(options.bootstrap)};
  KF_ASSIGN(const PairedDifference difference,
            paired_difference(scores.pairs, other.pairs, paired, context));
  Json json{{"against", other_name}};
  json.update(to_json(difference));
  json["sentence"] = comparison_sentence(difference, model_name, other_name);
  return json;
}

}  // namespace kface
