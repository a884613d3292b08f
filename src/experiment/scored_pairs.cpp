#include "experiment/scored_pairs.h"

#include <string>
#include <unordered_map>

#include "eval/all_pairs.h"

namespace kface {
namespace {

class ListScorer {
 public:
  ListScorer(const FeatureSet& set, const Manifest& manifest, const Model& model)
      : set_(set), m_(model.head.m), embeddings_(embed(model.head, set.features)) {
    for (const auto& image : manifest.images) {
      row_of_.emplace(image.id, kRefused);
    }
    for (std::uint32_t row = 0; row < set.size(); ++row) {
      row_of_[manifest.images[set.images[row]].id] = row;
    }
  }

  Result<ScoredPairs> score(const PairList& list) const {
    KF_TRY(check_names(list));
    ScoredPairs result;
    ListedPairs listed{.folded = {}, .rows = {}, .num_folds = list.num_folds, .num_missing = 0};
    for (const ListedPair& pair : list.pairs) {
      const auto a = row_of_.at(pair.a);
      const auto b = row_of_.at(pair.b);
      FoldedPair folded{.distance = std::nullopt, .same = pair.same, .fold = pair.fold};
      if (a == kRefused || b == kRefused) {
        ++listed.num_missing;
      } else {
        if ((set_.identities[a] == set_.identities[b]) != pair.same) {
          return Status{ErrorCode::kMismatch,
                        "the list says that " + pair.a + " and " + pair.b + " show " +
                            (pair.same ? "one person" : "two people") +
                            ", the dataset says otherwise; is it the list of this dataset?"};
        }
        folded.distance = euclidean_distance(row(a), row(b));
        result.pairs.push_back(
            {*folded.distance, pair.same, set_.identities[a], set_.identities[b]});
        listed.rows.push_back({a, b});
      }
      listed.folded.push_back(folded);
    }
    result.listed = std::move(listed);
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

}  // namespace

Result<ScoredPairs> score_all_pairs(const FeatureSet& set, const Model& model,
                                    const JobContext& context) {
  ScoredPairs result;
  KF_ASSIGN(result.pairs,
            all_pairs(embed(model.head, set.features), model.head.m, set.identities, context));
  return result;
}

Result<ScoredPairs> score_pair_list(const FeatureSet& set, const Manifest& manifest,
                                    const Model& model, const PairList& list) {
  return ListScorer(set, manifest, model).score(list);
}

}  // namespace kface
