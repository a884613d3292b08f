#include "experiment/condition_heat_map.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

#include "eval/all_pairs.h"
#include "experiment/people.h"
#include "kface/metrics.h"

namespace kface {
namespace {

constexpr std::uint64_t kSplitStream = 61;
constexpr std::uint64_t kMixStream = 62;
constexpr double kFars[] = {1e-2, 1e-3};
constexpr const char* kFarKeys[] = {"0.01", "0.001"};

// What is fitted on in one row of the map.
struct TrainRow {
  const char* kind;  // value, frozen, mixed, mixed_equal
  int value = -1;    // of kind value
};

struct Figures {
  double eer = 0;
  std::optional<double> tar[2];
};

// One entry in one split.
struct Cell {
  std::optional<Figures> figures;
  std::string code;    // why there are none: fit, pairs
  std::string reason;  // the same as a sentence
};

struct Outcome {
  std::size_t num_images = 0;   // fitted on
  std::vector<Cell> within;     // [values + 1] both images of the value; last: all pairs
  std::vector<Cell> reference;  // [values] one image of the value, the other of the reference
};

Cell measure(const std::vector<ScoredPair>& pairs) {
  const auto num_same = static_cast<std::size_t>(
      std::count_if(pairs.begin(), pairs.end(), [](const ScoredPair& p) { return p.same; }));
  const std::size_t num_different = pairs.size() - num_same;
  Cell cell;
  if (num_same < kLeastSamePairs || num_different < kLeastDifferentPairs) {
    cell.code = "pairs";
    cell.reason = std::to_string(num_same) + " same and " + std::to_string(num_different) +
                  " different pairs to measure, at least " + std::to_string(kLeastSamePairs) +
                  " of each are needed";
    return cell;
  }
  const auto roc = compute_roc(pairs);
  if (!roc.ok()) {
    cell.code = "pairs";
    cell.reason = roc.error().message();
    return cell;
  }
  Figures figures;
  figures.eer = equal_error(roc.value()).eer;
  for (std::size_t i = 0; i < std::size(kFars); ++i) {
    figures.tar[i] = tar_at_far(roc.value(), kFars[i], num_different);
  }
  cell.figures = figures;
  return cell;
}

// Of each person about as many images as a single condition has of it.
Rows thinned(const FeatureSet& set, const Rows& rows, std::size_t num_values, const Rng& rng) {
  std::map<std::uint32_t, Rows> people;
  for (const auto row : rows) {
    people[set.identities[row]].push_back(row);
  }
  Rows chosen;
  for (auto& [identity, own] : people) {
    rng.fork(identity).shuffle(own);
    const std::size_t count = std::max<std::size_t>(1, (own.size() + num_values / 2) / num_values);
    own.resize(std::min(own.size(), count));
    chosen.insert(chosen.end(), own.begin(), own.end());
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

class HeatMap {
 public:
  HeatMap(const FeatureSet& set, const ConditionGroup& group, const Head& last_layer,
          const HeatMapOptions& options)
      : set_(set), group_(group), last_layer_(last_layer), options_(options) {
    rows_.push_back({"frozen"});
    for (std::size_t value = 0; value < group.values.size(); ++value) {
      rows_.push_back({"value", static_cast<int>(value)});
    }
    rows_.push_back({"mixed_equal"});
    rows_.push_back({"mixed"});
  }

  Result<Json> run(const JobContext& context) {
    KF_TRY(split());
    outcomes_.resize(rows_.size() * halves_.size());
    KF_TRY(parallel_for(outcomes_.size(), context, [&](std::size_t item, unsigned) {
      KF_ASSIGN(outcomes_[item],
                outcome(rows_[item / halves_.size()], item % halves_.size(), context.stop));
      return Status{};
    }));
    return json();
  }

 private:
  Status split() {
    const Rng rng = Rng(options_.fit.train.seed).fork(kSplitStream);
    Rows rows;  // with a value
    for (std::uint32_t row = 0; row < set_.size(); ++row) {
      if (group_.value_of_row[row] >= 0) {
        rows.push_back(row);
      }
    }
    for (int i = 0; i < options_.splits; ++i) {
      KF_ASSIGN(Halves one, split_people(set_, rows, rng.fork(static_cast<unsigned>(i))));
      halves_.push_back(std::move(one));
    }
    return {};
  }

  Rows fit_rows(const TrainRow& row, std::size_t split) const {
    const Rows& half = halves_[split].fit;
    const std::string kind = row.kind;
    if (kind == "mixed") {
      return half;
    }
    if (kind == "mixed_equal") {
      return thinned(set_, half, group_.values.size(),
                     Rng(options_.fit.train.seed).fork(kMixStream).fork(split));
    }
    Rows rows;
    std::copy_if(half.begin(), half.end(), std::back_inserter(rows),
                 [&](std::uint32_t at) { return group_.value_of_row[at] == row.value; });
    return rows;
  }

  Result<Outcome> outcome(const TrainRow& row, std::size_t split, const StopFlag* stop) const {
    Outcome result;
    Head head = last_layer_;
    if (std::string(row.kind) != "frozen") {
      const Subset fit = take_rows(set_, fit_rows(row, split));
      result.num_images = fit.rows.size();
      auto fitted = fit_recipe(options_.recipe, fit.labelled(), last_layer_, options_.fit,
                               JobContext{.threads = 1, .stop = stop});
      if (!fitted.ok() && fitted.error().code() == ErrorCode::kInterrupted) {
        return fitted.error();
      }
      if (!fitted.ok()) {
        const Cell nothing{{}, "fit", fitted.error().message()};
        result.within.assign(group_.values.size() + 1, nothing);
        result.reference.assign(group_.values.size(), nothing);
        return result;
      }
      head = std::move(fitted.value().head);
    }
    KF_TRY(measure_half(head, halves_[split].test, result));
    return result;
  }

  Status measure_half(const Head& head, const Rows& rows, Outcome& result) const {
    const Subset test = take_rows(set_, rows);
    KF_ASSIGN(const auto pairs, all_pairs(embed(head, test.features), head.m, test.identities,
                                          JobContext{.threads = 1}));
    const std::size_t count = group_.values.size();
    const auto reference = static_cast<int>(group_.reference);
    std::vector<std::vector<ScoredPair>> within(count);
    std::vector<std::vector<ScoredPair>> against(count);
    std::size_t at = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = i + 1; j < rows.size(); ++j, ++at) {
        const int a = group_.value_of_row[rows[i]];
        const int b = group_.value_of_row[rows[j]];
        if (a == b) {
          within[static_cast<std::size_t>(a)].push_back(pairs[at]);
        }
        if (a == reference || b == reference) {
          against[static_cast<std::size_t>(a == reference ? b : a)].push_back(pairs[at]);
        }
      }
    }
    for (std::size_t value = 0; value < count; ++value) {
      result.within.push_back(measure(within[value]));
      result.reference.push_back(measure(against[value]));
    }
    result.within.push_back(measure(pairs));
    return {};
  }

  const Outcome& at(std::size_t row, std::size_t split) const {
    return outcomes_[row * halves_.size() + split];
  }

  using Pick = std::function<const Cell&(const Outcome&)>;

  // Mean and deviation over the splits of what `figure` reads; null where a split could not say.
  static Json spread(const std::vector<const Cell*>& cells,
                     const std::function<std::optional<double>(const Figures&)>& figure) {
    double sum = 0;
    for (const Cell* cell : cells) {
      const auto value = cell->figures ? figure(*cell->figures) : std::nullopt;
      if (!value) {
        return nullptr;
      }
      sum += *value;
    }
    const auto count = static_cast<double>(cells.size());
    const double mean = sum / count;
    double squares = 0;
    for (const Cell* cell : cells) {
      squares += std::pow(*figure(*cell->figures) - mean, 2);
    }
    return {{"mean", rounded(mean)},
            {"sd", cells.size() > 1 ? Json(rounded(std::sqrt(squares / (count - 1)))) : Json()}};
  }

  Json entry(std::size_t row, const Pick& pick) const {
    std::vector<const Cell*> cells;
    const Cell* failed = nullptr;
    std::size_t num_failed = 0;
    for (std::size_t split = 0; split < halves_.size(); ++split) {
      cells.push_back(&pick(at(row, split)));
      if (!cells.back()->figures) {
        failed = failed == nullptr ? cells.back() : failed;
        ++num_failed;
      }
    }
    Json json{{"eer", spread(cells, [](const Figures& f) { return std::optional(f.eer); })}};
    for (std::size_t i = 0; i < std::size(kFars); ++i) {
      json["tar_at_far"][kFarKeys[i]] = spread(cells, [i](const Figures& f) { return f.tar[i]; });
    }
    if (failed != nullptr) {
      json["reason_code"] = failed->code;
      json["reason"] = "in " + std::to_string(num_failed) + " of " +
                       std::to_string(halves_.size()) + " splits: " + failed->reason;
    }
    return json;
  }

  Json train_json(std::size_t row) const {
    double images = 0;
    for (std::size_t split = 0; split < halves_.size(); ++split) {
      images += static_cast<double>(at(row, split).num_images);
    }
    Json json{{"kind", rows_[row].kind}};
    if (rows_[row].value >= 0) {
      json["value"] = group_.values[static_cast<std::size_t>(rows_[row].value)];
    }
    json["num_images"] = rounded(images / static_cast<double>(halves_.size()));
    return json;
  }

  // In one split, the EER over all pairs after fitting on varied images minus the mean after
  // fitting on one condition; none where one of them cannot be said.
  std::optional<double> variety_difference(std::size_t split, double& mixed, double& single) const {
    const auto eer = [&](std::size_t row) -> std::optional<double> {
      const auto& figures = at(row, split).within.back().figures;
      return figures ? std::optional(figures->eer) : std::nullopt;
    };
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (rows_[row].value >= 0 && eer(row)) {
        sum += *eer(row);
        ++count;
      }
    }
    const auto varied = eer(rows_.size() - 2);
    if (!varied || count == 0) {
      return std::nullopt;
    }
    mixed += *varied;
    single += sum / static_cast<double>(count);
    return *varied - sum / static_cast<double>(count);
  }

