#include "dataset/simulate_dataset.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "align/chip_adjust.h"
#include "align/decode.h"
#include "align/face_finder.h"
#include "align/face_geometry.h"
#include "base/digest.h"
#include "base/files.h"
#include "dataset/import_folder.h"
#include "dataset/import_image.h"
#include "dataset/journal.h"
#include "dataset/simulated.h"
#include "dataset/simulated_kinds.h"
#include "dataset/text.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

constexpr double kSmallestEyeDistancePx = 12;  // of outer corners, on the chip
constexpr double kBlurChipSize = 150;          // the chip on which the sigmas of blur are stated

// How the dataset's chips were made.
struct ChipFacts {
  bool cropped = false;
  double padding = 0;
  ColorAdjust color = ColorAdjust::kNone;
};

ChipFacts chip_facts(const Manifest& manifest) {
  const auto fact = [&](const char* key) {
    const auto found = manifest.facts.find(key);
    return found == manifest.facts.end() ? std::string() : found->second;
  };
  ChipFacts facts;
  facts.cropped = fact("crop") == "dlib";
  facts.padding = parse_double(fact("padding")).value_or(0);
  facts.color = fact("color") == "clahe"        ? ColorAdjust::kClahe
                : fact("color") == "gray-world" ? ColorAdjust::kGrayWorld
                                                : ColorAdjust::kNone;
  return facts;
}

Status check_request(const fs::path& dataset, const fs::path& output, const Manifest& manifest,
                     const std::vector<SimulatedVariant>& variants) {
  std::error_code ignored;
  if (fs::equivalent(dataset, output, ignored)) {
    return Status{ErrorCode::kInvalidArgument,
                  output.string() + ": is the dataset that is read; give another folder with -o"};
  }
  const auto drawn = std::count_if(manifest.images.begin(), manifest.images.end(), is_drawn_copy);
  if (drawn > 0) {
    return Status{ErrorCode::kInvalidArgument,
                  dataset.string() + ": " + std::to_string(drawn) +
                      " of its images are simulated already; give the dataset that they were made "
                      "of"};
  }
  for (const SimulatedVariant& variant : variants) {
    if (variant.needs_landmarks && !chip_facts(manifest).cropped) {
      return Status{ErrorCode::kInvalidArgument,
                    dataset.string() +
                        ": imported with --crop none, so where eyes and nose are is not known; '" +
                        variant.kind + "' needs it, --kinds lux,blur,noise do not"};
    }
  }
  return {};
}

// A generator for one image, whatever other images there are.
Rng rng_of(const ImageRecord& record, std::uint64_t seed) {
  constexpr std::size_t kDigits = 16;
  constexpr int kHexadecimal = 16;
  const std::string digest = sha256_hex(record.id);
  std::uint64_t tag = 0;
  std::from_chars(digest.data(), digest.data() + kDigits, tag, kHexadecimal);
  return Rng(seed).fork(tag);
}

class Simulator {
 public:
  Simulator(const fs::path& dataset, const fs::path& output, const Manifest& manifest,
            const std::vector<SimulatedVariant>& variants, const SimulateOptions& options)
      : dataset_(dataset),
        output_(output),
        facts_(chip_facts(manifest)),
        variants_(variants),
        options_(options) {
    std::copy_if(variants.begin(), variants.end(), std::back_inserter(without_landmarks_),
                 [](const SimulatedVariant& variant) { return !variant.needs_landmarks; });
  }

