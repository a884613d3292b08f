#include "experiment/compare.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "eval/all_pairs.h"
#include "experiment/acquisition.h"
#include "experiment/compare_outcome.h"
#include "experiment/people.h"
#include "experiment/real_rows.h"
#include "kface/metrics.h"

namespace kface {
namespace {

constexpr std::uint64_t kSplitStream = 41;
constexpr std::uint64_t kImageStream = 42;
constexpr int kFewestResamples = 40;

// At most `max_images` real ones of each person, drawn once; 0: all.
Rows limited_rows(const FeatureSet& set, const Rows& real, int max_images, const Rng& rng) {
  if (max_images == 0) {
    return real;
  }
  std::vector<Rows> of_identity(set.identity_names.size());
  for (const std::uint32_t row : real) {
    of_identity[set.identities[row]].push_back(row);
  }
  Rows rows;
  for (std::uint32_t identity = 0; identity < of_identity.size(); ++identity) {
    Rows& own = of_identity[identity];
    rng.fork(identity).shuffle(own);
    own.resize(std::min(own.size(), static_cast<std::size_t>(max_images)));
    rows.insert(rows.end(), own.begin(), own.end());
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

// Those of `all` that a recipe may use.
std::vector<ViewedFeatures> pick_views(std::span<const ViewedFeatures> all,
                                       const std::vector<Views>& wanted) {
  std::vector<ViewedFeatures> picked;
  for (const ViewedFeatures& views : all) {
    if (std::find(wanted.begin(), wanted.end(), views.views) != wanted.end()) {
      picked.push_back(views);
    }
  }
  if (picked.empty() && all.size() == 1) {
    picked.push_back(all.front());  // the backbone is one of its own views
  }
  KF_REQUIRE(!picked.empty(), all.size(), wanted.size());
  return picked;
}

// One recipe on one pair of halves.
class Comparison {
 public:
  Comparison(std::span<const ViewedFeatures> views, std::span<const std::uint8_t> simulated,
             const CompareOptions& options)
      : views_(views), simulated_(simulated), options_(options) {}

  Result<CompareOutcome> run(const ComparedRecipe& recipe, const Halves& halves,
                             const StopFlag* stop) const {
    const auto views = pick_views(views_, recipe.views);
    const JobContext alone{.threads = 1, .stop = stop};
    KF_ASSIGN(const ViewsFit fit,
              fit_over_views(recipe.recipe, views, halves.fit, {}, options_.recipe, false, alone));
    const ViewedFeatures& chosen = views[fit.chosen];
    const Subset test = take_rows(*chosen.set, halves.test);
    const Head& head = fit.fitted.head;
    KF_ASSIGN(const auto pairs,
              all_pairs(embed(head, test.features), head.m, test.identities, alone));
    KF_ASSIGN(CompareOutcome outcome, measure_outcome(pairs, chosen.set->identity_names.size(),
                                                      static_cast<std::size_t>(options_.bootstrap),
                                                      options_.recipe.train.seed));
    outcome.chosen = fit.fitted.choice ? fit.fitted.choice->chosen.text() : fit.fitted.recipe;
    outcome.views = views_suffix(chosen.views);
    return outcome;
  }

 private:
  // The rows, and all drawings on the people in them.
  Rows with_simulated(const Rows& rows) const {
    const FeatureSet& set = *views_.front().set;
    std::set<std::uint32_t> people;
    for (const std::uint32_t row : rows) {
      people.insert(set.identities[row]);
    }
    Rows all = rows;
    for (std::uint32_t row = 0; row < simulated_.size(); ++row) {
      if (simulated_[row] != 0 && people.contains(set.identities[row])) {
        all.push_back(row);
      }
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  std::span<const ViewedFeatures> views_;
  std::span<const std::uint8_t> simulated_;
  const CompareOptions& options_;
};

}  // namespace

Result<std::vector<ComparedRecipe>> parse_compared(const CompareOptions& options) {
  KF_ASSIGN(const auto names, split_names(options.recipes));
  const auto known = recipe_names();
  std::vector<ComparedRecipe> compared;
  for (const std::string& name : names) {
    ComparedRecipe one{name, name, {}};
    one.views = name == "auto" ? parse_views(options.views, name) : std::vector{Views::kPlain};
    for (const Views views : {Views::kMirror, Views::kJitter}) {
      if (const std::string suffix = views_suffix(views); name.ends_with(suffix)) {
        one.recipe = name.substr(0, name.size() - suffix.size());
        one.views = {views};
      }
    }
    if (std::find(known.begin(), known.end(), one.recipe) == known.end()) {
      return unknown_recipe(one.recipe, ", each also with +mirror or +jitter");
    }
    compared.push_back(std::move(one));
  }
  return compared;
}

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

Result<Json> run_compare(std::span<const ViewedFeatures> views, const Manifest& manifest,
                         const Program& program, const CompareOptions& options,
                         const JobContext& context) {
  KF_REQUIRE(!views.empty());
  KF_ASSIGN(const auto recipes, parse_compared(options));
  if (options.bootstrap > 0 && options.bootstrap < kFewestResamples) {
    return Status{ErrorCode::kInvalidArgument, "--bootstrap " + std::to_string(options.bootstrap) +
                                                   ": expected 0 or at least 40 resamples"};
  }
  const FeatureSet& set = *views.front().set;
  const Rng rng(options.recipe.train.seed);
  const Rows rows =
      limited_rows(set, real_rows(set, manifest), options.max_images, rng.fork(kImageStream));
  std::vector<Halves> halves;
  for (int split = 0; split < options.splits; ++split) {
    KF_ASSIGN(Halves one,
              split_people(set, rows, rng.fork(kSplitStream).fork(static_cast<unsigned>(split))));
    halves.push_back(std::move(one));
  }
  const auto simulated = simulated_flags(set, manifest);
  const Comparison comparison(views, simulated, options);
  std::vector<std::vector<CompareOutcome>> outcomes(recipes.size(),
                                                    std::vector<CompareOutcome>(halves.size()));
  KF_TRY(parallel_for(recipes.size() * halves.size(), context, [&](std::size_t item, unsigned) {
    const std::size_t recipe = item % recipes.size();
    const std::size_t split = item / recipes.size();
    KF_ASSIGN(outcomes[recipe][split],
              comparison.run(recipes[recipe], halves[split], context.stop));
    return Status{};
  }));
  Json recorded = Json::object();
  visit_compare_options(options, OptionRecorder(recorded));
  Json record =
      start_record("compare", program, recorded, manifest, views.front().backbone->info());
  const std::size_t num_people = take_rows(set, rows).num_identities();
  record["num_splits"] = options.splits;
  record["failure_to_acquire"] = acquisition_of(manifest).failure_rate();
  record["split"] = {
      {"rule",
       "random halves without a common person; fitted, and all choices made, on "
       "one; all pairs of the other measured"},
      {"num_fit_identities", take_rows(set, halves[0].fit).num_identities()},
      {"num_test_identities", take_rows(set, halves[0].test).num_identities()},
      {"num_images", rows.size()},
      {"num_simulated_fitted_on", std::count(simulated.begin(), simulated.end(), std::uint8_t{1})}};
  const auto frozen = std::find_if(recipes.begin(), recipes.end(),
                                   [](const auto& one) { return one.name == "frozen"; });
  for (std::size_t recipe = 0; recipe < recipes.size(); ++recipe) {
    Json json = recipe_json(recipes[recipe].name, outcomes[recipe]);
    if (frozen != recipes.end() && recipes[recipe].name != "frozen") {
      const auto& reference = outcomes[static_cast<std::size_t>(frozen - recipes.begin())];
      json["against_frozen"] =
          against_frozen_json(recipes[recipe].name, outcomes[recipe], reference, num_people);
      const Json& sentence = json["against_frozen"]["sentence"];
      if (!sentence.is_null()) {
        record["findings"].push_back(sentence);
      }
    }
    record["recipes"].push_back(std::move(json));
  }
  return record;
}

}  // namespace kface
