#include "dataset/import_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>
#include <vector>

#include "base/digest.h"
#include "base/files.h"
#include "dataset/import_image.h"
#include "dataset/text.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStateName = "import.state";

void update(Sha256& digest, std::string_view text) {
  digest.update(std::to_string(text.size()) + ':');
  digest.update(text);
}

void update(Sha256& digest, const FileStamp& stamp) {
  digest.update(std::to_string(stamp.size) + '@' + std::to_string(stamp.modified_ns) + ';');
}

// The state as it is stored: tied to the very manifest that it speaks of.
std::string state_line(const fs::path& dataset, const std::string& state) {
  const auto head = sha256_file(dataset / "dataset.json");
  return head.ok() ? sha256_hex(state + head.value()) + '\n' : std::string();
}

bool is_temporary(const std::string& name) {
  const std::size_t at = name.find(".tmp-");
  const std::string base = name.substr(0, at);
  return at != std::string::npos && (base == "manifest.csv" || base == "dataset.json" ||
                                     base == "import-refused.csv" || base == kStateName);
}

}  // namespace

Status prepare_dataset_folder(const fs::path& dataset) {
  std::error_code error;
  if (!fs::exists(dataset, error)) {
    return make_folder(dataset);
  }
  if (!fs::is_directory(dataset, error)) {
    return Status{ErrorCode::kInvalidArgument,
                  dataset.string() + ": is a file; give a folder for the dataset with -o"};
  }
  const auto existing = read_manifest(dataset);
  if (existing.ok() || existing.error().code() == ErrorCode::kCorruption) {
    // A head of another program is corruption too, but then it is not our folder.
    const auto head = read_text(dataset / "dataset.json");
    if (existing.ok() ||
        (head.ok() && head.value().find("\"kface-dataset\"") != std::string::npos)) {
      return {};
    }
  } else if (existing.error().code() != ErrorCode::kNotFound) {
    return existing.error();
  }
  if (fs::exists(dataset / "import.journal", error)) {
    return {};
  }
  fs::directory_iterator entries(dataset, error);
  if (!error && entries == fs::directory_iterator()) {
    return {};
  }
  return error ? Status{ErrorCode::kIo,
                        dataset.string() + ": cannot list the folder: " + error.message()}
               : Status{ErrorCode::kInvalidArgument,
                        dataset.string() + ": holds other files (" +
                            to_utf8(entries->path().filename().string()) +
                            ") and no dataset of kface; give an empty or a new folder with -o"};
}

std::string fingerprint(const Candidate& photo) {
  Sha256 digest;
  update(digest, photo.id);
  update(digest, photo.identity);
  update(digest, photo.source);
  update(digest, photo.stamp);
  for (const auto& [name, value] : photo.attributes) {
    update(digest, name);
    update(digest, value);
  }
  update(digest, photo.sidecar.empty() ? "" : "sidecar");
  update(digest, photo.sidecar_stamp);
  return digest.finish();
}

std::string import_state(const SourceListing& source, const std::string& options_digest) {
  Sha256 digest;
  update(digest, options_digest);
  for (const Candidate& photo : source.candidates) {
    update(digest, fingerprint(photo));
  }
  for (const Refusal& refusal : source.refused) {
    update(digest, refusal.id);
    update(digest, refusal.reason);
  }
  return digest.finish();
}

Result<Manifest> find_up_to_date(const fs::path& dataset, const std::string& state) {
  const Status other{ErrorCode::kNotFound, dataset.string() + ": no dataset of these photos"};
  const auto stored = read_text(dataset / kStateName);
  if (!stored.ok() || stored.value().empty() || stored.value() != state_line(dataset, state)) {
    return other;
  }
  KF_ASSIGN(Manifest manifest, read_manifest(dataset));
  std::error_code error;
  for (const ImageRecord& image : manifest.images) {
    if (image.accepted() && !fs::is_regular_file(dataset / image.chip, error)) {
      return other;
    }
  }
  return manifest;
}

Status write_import_state(const fs::path& dataset, const std::string& state) {
  return write_file_atomic(dataset / kStateName, state_line(dataset, state));
}

void remove_leftovers(const fs::path& dataset, const Manifest& manifest) {
  std::set<std::string> named;
  for (const ImageRecord& image : manifest.images) {
    named.insert(image.chip);
  }
  // What cannot be removed is only in the way, so errors are no reason to fail.
  std::error_code ignored;
  std::vector<fs::path> unwanted;
  std::vector<fs::path> folders;
  for (const auto& folder : fs::directory_iterator(dataset / "chips", ignored)) {
    if (folder.is_symlink(ignored) || !folder.is_directory(ignored)) {
      continue;
    }
    folders.push_back(folder.path());
    for (const auto& file : fs::directory_iterator(folder.path(), ignored)) {
      const std::string name = file.path().filename().string();
      const std::string chip = "chips/" + folder.path().filename().string() + '/' + name;
      if (is_chip_name(name) && !named.contains(chip)) {
        unwanted.push_back(file.path());
      }
    }
  }
  for (const auto& file : fs::directory_iterator(dataset, ignored)) {
    if (is_temporary(file.path().filename().string())) {
      unwanted.push_back(file.path());
    }
  }
  for (const fs::path& path : unwanted) {
    fs::remove(path, ignored);
  }
  for (const fs::path& path : folders) {
    if (fs::is_empty(path, ignored)) {
      fs::remove(path, ignored);
    }
  }
}

Status flush_folder(const fs::path& dataset) {
  const int descriptor = ::open(dataset.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool flushed = descriptor >= 0 && ::syncfs(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) {
    ::close(descriptor);
  }
  return flushed ? Status{}
                 : Status{ErrorCode::kIo, dataset.string() + ": cannot flush to the disk: " +
                                              std::generic_category().message(error)};
}

}  // namespace kface
