#include "store/known_files.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/file_descriptor.h"

namespace kface {
namespace {

constexpr char kSetUp[] = "run 'make setup'";
constexpr char kImport[] = "run 'kface models import FILE' on a file of VGG-Face's weights";

KnownFile dlib_file(const char* name, const char* what, const char* sha256, std::uint64_t bytes,
                    std::vector<std::string> backbones) {
  return {.name = name,
          .what = what,
          .sha256 = sha256,
          .bytes = bytes,
          .licence = "CC0 1.0 (public domain)",
          .backbones = std::move(backbones),
          .how_to_get = kSetUp};
}

std::vector<KnownFile> make_known_files() {
  std::vector<KnownFile> files = {
      dlib_file("mmod_human_face_detector.dat", "dlib's face detector, a network",
                "be467b1a76f482693de3b0f6a1ff91d092319be71523d4d4b0628f6a53fcb87a", 729'940, {}),
      dlib_file("shape_predictor_5_face_landmarks.dat", "dlib's 5 landmarks",
                "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888", 9'150'489, {}),
      dlib_file("shape_predictor_68_face_landmarks.dat", "dlib's 68 landmarks",
                "fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f", 99'693'937, {}),
      dlib_file("dlib_face_recognition_resnet_model_v1.dat", "dlib's face recognition ResNet",
                "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30", 22'466'066,
                {"dlib-resnet"}),
  };
  for (KnownFile& file : files) {
    if (file.name.find("_68_") != std::string::npos) {
      file.licence += "; trained on iBUG 300-W, which excludes commercial use";
    }
  }
  files.push_back({.name = kVggFaceFile,
                   .what = "VGG-Face, all 16 layers",
                   .licence = vgg_face_licence(),
                   .backbones = {kVggFaceName},
                   .how_to_get = kImport});
  files.push_back({.name = kVggFaceNotopFile,
                   .what = "VGG-Face, its 13 convolutions",
                   .licence = vgg_face_licence(),
                   .backbones = {kVggFaceNotopName},
                   .how_to_get = kImport});
  return files;
}

template <typename Predicate>
const KnownFile* find_file(Predicate predicate) {
  const auto& files = known_files();
  const auto found = std::find_if(files.begin(), files.end(), predicate);
  return found == files.end() ? nullptr : &*found;
}

}  // namespace

const std::vector<KnownFile>& known_files() {
  static const std::vector<KnownFile> files = make_known_files();
  return files;
}

const KnownFile* known_file_by_name(std::string_view name) {
  return find_file([name](const KnownFile& file) { return file.name == name; });
}

Result<const KnownFile*> known_file_by_content(const std::filesystem::path& path) {
  KF_ASSIGN(const ReadableFile file, open_for_reading(path));
  const auto has_size = [&](const KnownFile& known) { return known.bytes == file.size; };
  if (file.size == 0 || find_file(has_size) == nullptr) {
    return nullptr;
  }
  KF_ASSIGN(const std::string digest, sha256_file(path));
  return find_file([&](const KnownFile& known) { return known.sha256 == digest; });
}

std::string vgg_face_licence() {
  return "CC BY-NC 4.0 (University of Oxford): not for commercial use";
}

}  // namespace kface
