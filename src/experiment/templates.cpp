#include "experiment/templates.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <sstream>

#include "align/decode.h"
#include "base/files.h"
#include "base/stopwatch.h"
#include "dataset/text.h"
#include "eval/all_pairs.h"
#include "experiment/real_rows.h"
#include "verify/template.h"

namespace kface {
namespace {

constexpr int kMostEnrolled = 100;

struct Weighting {
  PoolWeighting kind;
  const char* name;
};
constexpr std::array kWeightings = {Weighting{PoolWeighting::kMean, "mean"},
                                    Weighting{PoolWeighting::kQuality, "quality"}};

// One draw: who is enrolled by which images, and all other images.
struct Draw {
  std::vector<std::pair<std::uint32_t, Rows>> enrolled;  // identity, its rows in drawn order
  Rows probes;
};

class TemplateTest {
 public:
  TemplateTest(const FeatureSet& set, const Manifest& manifest, const Model& model,
               std::size_t most_enrolled)
      : set_(set),
        manifest_(manifest),
        head_(model.head),
        embeddings_(embed(model.head, set.features)),
        most_enrolled_(most_enrolled) {
    for (const std::uint32_t row : real_rows(set, manifest)) {
      people_[set.identities[row]].push_back(row);
    }
    num_left_out_ = std::erase_if(
        people_, [&](const auto& person) { return person.second.size() <= most_enrolled; });
    for (const auto& [identity, rows] : people_) {
      num_probes_ += rows.size() - most_enrolled;
    }
  }

  std::size_t num_people() const { return people_.size(); }
  std::size_t num_left_out() const { return num_left_out_; }
  std::size_t num_probes() const { return num_probes_; }

  Draw draw(const Rng& rng) const {
    Draw drawn;
    for (const auto& [identity, all] : people_) {
      Rows rows = all;
      rng.fork(identity).shuffle(rows);
      const auto cut = rows.begin() + static_cast<std::ptrdiff_t>(most_enrolled_);
      drawn.enrolled.emplace_back(identity, Rows(rows.begin(), cut));
      drawn.probes.insert(drawn.probes.end(), cut, rows.end());
    }
    return drawn;
  }

  // Templates of the first `count` images against the probes, person by person.
  void add_pairs(const Draw& drawn, std::size_t count, PoolWeighting weighting,
                 std::vector<ScoredPair>& pairs) const {
    for (const auto& [identity, rows] : drawn.enrolled) {
      const auto pooled = pool(std::span(rows).first(count), weighting);
      for (const std::uint32_t probe : drawn.probes) {
        const std::uint32_t other = set_.identities[probe];
        pairs.push_back(
            {euclidean_distance(pooled, embedding(probe)), other == identity, identity, other});
      }
    }
  }

 private:
  std::span<const float> embedding(std::uint32_t row) const {
    return std::span(embeddings_).subspan(row * head_.m, head_.m);
  }

  std::vector<float> pool(std::span<const std::uint32_t> rows, PoolWeighting weighting) const {
    std::vector<float> embeddings;
    std::vector<Quality> qualities;
    for (const std::uint32_t row : rows) {
      const auto values = embedding(row);
      embeddings.insert(embeddings.end(), values.begin(), values.end());
      qualities.push_back(manifest_.images[set_.images[row]].quality);
    }
    return pool_embeddings(head_, embeddings, pool_weights(weighting, qualities));
  }

  const FeatureSet& set_;
  const Manifest& manifest_;
  const Head& head_;
  std::vector<float> embeddings_;
  std::size_t most_enrolled_;
  std::map<std::uint32_t, Rows> people_;
  std::size_t num_left_out_ = 0;
  std::size_t num_probes_ = 0;
};

Status check_size(const TemplateTest& test, std::size_t most_enrolled, int draws) {
  if (test.num_people() < 2) {
    return Status{ErrorCode::kInvalidArgument,
                  "found " + std::to_string(test.num_people()) + " people with " +
                      std::to_string(most_enrolled + 1) + " real images or more; templates of " +
                      std::to_string(most_enrolled) +
                      " photos need 2: enrol fewer, or import more photos"};
  }
  const std::size_t pairs = test.num_people() * test.num_probes();
  if (pairs > kMaxPairs / static_cast<std::size_t>(draws)) {
    return Status{ErrorCode::kInvalidArgument,
                  std::to_string(pairs) +
                      " pairs a draw are more than memory should hold (at "
                      "most " +
                      std::to_string(kMaxPairs) + " in all); take fewer --draws"};
  }
  return {};
}

}  // namespace

Result<std::vector<std::size_t>> parse_enrol(const std::string& text) {
  std::vector<std::size_t> counts;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    const int count = parse_int(word).value_or(0);
    if (count < 1 || count > kMostEnrolled) {
      return Status{ErrorCode::kInvalidArgument, "--enrol: '" + one_line(word) +
                                                     "' is no number of photos from 1 to " +
                                                     std::to_string(kMostEnrolled)};
    }
    counts.push_back(static_cast<std::size_t>(count));
  }
  if (counts.empty()) {
    return Status{ErrorCode::kInvalidArgument, "--enrol: names no number of photos"};
  }
  std::sort(counts.begin(), counts.end());
  counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
  return counts;
}

