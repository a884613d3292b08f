// The people in dlib's example photographs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "kface/image.h"
#include "kface/status.h"
#include "portrait.h"

namespace kface {

struct DemoPhoto {
  std::string source;  // path relative to the examples, '#2' appended for the second face in it
  Portrait portrait;
};

struct DemoPerson {
  std::string name;  // folder or photo
  std::vector<DemoPhoto> photos;
};

// `examples`: the folder with johns/ (a folder of 150x150 face chips a person) and faces/ (group
// photos, their faces marked in *_with_face_landmarks.xml; every face is a person of its own).
// Photos in which the detector finds no face, and faces too small to enlarge, are left out.
//
// Ensures: sorted by name; the same for any number of threads.
// Errors:  kNotFound (folder or file; says `run make setup`), kCorruption, those of Aligner.
Result<std::vector<DemoPerson>> find_demo_people(const std::filesystem::path& examples,
                                                 const std::filesystem::path& models,
                                                 const JobContext& context);

}  // namespace kface
