// The manifest of a dataset: one row an image, whether it was taken or refused, and why.
// File: DS/manifest.csv, docs/formats/manifest.md. Chips lie under DS/chips.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "kface/image.h"
#include "kface/status.h"

namespace kface {

struct ImageRecord {
  std::string id;        // unique in the dataset, made of identity and file name
  std::string identity;  // the person
  std::string source;    // path of the photo, relative to the imported folder, '/' separated, UTF-8
  std::string source_sha256;
  std::string reason;  // why the image was refused, one sentence; empty: accepted
  // Conditions, e.g. lux=1000, light_direction, accessory=glasses, expression=neutral,
  // camera_yaw, camera_pitch, simulated=yes. Any column that is not one of ours is an attribute.
  std::map<std::string, std::string> attributes;

  int num_faces = 0;  // faces found in the photo; the largest central one is used
  std::string
      detector;  // what found the face: hog, hog-upsampled, cnn, sidecar, none (--crop none)
  Box box;
  Landmarks5 landmarks{};  // in pixels of the photo as displayed (EXIF rotation applied)
  Quality quality;
  std::string chip;  // path of the chip relative to the dataset's folder; empty if refused
  std::string chip_sha256;

  bool accepted() const { return reason.empty(); }
};

struct Manifest {
  // What made the dataset: kind (folder, lfw, aihub), crop, color, chip_size, options, seed.
  std::map<std::string, std::string> facts;
  std::vector<ImageRecord> images;  // sorted by id

  // SHA-256 over the accepted rows' identities and chip digests: the identity of the data.
  std::string digest() const;
};

// Errors: kNotFound (no dataset there: says how to make one), kVersion, kCorruption (cut short, a
// missing column, a value that does not parse, two rows with one id; the line is named).
Result<Manifest> read_manifest(const std::filesystem::path& dataset);

// Atomic. Errors: kIo.
Status write_manifest(const std::filesystem::path& dataset, const Manifest& manifest);

}  // namespace kface
