#include "backbone/feature_set.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <unordered_map>

#include "align/decode.h"
#include "backbone/engine_backbone.h"
#include "base/digest.h"
#include "base/files.h"
#include "base/safetensors.h"
#include "dataset/text.h"

namespace kface {
namespace {

constexpr char kFormat[] = "kface-features";
constexpr char kVersion[] = "1";
constexpr std::size_t kPartImages = 256;  // images between two safe points of a long extraction
constexpr std::size_t kBatch = 8;         // chips a forward pass; more gains nothing on a CPU

using FeatureOf = std::unordered_map<std::string, std::vector<float>>;  // by chip digest

std::filesystem::path cache_path(const std::filesystem::path& dataset, const std::string& digest) {
  return dataset / "features" / (digest + ".safetensors");
}

std::filesystem::path parts_folder(const std::filesystem::path& dataset,
                                   const std::string& digest) {
  return dataset / "features" / (digest + ".parts");
}

// Chip digests of the rows, one a line: what a features file holds, in order.
std::string join_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) {
    text += line + "\n";
  }
  return text;
}

Status write_features(const std::filesystem::path& path, const BackboneInfo& backbone,
                      const std::vector<std::string>& chips, std::vector<float> features) {
  TensorFile file;
  file.metadata = {{"format", kFormat},
                   {"version", kVersion},
                   {"backbone", backbone.id},
                   {"backbone_digest", backbone.features_digest()},
                   {"chip_sha256", join_lines(chips)}};
  file.tensors["features"] = {{chips.size(), backbone.feature_dim}, std::move(features)};
  return write_safetensors(path, file);
}

struct CachedFeatures {
  std::vector<std::string> chips;
  std::vector<float> features;
};

// A cache is only ever a shortcut: one that cannot be used is as good as none.
std::optional<CachedFeatures> read_features(const std::filesystem::path& path,
                                            const BackboneInfo& backbone) {
  auto file = read_safetensors(path);
  if (!file.ok()) {
    return std::nullopt;
  }
  auto& [metadata, tensors] = file.value();
  if (metadata["format"] != kFormat || metadata["version"] != kVersion ||
      metadata["backbone_digest"] != backbone.features_digest() || !tensors.contains("features")) {
    return std::nullopt;
  }
  CachedFeatures cached;
  std::istringstream lines(metadata["chip_sha256"]);
  for (std::string line; std::getline(lines, line);) {
    cached.chips.push_back(line);
  }
  Tensor& tensor = tensors["features"];
  if (tensor.shape != std::vector<std::size_t>{cached.chips.size(), backbone.feature_dim}) {
    return std::nullopt;
  }
  cached.features = std::move(tensor.data);
  return cached;
}

void remember(const CachedFeatures& cached, std::size_t d, FeatureOf& known) {
  for (std::size_t i = 0; i < cached.chips.size(); ++i) {
    const auto row = cached.features.begin() + static_cast<std::ptrdiff_t>(i * d);
    known.try_emplace(cached.chips[i], row, row + static_cast<std::ptrdiff_t>(d));
  }
}

Result<Image> read_chip(const std::filesystem::path& dataset, const ImageRecord& record) {
  const auto path = dataset / record.chip;
  const std::string advice = "; run 'kface import' again";
  const auto bytes = read_file(path);
  if (!bytes.ok()) {
    return Status{bytes.error().code(), bytes.error().message() + advice};
  }
  if (sha256_hex(std::span(bytes.value())) != record.chip_sha256) {
    return Status{ErrorCode::kCorruption,
                  path.string() + ": not the chip that the manifest describes" + advice};
  }
  auto image = decode_image(bytes.value());
  if (!image.ok()) {
    return Status{image.error().code(), path.string() + ": " + image.error().message() + advice};
  }
  return image;
}

class Extraction {
 public:
  Extraction(const std::filesystem::path& dataset, const Manifest& manifest,
             const Backbone& backbone, const JobContext& context)
      : dataset_(dataset), manifest_(manifest), backbone_(backbone), context_(context) {}

