#include "store/describe_file.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/digest.h"
#include "base/mapped_safetensors.h"
#include "head/model_file.h"
#include "store/known_files.h"
#include "store/stored_weights.h"
#include "weights/weight_file.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

constexpr char kModelFormat[] = "kface-model";

std::size_t count_values(const std::vector<std::size_t>& shape) {
  std::size_t count = 1;
  for (const std::size_t side : shape) {
    count *= side;  // the reader has checked that it fits
  }
  return count;
}

template <typename Tensors>
void add_tensors(const Tensors& tensors, FileDescription& description) {
  for (const auto& [name, tensor] : tensors) {
    description.tensors.push_back({name, tensor.shape});
    description.parameters += count_values(tensor.shape);
  }
}

void add_vgg_face(FileDescription& description) {
  std::size_t fc8 = 0;
  for (const TensorLine& tensor : description.tensors) {
    fc8 += tensor.name.starts_with("fc8.") ? count_values(tensor.shape) : 0;
  }
  const KnownFile* known = known_file_by_name(fc8 > 0 ? kVggFaceFile : kVggFaceNotopFile);
  description.what = known->what;
  description.licence = known->licence;
  if (fc8 > 0) {
    description.parameters_without_fc8 = description.parameters - fc8;
  }
}

// The heads that `kface train` writes are described by their JSON; each value becomes a fact.
Status add_model_facts(const fs::path& path, FileDescription& description) {
  KF_ASSIGN(const Model model, read_model(path));
  description.what = "a head of 'kface train', recipe " + model.recipe;
  const std::string text = std::exchange(description.facts["model"], "");
  description.facts.erase("model");
  const auto facts = nlohmann::json::parse(text);
  for (const auto& [key, value] : facts.items()) {
    description.facts[key] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return {};
}

// A file of tensors with a format of its own in its metadata.
Result<FileDescription> describe_own(const fs::path& path, unsigned threads) {
  KF_ASSIGN(const auto mapped, map_safetensors(path, threads));
  FileDescription description{.what = "tensors that kface has no name for",
                              .format = "safetensors",
                              .digest_kind = DigestKind::kContent,
                              .digest = mapped->content_digest(),
                              .facts = mapped->metadata()};
  add_tensors(mapped->tensors(), description);
  const std::string format = description.facts["format"];
  if (!format.empty()) {
    description.format = format + ", version " + description.facts["version"];
  }
  if (format == kVggFaceFormat) {
    KF_TRY(check_stored_weights(*mapped, vgg_face_layout(), path.string()));
    add_vgg_face(description);
  } else if (format == kModelFormat) {
    // Its SHA-256 begins with the name that results call it by.
    description.digest_kind = DigestKind::kSha256;
    KF_ASSIGN(description.digest, sha256_file(path));
    KF_TRY(add_model_facts(path, description));
  } else if (format == "kface-features") {
    description.what = "features of a dataset, as 'kface extract' keeps them";
  } else if (format == "kface-embeddings") {
    description.what = "embeddings of photos, as 'kface embed' writes them";
  }
  description.facts.erase("format");
  description.facts.erase("version");
  return description;
}

Result<FileDescription> describe_foreign(const fs::path& path, WeightFormat format) {
  KF_ASSIGN(const VggFaceWeights weights, read_vgg_face(path));
  FileDescription description{.format = format_name(format), .facts = weights.file.metadata};
  description.facts.erase("format");
  description.facts.erase("version");
  add_tensors(weights.file.tensors, description);
  add_vgg_face(description);
  description.what += ", to be imported";
  KF_ASSIGN(description.digest, sha256_file(path));
  return description;
}

bool is_own(const fs::path& path) {
  const auto format = safetensors_format(path);
  return format && format->starts_with("kface-");
}

}  // namespace

std::string digest_kind_name(DigestKind kind) {
  return kind == DigestKind::kSha256 ? "SHA-256" : "content digest";
}

Result<FileDescription> describe_file(const fs::path& path, unsigned threads) {
  FileDescription description;
  KF_ASSIGN(const KnownFile* known, known_file_by_content(path));
  if (known != nullptr) {
    description = {
        .what = known->what, .format = "dlib", .digest = known->sha256, .licence = known->licence};
  } else if (is_own(path)) {
    KF_ASSIGN(description, describe_own(path, threads));
  } else {
    KF_ASSIGN(const WeightFormat format, recognise_weight_file(path));
    KF_ASSIGN(description, describe_foreign(path, format));
  }
  std::error_code error;
  description.bytes = fs::file_size(path, error);
  return description;
}

}  // namespace kface
