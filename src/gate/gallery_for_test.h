// A real gallery in a temporary folder, with people whose faces are plain vectors.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gallery/gallery.h"
#include "gallery/temp_folder_for_test.h"

namespace kface::test {

inline constexpr char kSpace[] = "space-of-the-test";
inline constexpr UnixMs kNow = 1'764'000'000'000;  // 2025-11-24

inline Keyring make_keyring(const std::filesystem::path& path) {
  EXPECT_TRUE(Keyring::create(path).ok());
  return Keyring::read(path).value();
}

inline Quality good_quality() {
  Quality quality;
  quality.face_size_px = 150;
  quality.sharpness = 200;
  quality.brightness = 120;
  return quality;
}

class GateGallery : public testing::Test {
 protected:
  GateGallery()
      : keys_(make_keyring(folder_.path() / "key")),
        gallery_(Gallery::open((folder_.path() / "gallery.db").string(), keys_, kNow).value()) {}

  // Adds somebody with one template for each of `embeddings`; their id.
  std::string add(Person person, const std::vector<std::vector<float>>& embeddings,
                  const std::string& space = kSpace) {
    person.consent_at = kNow;
    std::vector<NewTemplate> templates;
    for (const auto& embedding : embeddings) {
      NewTemplate face;
      face.space = space;
      face.embedding = embedding;
      face.quality = good_quality();
      templates.push_back(std::move(face));
    }
    const auto added = gallery_->add_person(std::move(person), templates, kNow);
    EXPECT_TRUE(added.ok()) << added.error().message();
    return added.value().id;
  }

  static Person named(const std::string& name) {
    Person person;
    person.name = name;
    return person;
  }

  TempFolderForTest folder_;
  Keyring keys_;
  std::unique_ptr<Gallery> gallery_;
};

}  // namespace kface::test
