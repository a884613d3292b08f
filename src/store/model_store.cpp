#include "store/model_store.h"

#include <algorithm>

#include "base/digest.h"
#include "store/known_files.h"
#include "store/partial_file.h"
#include "store/stored_weights.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

constexpr char kSafetensors[] = ".safetensors";
constexpr char kDescription[] = ".toml";
constexpr char kPart[] = ".part";

// Names of the regular files of a folder, sorted.
Result<std::vector<std::string>> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error == std::errc::no_such_file_or_directory) {
    return names;
  }
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (entries->is_regular_file(error)) {
      names.push_back(entries->path().filename().string());
    }
  }
  if (error) {
    return Status{ErrorCode::kIo, folder.string() + ": cannot be read: " + error.message()};
  }
  std::sort(names.begin(), names.end());
  return names;
}

void set_damaged(StoredFile& file, const std::string& why) {
  file.state = FileState::kDamaged;
  file.note = why;
}

// A file of VGG-Face's weights: everything is checked.
void examine_weights(const fs::path& path, unsigned threads, StoredFile& file) {
  const auto description = describe_file(path, threads);
  if (!description.ok()) {
    set_damaged(file, description.error().message());
    return;
  }
  const FileDescription& found = description.value();
  const bool with_top = found.parameters_without_fc8.has_value();
  const KnownFile* belongs = known_file_by_name(with_top ? kVggFaceFile : kVggFaceNotopFile);
  file.digest_kind = found.digest_kind;
  file.digest = found.digest;
  if (safetensors_format(path) != kVggFaceFormat) {
    set_damaged(file, path.string() + ": not in kface's own form; run 'kface models import " +
                          path.string() + "'");
  } else if (known_file_by_name(file.name) != nullptr && file.name != belongs->name) {
    set_damaged(file, path.string() + ": holds " + belongs->what + ", which belongs into " +
                          belongs->name + "; import it again");
  } else {
    file.state = FileState::kPresent;
    file.what = belongs->what;
  }
}

void examine_dlib(const fs::path& path, const KnownFile& known, StoredFile& file) {
  const auto digest = sha256_file(path);
  if (!digest.ok()) {
    set_damaged(file, digest.error().message());
  } else if (digest.value() != known.sha256) {
    set_damaged(file, path.string() + ": SHA-256 is " + digest.value() + ", expected " +
                          known.sha256 + "; remove it and " + known.how_to_get);
  } else {
    file.state = FileState::kPresent;
    file.digest = digest.value();
  }
}

StoredFile examine_known(const fs::path& folder, const KnownFile& known, unsigned threads) {
  StoredFile file{.name = known.name,
                  .what = known.what,
                  .licence = known.licence,
                  .backbones = known.backbones};
  const fs::path path = folder / known.name;
  std::error_code error;
  file.bytes = fs::file_size(path, error);
  if (error) {
    file.bytes = 0;
    file.note = known.how_to_get;
  } else if (known.sha256.empty()) {
    examine_weights(path, threads, file);
  } else {
    examine_dlib(path, known, file);
  }
  return file;
}

StoredFile examine_description(const fs::path& path) {
  StoredFile file{.name = path.filename().string(),
                  .what = "description of an ONNX network",
                  .state = FileState::kPresent,
                  .licence = "as it says itself",
                  .backbones = {path.filename().string()}};
  auto digest = sha256_file(path);
  if (!digest.ok()) {
    set_damaged(file, digest.error().message());
  } else {
    file.digest = std::move(digest).value();
  }
  return file;
}

// Files that users have put there; none if it is nothing that the folder is for.
std::optional<StoredFile> examine_other(const fs::path& path, unsigned threads) {
  StoredFile file;
  if (path.extension() == kDescription) {
    file = examine_description(path);
  } else if (path.extension() == kSafetensors && safetensors_format(path) == kVggFaceFormat) {
    file = {.name = path.filename().string(), .what = "VGG-Face", .licence = vgg_face_licence()};
    examine_weights(path, threads, file);
  } else if (path.extension() == kPart) {
    file = {.name = path.filename().string(), .what = "an unfinished download"};
    set_damaged(file, "run 'kface models fetch' again to continue, or remove it");
  } else {
    return std::nullopt;
  }
  std::error_code error;
  file.bytes = fs::file_size(path, error);
  return file;
}

}  // namespace

std::string state_name(FileState state) {
  return state == FileState::kPresent  ? "present"
         : state == FileState::kAbsent ? "absent"
                                       : "damaged";
}

Result<std::vector<StoredFile>> list_models(const fs::path& folder, const JobContext& context) {
  KF_ASSIGN(const std::vector<std::string> names, names_in(folder));
  std::vector<StoredFile> files;
  for (const KnownFile& known : known_files()) {
    if (context.stop_requested()) {
      return Status{ErrorCode::kInterrupted, "stopped"};
    }
    files.push_back(examine_known(folder, known, context.threads));
  }
  for (const std::string& name : names) {
    auto file = known_file_by_name(name) == nullptr ? examine_other(folder / name, context.threads)
                                                    : std::nullopt;
    if (file) {
      files.push_back(std::move(*file));
    }
  }
  return files;
}

Result<fs::path> find_model_file(const std::string& name, const fs::path& folder) {
  std::error_code error;
  for (const fs::path& path : {fs::path(name), folder / name, folder / (name + kSafetensors)}) {
    if (fs::is_regular_file(path, error)) {
      return path;
    }
  }
  KF_ASSIGN(const std::vector<std::string> names, names_in(folder));
  std::string list;
  for (const std::string& other : names) {
    list += (list.empty() ? "" : ", ") + other;
  }
  return Status{ErrorCode::kNotFound, name + ": no such file, and " + folder.string() +
                                          " has none of that name; it holds " +
                                          (list.empty() ? "nothing" : list)};
}

}  // namespace kface