Result<Json> measure_templates(const FeatureSet& set, const Manifest& manifest, const Model& model,
                               const std::string& model_name, const TemplateOptions& options,
                               const JobContext& context) {
  KF_REQUIRE(options.draws >= 1, options.draws);
  KF_ASSIGN(const auto counts, parse_enrol(options.enrol));
  const TemplateTest test(set, manifest, model, counts.back());
  KF_TRY(check_size(test, counts.back(), options.draws));
  JobContext quiet = context;
  quiet.progress = {};
  Json json = probe_context(manifest, model, model_name);
  json["num_identities"] = test.num_people();
  json["num_left_out"] = test.num_left_out();
  json["num_probes"] = test.num_probes();
  json["draws"] = options.draws;
  json["templates"] = Json::array();
  const Rng rng(options.probe.seed);
  for (const std::size_t count : counts) {
    for (const Weighting& weighting : kWeightings) {
      std::vector<ScoredPair> pairs;
      for (int draw = 0; draw < options.draws; ++draw) {
        test.add_pairs(test.draw(rng.fork(static_cast<std::uint64_t>(draw))), count, weighting.kind,
                       pairs);
      }
      KF_ASSIGN(const Json metrics,
                probe_metrics(pairs, model.threshold.distance, options.probe, quiet));
      Json entry{{"enrolled", count}, {"weighting", weighting.name}};
      entry.update(metrics);
      json["templates"].push_back(std::move(entry));
      if (context.progress) {
        context.progress(json["templates"].size(), counts.size() * kWeightings.size());
      }
    }
  }
  return json;
}

Result<Json> measure_template_cost(const std::filesystem::path& dataset, const FeatureSet& set,
                                   const Manifest& manifest, const Model& model,
                                   const Backbone& backbone, const std::string& enrol) {
  constexpr std::size_t kMostChips = 8;
  constexpr int kRepeats = 200;
  constexpr int kRounds = 5;
  KF_ASSIGN(const auto counts, parse_enrol(enrol));
  KF_ASSIGN(const auto extractor, backbone.make_extractor({.threads = 1, .batch = 1}));
  std::vector<float> features(model.head.d);
  std::vector<float> embeddings;
  const std::size_t chips = std::min(kMostChips, set.size());
  double embed_ms = 0;
  for (std::size_t row = 0; row <= chips; ++row) {  // the first one twice: once to warm up
    const ImageRecord& record = manifest.images[set.images[row == 0 ? 0 : row - 1]];
    KF_ASSIGN(const auto bytes, read_file(dataset / record.chip));
    KF_ASSIGN(const Image chip, decode_image(bytes));
    const Stopwatch watch;
    KF_TRY(extractor->extract(std::span(&chip, 1), features));
    embeddings = embed(model.head, features);
    embed_ms += row == 0 ? 0 : watch.ms() / static_cast<double>(chips);
  }
  Json json{{"embed_ms", embed_ms}, {"templates", Json::array()}};
  for (const std::size_t count : counts) {
    std::vector<float> rows;
    for (std::size_t i = 0; i < count; ++i) {
      rows.insert(rows.end(), embeddings.begin(), embeddings.end());
    }
    const std::vector<Quality> qualities(count);
    // The fastest round is the one that nothing else on the machine disturbed.
    double pool_ms = std::numeric_limits<double>::infinity();
    for (int round = 0; round < kRounds; ++round) {
      const Stopwatch watch;
      for (int i = 0; i < kRepeats; ++i) {
        (void)pool_embeddings(model.head, rows, pool_weights(PoolWeighting::kQuality, qualities));
      }
      pool_ms = std::min(pool_ms, watch.ms() / kRepeats);
    }
    json["templates"].push_back({{"enrolled", count},
                                 {"pool_ms", pool_ms},
                                 {"total_ms", static_cast<double>(count) * embed_ms + pool_ms}});
  }
  return json;
}

}  // namespace kface
