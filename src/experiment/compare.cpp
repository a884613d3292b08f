#include "experiment/compare.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <sstream>

#include "eval/all_pairs.h"
#include "experiment/metrics_json.h"
#include "experiment/people.h"
#include "kface/metrics.h"

namespace kface {
namespace {

constexpr std::uint64_t kSplitStream = 41;
constexpr std::uint64_t kImageStream = 42;

// What one recipe reached on one split, over all pairs of its test half.
Result<Metrics> measure(const Subset& test, const Head& head) {
  const auto embeddings = embed(head, test.features);
  const JobContext alone{.threads = 1};
  KF_ASSIGN(const auto pairs, all_pairs(embeddings, head.m, test.identities, alone));
  MetricsOptions wanted;
  wanted.bootstrap_resamples = 0;
  return compute_metrics(pairs, wanted, alone);
}

// Mean and standard deviation over the splits; null where a split could not say.
Json spread(const std::vector<Metrics>& outcomes,
            const std::function<std::optional<double>(const Metrics&)>& pick) {
  double sum = 0;
  for (const Metrics& outcome : outcomes) {
    const auto value = pick(outcome);
    if (!value) {
      return nullptr;
    }
    sum += *value;
  }
  const auto count = static_cast<double>(outcomes.size());
  const double mean = sum / count;
  double squares = 0;
  for (const Metrics& outcome : outcomes) {
    squares += (*pick(outcome) - mean) * (*pick(outcome) - mean);
  }
  Json json{{"mean", mean}, {"sd", nullptr}};
  if (outcomes.size() > 1) {
    json["sd"] = std::sqrt(squares / (count - 1));
  }
  return json;
}

Json recipe_json(const std::string& name, const std::vector<Metrics>& outcomes) {
  Json json{{"name", name}};
  json["eer"] = spread(outcomes, [](const Metrics& m) { return std::optional(m.eer.value); });
  const Json keys = to_json(outcomes.front().tar_at_far);
  for (std::size_t i = 0; const auto& [key, unused] : keys.items()) {
    json["tar_at_far"][key] = spread(outcomes, [i](const Metrics& m) {
      const auto& tar = m.tar_at_far[i].tar;
      return tar ? std::optional(tar->value) : std::nullopt;
    });
    ++i;
  }
  json["overlap"] =
      spread(outcomes, [](const Metrics& m) { return std::optional(m.overlap_all.value); });
  json["auc"] = spread(outcomes, [](const Metrics& m) { return std::optional(m.auc.value); });
  json["eer_by_split"] = Json::array();
  for (const Metrics& outcome : outcomes) {
    json["eer_by_split"].push_back(outcome.eer.value);
  }
  return json;
}

// At most `max_images` of each person, drawn once; 0: all.
Rows limited_rows(const FeatureSet& set, int max_images, const Rng& rng) {
  if (max_images == 0) {
    return all_rows(set);
  }
  Rows rows;
  for (std::uint32_t identity = 0; identity < set.identity_names.size(); ++identity) {
    Rows own;
    for (std::uint32_t row = 0; row < set.size(); ++row) {
      if (set.identities[row] == identity) {
        own.push_back(row);
      }
    }
    rng.fork(identity).shuffle(own);
    own.resize(std::min(own.size(), static_cast<std::size_t>(max_images)));
    rows.insert(rows.end(), own.begin(), own.end());
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace

Result<std::vector<std::string>> split_names(const std::string& text) {
  std::vector<std::string> names;
  std::istringstream stream(text + ",");
  for (std::string name; std::getline(stream, name, ',');) {
    if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) {
      return Status{ErrorCode::kInvalidArgument,
                    "'" + text +
                        "': expected different names joined by commas, such as "
                        "frozen,paper"};
    }
    names.push_back(name);
  }
  return names;
}

Result<Json> run_compare(const FeatureSet& set, const Manifest& manifest, const Backbone& backbone,
                         const Program& program, const CompareOptions& options,
                         const JobContext& context) {
  KF_ASSIGN(const auto recipes, split_names(options.recipes));
  const Rng rng(options.recipe.train.seed);
  const Rows rows = limited_rows(set, options.max_images, rng.fork(kImageStream));
  std::vector<Halves> halves;
  for (int split = 0; split < options.splits; ++split) {
    KF_ASSIGN(Halves one,
              split_people(set, rows, rng.fork(kSplitStream).fork(static_cast<unsigned>(split))));
    halves.push_back(std::move(one));
  }
  std::vector<std::vector<Metrics>> outcomes(recipes.size(), std::vector<Metrics>(halves.size()));
  KF_TRY(parallel_for(recipes.size() * halves.size(), context, [&](std::size_t item, unsigned) {
    const std::size_t recipe = item % recipes.size();
    const std::size_t split = item / recipes.size();
    const Subset fit = take_rows(set, halves[split].fit);
    KF_ASSIGN(const FittedHead fitted,
              fit_recipe(recipes[recipe], fit.labelled(), backbone.last_layer(), options.recipe,
                         context.stop));
    KF_ASSIGN(outcomes[recipe][split], measure(take_rows(set, halves[split].test), fitted.head));
    return Status{};
  }));
  Json recorded = Json::object();
  visit_compare_options(options, OptionRecorder(recorded));
  Json record = start_record("compare", program, recorded, manifest, backbone.info());
  record["num_splits"] = options.splits;
  record["split"] = {{"rule",
                      "random halves without a common person; fitted on one, all pairs of "
                      "the other measured"},
                     {"num_fit_identities", take_rows(set, halves[0].fit).num_identities()},
                     {"num_test_identities", take_rows(set, halves[0].test).num_identities()},
                     {"num_images", rows.size()}};
  for (std::size_t recipe = 0; recipe < recipes.size(); ++recipe) {
    record["recipes"].push_back(recipe_json(recipes[recipe], outcomes[recipe]));
  }
  return record;
}

}  // namespace kface
