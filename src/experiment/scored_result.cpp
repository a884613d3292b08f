#include "experiment/scored_result.h"

#include <algorithm>
#include <map>

#include "eval/all_pairs.h"
#include "experiment/condition_groups.h"
#include "experiment/metrics_json.h"

namespace kface {
namespace {

constexpr std::size_t kHistogramBins = 60;
constexpr std::size_t kRocPoints = 160;
constexpr std::size_t kWorstPairs = 8;

Json histogram_json(const DistanceHistogram& histogram) {
  Json json;
  const auto put = [&](const char* key, const std::vector<double>& values) {
    json[key] = Json::array();
    for (const double value : values) {
      json[key].push_back(rounded(value));
    }
  };
  put("edges", histogram.edges);
  put("same", histogram.same);
  put("different", histogram.different);
  return json;
}

Json roc_json(const std::vector<RocPoint>& roc) {
  Json json = Json::array();
  for (const RocPoint& point : thin_roc(roc, kRocPoints)) {
    json.push_back(
        {{"far", rounded(point.false_accept_rate)}, {"tar", rounded(point.true_accept_rate)}});
  }
  return json;
}

const ImageRecord& record_of(const ScoredSide& side, std::size_t position, const FeatureSet& set,
                             const Manifest& manifest) {
  return manifest.images[set.images[side.rows[position]]];
}

// Attribute -> value of each position of the side; "" where an image has none.
using Conditions = std::map<std::string, std::vector<std::string>>;

Conditions conditions_of(const ScoredSide& side, const FeatureSet& set, const Manifest& manifest) {
  Conditions conditions;
  for (std::size_t i = 0; i < side.rows.size(); ++i) {
    for (const auto& [name, value] : record_of(side, i, set, manifest).attributes) {
      auto& values = conditions[name];
      values.resize(side.rows.size());
      values[i] = value;
    }
  }
  return conditions;
}

struct ConditionSums {
  double same = 0;
  double different = 0;
  std::size_t num_same = 0;
  std::size_t missed = 0;
  std::vector<ScoredPair> pairs;

  void add(const ScoredPair& pair, double threshold) {
    pairs.push_back(pair);
    const double distance = pair.distance;
    if (pair.same) {
      same += distance;
      ++num_same;
      missed += distance > threshold ? 1U : 0U;
    } else {
      different += distance;
    }
  }
};

Json condition_json(const ConditionSums& sums) {
  const std::size_t num_different = sums.pairs.size() - sums.num_same;
  Json json{{"num_same", sums.num_same}, {"num_different", num_different}, {"eer", nullptr}};
  if (const auto roc = compute_roc(sums.pairs); roc.ok()) {
    json["eer"] = rounded(equal_error(roc.value()).eer);
  }
  const auto mean = [](double sum, std::size_t count) {
    return count == 0 ? Json(nullptr) : Json(rounded(sum / static_cast<double>(count)));
  };
  json["missed_at_threshold"] = mean(static_cast<double>(sums.missed), sums.num_same);
  json["mean_same_distance"] = mean(sums.same, sums.num_same);
  json["mean_different_distance"] = mean(sums.different, num_different);
  return json;
}

// Calls visit(i, j, pair) for every pair in the order in which all_pairs lists them.
template <typename Visit>
void for_each_pair(const ScoredSide& side, Visit&& visit) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < side.rows.size(); ++i) {
    for (std::size_t j = i + 1; j < side.rows.size(); ++j) {
      visit(i, j, side.pairs[at++]);
    }
  }
}

void add_conditions(const ScoredSide& side, const std::string& attribute,
                    const std::vector<std::string>& values, const std::string& model,
                    double threshold, Json& list) {
  std::map<std::string, ConditionSums> sums;
  std::map<std::string, std::size_t, decltype(&by_number_then_text)> images(&by_number_then_text);
  for (const auto& value : values) {
    ++images[value];
  }
  images.erase("");
  if (images.size() < 2 || images.size() > kMaxConditionValues) {
    return;
  }
  for_each_pair(side, [&](std::size_t i, std::size_t j, const ScoredPair& pair) {
    if (!values[i].empty()) {
      sums[values[i]].add(pair, threshold);
    }
    if (!values[j].empty() && values[j] != values[i]) {
      sums[values[j]].add(pair, threshold);
    }
  });
  for (const auto& [value, count] : images) {
    Json entry{{"attribute", attribute}, {"value", value}, {"model", model}, {"num_images", count}};
    entry.update(condition_json(sums[value]));
    list.push_back(std::move(entry));
  }
}

