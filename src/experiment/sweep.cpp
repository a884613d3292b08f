#include "experiment/sweep.h"

#include <algorithm>
#include <array>
#include <map>

#include "experiment/history_json.h"
#include "experiment/paper_tables.h"
#include "experiment/scored_result.h"

namespace kface {
namespace {

constexpr int kRatioParts = 10;  // the nine ratios are 1:9 ... 9:1
constexpr std::uint64_t kImageStream = 31;
constexpr std::uint64_t kHalvesStream = 32;
constexpr std::uint64_t kFigureStream = 33;
constexpr std::uint64_t kTestPairStream = 34;
constexpr char kPairsSplit[] = "pairs";
constexpr char kIdentitiesSplit[] = "identities";
constexpr char kFrozenSplit[] = "frozen";

// One head to be trained and judged.
struct Configuration {
  std::string experiment;  // ratios or images
  std::string ratio;
  std::string split;
  int images = 0;
  const Rows* rows = nullptr;      // images of the experiment
  const Halves* halves = nullptr;  // the same, people kept apart
};

struct Judged {  // NOLINT(bugprone-exception-escape): nlohmann's move asserts, it does not throw
  Json result;
  Head head;
};

// Positions of some rows among others; both ascending.
std::vector<std::uint32_t> positions_of(const Rows& some, const Rows& all) {
  std::vector<std::uint32_t> positions;
  for (const auto row : some) {
    const auto at = std::lower_bound(all.begin(), all.end(), row) - all.begin();
    positions.push_back(static_cast<std::uint32_t>(at));
  }
  return positions;
}

void map_rows(std::vector<ImagePair>& pairs, const std::vector<std::uint32_t>& positions) {
  for (ImagePair& pair : pairs) {
    pair.a = positions[pair.a];
    pair.b = positions[pair.b];
  }
}

// Training pairs among the people of one half, validation pairs among those of the other, at the
// same ratio and in the paper's proportion.
Result<PairPlan> plan_across_halves(const FeatureSet& set, const Configuration& c,
                                    RecipeOptions options) {
  const double validation = options.validation;
  options.validation = 0;
  const Subset fit = take_rows(set, c.halves->fit);
  KF_ASSIGN(PairPlan plan, plan_pairs(fit.identities, options));
  const Subset test = take_rows(set, c.halves->test);
  options.pairs_per_image *= validation > 0 ? validation / (1.0 - validation) : 1.0;
  options.train.seed = Rng(options.train.seed).fork(kTestPairStream).next();
  KF_ASSIGN(PairPlan held_out, plan_pairs(test.identities, options));
  plan.validation = std::move(held_out.training);
  map_rows(plan.training, positions_of(c.halves->fit, *c.rows));
  map_rows(plan.validation, positions_of(c.halves->test, *c.rows));
  return plan;
}

class Sweep {
 public:
  Sweep(const FeatureSet& set, const Manifest& manifest, const Backbone& backbone,
        const SweepOptions& options, const JobContext& context)
      : set_(set), manifest_(manifest), backbone_(backbone), options_(options), context_(context) {}

  // Chooses people and images. Errors: too few people.
  Status choose() {
    const Rng rng(options_.recipe.train.seed);
    const auto few = static_cast<std::size_t>(options_.images);
    const auto more = static_cast<std::size_t>(options_.more_images);
    rows_["ratios"] = choose_images(set_, few, few, rng.fork(kImageStream));
    auto halves = split_people(set_, rows_["ratios"], rng.fork(kHalvesStream));
    if (!halves.ok()) {
      return too_few(halves.error());
    }
    halves_["ratios"] = std::move(halves).value();
    // Experiment B compares the same people with fewer and with more images.
    rows_["few"] = choose_images(set_, few, more, rng.fork(kImageStream));
    rows_["more"] = choose_images(set_, more, more, rng.fork(kImageStream));
    for (const char* name : {"few", "more"}) {
      auto own = split_people(set_, rows_[name], rng.fork(kHalvesStream));
      if (!own.ok()) {
        skipped_.push_back({{"experiment", "images"},
                            {"images_per_person", std::string(name) == "few" ? few : more},
                            {"reason", std::to_string(people_with(more)) + " people have " +
                                           std::to_string(more) + " images; at least 4 must"}});
        continue;
      }
      halves_[name] = std::move(own).value();
    }
    return {};
  }

