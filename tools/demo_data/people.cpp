#include "people.h"

#include <dlib/data_io/image_dataset_metadata.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "align/aligner.h"
#include "align/decode.h"
#include "base/files.h"

namespace kface {
namespace {

namespace fs = std::filesystem;

// A chip as dlib cuts it (150x150, padding 0.25) has the eyes and the nose about here.
constexpr Landmarks5 kChipLandmarks = {
    {{112.0F, 47.5F}, {90.0F, 48.0F}, {38.0F, 47.5F}, {60.0F, 48.0F}, {75.0F, 81.0F}}};

// Of the 68 landmarks in the marked photos, the five of Landmarks5.
constexpr std::array<const char*, 5> kFiveOf68 = {"45", "42", "36", "39", "33"};

// Smaller faces are unrecognisable once they are enlarged to a portrait.
constexpr float kSmallestEyeDistancePx = 17;

// A photo of one person that the examples do not mark.
constexpr const char* kUnmarkedPhoto = "faces/Tom_Cruise_avp_2014_4.jpg";

struct Found {
  std::string person;
  std::string source;
  fs::path file;
  std::optional<Landmarks5> landmarks;  // none: to be detected
};

Status missing(const fs::path& path) {
  return {ErrorCode::kNotFound,
          path.string() + ": not there; expected dlib's example photographs, run `make setup`"};
}

Result<std::vector<Found>> find_chips(const fs::path& examples) {
  const fs::path root = examples / "johns";
  if (!fs::is_directory(root)) {
    return missing(root);
  }
  std::vector<Found> found;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".jpg") {
      found.push_back({entry.path().parent_path().filename().string(),
                       fs::relative(entry.path(), examples).generic_string(), entry.path(),
                       kChipLandmarks});
    }
  }
  return found;
}

std::optional<Landmarks5> five_of(const dlib::image_dataset_metadata::box& box) {
  Landmarks5 landmarks{};
  for (std::size_t i = 0; i < landmarks.size(); ++i) {
    const auto part = box.parts.find(kFiveOf68[i]);
    if (part == box.parts.end()) {
      return std::nullopt;
    }
    landmarks[i] = {static_cast<float>(part->second.x()), static_cast<float>(part->second.y())};
  }
  return landmarks;
}

float eye_distance(const Landmarks5& at) {
  return std::hypot((at[0].x + at[1].x - at[2].x - at[3].x) / 2,
                    (at[0].y + at[1].y - at[2].y - at[3].y) / 2);
}

Result<std::vector<Found>> find_marked_faces(const fs::path& examples) {
  std::vector<Found> found;
  for (const char* name : {"training_with_face_landmarks.xml", "testing_with_face_landmarks.xml"}) {
    const fs::path file = examples / "faces" / name;
    if (!fs::is_regular_file(file)) {
      return missing(file);
    }
    dlib::image_dataset_metadata::dataset marks;
    try {
      dlib::image_dataset_metadata::load_image_dataset_metadata(marks, file.string());
    } catch (const std::exception& error) {
      return Status{ErrorCode::kCorruption, file.string() + ": " + error.what()};
    }
    for (const auto& image : marks.images) {
      int face = 0;
      for (const auto& box : image.boxes) {
        ++face;
        const auto landmarks = five_of(box);
        if (landmarks && eye_distance(*landmarks) >= kSmallestEyeDistancePx) {
          const std::string source = "faces/" + image.filename + "#" + std::to_string(face);
          found.push_back({source, source, examples / "faces" / image.filename, landmarks});
        }
      }
    }
  }
  return found;
}

// Nothing if the face cannot be used.
Result<std::optional<DemoPhoto>> make_photo(const Found& found, Aligner& aligner) {
  KF_ASSIGN(const std::vector<std::uint8_t> bytes, read_file(found.file));
  auto photo = decode_image(bytes);
  if (!photo.ok()) {
    return Status{photo.error().code(), found.file.string() + ": " + photo.error().message()};
  }
  std::optional<Landmarks5> landmarks = found.landmarks;
  if (!landmarks) {
    auto face = aligner.align(photo.value());
    if (!face.ok()) {
      return std::optional<DemoPhoto>{};
    }
    landmarks = face.value().landmarks;
  }
  Portrait portrait = studio_portrait(photo.value(), *landmarks);
  // The importer must find this face too; its landmarks are better than those so far.
  auto face = aligner.align(portrait.image);
  if (!face.ok()) {
    return std::optional<DemoPhoto>{};
  }
  portrait.landmarks = face.value().landmarks;
  return std::optional<DemoPhoto>{DemoPhoto{found.source, std::move(portrait)}};
}

Result<std::vector<std::optional<DemoPhoto>>> make_photos(const std::vector<Found>& found,
                                                          const fs::path& models,
                                                          const JobContext& context) {
  std::vector<std::unique_ptr<Aligner>> aligners;
  for (unsigned worker = 0; worker < context.threads; ++worker) {
    KF_ASSIGN(auto aligner, Aligner::create(models, AlignOptions{}));
    aligners.push_back(std::move(aligner));
  }
  std::vector<std::optional<DemoPhoto>> photos(found.size());
  KF_TRY(parallel_for(found.size(), context, [&](std::size_t item, unsigned worker) -> Status {
    KF_ASSIGN(photos[item], make_photo(found[item], *aligners[worker]));
    return {};
  }));
  return photos;
}

}  // namespace

Result<std::vector<DemoPerson>> find_demo_people(const fs::path& examples, const fs::path& models,
                                                 const JobContext& context) {
  KF_ASSIGN(std::vector<Found> found, find_chips(examples));
  KF_ASSIGN(const std::vector<Found> marked, find_marked_faces(examples));
  found.insert(found.end(), marked.begin(), marked.end());
  const fs::path unmarked = examples / kUnmarkedPhoto;
  if (!fs::is_regular_file(unmarked)) {
    return missing(unmarked);
  }
  found.push_back({kUnmarkedPhoto, kUnmarkedPhoto, unmarked, std::nullopt});
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return a.source < b.source; });

  KF_ASSIGN(std::vector<std::optional<DemoPhoto>> photos, make_photos(found, models, context));
  std::vector<DemoPerson> people;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!photos[i]) {
      continue;
    }
    if (people.empty() || people.back().name != found[i].person) {
      people.push_back({found[i].person, {}});
    }
    people.back().photos.push_back(std::move(*photos[i]));
  }
  return people;
}

}  // namespace kface
