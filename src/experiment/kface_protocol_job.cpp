#include "experiment/kface_protocol_job.h"

#include <algorithm>
#include <optional>

#include "base/files.h"
#include "dataset/derive.h"
#include "eval/pair_list.h"
#include "experiment/published_list.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxListBytes = std::uintmax_t{1} << 30U;

const KfaceSelection& selection_of(const std::string& name) {
  KF_REQUIRE(name.size() == 2 && name[1] >= '1' && name[1] <= '4', name);
  return kface_selections().at(static_cast<std::size_t>(name[1] - '1'));
}

class Job {
 public:
  Job(fs::path source, const KfaceProtocolOptions& options)
      : source_(std::move(source)), options_(options) {}

  Result<Json> run(const JobContext& context) {
    KF_TRY(read(context));
    KF_TRY(split());
    Json json{{"protocol", "kface"}, {"split", split_json()}};
    for (const KfaceSelection& selection : kface_selections()) {
      json["selections"].push_back(
          {{"name", "T" + std::to_string(selection.number)},
           {"published", selection.published_images},
           {"here", select_photos(photos_, selection, split_.train).size()}});
    }
    for (const KfaceSelection& selection : kface_selections()) {
      json["selections"].push_back({{"name", "Q" + std::to_string(selection.number)},
                                    {"published", selection.published_pairs},
                                    {"here", num_pairs(selection)}});
    }
    KF_TRY(write_all());
    json["written"] = written_;
    return json;
  }

 private:
  Status read(const JobContext& context) {
    auto manifest = read_manifest(source_);
    if (manifest.ok()) {
      manifest_ = std::move(manifest).value();
      KF_ASSIGN(photos_, kface_photos(*manifest_));
      return {};
    }
    if (manifest.error().code() != ErrorCode::kNotFound) {
      return manifest.error();
    }
    KF_ASSIGN(photos_, scan_kface_photos(source_, context));
    return {};
  }

  Status split() {
    if (options_.test_identities.empty()) {
      KF_ASSIGN(split_,
                draw_split(photos_, static_cast<std::size_t>(options_.test_people), options_.seed));
      return {};
    }
    KF_ASSIGN(const std::string text, read_text(options_.test_identities, kMaxListBytes));
    KF_ASSIGN(split_, split_by_list(photos_, text, options_.test_identities));
    return {};
  }

  Json split_json() const {
    const bool drawn = options_.test_identities.empty();
    return {{"rule", drawn ? "drawn by seed " + std::to_string(options_.seed) +
                                 ": not the published 30, so figures compare only roughly"
                           : "as " + options_.test_identities + " lists them"},
            {"drawn", drawn},
            {"num_train_identities", split_.train.size()},
            {"num_test_identities", split_.test.size()},
            {"num_absent", split_.num_absent},
            {"test_identities", split_.test}};
  }

  std::size_t wanted_pairs(const KfaceSelection& selection) const {
    return options_.pairs > 0 ? static_cast<std::size_t>(options_.pairs)
                              : selection.published_pairs;
  }

  // That a list would hold.
  std::uint64_t num_pairs(const KfaceSelection& selection) const {
    const PairCounts counts = count_pairs(select_photos(photos_, selection, split_.test));
    return 2 *
           std::min<std::uint64_t>({wanted_pairs(selection) / 2, counts.same, counts.different});
  }

  Status write(const std::string& path, const std::string& text, const std::string& what) {
    KF_TRY(write_file_atomic(path, text));
    written_.push_back(path + ": " + what);
    return {};
  }

  Status write_all() {
    if (!options_.identities_out.empty()) {
      std::string text;
      for (const std::string& person : split_.test) {
        text += person + '\n';
      }
      KF_TRY(write(options_.identities_out, text,
                   std::to_string(split_.test.size()) + " people to test on"));
    }
    if (!options_.list.empty()) {
      KF_TRY(write_list());
    }
    if (!options_.match.empty()) {
      KF_TRY(write_match());
    }
    return options_.select.empty() ? Status{} : write_selection();
  }

  Status write_list() {
    const KfaceSelection& selection = selection_of(options_.list);
    KF_ASSIGN(const auto pairs, draw_pairs(select_photos(photos_, selection, split_.test),
                                           wanted_pairs(selection), options_.seed));
    return write(options_.output, pair_lines(pairs),
                 std::to_string(pairs.size()) + " pairs like " + options_.list +
                     ", half of them of one person");
  }

  Status write_match() {
    if (!manifest_) {
      return {ErrorCode::kInvalidArgument,
              source_.string() + " is a tree, a list is matched with a dataset: import it first"};
    }
    KF_ASSIGN(const std::string text, read_text(options_.match, kMaxListBytes));
    KF_ASSIGN(const PairList published, parse_pair_list(text, options_.match));
    KF_ASSIGN(const MatchedList matched, match_published_list(published, *manifest_));
    return write(options_.output, list_text(matched.list),
                 std::to_string(matched.list.pairs.size()) + " of " +
                     std::to_string(published.pairs.size()) + " published pairs, " +
                     std::to_string(matched.num_absent) + " name photos that were not imported, " +
                     std::to_string(matched.num_refused) + " a photo that was refused");
  }

  Status write_selection() {
    const auto& people = options_.select.front() == 'T' ? split_.train : split_.test;
    std::vector<std::string> ids;
    std::string text;
    for (const KfacePhoto& photo : select_photos(photos_, selection_of(options_.select), people)) {
      ids.push_back(photo.id);
      text += photo.id + '\n';
    }
    const std::string what = std::to_string(ids.size()) + " images of " + options_.select;
    if (!options_.output.empty()) {
      KF_TRY(write(options_.output, text, what));
    }
    if (options_.into.empty()) {
      return {};
    }
    if (!manifest_) {
      return {ErrorCode::kInvalidArgument,
              source_.string() + " is a tree, a dataset is made of a dataset: import it first"};
    }
    std::sort(ids.begin(), ids.end());
    KF_TRY(derive_dataset(source_, *manifest_, ids, options_.select, options_.into));
    written_.push_back(options_.into + ": a dataset of " + what);
    return {};
  }

  fs::path source_;
  const KfaceProtocolOptions& options_;
  std::optional<Manifest> manifest_;
  std::vector<KfacePhoto> photos_;
  KfaceSplit split_;
  std::vector<std::string> written_;
};

}  // namespace

Result<Json> run_kface_protocol(const fs::path& source, const KfaceProtocolOptions& options,
                                const JobContext& context) {
  return Job(source, options).run(context);
}

}  // namespace kface
