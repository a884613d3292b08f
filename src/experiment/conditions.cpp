#include "experiment/conditions.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <sstream>

#include "eval/all_pairs.h"
#include "experiment/acquisition.h"
#include "experiment/compare.h"
#include "experiment/metrics_json.h"
#include "kface/metrics.h"

namespace kface {
namespace {

// Which pairs belong to a value.
enum class Pairing { kAny, kWithin, kReference };
constexpr Pairing kPairings[] = {Pairing::kAny, Pairing::kWithin, Pairing::kReference};

const char* name_of(Pairing pairing) {
  switch (pairing) {
    case Pairing::kAny:
      return "any";
    case Pairing::kWithin:
      return "within";
    case Pairing::kReference:
      break;
  }
  return "against_reference";
}

using PairsOfValue = std::vector<std::vector<ScoredPair>>;  // [values]

PairsOfValue pairs_of(const ConditionGroup& group, Pairing pairing,
                      const std::vector<ScoredPair>& pairs) {
  PairsOfValue of_value(group.values.size());
  const auto put = [&of_value](int value, const ScoredPair& pair) {
    if (value >= 0) {
      of_value[static_cast<std::size_t>(value)].push_back(pair);
    }
  };
  const auto& value_of = group.value_of_row;
  const auto reference = static_cast<int>(group.reference);
  std::size_t at = 0;
  for (std::size_t i = 0; i < value_of.size(); ++i) {
    for (std::size_t j = i + 1; j < value_of.size(); ++j, ++at) {
      const int a = value_of[i];
      const int b = value_of[j];
      if (pairing == Pairing::kReference) {
        if (a == reference || b == reference) {
          put(a == reference ? b : a, pairs[at]);
        }
      } else if (a == b) {
        put(a, pairs[at]);
      } else if (pairing == Pairing::kAny) {
        put(a, pairs[at]);
        put(b, pairs[at]);
      }
    }
  }
  return of_value;
}

// Keys that every row has, null in a row that cannot say.
constexpr const char* kFigures[] = {"eer",
                                    "tar_at_far",
                                    "far_at_threshold",
                                    "frr_at_threshold",
                                    "mean_same_distance",
                                    "mean_different_distance"};

Result<Json> row_figures(const std::vector<ScoredPair>& pairs, const MetricsOptions& wanted,
                         const JobContext& context) {
  std::size_t num_same = 0;
  std::set<std::uint32_t> people;
  for (const ScoredPair& pair : pairs) {
    num_same += pair.same ? 1U : 0U;
    people.insert({pair.identity_a, pair.identity_b});
  }
  const std::size_t num_different = pairs.size() - num_same;
  Json json{
      {"num_same", num_same}, {"num_different", num_different}, {"num_identities", people.size()}};
  if (num_same < kLeastSamePairs || num_different < kLeastDifferentPairs) {
    for (const char* figure : kFigures) {
      json[figure] = nullptr;
    }
    json["reason_code"] = "pairs";
    json["reason"] = std::to_string(num_same) + " same and " + std::to_string(num_different) +
                     " different pairs, at least " + std::to_string(kLeastSamePairs) +
                     " of each are needed";
    return json;
  }
  KF_ASSIGN(const Metrics metrics, compute_metrics(pairs, wanted, context));
  json["eer"] = to_json(metrics.eer);
  json["tar_at_far"] = to_json(metrics.tar_at_far);
  json["far_at_threshold"] = to_json(metrics.far_at_threshold);
  json["frr_at_threshold"] = to_json(metrics.frr_at_threshold);
  json["mean_same_distance"] = rounded(metrics.distances.mean_same);
  json["mean_different_distance"] = rounded(metrics.distances.mean_different);
  return json;
}

Json values_json(const FeatureSet& set, const ConditionGroup& group) {
  Json list = Json::array();
  for (std::size_t value = 0; value < group.values.size(); ++value) {
    std::set<std::uint32_t> people;
    for (std::size_t row = 0; row < group.value_of_row.size(); ++row) {
      if (group.value_of_row[row] == static_cast<int>(value)) {
        people.insert(set.identities[row]);
      }
    }
    const std::size_t taken = group.count(value);
    const std::size_t refused = group.num_refused[value];
    Json entry{
        {"value", group.values[value]}, {"num_images", taken}, {"num_identities", people.size()}};
    if (!group.quality) {  // a refused image has no quality
      entry["num_rejected"] = refused;
      entry["failure_to_acquire"] =
          rounded(static_cast<double>(refused) / static_cast<double>(taken + refused));
    }
    list.push_back(std::move(entry));
  }
  return list;
}

std::string percent(double rate) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f %%", 100 * rate);
  return text;
}

// "5.10 % [4.00 %, 6.20 %]"
std::string with_interval(const Json& estimate) {
  std::string text = percent(estimate["value"].get<double>());
  if (estimate.contains("ci95")) {
    text += " [" + percent(estimate["ci95"][0].get<double>()) + ", " +
            percent(estimate["ci95"][1].get<double>()) + "]";
  }
  return text;
}

// The hardest value with a figure, beside the reference: both images of the value.
void add_hardest(const Json& attribute, Json& findings) {
  const Json* worst = nullptr;
  const Json* reference = nullptr;
  for (const Json& row : attribute["rows"]) {
    if (row["pairs"] != "within" || row["eer"].is_null()) {
      continue;
    }
    if (worst == nullptr || row["eer"]["value"] > (*worst)["eer"]["value"]) {
      worst = &row;
    }
    reference = row["value"] == attribute["reference"] ? &row : reference;
  }
  if (worst == nullptr || reference == nullptr || worst == reference) {
    return;
  }
  const auto name = attribute["attribute"].get<std::string>();
  const auto value = [&](const Json* row) {
    return name + " " + (*row)["value"].get<std::string>();
  };
  const std::string bad = with_interval((*worst)["eer"]);
  const std::string good = with_interval((*reference)["eer"]);
  findings.push_back(
      {{"en", "The equal error rate is highest at " + value(worst) + ": " + bad + ", against " +
                  good + " at " + value(reference) + " (both photos under the condition)."},
       {"ko", "동일 오류율이 가장 높은 조건은 " + value(worst) + "로 " + bad + "이며, " +
                  value(reference) + "에서는 " + good + "입니다(두 사진 모두 해당 조건)."}});
}

void add_variety(const Json& attribute, Json& findings) {
  const Json& map = attribute["heat_map"];
  if (map.is_null() || map["variety"].is_null()) {
    return;
  }
  const Json& variety = map["variety"];
  const auto name = attribute["attribute"].get<std::string>();
  const auto recipe = map["recipe"].get<std::string>();
  const std::string mixed = percent(variety["mixed_equal"].get<double>());
  const std::string single = percent(variety["single"].get<double>());
  const auto verdict = variety["verdict"].get<std::string>();
  const std::string splits = variety["num_splits"].dump();
  const std::string english = verdict == "better"  ? "varied photos are better in every split"
                              : verdict == "worse" ? "varied photos are worse in every split"
                                                   : "these people cannot tell which is better";
  const std::string korean = verdict == "better" ? "모든 분할에서 다양한 사진이 더 낫습니다"
                             : verdict == "worse"
                                 ? "모든 분할에서 다양한 사진이 더 나쁩니다"
                                 : "이 사람들로는 어느 쪽이 나은지 말할 수 없습니다";
  findings.push_back(
      {{"en", "Recipe " + recipe + " fitted on photos of varied " + name + " has an equal error " +
                  "rate of " + mixed + " on all photos of people never seen; fitted on as many " +
                  "photos of a single " + name + ", " + single + " on average over " + splits +
                  " splits: " + english + "."},
       {"ko", "레시피 " + recipe + "를 다양한 " + name +
                  " 사진으로 맞추면 처음 보는 사람의 모든 사진에서 동일 오류율이 " + mixed +
                  "이고, 같은 수의 한 가지 " + name + " 사진으로 맞추면 분할 " + splits +
                  "번의 평균이 " + single + "입니다: " + korean + "."}});
}

class Conditions {
 public:
  Conditions(const FeatureSet& set, const Backbone& backbone, const Model& model,
             const ConditionsOptions& options, const JobContext& context)
      : set_(set), backbone_(backbone), options_(options), context_(context) {
    wanted_.threshold = model.threshold.distance;
    wanted_.seed = options.heat_map.fit.train.seed;
    wanted_.bootstrap_resamples = static_cast<std::size_t>(options.bootstrap);
    quiet_ = context;
    quiet_.progress = {};
  }