  std::vector<Configuration> ratio_configurations() const {
    std::vector<Configuration> list;
    for (int different = 1; different < kRatioParts; ++different) {
      const PairRatio ratio{different, kRatioParts - different};
      for (const char* split : {kPairsSplit, kIdentitiesSplit}) {
        list.push_back({"ratios", ratio.text(), split, options_.images, &rows_.at("ratios"),
                        &halves_.at("ratios")});
      }
    }
    return list;
  }

  std::vector<Configuration> image_configurations() const {
    std::vector<Configuration> list;
    for (const auto& [name, images] :
         {std::pair{"few", options_.images}, std::pair{"more", options_.more_images}}) {
      if (!halves_.contains(name)) {
        continue;
      }
      for (const char* split : {kPairsSplit, kIdentitiesSplit}) {
        list.push_back(
            {"images", options_.images_ratio, split, images, &rows_.at(name), &halves_.at(name)});
      }
    }
    return list;
  }

  // Trains and judges every configuration, side by side on the context's threads.
  Result<std::vector<Judged>> run(const std::vector<Configuration>& list) const {
    std::vector<Judged> judged(list.size());
    KF_TRY(parallel_for(list.size(), context_, [&](std::size_t i, unsigned) {
      KF_ASSIGN(judged[i], judge(list[i]));
      return Status{};
    }));
    return judged;
  }

  // The frozen network on the people of experiment A's test half.
  Result<Json> frozen_result(ScoredSide& side) const {
    const Subset test = take_rows(set_, halves_.at("ratios").test);
    KF_ASSIGN(side, score_side(test, backbone_.last_layer(), context_));
    Json result = result_head({"ratios", "", kFrozenSplit, options_.images, nullptr, nullptr});
    result["ratio"] = nullptr;
    for (const char* key : {"num_pairs", "num_same", "num_different"}) {
      result[key] = 0;
    }
    result["accuracy"] = nullptr;
    result["loss"] = nullptr;
    KF_ASSIGN(const Json figures,
              result_figures(side, figure_seed(), options_.bootstrap, context_));
    result.update(figures);
    result["history"] = Json::array();
    return result;
  }

  // What light and accessories do, and the worst pairs, for the frozen network and for the paper's
  // recipe at the ratio of B, both on people never seen.
  Status add_details(const std::vector<Configuration>& list, const std::vector<Judged>& judged,
                     const ScoredSide& frozen_side, const Json& frozen, Json& record) const {
    add_model("frozen", frozen_side, frozen, record);
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (list[i].ratio == options_.images_ratio && list[i].split == kIdentitiesSplit) {
        const Subset test = take_rows(set_, list[i].halves->test);
        KF_ASSIGN(const ScoredSide side, score_side(test, judged[i].head, context_));
        add_model(list[i].ratio + " " + list[i].split, side, judged[i].result, record);
      }
    }
    return {};
  }

  const Json& skipped() const { return skipped_; }

 private:
  std::size_t people_with(std::size_t images) const {
    std::map<std::uint32_t, std::size_t> count;
    for (const auto identity : set_.identities) {
      ++count[identity];
    }
    return static_cast<std::size_t>(std::count_if(
        count.begin(), count.end(), [&](const auto& person) { return person.second >= images; }));
  }

  Status too_few(const Status& status) const {
    const auto wanted = static_cast<std::size_t>(options_.images);
    return Status{status.code(),
                  "of " + std::to_string(set_.identity_names.size()) + " people, " +
                      std::to_string(people_with(wanted)) + " have " + std::to_string(wanted) +
                      " images that were not refused; the experiments need at least 4: import more "
                      "images, or ask for fewer a person with --images"};
  }

  std::uint64_t figure_seed() const {
    return Rng(options_.recipe.train.seed).fork(kFigureStream).next();
  }

  static Json result_head(const Configuration& c) {
    return {{"ratio", c.ratio}, {"split", c.split}, {"images_per_person", c.images}};
  }