  Result<FeatureSet> run() {
    KF_TRY(check_chips());
    KF_TRY(list_rows());
    const auto& info = backbone_.info();
    const auto path = cache_path(dataset_, info.features_digest());
    if (auto cached = read_features(path, info)) {
      if (cached->chips == chips_) {
        return finish(std::move(cached->features));
      }
      remember(*cached, info.feature_dim, known_);
    }
    read_parts();
    KF_TRY(compute_missing());
    std::vector<float> features;
    features.reserve(chips_.size() * info.feature_dim);
    for (const auto& chip : chips_) {
      const auto& row = known_.at(chip);
      features.insert(features.end(), row.begin(), row.end());
    }
    KF_TRY(write_features(path, info, chips_, features));
    std::error_code ignored;  // leftovers cost space, not correctness
    std::filesystem::remove_all(parts_folder(dataset_, info.features_digest()), ignored);
    return finish(std::move(features));
  }

 private:
  // A backbone that looks for landmarks where the chip says they are must be right about it.
  Status check_chips() const {
    const BackboneInfo& info = backbone_.info();
    if (!info.needs_chip_padding) {
      return {};
    }
    const auto fact = [this](const char* key) {
      const auto found = manifest_.facts.find(key);
      return found == manifest_.facts.end() ? std::string() : found->second;
    };
    const std::string wanted = format_float(static_cast<float>(info.chip_padding));
    if (fact("crop") == "dlib" && fact("padding") == wanted) {
      return {};
    }
    return {ErrorCode::kMismatch, dataset_.string() + ": its chips have crop " + fact("crop") +
                                      " and padding " + fact("padding") + ", " + info.id +
                                      " aligns faces on chips of crop dlib and padding " + wanted +
                                      ": import again with --padding " + wanted + " --chip-size " +
                                      std::to_string(info.chip_size)};
  }

  Status list_rows() {
    for (std::uint32_t i = 0; i < manifest_.images.size(); ++i) {
      if (manifest_.images[i].accepted()) {
        rows_.push_back(i);
        chips_.push_back(manifest_.images[i].chip_sha256);
      }
    }
    if (rows_.empty()) {
      return Status{ErrorCode::kInvalidArgument, dataset_.string() + ": all " +
                                                     std::to_string(manifest_.images.size()) +
                                                     " images were refused; manifest.csv says why"};
    }
    return {};
  }

  void read_parts() {
    std::error_code error;
    std::filesystem::directory_iterator parts(
        parts_folder(dataset_, backbone_.info().features_digest()), error);
    if (error) {
      return;
    }
    for (const auto& entry : parts) {
      if (auto cached = read_features(entry.path(), backbone_.info())) {
        remember(*cached, backbone_.info().feature_dim, known_);
      }
    }
  }