  Result<Json> all(const Model& model, const std::vector<ConditionGroup>& groups) {
    KF_ASSIGN(const auto pairs,
              all_pairs(embed(model.head, set_.features), model.head.m, set_.identities, quiet_));
    Json attributes = Json::array();
    for (std::size_t i = 0; i < groups.size(); ++i) {
      KF_ASSIGN(Json attribute, one(groups[i], pairs));
      attributes.push_back(std::move(attribute));
      if (context_.progress) {
        context_.progress(i + 1, groups.size());
      }
    }
    return attributes;
  }

 private:
  Result<Json> one(const ConditionGroup& group, const std::vector<ScoredPair>& pairs) const {
    Json json{{"attribute", group.attribute},
              {"kind", group.quality ? "quality" : "attribute"},
              {"reference", group.values[group.reference]}};
    if (group.quality) {
      json["bounds"] = {rounded(group.bounds[0]), rounded(group.bounds[1])};
    }
    json["values"] = values_json(set_, group);
    for (const Pairing pairing : kPairings) {
      const PairsOfValue of_value = pairs_of(group, pairing, pairs);
      for (std::size_t value = 0; value < of_value.size(); ++value) {
        Json row{{"value", group.values[value]}, {"pairs", name_of(pairing)}};
        KF_ASSIGN(const Json figures, row_figures(of_value[value], wanted_, quiet_));
        row.update(figures);
        json["rows"].push_back(std::move(row));
      }
    }
    json["heat_map"] = nullptr;
    if (options_.heat_map.splits > 0) {
      KF_TRY(add_heat_map(group, json));
    }
    return json;
  }

