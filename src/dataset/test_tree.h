// Trees of small synthetic photos for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

#include "dataset/import.h"

namespace kface::test {

namespace fs = std::filesystem;

// A new folder that is removed with everything in it.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (fs::temp_directory_path() / "kface-dataset-XXXXXX").string();
    path_ = fs::canonical(mkdtemp(name.data()));
  }
  ~TempFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  fs::path operator/(std::string_view name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

inline void write_bytes(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  // Emptying a file makes ext4 flush it when it is closed, which is slow on a busy disk.
  fs::remove(path);
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string read_bytes(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// A small picture (PNM), different for every seed.
inline std::string photo_bytes(std::uint64_t seed, int side = 8) {
  std::string bytes = "P6\n" + std::to_string(side) + ' ' + std::to_string(side) + "\n255\n";
  for (int i = 0; i < side * side * 3; ++i) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    bytes += static_cast<char>(seed >> 56U);
  }
  return bytes;
}

// Different for every path, whatever else is in the tree.
inline void write_photo(const fs::path& path, int side = 8) {
  write_bytes(path, photo_bytes(std::hash<std::string>{}(path.string()), side));
}

// Takes the photo for the chip; "detects" nothing. Dark pictures have no face.
inline Result<AlignFn> fake_aligner() {
  return AlignFn([](const Image& photo, const std::optional<Landmarks5>& known) {
    AlignedFace face;
    face.chip = photo;
    face.num_faces = 1;
    face.detector = known ? "sidecar" : "fake";
    face.box = {0, 0, photo.width, photo.height};
    face.landmarks = known.value_or(Landmarks5{});
    face.quality = {static_cast<float>(photo.width), 1.5F, 100, 0.25F, -3};
    return Result<AlignedFace>(std::move(face));
  });
}

// All files below `folder` with their bytes.
inline std::map<std::string, std::string> snapshot(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      files[entry.path().lexically_relative(folder).string()] = read_bytes(entry.path());
    }
  }
  return files;
}

// The row with the id; fails the test if there is none.
inline ImageRecord row_of(const fs::path& dataset, const std::string& id) {
  const auto manifest = read_manifest(dataset);
  EXPECT_TRUE(manifest.ok()) << manifest.error().message();
  if (manifest.ok()) {
    for (const ImageRecord& image : manifest.value().images) {
      if (image.id == id) {
        return image;
      }
    }
  }
  ADD_FAILURE() << "no row " << id;
  return {};
}

}  // namespace kface::test
