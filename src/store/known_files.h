// The files that kface knows by name, and what is known of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "backbone/vgg_face.h"
#include "kface/status.h"

namespace kface {

inline constexpr auto& kVggFaceName = kVggFaceId;
inline constexpr auto& kVggFaceNotopName = kVggFaceNotopId;

// The file that most users of VGG-Face have: its weights in Keras' form, as deepface publishes
// them.
inline constexpr char kVggFaceSource[] = "vgg_face_weights.h5";
inline constexpr std::uint64_t kVggFaceSourceBytes = 580'085'408;
// Where deepface publishes it (release v1.0 of its models).
inline constexpr char kVggFaceSourceUrl[] =
    "https://github.com/serengil/deepface_models/releases/download/v1.0/vgg_face_weights.h5";

struct KnownFile {
  std::string name;
  std::string what = {};
  std::string sha256 = {};  // empty: every user's file is another
  std::uint64_t bytes = 0;  // 0: likewise
  std::string licence = {};
  std::vector<std::string> backbones = {};  // that need this file
  std::string how_to_get = {};
};

// In the order in which a photo meets them.
const std::vector<KnownFile>& known_files();

// nullptr: not known.
const KnownFile* known_file_by_name(std::string_view name);

// Which of them, among those that have a digest, the file is, whatever it is called; nullptr: none.
// Cost: reads the file only if it has the size of one. Errors: kNotFound, kIo.
Result<const KnownFile*> known_file_by_content(const std::filesystem::path& path);

// Of VGG-Face's weights, whatever file they come in.
std::string vgg_face_licence();

}  // namespace kface