  Result<Judged> judge(const Configuration& c) const {
    RecipeOptions options = options_.recipe;
    options.ratio = c.ratio;
    const Subset all = take_rows(set_, *c.rows);
    const bool by_pairs = c.split == kPairsSplit;
    KF_ASSIGN(const PairPlan plan, by_pairs ? plan_pairs(all.identities, options)
                                            : plan_across_halves(set_, c, options));
    const PairTrainingSet training{all.features, all.d, plan.training, plan.validation};
    KF_ASSIGN(TrainedHead trained,
              train_on_pairs(training, backbone_.last_layer(), options.train, context_.stop));
    const auto quality = evaluate_pairs(training, plan.validation, trained.head, trained.score);
    Judged judged;
    judged.result = result_head(c);
    const auto same = std::count_if(plan.validation.begin(), plan.validation.end(),
                                    [](const ImagePair& pair) { return pair.same; });
    judged.result["num_pairs"] = plan.validation.size();
    judged.result["num_same"] = same;
    judged.result["num_different"] = plan.validation.size() - static_cast<std::size_t>(same);
    judged.result["num_training_pairs"] = plan.training.size();
    judged.result["num_requested_pairs"] = plan.num_requested;
    judged.result["accuracy"] = quality.accuracy;
    judged.result["loss"] = quality.loss;
    const JobContext alone{.threads = 1, .stop = context_.stop};
    KF_ASSIGN(const ScoredSide side,
              score_side(by_pairs ? all : take_rows(set_, c.halves->test), trained.head, alone));
    KF_ASSIGN(const Json figures, result_figures(side, figure_seed(), options_.bootstrap, alone));
    judged.result.update(figures);
    judged.result["history"] = history_json(trained.history);
    judged.head = std::move(trained.head);
    return judged;
  }

  void add_model(const std::string& name, const ScoredSide& side, const Json& result,
                 Json& record) const {
    const auto add = [](Json& list, const Json& more) {
      list.insert(list.end(), more.begin(), more.end());
    };
    const double threshold = result["threshold_at_eer"].get<double>();
    add(record["by_condition"], condition_figures(side, set_, manifest_, name, threshold));
    add(record["worst_pairs"], worst_pairs(side, set_, manifest_, name));
  }

  const FeatureSet& set_;
  const Manifest& manifest_;
  const Backbone& backbone_;
  const SweepOptions& options_;
  const JobContext& context_;
  std::map<std::string, Rows> rows_;      // ratios; few and more for experiment B
  std::map<std::string, Halves> halves_;  // the same keys, where there are enough people
  Json skipped_ = Json::array();
};

Json results_of(const std::vector<Judged>& judged) {
  Json list = Json::array();
  for (const Judged& one : judged) {
    list.push_back(one.result);
  }
  return list;
}

}  // namespace

Result<Json> run_sweep(const FeatureSet& set, const Manifest& manifest, const Backbone& backbone,
                       const Program& program, const SweepOptions& options,
                       const JobContext& context, const std::function<double()>& clock,
                       SweepTimes& times) {
  KF_TRY(parse_ratio(options.images_ratio).error());
  if (options.recipe.validation <= 0) {
    return Status{ErrorCode::kInvalidArgument,
                  "the experiments measure accuracy and loss on validation pairs, and --validation "
                  "is 0: ask for a share above 0 (the paper: 0.2)"};
  }
  Json recorded = Json::object();
  visit_sweep_options(options, OptionRecorder(recorded));
  Json record = start_record("sweep", program, recorded, manifest, backbone.info());
  Sweep sweep(set, manifest, backbone, options, context);
  KF_TRY(sweep.choose());

  const double start = clock();
  const auto ratio_list = sweep.ratio_configurations();
  KF_ASSIGN(const auto ratios, sweep.run(ratio_list));
  const double after_ratios = clock();
  KF_ASSIGN(const auto images, sweep.run(sweep.image_configurations()));
  const double after_images = clock();

  ScoredSide frozen_side;
  KF_ASSIGN(const Json frozen, sweep.frozen_result(frozen_side));
  record["paper"] = paper_tables();
  record["frozen"] = frozen;
  record["ratios"] = results_of(ratios);
  record["images"] = results_of(images);
  record["skipped"] = sweep.skipped();
  record["by_condition"] = Json::array();
  record["worst_pairs"] = Json::array();
  KF_TRY(sweep.add_details(ratio_list, ratios, frozen_side, frozen, record));
  times = {after_ratios - start, after_images - after_ratios, clock() - after_images};
  return record;
}

}  // namespace kface
