#include "dataset/import.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/digest.h"
#include "base/files.h"
#include "dataset/import_folder.h"
#include "dataset/import_image.h"
#include "dataset/journal.h"
#include "dataset/manifest_csv.h"
#include "dataset/text.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRefusedName = "import-refused.csv";

std::string color_name(ColorAdjust color) {
  switch (color) {
    case ColorAdjust::kGrayWorld:
      return "gray-world";
    case ColorAdjust::kClahe:
      return "clahe";
    case ColorAdjust::kNone:
      break;
  }
  return "none";
}

std::map<std::string, std::string> make_facts(const SourceListing& source,
                                              const ImportOptions& options) {
  auto facts = source.facts;
  facts["kind"] = source.kind;
  facts["source"] = to_utf8(source.root.filename().string());
  facts["crop"] = options.align.crop ? "dlib" : "none";
  facts["color"] = color_name(options.align.color);
  facts["chip_size"] = std::to_string(options.align.chip_size);
  if (options.align.crop) {
    facts["padding"] = format_float(static_cast<float>(options.align.padding));
  }
  return facts;
}

std::string digest_options(const SourceListing& source, const ImportOptions& options) {
  std::string text = "1\n" + source.root.string() + '\n' +
                     std::to_string(options.limits.max_bytes) + '\n' +
                     std::to_string(options.limits.max_pixels) + '\n';
  for (const auto& [key, value] : make_facts(source, options)) {
    text.append(key).append("=").append(value).append("\n");
  }
  return sha256_hex(text);
}

// A journalled row is taken only if its chip is the one that it speaks of.
bool still_holds(const fs::path& dataset, const ImageRecord& record) {
  if (!record.accepted()) {
    return true;
  }
  const auto digest = sha256_file(dataset / record.chip);
  return digest.ok() && digest.value() == record.chip_sha256;
}

// What one thread owns.
struct Worker {
  AlignFn align;
  StageSeconds seconds;
};

// The run of one import: works on the photos that the journal does not have.
class Importer {
 public:
  Importer(const SourceListing& source, fs::path dataset, const ImportOptions& options,
           ImportJournal& journal)
      : source_(source), dataset_(std::move(dataset)), options_(options), journal_(journal) {}

  Status work(const AlignFactory& make_align, const JobContext& context, ImportSummary& summary) {
    records_.resize(source_.candidates.size());
    std::vector<std::size_t> pending;
    for (std::size_t i = 0; i < records_.size(); ++i) {
      const auto found = journal_.finished().find(fingerprint(source_.candidates[i]));
      if (found != journal_.finished().end() && still_holds(dataset_, found->second)) {
        records_[i] = found->second;
        ++summary.num_resumed;
      } else {
        pending.push_back(i);
      }
    }
    std::vector<Worker> workers(context.threads);
    Status status = parallel_for(pending.size(), context, [&](std::size_t item, unsigned worker) {
      return work_on(pending[item], make_align, workers[worker]);
    });
    for (const Worker& worker : workers) {
      summary.decode_seconds += worker.seconds.decode;
      summary.align_seconds += worker.seconds.align;
      summary.write_seconds += worker.seconds.write;
    }
    return status;
  }

  // All rows, duplicates refused, sorted by id.
  std::vector<ImageRecord> take_records() {
    std::map<std::string, const ImageRecord*> first;
    for (ImageRecord& record : records_) {
      if (!record.accepted()) {
        continue;
      }
      const auto [found, is_first] = first.emplace(record.source_sha256, &record);
      if (!is_first) {
        refuse_duplicate(record, *found->second);
      }
    }
    for (const Refusal& refusal : source_.refused) {
      ImageRecord record;
      record.id = refusal.id;
      record.identity = refusal.identity;
      record.source = refusal.source;
      record.reason = refusal.reason;
      records_.push_back(std::move(record));
    }
    std::sort(records_.begin(), records_.end(),
              [](const ImageRecord& a, const ImageRecord& b) { return a.id < b.id; });
    return std::move(records_);
  }

 private:
  Status work_on(std::size_t index, const AlignFactory& make_align, Worker& worker) {
    const Candidate& photo = source_.candidates[index];
    if (!worker.align) {
      KF_ASSIGN(worker.align, make_align());
    }
    KF_ASSIGN(records_[index],
              import_image(photo, dataset_, options_, worker.align, worker.seconds));
    return journal_.append(fingerprint(photo), records_[index]);
  }

  static void refuse_duplicate(ImageRecord& record, const ImageRecord& first) {
    ImageRecord refused;
    refused.id = record.id;
    refused.identity = record.identity;
    refused.source = record.source;
    refused.source_sha256 = record.source_sha256;
    refused.attributes = record.attributes;
    refused.reason = "duplicate of " + first.source;
    if (first.identity != record.identity) {
      refused.reason += ", which is a photo of " + first.identity + ", but this one is of " +
                        record.identity + ": one of the two is wrong";
    }
    record = std::move(refused);
  }

  const SourceListing& source_;
  const fs::path dataset_;
  const ImportOptions& options_;
  ImportJournal& journal_;
  std::vector<ImageRecord> records_;  // by candidate
};

