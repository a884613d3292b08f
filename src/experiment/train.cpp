#include "experiment/train.h"

#include <algorithm>
#include <vector>

#include "eval/all_pairs.h"
#include "experiment/history_json.h"
#include "experiment/metrics_json.h"
#include "experiment/people.h"
#include "kface/metrics.h"
#include "verify/verifier.h"

namespace kface {
namespace {

constexpr std::uint64_t kHalvesStream = 51;
constexpr double kFallbackFar = 0.01;
constexpr std::size_t kResamples = 200;

// Whom the head is fitted on, and whom the threshold is chosen on.
struct Sides {
  Subset fit;
  Subset choose;
  bool unseen = false;  // nobody is in both
};

Result<Sides> choose_sides(const FeatureSet& set, const ModelOptions& options) {
  if (options.split == "pairs" || options.recipe == kFrozenModel) {
    const Subset all = take_rows(set, all_rows(set));
    return Sides{all, all, options.recipe == kFrozenModel};
  }
  KF_ASSIGN(const Halves halves,
            split_people(set, all_rows(set), Rng(options.fit.train.seed).fork(kHalvesStream)));
  return Sides{take_rows(set, halves.fit), take_rows(set, halves.test), true};
}

Threshold choose_threshold(const std::vector<ScoredPair>& pairs, const std::vector<RocPoint>& roc,
                           double far, const Sides& sides) {
  const auto num_different = static_cast<std::size_t>(
      std::count_if(pairs.begin(), pairs.end(), [](const ScoredPair& p) { return !p.same; }));
  Threshold threshold;
  threshold.num_people = sides.choose.num_identities();
  threshold.unseen_people = sides.unseen;
  for (const double goal : {far, std::max(far, kFallbackFar)}) {
    if (const auto distance = threshold_at_far(roc, goal, num_different)) {
      threshold.distance = *distance;
      threshold.rule = "far " + Json(goal).dump();
      break;
    }
  }
  if (threshold.rule.empty()) {
    threshold.distance = equal_error(roc).threshold;
    threshold.rule = "equal-error";
  }
  // The curve's point at the threshold says what it accepts on these people.
  for (const RocPoint& point : roc) {
    if (point.threshold <= threshold.distance) {
      threshold.far = point.false_accept_rate;
    }
  }
  return threshold;
}

std::map<std::string, std::string> as_text(const Json& options) {
  std::map<std::string, std::string> text;
  for (const auto& [key, value] : options.items()) {
    text[key] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return text;
}

}  // namespace

Result<TrainedModel> train_model(const FeatureSet& set, const Manifest& manifest,
                                 const Backbone& backbone, const Program& program,
                                 const ModelOptions& options, const JobContext& context) {
  KF_ASSIGN(const Sides sides, choose_sides(set, options));
  KF_ASSIGN(const FittedHead fitted, fit_recipe(options.recipe, sides.fit.labelled(),
                                                backbone.last_layer(), options.fit, context.stop));
  const auto embeddings = embed(fitted.head, sides.choose.features);
  KF_ASSIGN(const auto pairs,
            all_pairs(embeddings, fitted.head.m, sides.choose.identities, context));
  KF_ASSIGN(const auto roc, compute_roc(pairs));

  Json recorded = Json::object();
  visit_model_options(options, OptionRecorder(recorded));
  TrainedModel trained;
  Model& model = trained.model;
  model.recipe = options.recipe;
  model.backbone = backbone.info().id;
  model.backbone_digest = backbone.info().digest;
  model.head = fitted.head;
  model.score = fitted.score;
  model.threshold = choose_threshold(pairs, roc, options.far, sides);
  model.preprocessing = align_facts(manifest.facts);
  model.options = as_text(recorded);
  model.data_digest = set.data_digest;
  model.program = program.version;

  MetricsOptions wanted;
  wanted.num_images = sides.choose.rows.size();
  wanted.seed = options.fit.train.seed;
  wanted.bootstrap_resamples = kResamples;
  if (fitted.score) {
    wanted.score = PairScore{fitted.score->weight, fitted.score->bias};
  }
  KF_ASSIGN(const Metrics metrics, compute_metrics(pairs, wanted, context));
  trained.record = start_record("train", program, recorded, manifest, backbone.info());
  trained.record["model"] = model_name(model);
  trained.record["threshold"] = {{"distance", model.threshold.distance},
                                 {"rule", model.threshold.rule},
                                 {"far", *model.threshold.far},
                                 {"num_people", model.threshold.num_people},
                                 {"unseen_people", model.threshold.unseen_people}};
  trained.record["metrics"] = to_json(metrics);
  trained.record["history"] = history_json(fitted.history);
  return trained;
}

}  // namespace kface
