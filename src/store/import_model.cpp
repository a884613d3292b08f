#include "store/import_model.h"

#include <algorithm>
#include <utility>

#include "base/content_digest.h"
#include "base/digest.h"
#include "base/files.h"
#include "base/mapped_file.h"
#include "store/known_files.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

constexpr char kExtension[] = ".safetensors";
constexpr std::size_t kMaxName = 100;

Status check_name(const std::string& name) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  if (name.size() <= kMaxName && !name.starts_with('.') &&
      name.find_first_not_of(kAllowed) == std::string::npos) {
    return {};
  }
  return {ErrorCode::kInvalidArgument, "'" + name +
                                           "' is no name for a model: letters, digits and - _ . "
                                           "only, not beginning with a dot, at most " +
                                           std::to_string(kMaxName)};
}

// The bytes that were checked are the bytes that are written, whatever happens to the file
// meanwhile.
Status copy_verified(const fs::path& from, const fs::path& to, const KnownFile& known) {
  KF_ASSIGN(const std::vector<std::uint8_t> bytes, read_file(from));
  if (sha256_hex(bytes) != known.sha256) {
    return {ErrorCode::kCorruption, from.string() + ": changed while it was read"};
  }
  return write_file_atomic(to, bytes);
}

Result<ImportedModel> import_known(const fs::path& file, const fs::path& folder,
                                   const KnownFile& known, const ImportModelOptions& options) {
  if (!options.name.empty()) {
    return Status{ErrorCode::kInvalidArgument, file.string() + ": is " + known.what +
                                                   ", which kface looks for as " + known.name +
                                                   "; leave --as out"};
  }
  const fs::path target = folder / known.name;
  KF_TRY(copy_verified(file, target, known));
  return ImportedModel{.path = target,
                       .what = known.what,
                       .format = "dlib",
                       .source_sha256 = known.sha256,
                       .digest = known.sha256,
                       .licence = known.licence,
                       .verified = true};
}

Status not_of_dlib(const fs::path& file) {
  std::string names;
  for (const KnownFile& known : known_files()) {
    if (!known.sha256.empty()) {
      names += (names.empty() ? "" : ", ") + known.name;
    }
  }
  return {ErrorCode::kCorruption, file.string() + ": is none of dlib's files that kface reads, " +
                                      names + ", by size and SHA-256; 'make setup' brings them"};
}

}  // namespace

Result<ImportedModel> import_model(const fs::path& file, const fs::path& folder,
                                   const ImportModelOptions& options, const JobContext& context) {
  KF_TRY(check_name(options.name));
  KF_ASSIGN(const KnownFile* dlib, known_file_by_content(file));
  if (dlib != nullptr) {
    return import_known(file, folder, *dlib, options);
  }
  if (file.extension() == ".dat") {
    return not_of_dlib(file);
  }
  KF_ASSIGN(const VggFaceWeights weights, read_vgg_face(file, options.channels));
  const KnownFile* known = known_file_by_name(weights.with_top ? kVggFaceFile : kVggFaceNotopFile);
  ImportedModel imported{
      .path = folder / (options.name.empty() ? known->name : options.name + kExtension),
      .what = known->what,
      .format = format_name(weights.format),
      .channels = weights.file.metadata.at("source_channels"),
      .source_sha256 = weights.file.metadata.at("source_sha256"),
      .licence = known->licence};
  KF_TRY(write_vgg_face(imported.path, weights));
  KF_ASSIGN(imported.digest, content_digest_of_file(imported.path, context.threads));
  return imported;
}

}  // namespace kface
