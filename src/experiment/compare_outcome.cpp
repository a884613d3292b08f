#include "experiment/compare_outcome.h"

#include <cmath>
#include <cstdio>
#include <map>

#include "eval/bootstrap.h"
#include "experiment/metrics_json.h"
#include "kface/paired.h"

namespace kface {
namespace {

using Outcomes = std::vector<CompareOutcome>;
using Pick = std::function<std::optional<double>(const CompareOutcome&)>;
using PickResamples = std::function<const std::vector<double>&(const CompareOutcome&)>;

// Mean over the splits, for each resample.
std::vector<double> resampled_means(const Outcomes& outcomes, const PickResamples& pick) {
  std::vector<double> means(pick(outcomes.front()).size());
  for (const CompareOutcome& outcome : outcomes) {
    const auto& values = pick(outcome);
    for (std::size_t i = 0; i < means.size(); ++i) {
      means[i] += values[i] / static_cast<double>(outcomes.size());
    }
  }
  return means;
}

Json interval_json(const std::vector<double>& values) {
  if (values.empty()) {
    return nullptr;
  }
  const Interval interval = eval::percentile_interval(values);
  return {interval.low, interval.high};
}

std::optional<double> mean_of(const Outcomes& outcomes, const Pick& pick) {
  double sum = 0;
  for (const CompareOutcome& outcome : outcomes) {
    const auto value = pick(outcome);
    if (!value) {
      return std::nullopt;
    }
    sum += *value;
  }
  return sum / static_cast<double>(outcomes.size());
}

// Mean and standard deviation over the splits; null where a split could not say.
Json spread(const Outcomes& outcomes, const Pick& pick) {
  const auto mean = mean_of(outcomes, pick);
  if (!mean) {
    return nullptr;
  }
  double squares = 0;
  for (const CompareOutcome& outcome : outcomes) {
    squares += (*pick(outcome) - *mean) * (*pick(outcome) - *mean);
  }
  Json json{{"mean", *mean}, {"sd", nullptr}};
  if (outcomes.size() > 1) {
    json["sd"] = std::sqrt(squares / (static_cast<double>(outcomes.size()) - 1));
  }
  return json;
}

Json spread(const Outcomes& outcomes, const Pick& pick, const PickResamples& resamples) {
  Json json = spread(outcomes, pick);
  if (!json.is_null() && !resamples(outcomes.front()).empty()) {
    json["ci95"] = interval_json(resampled_means(outcomes, resamples));
  }
  return json;
}

std::optional<double> eer_of(const CompareOutcome& outcome) { return outcome.metrics.eer.value; }

const std::vector<double>& resampled_eer(const CompareOutcome& outcome) { return outcome.eer; }

Pick tar_of(std::size_t far) {
  return [far](const CompareOutcome& outcome) {
    const auto& tar = outcome.metrics.tar_at_far[far].tar;
    return tar ? std::optional(tar->value) : std::nullopt;
  };
}

PickResamples resampled_tar(std::size_t far) {
  return [far](const CompareOutcome& outcome) -> const std::vector<double>& {
    return outcome.tar[far];
  };
}

Json counts_json(const Outcomes& outcomes, std::string CompareOutcome::*member) {
  std::map<std::string, int> counts;
  for (const CompareOutcome& outcome : outcomes) {
    const std::string& text = outcome.*member;
    ++counts[text.empty() ? "none" : text];
  }
  return counts;
}

// Difference of two means with its interval and what follows. `smaller_is_better`: of EER.
Json difference_json(const Outcomes& recipe, const Outcomes& frozen, const Pick& pick,
                     const PickResamples& resamples, bool smaller_is_better,
                     std::size_t num_people) {
  const auto mean = mean_of(recipe, pick);
  const auto reference = mean_of(frozen, pick);
  if (!mean || !reference) {
    return nullptr;
  }
  Json json{{"difference", *mean - *reference}};
  std::vector<double> differences = resampled_means(recipe, resamples);
  const auto of_frozen = resampled_means(frozen, resamples);
  for (std::size_t i = 0; i < differences.size(); ++i) {
    differences[i] -= of_frozen[i];
  }
  if (differences.empty()) {
    return json;
  }
  const Interval interval = eval::percentile_interval(differences);
  json["ci95"] = {interval.low, interval.high};
  json["verdict"] = verdict_text(verdict_of(interval, smaller_is_better, num_people));
  return json;
}

// "12.3 points" of a rate's difference.
std::string points(double difference) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f", std::fabs(difference) * 100);
  return text;
}

Json sentence_json(const std::string& name, const Json& eer, std::size_t num_people) {
  const std::string people = std::to_string(num_people);
  if (!eer.contains("verdict")) {
    return nullptr;
  }
  if (eer["verdict"] == "cannot tell") {
    return {{"en", "With " + people + " people one cannot tell whether " + name +
                       " is better or worse than frozen on people never seen."},
            {"ko", people + "명으로는 처음 보는 사람들에게 " + name +
                       " 이(가) frozen 보다 나은지 알 수 없습니다."}};
  }
  const bool better = eer["verdict"] == "better";
  const double low = eer["ci95"][0].get<double>();
  const double high = eer["ci95"][1].get<double>();
  const std::string range = points(better ? high : low) + " - " + points(better ? low : high);
  const std::string by = points(eer["difference"].get<double>());
  return {{"en", name + " is " + (better ? "better" : "worse") +
                     " than frozen on people never seen: its equal error rate is " + by +
                     " points " + (better ? "lower" : "higher") + " (95 %: " + range + ")."},
          {"ko", name + " 은(는) 처음 보는 사람들에게 frozen 보다 " +
                     (better ? "낫습니다" : "나쁩니다") + ": 동일 오류율이 " + by + "포인트 " +
                     (better ? "낮습니다" : "높습니다") + " (95 %: " + range + ")."}};
}

}  // namespace