Json image_json(const ImageRecord& image) {
  return {{"id", image.id},
          {"identity", image.identity},
          {"chip", image.chip},
          {"attributes", image.attributes}};
}

}  // namespace

Result<ScoredSide> score_side(const Subset& test, const Head& head, const JobContext& context) {
  auto embeddings = embed(head, test.features);
  l2_normalize_rows(embeddings, head.m);
  ScoredSide side;
  side.rows = test.rows;
  side.num_identities = test.num_identities();
  KF_ASSIGN(side.pairs, all_pairs(embeddings, head.m, test.identities, context));
  return side;
}

Result<Json> result_figures(const ScoredSide& side, std::uint64_t seed, int bootstrap,
                            const JobContext& context) {
  MetricsOptions wanted;
  wanted.num_images = side.rows.size();
  wanted.seed = seed;
  wanted.bootstrap_resamples = static_cast<std::size_t>(bootstrap);
  KF_ASSIGN(const Metrics metrics, compute_metrics(side.pairs, wanted, context));
  KF_ASSIGN(const auto roc, compute_roc(side.pairs));
  KF_ASSIGN(const auto histogram, distance_histogram(side.pairs, kHistogramBins));
  return Json{{"num_identities", side.num_identities},
              {"num_images", side.rows.size()},
              {"num_all_same", metrics.num_same},
              {"num_all_different", metrics.num_different},
              {"overlap", to_json(metrics.overlap)},
              {"overlap_all", to_json(metrics.overlap_all)},
              {"threshold", metrics.distances.midpoint},
              {"eer", to_json(metrics.eer)},
              {"threshold_at_eer", metrics.threshold_at_eer.value},
              {"tar_at_far", to_json(metrics.tar_at_far)},
              {"auc", to_json(metrics.auc)},
              {"histogram", histogram_json(histogram)},
              {"roc", roc_json(roc)}};
}

Json condition_figures(const ScoredSide& side, const FeatureSet& set, const Manifest& manifest,
                       const std::string& model, double threshold_at_eer) {
  Json list = Json::array();
  for (const auto& [attribute, values] : conditions_of(side, set, manifest)) {
    add_conditions(side, attribute, values, model, threshold_at_eer, list);
  }
  return list;
}

Json worst_pairs(const ScoredSide& side, const FeatureSet& set, const Manifest& manifest,
                 const std::string& model) {
  struct Worst {
    float badness;  // distance of a same pair, minus distance of a different pair
    std::size_t i;
    std::size_t j;
  };
  std::map<bool, std::vector<Worst>> worst;
  for_each_pair(side, [&](std::size_t i, std::size_t j, const ScoredPair& pair) {
    worst[pair.same].push_back({pair.same ? pair.distance : -pair.distance, i, j});
  });
  Json list = Json::array();
  for (const bool same : {true, false}) {
    auto& pairs = worst[same];
    const auto count = static_cast<std::ptrdiff_t>(std::min(pairs.size(), kWorstPairs));
    std::partial_sort(pairs.begin(), pairs.begin() + count, pairs.end(),
                      [](const Worst& a, const Worst& b) {
                        return std::tuple(-a.badness, a.i, a.j) < std::tuple(-b.badness, b.i, b.j);
                      });
    for (auto pair = pairs.begin(); pair != pairs.begin() + count; ++pair) {
      list.push_back({{"model", model},
                      {"kind", same ? "same" : "different"},
                      {"distance", same ? pair->badness : -pair->badness},
                      {"a", image_json(record_of(side, pair->i, set, manifest))},
                      {"b", image_json(record_of(side, pair->j, set, manifest))}});
    }
  }
  return list;
}

}  // namespace kface
