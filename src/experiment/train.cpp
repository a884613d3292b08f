#include "experiment/train.h"

#include <algorithm>
#include <vector>

#include "eval/all_pairs.h"
#include "experiment/history_json.h"
#include "experiment/metrics_json.h"
#include "experiment/people.h"
#include "experiment/real_rows.h"
#include "kface/metrics.h"
#include "verify/verifier.h"

namespace kface {
namespace {

constexpr std::uint64_t kHalvesStream = 51;
constexpr double kFallbackFar = 0.01;
constexpr std::size_t kResamples = 200;

// A fitted head, and the pairs that its threshold is chosen on.
struct Fitted {
  ViewsFit fit;
  std::vector<ScoredPair> pairs;
  std::size_t num_people = 0;
  std::size_t num_images = 0;
  bool unseen = false;  // nobody in the pairs was fitted on
};

Result<Fitted> measured_directly(ViewsFit fit, const ViewedFeatures& view, const Rows& rows,
                                 bool unseen, const JobContext& context) {
  Fitted fitted;
  const Subset subset = take_rows(*view.set, rows);
  const Head& head = fit.fitted.head;
  KF_ASSIGN(fitted.pairs,
            all_pairs(embed(head, subset.features), head.m, subset.identities, context));
  fitted.num_people = subset.num_identities();
  fitted.num_images = rows.size();
  fitted.unseen = unseen;
  fitted.fit = std::move(fit);
  return fitted;
}

// Fitted on everybody, measured out of fold.
Result<Fitted> fit_in_folds(std::span<const ViewedFeatures> views, const Manifest& manifest,
                            const ModelOptions& options, const JobContext& context) {
  const Rows rows = all_rows(*views.front().set);
  const auto simulated = simulated_flags(*views.front().set, manifest);
  auto fit = fit_over_views(options.recipe, views, rows, simulated, options.fit, true, context);
  const bool fits_nothing = options.recipe == "auto" || options.recipe == kFrozenModel;
  if (!fit.ok() && fits_nothing && fit.error().code() == ErrorCode::kInvalidArgument) {
    ViewsFit frozen;
    KF_ASSIGN(frozen.fitted,
              fit_recipe(kFrozenModel,
                         {views.front().set->features, views.front().set->d,
                          views.front().set->identities},
                         views.front().backbone->last_layer(), options.fit, context));
    frozen.fitted.note = fit.error().message();
    return measured_directly(std::move(frozen), views.front(),
                             real_rows(*views.front().set, manifest), true, context);
  }
  if (!fit.ok()) {
    return fit.error();
  }
  Fitted fitted;
  RecipeChoice& choice = *fit.value().fitted.choice;
  fitted.pairs = std::move(choice.pairs);
  fitted.num_people = choice.num_people;
  fitted.num_images = choice.num_images;
  fitted.unseen = true;
  fitted.fit = std::move(fit).value();
  return fitted;
}

Result<Fitted> fit_sides(std::span<const ViewedFeatures> views, const Manifest& manifest,
                         const ModelOptions& options, const JobContext& context) {
  std::string split = options.split;
  if (split == "auto") {
    split = options.recipe == "paper" ? "identities" : "folds";
  }
  if (split == "folds") {
    auto fitted = fit_in_folds(views, manifest, options, context);
    const bool too_few = !fitted.ok() && fitted.error().code() == ErrorCode::kInvalidArgument;
    if (!too_few || options.split == "folds") {
      return fitted;
    }
    split = "identities";  // which two people less are enough for
  }
  const FeatureSet& set = *views.front().set;
  const Rows real = real_rows(set, manifest);
  Halves halves{real, real};
  if (split == "identities") {
    KF_ASSIGN(halves, split_people(set, real, Rng(options.fit.train.seed).fork(kHalvesStream)));
  }
  KF_ASSIGN(ViewsFit fit,
            fit_over_views(options.recipe, views, halves.fit, {}, options.fit, false, context));
  const ViewedFeatures& view = views[fit.chosen];
  return measured_directly(std::move(fit), view, halves.test,
                           split == "identities" || options.recipe == kFrozenModel, context);
}

Threshold choose_threshold(const std::vector<ScoredPair>& pairs, const std::vector<RocPoint>& roc,
                           double far, const Fitted& fitted) {
  const auto num_different = static_cast<std::size_t>(
      std::count_if(pairs.begin(), pairs.end(), [](const ScoredPair& p) { return !p.same; }));
  Threshold threshold;
  threshold.num_people = fitted.num_people;
  threshold.unseen_people = fitted.unseen;
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

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

// What was tried, on which views, and what came of it.
Json choice_json(const ViewsFit& fit, std::span<const ViewedFeatures> views) {
  Json json{{"views", Json::array()}};
  for (std::size_t i = 0; i < fit.miss_rates.size(); ++i) {
    json["views"].push_back({{"backbone", views[i].backbone->info().id},
                             {"passes", num_views(views[i].views)},
                             {"miss_rate", or_null(fit.miss_rates[i])},
                             {"chosen", i == fit.chosen}});
  }
  if (!fit.fitted.note.empty()) {
    json["note"] = fit.fitted.note;
  }
  if (!fit.fitted.safe_history.empty()) {
    json["best_epoch"] = fit.fitted.best_epoch;
    for (const SafeEpoch& epoch : fit.fitted.safe_history) {
      json["held_out_error"].push_back(epoch.held_out_error);
    }
  }
  if (const auto& choice = fit.fitted.choice) {
    json["chosen"] = choice->chosen.text();
    json["tried"] = Json::array();
    for (const RecipeTrial& tried : choice->tried) {
      Json one{{"candidate", tried.candidate.text()}, {"miss_rate", or_null(tried.miss_rate)}};
      if (!tried.problem.empty()) {
        one["problem"] = tried.problem;
      }
      json["tried"].push_back(std::move(one));
    }
    if (choice->gain) {
      json["gain_over_frozen"] = {
          {"miss_rate", choice->gain->gain},
          {"ci90", {choice->gain->ci90.low, choice->gain->ci90.high}},
          {"d_prime", choice->gain->d_prime_gain},
          {"d_prime_ci90", {choice->gain->d_prime_ci90.low, choice->gain->d_prime_ci90.high}},
          {"beyond_doubt", choice->gain->beyond_doubt()}};
    }
  }
  return json;
}

Result<Json> metrics_of(const Fitted& fitted, const ModelOptions& options,
                        const JobContext& context) {
  MetricsOptions wanted;
  wanted.num_images = fitted.num_images;
  wanted.seed = options.fit.train.seed;
  wanted.bootstrap_resamples = kResamples;
  if (const auto& score = fitted.fit.fitted.score) {
    wanted.score = PairScore{score->weight, score->bias};
  }
  KF_ASSIGN(const Metrics metrics, compute_metrics(fitted.pairs, wanted, context));
  return to_json(metrics);
}

}  // namespace

std::vector<std::string> views_words() { return {"auto", "none", "mirror", "jitter"}; }

std::vector<Views> parse_views(const std::string& word, const std::string& recipe) {
  if (word == "auto") {
    return recipe == "auto" ? all_views() : std::vector{Views::kPlain};
  }
  KF_REQUIRE(word == "none" || word == "mirror" || word == "jitter", word);
  return {word == "none" ? Views::kPlain : word == "mirror" ? Views::kMirror : Views::kJitter};
}

Result<TrainedModel> train_model(std::span<const ViewedFeatures> views, const Manifest& manifest,
                                 const Program& program, const ModelOptions& options,
                                 const JobContext& context) {
  KF_REQUIRE(!views.empty());
  KF_ASSIGN(const Fitted fitted, fit_sides(views, manifest, options, context));
  KF_ASSIGN(const auto roc, compute_roc(fitted.pairs));
  const ViewedFeatures& view = views[fitted.fit.chosen];

  Json recorded = Json::object();
  visit_model_options(options, OptionRecorder(recorded));
  TrainedModel trained;
  trained.views = fitted.fit.chosen;
  Model& model = trained.model;
  model.recipe = fitted.fit.fitted.recipe;
  model.backbone = view.backbone->info().id;
  model.backbone_digest = view.backbone->info().digest;
  model.head = fitted.fit.fitted.head;
  model.score = fitted.fit.fitted.score;
  model.threshold = choose_threshold(fitted.pairs, roc, options.far, fitted);
  model.preprocessing = align_facts(manifest.facts);
  model.options = as_text(recorded);
  model.data_digest = view.set->data_digest;
  model.program = program.version;

  trained.record = start_record("train", program, recorded, manifest, view.backbone->info());
  trained.record["model"] = model_name(model);
  trained.record["recipe"] = model.recipe;
  trained.record["choice"] = choice_json(fitted.fit, views);
  trained.record["threshold"] = {{"distance", model.threshold.distance},
                                 {"rule", model.threshold.rule},
                                 {"far", *model.threshold.far},
                                 {"num_people", model.threshold.num_people},
                                 {"unseen_people", model.threshold.unseen_people}};
  KF_ASSIGN(trained.record["metrics"], metrics_of(fitted, options, context));
  trained.record["history"] = history_json(fitted.fit.fitted.history);
  return trained;
}

}  // namespace kface