  Status compute_missing() {
    std::map<std::string, std::uint32_t> missing;  // each distinct chip once
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (!known_.contains(chips_[row])) {
        missing.try_emplace(chips_[row], rows_[row]);
      }
    }
    const std::vector<std::pair<std::string, std::uint32_t>> todo(missing.begin(), missing.end());
    const std::size_t total = todo.size();
    for (std::size_t at = 0; at < total; at += kPartImages) {
      const std::size_t end = std::min(total, at + kPartImages);
      KF_TRY(compute_part(std::span(todo).subspan(at, end - at), at, total));
    }
    return {};
  }

  Status compute_part(std::span<const std::pair<std::string, std::uint32_t>> part,
                      std::size_t done_before, std::size_t total) {
    const std::size_t d = backbone_.info().feature_dim;
    CachedFeatures result{{}, std::vector<float>(part.size() * d)};
    for (const auto& [chip, image] : part) {
      result.chips.push_back(chip);
    }
    extractors_.resize(context_.threads);
    JobContext context = context_;
    if (context_.progress) {
      context.progress = [&](std::size_t done, std::size_t) {
        context_.progress(std::min(done_before + done * kBatch, done_before + part.size()), total);
      };
    }
    const std::size_t batches = (part.size() + kBatch - 1) / kBatch;
    KF_TRY(parallel_for(batches, context, [&](std::size_t batch, unsigned worker) {
      const std::size_t first = batch * kBatch;
      const std::size_t count = std::min(kBatch, part.size() - first);
      return compute_batch(part.subspan(first, count), worker,
                           std::span(result.features).subspan(first * d, count * d));
    }));
    remember(result, d, known_);
    return write_features(parts_folder(dataset_, backbone_.info().features_digest()) /
                              (sha256_hex(join_lines(result.chips)) + ".safetensors"),
                          backbone_.info(), result.chips, result.features);
  }

  Status compute_batch(std::span<const std::pair<std::string, std::uint32_t>> batch,
                       unsigned worker, std::span<float> features) {
    std::vector<Image> chips;
    for (const auto& [chip, image] : batch) {
      KF_ASSIGN(Image picture, read_chip(dataset_, manifest_.images[image]));
      chips.push_back(std::move(picture));
    }
    if (!extractors_[worker]) {
      // One thread each: passes side by side wait for nobody, and give the same bits whatever the
      // number of workers.
      KF_ASSIGN(extractors_[worker], backbone_.make_extractor({.threads = 1, .batch = kBatch}));
    }
    return extractors_[worker]->extract(chips, features);
  }

  FeatureSet finish(std::vector<float> features) const {
    FeatureSet set;
    set.d = backbone_.info().feature_dim;
    set.features = std::move(features);
    set.images = rows_;
    set.backbone_digest = backbone_.info().digest;
    set.data_digest = manifest_.digest();
    for (const auto row : rows_) {
      set.identity_names.push_back(manifest_.images[row].identity);
    }
    std::sort(set.identity_names.begin(), set.identity_names.end());
    set.identity_names.erase(std::unique(set.identity_names.begin(), set.identity_names.end()),
                             set.identity_names.end());
    for (const auto row : rows_) {
      const auto at = std::lower_bound(set.identity_names.begin(), set.identity_names.end(),
                                       manifest_.images[row].identity);
      set.identities.push_back(static_cast<std::uint32_t>(at - set.identity_names.begin()));
    }
    return set;
  }

  const std::filesystem::path& dataset_;
  const Manifest& manifest_;
  const Backbone& backbone_;
  const JobContext& context_;
  std::vector<std::uint32_t> rows_;  // accepted rows of the manifest
  std::vector<std::string> chips_;   // their digests
  FeatureOf known_;
  std::vector<std::unique_ptr<FeatureExtractor>> extractors_;  // one a worker, made when needed
};

}  // namespace

Result<FeatureSet> load_or_extract(const std::filesystem::path& dataset, const Manifest& manifest,
                                   const Backbone& backbone, const JobContext& context) {
  return Extraction(dataset, manifest, backbone, context).run();
}

Result<std::vector<float>> read_inputs(const std::filesystem::path& dataset,
                                       const Manifest& manifest, const EngineBackbone& backbone,
                                       std::size_t most) {
  std::vector<const ImageRecord*> rows;
  for (const auto& image : manifest.images) {
    if (image.accepted()) {
      rows.push_back(&image);
    }
  }
  if (rows.empty()) {
    return Status{ErrorCode::kInvalidArgument, dataset.string() + ": no accepted image"};
  }
  const std::size_t count = std::min(most, rows.size());
  const std::size_t size = backbone.network().input.size();
  std::vector<float> inputs(count * size);
  for (std::size_t i = 0; i < count; ++i) {
    KF_ASSIGN(const Image chip, read_chip(dataset, *rows[i * rows.size() / count]));
    KF_TRY(backbone.chip_reader()(chip, std::span(inputs).subspan(i * size, size)));
  }
  return inputs;
}

bool features_cached(const std::filesystem::path& dataset, const Manifest& manifest,
                     const BackboneInfo& backbone) {
  const auto cached = read_features(cache_path(dataset, backbone.features_digest()), backbone);
  std::vector<std::string> chips;
  for (const auto& image : manifest.images) {
    if (image.accepted()) {
      chips.push_back(image.chip_sha256);
    }
  }
  return cached && cached->chips == chips;
}

}  // namespace kface