  Status add_heat_map(const ConditionGroup& group, Json& json) const {
    auto map = condition_heat_map(set_, group, backbone_.last_layer(), options_.heat_map, quiet_);
    if (map.ok()) {
      json["heat_map"] = std::move(map).value();
    } else if (map.error().code() == ErrorCode::kInvalidArgument) {
      json["heat_map_reason"] = map.error().message();  // too few people with this attribute
    } else {
      return map.error();
    }
    return {};
  }

  const FeatureSet& set_;
  const Backbone& backbone_;
  const ConditionsOptions& options_;
  const JobContext& context_;
  MetricsOptions wanted_;
  JobContext quiet_;  // without progress: parts of the work report none
};

Status check_recipe(const std::string& recipe) {
  const auto names = recipe_names();
  if (std::find(names.begin(), names.end(), recipe) != names.end()) {
    return {};
  }
  std::string known;
  for (const std::string& name : names) {
    known += (known.empty() ? "" : ", ") + name;
  }
  return {ErrorCode::kInvalidArgument, "no recipe is called '" + recipe + "'; there are: " + known};
}

}  // namespace

Result<std::map<std::string, std::string>> parse_references(const std::string& text) {
  std::map<std::string, std::string> references;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) {
    const std::size_t equals = part.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == part.size() ||
        !references.emplace(part.substr(0, equals), part.substr(equals + 1)).second) {
      return Status{ErrorCode::kInvalidArgument,
                    "'" + text +
                        "': expected NAME=VALUE joined by commas, each name once, such as "
                        "lux=1000,accessory=none"};
    }
  }
  return references;
}

Result<Json> run_conditions(const FeatureSet& set, const Manifest& manifest,
                            const Backbone& backbone, const Model& model,
                            const std::string& model_name, const Program& program,
                            const ConditionsOptions& options, const JobContext& context) {
  std::vector<std::string> names;
  if (!options.attributes.empty()) {
    KF_ASSIGN(names, split_names(options.attributes));
  }
  KF_TRY(check_recipe(options.heat_map.recipe));
  KF_ASSIGN(const auto references, parse_references(options.reference));
  KF_ASSIGN(const auto groups, condition_groups(set, manifest, names, references));
  Json recorded = Json::object();
  visit_conditions_options(options, OptionRecorder(recorded));
  Json record = start_record("conditions", program, recorded, manifest, backbone.info());
  record["model"] = {{"name", model_name},
                     {"recipe", model.recipe},
                     {"threshold", model.threshold.distance},
                     {"threshold_rule", model.threshold.rule},
                     {"fitted_on_these_images", model.data_digest == manifest.digest()}};
  const Acquisition acquisition = acquisition_of(manifest);
  record["num_rejected"] = acquisition.num_rejected;
  record["failure_to_acquire"] = acquisition.failure_rate();
  KF_ASSIGN(record["attributes"],
            Conditions(set, backbone, model, options, context).all(model, groups));
  record["findings"] = Json::array();
  for (const Json& attribute : record["attributes"]) {
    add_hardest(attribute, record["findings"]);
    add_variety(attribute, record["findings"]);
  }
  return record;
}

}  // namespace kface
