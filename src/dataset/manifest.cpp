#include "kface/manifest.h"

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/files.h"
#include "dataset/manifest_csv.h"
#include "dataset/text.h"

namespace kface {
namespace {

constexpr int kFormatVersion = 1;
constexpr const char* kFormatName = "kface-dataset";
constexpr std::uintmax_t kLargestHead = 16U << 20U;

// dataset.json: what says that manifest.csv is whole.
struct Head {
  std::map<std::string, std::string> facts;
  std::string manifest_sha256;
};

Result<Head> read_head(const std::filesystem::path& path) {
  const std::string name = path.string();
  const auto corrupt = [&](const std::string& what) {
    return Status{ErrorCode::kCorruption, name + ": " + what + "; import the photos again"};
  };
  KF_ASSIGN(const std::string text, read_text(path, kLargestHead));
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("format") || json["format"] != kFormatName) {
    return corrupt("not the head of a kface dataset");
  }
  const auto version = json.find("version");
  if (version == json.end() || !version->is_number_integer()) {
    return corrupt("no format version");
  }
  if (*version != kFormatVersion) {
    return Status{ErrorCode::kVersion, name + ": format version " + version->dump() +
                                           ", this build reads " + std::to_string(kFormatVersion) +
                                           "; update kface or import the photos again"};
  }
  const auto digest = json.find("manifest_sha256");
  const auto facts = json.find("facts");
  if (digest == json.end() || !digest->is_string() || facts == json.end() || !facts->is_object()) {
    return corrupt("manifest_sha256 or facts is missing");
  }
  Head head;
  head.manifest_sha256 = digest->get<std::string>();
  for (const auto& [key, value] : facts->items()) {
    if (!value.is_string()) {
      return corrupt("the fact " + key + " is not a text");
    }
    head.facts[key] = value.get<std::string>();
  }
  return head;
}

Status no_dataset(const std::filesystem::path& dataset) {
  std::error_code ignored;
  if (std::filesystem::exists(dataset / "import.journal", ignored)) {
    return Status{ErrorCode::kNotFound, dataset.string() +
                                            ": not finished; run the same 'kface import' or "
                                            "'kface simulate' again"};
  }
  return Status{ErrorCode::kNotFound, dataset.string() +
                                          ": no dataset there (no dataset.json); make one with "
                                          "'kface import folder|lfw|aihub PHOTOS -o " +
                                          dataset.string() + "'"};
}

}  // namespace

std::string Manifest::digest() const {
  Sha256 digest;
  for (const ImageRecord& image : images) {
    if (image.accepted()) {
      // A NUL ends the name: it can be in no name, so no two lists read the same.
      digest.update(image.identity);
      digest.update(std::string_view("\0", 1));
      digest.update(image.chip_sha256);
      digest.update("\n");
    }
  }
  return digest.finish();
}

Result<Manifest> read_manifest(const std::filesystem::path& dataset) {
  auto head = read_head(dataset / "dataset.json");
  if (!head.ok()) {
    return head.error().code() == ErrorCode::kNotFound ? no_dataset(dataset) : head.error();
  }
  const auto path = dataset / "manifest.csv";
  auto text = read_text(path);
  if (!text.ok()) {
    return text.error().code() == ErrorCode::kNotFound
               ? Status{ErrorCode::kCorruption,
                        path.string() + ": missing beside dataset.json; import the photos again"}
               : text.error();
  }
  if (sha256_hex(text.value()) != head.value().manifest_sha256) {
    return Status{ErrorCode::kCorruption,
                  path.string() +
                      ": not the manifest that dataset.json vouches for (half-written or changed "
                      "by hand); run the same 'kface import' again"};
  }
  Manifest manifest;
  KF_ASSIGN(manifest.images, parse_manifest_csv(text.value(), path.string()));
  manifest.facts = std::move(head.value().facts);
  return manifest;
}

Status write_manifest(const std::filesystem::path& dataset, const Manifest& manifest) {
  KF_ASSIGN(const std::string text, format_manifest_csv(manifest.images));
  nlohmann::json facts = nlohmann::json::object();
  for (const auto& [key, value] : manifest.facts) {
    facts[to_utf8(key)] = to_utf8(value);
  }
  const nlohmann::json json = {{"format", kFormatName},
                               {"version", kFormatVersion},
                               {"facts", facts},
                               {"manifest_sha256", sha256_hex(text)}};
  // Both are written before either is renamed, so a full disk is noticed while the old dataset
  // still stands. The head comes last: until then its digest refuses the new manifest.
  AtomicFileWriter rows(dataset / "manifest.csv");
  AtomicFileWriter head(dataset / "dataset.json");
  KF_TRY(rows.append(text));
  KF_TRY(head.append(json.dump(2) + "\n"));
  KF_TRY(rows.commit());
  return head.commit();
}

}  // namespace kface
