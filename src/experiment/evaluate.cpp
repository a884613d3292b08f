#include "experiment/evaluate.h"

#include <algorithm>
#include <unordered_map>

#include "eval/all_pairs.h"
#include "experiment/metrics_json.h"
#include "kface/metrics.h"

namespace kface {
namespace {

MetricsOptions wanted_metrics(const Model& model, const EvaluateOptions& options,
                              std::size_t num_images) {
  MetricsOptions wanted;
  wanted.threshold = model.threshold.distance;
  wanted.num_images = num_images;
  wanted.seed = options.seed;
  wanted.bootstrap_resamples = static_cast<std::size_t>(options.bootstrap);
  if (model.score) {
    wanted.score = PairScore{model.score->weight, model.score->bias};
  }
  return wanted;
}

// What stands beside the metrics of every evaluation.
Json with_context(const Metrics& metrics, const Manifest& manifest, const Model& model,
                  const std::string& model_name) {
  Json json{{"model", model_name}, {"recipe", model.recipe}, {"backbone", model.backbone}};
  json.update(to_json(metrics));
  json["threshold"] = model.threshold.distance;
  json["threshold_rule"] = model.threshold.rule;
  const auto refused = static_cast<std::size_t>(
      std::count_if(manifest.images.begin(), manifest.images.end(),
                    [](const ImageRecord& image) { return !image.accepted(); }));
  json["num_rejected"] = refused;
  json["failure_to_acquire"] =
      static_cast<double>(refused) / static_cast<double>(manifest.images.size());
  json["data_digest"] = manifest.digest();
  return json;
}

struct ListedDistances {
  std::vector<FoldedPair> folded;
  std::vector<ScoredPair> scored;
  std::size_t num_missing = 0;
};

class PairScorer {
 public:
  PairScorer(const FeatureSet& set, const Manifest& manifest, const Model& model)
      : set_(set), m_(model.head.m), embeddings_(embed(model.head, set.features)) {
    for (const auto& image : manifest.images) {
      row_of_.emplace(image.id, kRefused);
    }
    for (std::uint32_t row = 0; row < set.size(); ++row) {
      row_of_[manifest.images[set.images[row]].id] = row;
    }
  }

  Result<ListedDistances> score(const PairList& list) const {
    KF_TRY(check_names(list));
    ListedDistances result;
    for (const ListedPair& pair : list.pairs) {
      const auto a = row_of_.at(pair.a);
      const auto b = row_of_.at(pair.b);
      FoldedPair folded{.distance = std::nullopt, .same = pair.same, .fold = pair.fold};
      if (a == kRefused || b == kRefused) {
        ++result.num_missing;
      } else {
        if ((set_.identities[a] == set_.identities[b]) != pair.same) {
          return Status{ErrorCode::kMismatch,
                        "the list says that " + pair.a + " and " + pair.b + " show " +
                            (pair.same ? "one person" : "two people") +
                            ", the dataset says otherwise; is it the list of this dataset?"};
        }
        folded.distance = euclidean_distance(row(a), row(b));
        result.scored.push_back(
            {*folded.distance, pair.same, set_.identities[a], set_.identities[b]});
      }
      result.folded.push_back(folded);
    }
    return result;
  }

 private:
  static constexpr std::uint32_t kRefused = UINT32_MAX;

  std::span<const float> row(std::uint32_t at) const {
    return std::span(embeddings_).subspan(at * m_, m_);
  }

  Status check_names(const PairList& list) const {
    std::size_t unknown = 0;
    std::string first;
    for (const ListedPair& pair : list.pairs) {
      for (const auto& name : {pair.a, pair.b}) {
        if (!row_of_.contains(name)) {
          first = unknown++ == 0 ? name : first;
        }
      }
    }
    return unknown == 0 ? Status{}
                        : Status{ErrorCode::kNotFound,
                                 "the pair list names " + std::to_string(unknown) +
                                     " images that the dataset does not have, the first is '" +
                                     first + "'; the dataset's own are in manifest.csv, column id"};
  }

  const FeatureSet& set_;
  std::size_t m_;
  std::vector<float> embeddings_;
  std::unordered_map<std::string, std::uint32_t> row_of_;  // by image id
};

Json view2_json(const CrossValidation& result) {
  Json folds = Json::array();
  for (const FoldResult& fold : result.folds) {
    folds.push_back({{"threshold", fold.threshold},
                     {"accuracy", fold.accuracy},
                     {"num_pairs", fold.num_pairs},
                     {"num_missing", fold.num_missing}});
  }
  return {{"accuracy", result.accuracy},
          {"standard_error", result.standard_error},
          {"num_pairs", result.num_pairs},
          {"num_missing", result.num_missing},
          {"folds", folds}};
}

}  // namespace

Result<Json> evaluate_all_pairs(const FeatureSet& set, const Manifest& manifest, const Model& model,
                                const std::string& model_name, const EvaluateOptions& options,
                                const JobContext& context) {
  const auto embeddings = embed(model.head, set.features);
  KF_ASSIGN(const auto pairs, all_pairs(embeddings, model.head.m, set.identities, context));
  KF_ASSIGN(const Metrics metrics,
            compute_metrics(pairs, wanted_metrics(model, options, set.size()), context));
  return with_context(metrics, manifest, model, model_name);
}

Result<Json> evaluate_pair_list(const FeatureSet& set, const Manifest& manifest, const Model& model,
                                const std::string& model_name, const PairList& list,
                                const EvaluateOptions& options, const JobContext& context) {
  KF_ASSIGN(const ListedDistances listed, PairScorer(set, manifest, model).score(list));
  KF_ASSIGN(const Metrics metrics,
            compute_metrics(listed.scored, wanted_metrics(model, options, set.size()), context));
  Json json = with_context(metrics, manifest, model, model_name);
  json["num_pairs"] = list.pairs.size();
  json["num_missing"] = listed.num_missing;
  if (list.num_folds > 1) {
    KF_ASSIGN(const CrossValidation view2, cross_validate(listed.folded));
    json["view2"] = view2_json(view2);
  }
  return json;
}

}  // namespace kface