  Json variety() const {
    double mixed = 0;
    double single = 0;
    std::size_t better = 0;
    std::size_t worse = 0;
    for (std::size_t split = 0; split < halves_.size(); ++split) {
      const auto difference = variety_difference(split, mixed, single);
      if (!difference) {
        return nullptr;
      }
      better += *difference < 0 ? 1U : 0U;
      worse += *difference > 0 ? 1U : 0U;
    }
    constexpr std::size_t kLeastSplits = 5;
    const std::size_t count = halves_.size();
    const bool enough = count >= kLeastSplits;
    return {{"mixed_equal", rounded(mixed / static_cast<double>(count))},
            {"single", rounded(single / static_cast<double>(count))},
            {"num_better", better},
            {"num_worse", worse},
            {"num_splits", count},
            {"verdict", enough && better == count  ? "better"
                        : enough && worse == count ? "worse"
                                                   : "cannot tell"}};
  }

  Json json() const {
    Json map{{"recipe", options_.recipe}, {"num_splits", halves_.size()}};
    map["reference"] = group_.values[group_.reference];
    map["test"] = group_.values;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      map["train"].push_back(train_json(row));
      Json within = Json::array();
      Json against = Json::array();
      for (std::size_t value = 0; value <= group_.values.size(); ++value) {
        within.push_back(
            entry(row, [value](const Outcome& o) -> const Cell& { return o.within[value]; }));
        if (value < group_.values.size()) {
          against.push_back(
              entry(row, [value](const Outcome& o) -> const Cell& { return o.reference[value]; }));
        }
      }
      map["all"].push_back(within.back());
      within.erase(within.size() - 1);
      map["within"].push_back(std::move(within));
      map["against_reference"].push_back(std::move(against));
    }
    map["variety"] = variety();
    return map;
  }

  const FeatureSet& set_;
  const ConditionGroup& group_;
  const Head& last_layer_;
  const HeatMapOptions& options_;
  std::vector<TrainRow> rows_;
  std::vector<Halves> halves_;
  std::vector<Outcome> outcomes_;  // row by row, its splits
};

}  // namespace

Result<Json> condition_heat_map(const FeatureSet& set, const ConditionGroup& group,
                                const Head& last_layer, const HeatMapOptions& options,
                                const JobContext& context) {
  KF_REQUIRE(options.splits >= 1, options.splits);
  return HeatMap(set, group, last_layer, options).run(context);
}

}  // namespace kface
