// What a model file is, found from its content.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kface/status.h"

namespace kface {

struct TensorLine {
  std::string name;
  std::vector<std::size_t> shape;
};

enum class DigestKind { kSha256, kContent };  // docs/formats/safetensors.md

// "SHA-256", "content digest".
std::string digest_kind_name(DigestKind kind);

struct FileDescription {
  std::string what = {};    // in words
  std::string format = {};  // "Keras .h5", "kface-vgg-face, version 1", ...
  std::uint64_t bytes = 0;
  DigestKind digest_kind = DigestKind::kSha256;
  std::string digest = {};
  std::string licence = {};              // empty: not known
  std::vector<TensorLine> tensors = {};  // in the order of their names; dlib's: none
  std::size_t parameters = 0;            // numbers in all tensors
  std::optional<std::size_t> parameters_without_fc8 = {};  // of the whole VGG-Face
  std::map<std::string, std::string> facts = {};           // what the file says of itself
};

// Recognises dlib's files (by SHA-256), what kface writes (weights, models, features, embeddings),
// and the weight files of VGG-Face that can be imported; reads and checks the whole file, on
// `threads` threads where that helps.
//
// Errors: kNotFound, kIo; kCorruption and kVersion as its reader says, or what can be read.
Result<FileDescription> describe_file(const std::filesystem::path& path, unsigned threads);

}  // namespace kface