  // The rows drawn on one real row; places its own chip, too.
  Result<std::vector<ImageRecord>> work_on(const ImageRecord& real) const {
    KF_ASSIGN(const auto bytes, read_chip_bytes(real));
    auto chip = decode_image(bytes);
    if (!chip.ok()) {
      return Status{chip.error().code(),
                    (dataset_ / real.chip).string() + ": " + chip.error().message() + kAdvice};
    }
    KF_TRY(place_chip(real, bytes));
    const auto landmarks = landmarks_on(chip.value(), real);
    const auto& variants = landmarks ? variants_ : without_landmarks_;
    const Rng rng = rng_of(real, options_.seed);
    std::vector<ImageRecord> rows;
    for (const std::size_t index : choose_variants(
             variants, real, static_cast<std::size_t>(options_.per_image), rng.fork(0))) {
      // What needs none is drawn the same wherever the face is.
      KF_ASSIGN(ImageRecord row, draw(real, chip.value(), landmarks.value_or(anywhere_),
                                      variants[index], rng.fork(1 + index).next()));
      rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  static constexpr char kAdvice[] = "; run 'kface import' again";

  Result<std::vector<std::uint8_t>> read_chip_bytes(const ImageRecord& real) const {
    const fs::path path = dataset_ / real.chip;
    auto bytes = read_file(path);
    if (!bytes.ok()) {
      return Status{bytes.error().code(), bytes.error().message() + kAdvice};
    }
    if (sha256_hex(std::span<const std::uint8_t>(bytes.value())) != real.chip_sha256) {
      return Status{ErrorCode::kCorruption,
                    path.string() + ": not the chip that the manifest describes" + kAdvice};
    }
    return bytes;
  }

  Status place_chip(const ImageRecord& real, std::span<const std::uint8_t> bytes) const {
    const fs::path path = output_ / real.chip;
    const fs::path temporary = path.string() + ".part";
    KF_TRY(make_folder(path.parent_path()));
    std::error_code error;
    std::error_code ignored;
    fs::remove(temporary, ignored);
    fs::create_hard_link(dataset_ / real.chip, temporary, error);
    if (!error) {
      fs::rename(temporary, path, error);
      fs::remove(temporary, ignored);  // it stays where both names are links to one file already
    }
    return error ? write_chip(path, bytes) : Status{};
  }

  // None where the chip does not say where its face is, or shows it too small to draw on.
  std::optional<Landmarks5> landmarks_on(const Image& chip, const ImageRecord& real) const {
    if (!facts_.cropped || !implausible_landmarks(real.landmarks).empty()) {
      return {};
    }
    const Landmarks5 on_chip =
        FaceFinder::landmarks_on_chip(real.landmarks, chip.width, facts_.padding);
    return implausible_landmarks(on_chip, kSmallestEyeDistancePx).empty() ? std::optional(on_chip)
                                                                          : std::nullopt;
  }

  Result<ImageRecord> draw(const ImageRecord& real, const Image& chip, const Landmarks5& landmarks,
                           const SimulatedVariant& variant, std::uint64_t seed) const {
    Simulation simulation = variant.simulation;
    simulation.blur_sigma_px *= chip.width / kBlurChipSize;
    Image drawn = simulate(chip, landmarks, simulation, seed);
    ImageRecord row = real;
    row.quality.sharpness = measure_sharpness(drawn);
    row.quality.brightness = measure_brightness(drawn);
    adjust_color(drawn, facts_.color);
    std::string suffix = variant.name;
    std::replace(suffix.begin(), suffix.end(), ' ', '-');
    row.id = real.id + "#" + suffix;
    for (const auto& [name, value] : variant.attributes) {
      row.attributes[name] = value;
    }
    row.attributes[kSimulatedAttribute] = variant.name;
    row.attributes[kSimulatedFromAttribute] = real.id;
    const auto png = encode_png(drawn);
    row.chip_sha256 = sha256_hex(std::span<const std::uint8_t>(png));
    row.chip = chip_path(row.identity, row.id, row.chip_sha256);
    KF_TRY(write_chip(output_ / row.chip, png));
    return row;
  }

  const fs::path dataset_;
  const fs::path output_;
  const ChipFacts facts_;
  const std::vector<SimulatedVariant>& variants_;
  std::vector<SimulatedVariant> without_landmarks_;
  const SimulateOptions& options_;
  const Landmarks5 anywhere_ = mean_landmarks(static_cast<int>(kBlurChipSize), 0);
};

Manifest with_simulated_rows(Manifest manifest, std::vector<std::vector<ImageRecord>> rows,
                             const SimulateOptions& options, SimulateSummary& summary) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!manifest.images[i].accepted()) {
      continue;
    }
    ++summary.num_real;
    summary.num_simulated += rows[i].size();
    summary.num_too_few += rows[i].size() < static_cast<std::size_t>(options.per_image) ? 1U : 0U;
    for (const ImageRecord& row : rows[i]) {
      ++summary.simulated[simulated_as(row)];
    }
  }
  for (auto& own : rows) {
    std::move(own.begin(), own.end(), std::back_inserter(manifest.images));
  }
  std::sort(manifest.images.begin(), manifest.images.end(),
            [](const ImageRecord& a, const ImageRecord& b) { return a.id < b.id; });
  manifest.facts["simulated_kinds"] = options.kinds;
  manifest.facts["simulated_per_image"] = std::to_string(options.per_image);
  manifest.facts["simulated_seed"] = std::to_string(options.seed);
  summary.digest = manifest.digest();
  return manifest;
}

}  // namespace

Result<SimulateSummary> simulate_dataset(const fs::path& dataset, const fs::path& output,
                                         const SimulateOptions& options,
                                         const JobContext& context) {
  KF_REQUIRE(options.per_image >= 1, options.per_image);
  KF_ASSIGN(const auto variants, parse_simulated_kinds(options.kinds));
  KF_ASSIGN(Manifest manifest, read_manifest(dataset));
  KF_TRY(check_request(dataset, output, manifest, variants));
  KF_TRY(prepare_dataset_folder(output));
  // The mark and the lock of an import: nobody else writes there, and a folder without a dataset
  // that this one was stopped in is known as ours.
  KF_ASSIGN(auto journal, ImportJournal::open(output / "import.journal", "simulate"));

  const Simulator simulator(dataset, output, manifest, variants, options);
  std::vector<std::vector<ImageRecord>> rows(manifest.images.size());
  const Status done = parallel_for(rows.size(), context, [&](std::size_t item, unsigned) -> Status {
    if (manifest.images[item].accepted()) {
      KF_ASSIGN(rows[item], simulator.work_on(manifest.images[item]));
    }
    return {};
  });
  if (done.code() == ErrorCode::kInterrupted) {
    return Status{ErrorCode::kInterrupted, output.string() +
                                               ": stopped before it was whole; the same command "
                                               "starts anew"};
  }
  KF_TRY(done);
  SimulateSummary summary;
  const Manifest written =
      with_simulated_rows(std::move(manifest), std::move(rows), options, summary);
  KF_TRY(flush_folder(output));
  KF_TRY(write_manifest(output, written));
  remove_leftovers(output, written);
  KF_TRY(journal->remove());
  return summary;
}

}  // namespace kface
