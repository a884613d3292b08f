// Prints this library's figures of given pairs and embeddings as JSON, for
// testdata/check_figures.py to hold against scikit-learn and SciPy.
//
// Standard input, in words: number of pairs, of people, of sets of weights; the pairs as distance,
// same (0 or 1), identities; the weights of each set; number of images, dimension; the images as
// identity and values.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "eval/identification.h"
#include "eval/weighted_sweep.h"
#include "kface/metrics.h"

namespace kface {
namespace {

using Json = nlohmann::json;

constexpr float kThreshold = 1.0F;
constexpr PairScore kScore = {-3, 2.5};

template <typename T>
T read_word() {
  T value{};
  std::cin >> value;
  KF_REQUIRE(!std::cin.fail(), "the input ends early or is no number");
  return value;
}

std::vector<ScoredPair> read_pairs(std::size_t count) {
  std::vector<ScoredPair> pairs;
  for (std::size_t i = 0; i < count; ++i) {
    ScoredPair pair;
    pair.distance = read_word<float>();
    pair.same = read_word<int>() == 1;
    pair.identity_a = read_word<std::uint32_t>();
    pair.identity_b = read_word<std::uint32_t>();
    pairs.push_back(pair);
  }
  return pairs;
}

Json curves_json(const std::vector<ScoredPair>& pairs) {
  const auto roc = compute_roc(pairs).value();
  Json json{{"roc", Json::array()}, {"det", Json::array()}};
  for (const RocPoint& point : roc) {
    if (&point != &roc.front()) {  // its threshold is -infinity
      json["roc"].push_back({point.threshold, point.false_accept_rate, point.true_accept_rate});
    }
  }
  for (const DetPoint& point : det_curve(roc, SIZE_MAX)) {
    json["det"].push_back({point.false_accept_rate, point.false_reject_rate,
                           probit(point.false_accept_rate), probit(point.false_reject_rate)});
  }
  return json;
}

Json metrics_json(const std::vector<ScoredPair>& pairs) {
  MetricsOptions options;
  options.threshold = kThreshold;
  options.score = kScore;
  options.bootstrap_resamples = 0;
  const Metrics metrics = compute_metrics(pairs, options, {}).value();
  const auto histogram = distance_histogram(pairs, kOverlapBins).value();
  Json json{{"threshold", kThreshold},
            {"score", {kScore.weight, kScore.bias}},
            {"eer", metrics.eer.value},
            {"auc", metrics.auc.value},
            {"d_prime", metrics.d_prime->value},
            {"overlap", metrics.overlap_all.value},
            {"loss", metrics.loss->value},
            {"accuracy", metrics.accuracy->value},
            {"far", metrics.far_at_threshold->value},
            {"frr", metrics.frr_at_threshold->value},
            {"same_histogram", histogram.same},
            {"different_histogram", histogram.different},
            {"tar_at_far", Json::array()}};
  for (const TarAtFar& goal : metrics.tar_at_far) {
    json["tar_at_far"].push_back({goal.false_accept_rate,
                                  goal.tar ? Json(goal.tar->value) : Json(nullptr),
                                  goal.threshold ? Json(goal.threshold->value) : Json(nullptr)});
  }
  return json;
}

// Each set of weights in every lane; the first one is printed.
Json weighted_json(const std::vector<ScoredPair>& pairs, std::size_t people, std::size_t sets) {
  const auto sorted = eval::sort_pairs(pairs, "test").value();
  eval::SweepOptions options;
  options.threshold = kThreshold;
  options.d_prime = true;
  const eval::WeightedSweep sweep(sorted, options);
  Json list = Json::array();
  for (std::size_t set = 0; set < sets; ++set) {
    eval::LaneWeights weights(people);
    for (auto& lanes : weights) {
      lanes.fill(read_word<std::uint32_t>());
    }
    std::vector<Rng> rngs(eval::kLanes, Rng(1));
    const eval::Figures figures = sweep.figures(weights, rngs)[0];
    list.push_back({{"eer", figures.eer},
                    {"auc", figures.auc},
                    {"tar", figures.tar},
                    {"threshold", figures.threshold},
                    {"d_prime", figures.d_prime.value()},
                    {"far", figures.false_accept_rate}});
  }
  return list;
}

Json identification_json() {
  const auto images = read_word<std::size_t>();
  const auto d = read_word<std::size_t>();
  std::vector<std::uint32_t> identities;
  std::vector<float> embeddings;
  for (std::size_t i = 0; i < images; ++i) {
    identities.push_back(read_word<std::uint32_t>());
    for (std::size_t k = 0; k < d; ++k) {
      embeddings.push_back(read_word<float>());
    }
  }
  IdentificationOptions options;
  options.gallery_images = 2;
  options.bootstrap_resamples = 0;
  const auto result = identify(embeddings, d, identities, options, {}).value();
  Json rates = Json::array();
  for (const Estimate& rate : result.cmc) {
    rates.push_back(rate.value);
  }
  return {{"gallery_images", options.gallery_images}, {"cmc", rates}};
}

Json figures_json() {
  const auto num_pairs = read_word<std::size_t>();
  const auto num_people = read_word<std::size_t>();
  const auto num_sets = read_word<std::size_t>();
  const auto pairs = read_pairs(num_pairs);
  Json json = curves_json(pairs);
  json["metrics"] = metrics_json(pairs);
  json["weighted"] = weighted_json(pairs, num_people, num_sets);
  json["identification"] = identification_json();
  return json;
}

}  // namespace
}  // namespace kface

int main() {
  try {
    std::printf("%s\n", kface::figures_json().dump().c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