void summarize(const Manifest& manifest, const SourceListing& source, ImportSummary& summary) {
  std::map<std::string, std::size_t> people;
  for (const ImageRecord& image : manifest.images) {
    ++summary.num_images;
    const auto landmarks = image.attributes.find("landmarks");
    if (landmarks != image.attributes.end()) {
      ++(landmarks->second == "sidecar" ? summary.num_sidecars : summary.num_sidecars_refused);
    }
    if (!image.accepted()) {
      const std::string kind = reason_kind(image.reason);
      ++summary.refused[kind];
      summary.num_duplicates += kind == "duplicate" ? 1U : 0U;
      continue;
    }
    ++summary.num_accepted;
    ++people[image.identity];
    summary.num_several_faces += image.num_faces > 1 ? 1U : 0U;
  }
  summary.num_people = people.size();
  for (const auto& [identity, count] : people) {
    summary.num_single_people += count == 1 ? 1U : 0U;
  }
  summary.num_ignored_files = source.ignored_files;
  summary.notes = source.notes;
  summary.digest = manifest.digest();
}

// The one line that tells why nothing can be done with what was found.
Status too_little(const SourceListing& source, const ImportSummary& summary,
                  const fs::path& reasons) {
  std::string refused;
  for (const auto& [kind, count] : summary.refused) {
    refused += (refused.empty() ? " (" : ", ") + std::to_string(count) + " " + kind;
  }
  refused += refused.empty() ? "" : ")";
  return Status{
      ErrorCode::kInvalidArgument,
      to_utf8(source.root.string()) + ": found " + std::to_string(summary.num_accepted) +
          " usable of " + std::to_string(summary.num_images) + " images" + refused + " of " +
          std::to_string(summary.num_people) +
          " people; needed at least 2 people, one of them with 2 images; see the reasons in " +
          reasons.string() + ", or give another folder" +
          (source.kind == "folder" ? " (it must hold one folder per person)" : "")};
}

bool is_enough(const ImportSummary& summary) {
  return summary.num_people >= 2 && summary.num_single_people < summary.num_people;
}

// Too little: the rows are kept where they do no harm to a dataset that stands.
Status keep_reasons(const SourceListing& source, const fs::path& dataset, const Manifest& manifest,
                    const ImportSummary& summary) {
  if (const auto standing = read_manifest(dataset); standing.ok()) {
    ImportSummary old;
    summarize(standing.value(), source, old);
    if (is_enough(old)) {
      KF_ASSIGN(const std::string text, format_manifest_csv(manifest.images));
      KF_TRY(write_file_atomic(dataset / kRefusedName, text));
      remove_leftovers(dataset, standing.value());
      return too_little(source, summary, dataset / kRefusedName);
    }
  }
  KF_TRY(write_manifest(dataset, manifest));
  remove_leftovers(dataset, manifest);
  return too_little(source, summary, dataset / "manifest.csv");
}

// What an import that was killed at its very end left, unless another one runs.
void remove_old_journal(const fs::path& path) {
  std::error_code ignored;
  if (fs::exists(path, ignored)) {
    if (auto journal = ImportJournal::open(path, ""); journal.ok()) {
      (void)journal.value()->remove();  // a journal that stays is only in the way
    }
  }
}

}  // namespace

std::string reason_kind(const std::string& reason) {
  static constexpr std::string_view kEnds[] = {" of ", ":", " (", ";", ",", ". "};
  std::size_t end = reason.size();
  for (const std::string_view stop : kEnds) {
    // "duplicate of X" ends before its " of "; other reasons may well hold the word.
    if (stop != " of " || reason.starts_with("duplicate of ")) {
      end = std::min(end, reason.find(stop));
    }
  }
  return reason.substr(0, end);
}

Result<ImportSummary> run_import(const SourceListing& source, const fs::path& dataset,
                                 const ImportOptions& options, const AlignFactory& make_align,
                                 const JobContext& context) {
  KF_REQUIRE(options.align.chip_size > 0, options.align.chip_size);
  const double start = options.clock ? options.clock() : 0;
  const auto elapsed = [&] { return options.clock ? options.clock() - start : 0; };
  KF_TRY(prepare_dataset_folder(dataset));
  const fs::path journal_path = dataset / "import.journal";
  const std::string options_digest = digest_options(source, options);
  const std::string state = import_state(source, options_digest);
  ImportSummary summary;
  if (auto existing = find_up_to_date(dataset, state); existing.ok()) {
    remove_old_journal(journal_path);
    summarize(existing.value(), source, summary);
    summary.up_to_date = true;
    summary.wall_seconds = elapsed();
    return summary;
  }
  KF_ASSIGN(auto journal, ImportJournal::open(journal_path, options_digest));
  Importer importer(source, dataset, options, *journal);
  KF_TRY(importer.work(make_align, context, summary));

  Manifest manifest;
  manifest.facts = make_facts(source, options);
  manifest.images = importer.take_records();
  summarize(manifest, source, summary);
  if (!is_enough(summary)) {
    const Status status = keep_reasons(source, dataset, manifest, summary);
    if (status.code() != ErrorCode::kIo) {
      KF_TRY(journal->remove());
    }
    return status;
  }
  KF_TRY(flush_folder(dataset));
  KF_TRY(write_manifest(dataset, manifest));
  std::error_code ignored;
  fs::remove(dataset / kRefusedName, ignored);
  remove_leftovers(dataset, manifest);
  KF_TRY(write_import_state(dataset, state));
  KF_TRY(journal->remove());
  summary.wall_seconds = elapsed();
  return summary;
}

}  // namespace kface
