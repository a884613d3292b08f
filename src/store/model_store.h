// The models folder: which files kface knows, and how they are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "kface/status.h"
#include "store/describe_file.h"

namespace kface {

enum class FileState { kPresent, kAbsent, kDamaged };

// "present", "absent", "damaged".
std::string state_name(FileState state);

struct StoredFile {
  std::string name = {};  // in the folder
  std::string what = {};
  FileState state = FileState::kAbsent;
  std::uint64_t bytes = 0;
  DigestKind digest_kind = DigestKind::kSha256;
  std::string digest = {};  // of a file that is present
  std::string licence = {};
  std::vector<std::string> backbones = {};  // that it enables, once it is present
  std::string note = {};                    // absent: how to get it; damaged: what is wrong
};

// Every file of known_files(), in that order, then by name every other file of the folder that
// holds VGG-Face's weights or describes an ONNX network (*.toml), then unfinished downloads. Each
// is read whole and checked, on context.threads threads. A folder that is not there is empty.
//
// Errors: kIo (the folder cannot be read); kInterrupted.
Result<std::vector<StoredFile>> list_models(const std::filesystem::path& folder,
                                            const JobContext& context);

// The file that `name` means: a path to a file, or in the folder NAME or NAME.safetensors.
// Errors: kNotFound, which lists the names in the folder.
Result<std::filesystem::path> find_model_file(const std::string& name,
                                              const std::filesystem::path& folder);

}  // namespace kface