Result<CompareOutcome> measure_outcome(std::span<const ScoredPair> pairs,
                                       std::size_t num_identities, std::size_t resamples,
                                       std::uint64_t seed) {
  const JobContext alone{.threads = 1};
  CompareOutcome outcome;
  MetricsOptions wanted;
  wanted.bootstrap_resamples = 0;
  KF_ASSIGN(outcome.metrics, compute_metrics(pairs, wanted, alone));
  outcome.tar.resize(outcome.metrics.tar_at_far.size());
  if (resamples == 0) {
    return outcome;
  }
  KF_ASSIGN(const auto sorted, eval::sort_pairs(pairs, "comparing recipes"));
  KF_ASSIGN(const auto figures,
            eval::bootstrap_figures(sorted, num_identities, {}, resamples, seed, alone));
  for (const eval::Figures& resample : figures) {
    outcome.eer.push_back(resample.eer);
    for (std::size_t far = 0; far < outcome.tar.size(); ++far) {
      outcome.tar[far].push_back(resample.tar[far]);
    }
  }
  return outcome;
}

Json recipe_json(const std::string& name, const Outcomes& outcomes) {
  Json json{{"name", name}};
  json["eer"] = spread(outcomes, eer_of, resampled_eer);
  const Json keys = to_json(outcomes.front().metrics.tar_at_far);
  for (std::size_t i = 0; const auto& [key, unused] : keys.items()) {
    json["tar_at_far"][key] = spread(outcomes, tar_of(i), resampled_tar(i));
    ++i;
  }
  json["overlap"] = spread(outcomes, [](const CompareOutcome& outcome) {
    return std::optional(outcome.metrics.overlap_all.value);
  });
  json["auc"] = spread(outcomes, [](const CompareOutcome& outcome) {
    return std::optional(outcome.metrics.auc.value);
  });
  json["eer_by_split"] = Json::array();
  for (const CompareOutcome& outcome : outcomes) {
    json["eer_by_split"].push_back(outcome.metrics.eer.value);
  }
  json["chosen"] = counts_json(outcomes, &CompareOutcome::chosen);
  json["views"] = counts_json(outcomes, &CompareOutcome::views);
  return json;
}

Json against_frozen_json(const std::string& name, const Outcomes& recipe, const Outcomes& frozen,
                         std::size_t num_people) {
  Json json;
  json["eer"] = difference_json(recipe, frozen, eer_of, resampled_eer, true, num_people);
  const Json keys = to_json(recipe.front().metrics.tar_at_far);
  for (std::size_t i = 0; const auto& [key, unused] : keys.items()) {
    json["tar_at_far"][key] =
        difference_json(recipe, frozen, tar_of(i), resampled_tar(i), false, num_people);
    ++i;
  }
  json["sentence"] = sentence_json(name, json["eer"], num_people);
  return json;
}

}  // namespace kface
