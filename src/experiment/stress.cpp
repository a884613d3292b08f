#include "experiment/stress.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "dataset/simulated.h"
#include "dataset/simulated_kinds.h"
#include "eval/all_pairs.h"
#include "experiment/real_rows.h"

namespace kface {
namespace {

constexpr char kNote[] =
    "SIMULATED: drawings on real photos; they show which conditions hurt, not by how much real "
    "ones would";

struct StressPairs {
  std::vector<ScoredPair> other_photo;  // same pairs of these, and all different pairs
  std::vector<ScoredPair> same_photo;
};

class StressTest {
 public:
  StressTest(const FeatureSet& set, const Manifest& manifest, const Model& model)
      : set_(set),
        manifest_(manifest),
        m_(model.head.m),
        embeddings_(embed(model.head, set.features)),
        real_(real_rows(set, manifest)),
        num_real_of_(set.identity_names.size()) {
    for (const std::uint32_t row : real_) {
      row_of_.emplace(image(row).id, row);
      ++num_real_of_[set.identities[row]];
    }
    for (std::uint32_t row = 0; row < set.size(); ++row) {
      if (is_drawn_copy(image(row))) {
        drawn_[simulated_as(image(row))].push_back(row);
        ++num_drawn_;
      }
    }
  }

  const Rows& real() const { return real_; }
  // Rows of each drawing, drawings in documented order.
  std::vector<std::pair<std::string, Rows>> drawn() const {
    std::vector<std::pair<std::string, Rows>> ordered(drawn_.begin(), drawn_.end());
    std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
      return documented_place(a.first) < documented_place(b.first);
    });
    return ordered;
  }
  std::size_t num_drawn() const { return num_drawn_; }
  const ImageRecord& image(std::uint32_t row) const { return manifest_.images[set_.images[row]]; }

  Result<std::vector<ScoredPair>> real_pairs(const JobContext& context) const {
    std::vector<float> embeddings;
    std::vector<std::uint32_t> identities;
    for (const std::uint32_t row : real_) {
      const auto values = embedding(row);
      embeddings.insert(embeddings.end(), values.begin(), values.end());
      identities.push_back(set_.identities[row]);
    }
    return all_pairs(embeddings, m_, identities, context);
  }

  // Every real image against every drawing of `drawn`.
  Result<StressPairs> pairs(const Rows& drawn, const JobContext& context) const {
    if (drawn.size() > kMaxPairs / std::max<std::size_t>(1, real_.size())) {
      return Status{ErrorCode::kInvalidArgument,
                    std::to_string(real_.size()) + " real and " + std::to_string(drawn.size()) +
                        " simulated images make more pairs than memory should hold (at most " +
                        std::to_string(kMaxPairs) + "); simulate fewer with --per-image"};
    }
    std::vector<StressPairs> found(drawn.size());
    KF_TRY(parallel_for(drawn.size(), context, [&](std::size_t item, unsigned) {
      found[item] = pairs_of(drawn[item]);
      return Status{};
    }));
    StressPairs all;
    for (const StressPairs& own : found) {
      all.other_photo.insert(all.other_photo.end(), own.other_photo.begin(), own.other_photo.end());
      all.same_photo.insert(all.same_photo.end(), own.same_photo.begin(), own.same_photo.end());
    }
    return all;
  }

 private:
  std::span<const float> embedding(std::uint32_t row) const {
    return std::span(embeddings_).subspan(row * m_, m_);
  }

  StressPairs pairs_of(std::uint32_t drawn) const {
    StressPairs pairs;
    const std::uint32_t person = set_.identities[drawn];
    const auto under = row_of_.find(image(drawn).attributes.at(kSimulatedFromAttribute));
    for (const std::uint32_t row : real_) {
      const std::uint32_t other = set_.identities[row];
      const bool is_under = under != row_of_.end() && under->second == row;
      if (is_under && num_real_of_[person] > 1) {
        continue;
      }
      const ScoredPair pair{euclidean_distance(embedding(row), embedding(drawn)), other == person,
                            other, person};
      if (!is_under) {
        pairs.other_photo.push_back(pair);
      }
      if (is_under || other != person) {
        pairs.same_photo.push_back(pair);
      }
    }
    return pairs;
  }

  const FeatureSet& set_;
  const Manifest& manifest_;
  std::size_t m_;
  std::vector<float> embeddings_;
  Rows real_;
  std::vector<std::size_t> num_real_of_;                   // by identity
  std::unordered_map<std::string, std::uint32_t> row_of_;  // real rows by image id
  std::map<std::string, Rows> drawn_;                      // by what was drawn
  std::size_t num_drawn_ = 0;
};

}  // namespace

Result<Json> stress_model(const FeatureSet& set, const Manifest& manifest, const Model& model,
                          const std::string& model_name, const ProbeOptions& options,
                          const JobContext& context) {
  const StressTest test(set, manifest, model);
  if (test.num_drawn() == 0) {
    return Status{ErrorCode::kInvalidArgument,
                  "the dataset has no simulated images; make one that does with 'kface simulate DS "
                  "-o DS2' and give that"};
  }
  // Progress is counted in kinds; what works on one kind reports nothing.
  JobContext quiet = context;
  quiet.progress = {};
  const float threshold = model.threshold.distance;
  Json json = probe_context(manifest, model, model_name);
  json["simulated"] = true;
  json["note"] = kNote;
  json["num_real_images"] = test.real().size();
  json["num_simulated_images"] = test.num_drawn();
  KF_ASSIGN(const auto real, test.real_pairs(quiet));
  KF_ASSIGN(json["real"], probe_metrics(real, threshold, options, quiet));
  json["stress"] = Json::array();
  const auto drawn = test.drawn();
  for (const auto& [name, rows] : drawn) {
    KF_ASSIGN(const StressPairs pairs, test.pairs(rows, quiet));
    Json entry{{"simulated", name},
               {"kind", simulated_kind(test.image(rows.front()))},
               {"num_images", rows.size()}};
    KF_ASSIGN(entry["other_photo"], probe_metrics(pairs.other_photo, threshold, options, quiet));
    KF_ASSIGN(entry["same_photo"], probe_metrics(pairs.same_photo, threshold, options, quiet));
    json["stress"].push_back(std::move(entry));
    if (context.progress) {
      context.progress(json["stress"].size(), drawn.size());
    }
  }
  return json;
}

}  // namespace kface
