// A model: a head with everything needed to use it rightly. One safetensors file,
// docs/formats/model.md.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "kface/status.h"
#include "nn/last_layer.h"
#include "nn/plan.h"

namespace kface {

// A threshold belongs to a population and a stated false-accept rate.
struct Threshold {
  float distance = 0;          // accept iff distance <= this
  std::string rule;            // far, equal-error, midpoint, customary
  std::optional<double> far;   // measured on the people it was chosen on; none: never measured
  std::size_t num_people = 0;  // those people
  bool unseen_people = false;  // were they kept apart from the fit?
};

// How the backbone computes for this model, where it is not plain float32: chosen by 'kface
// calibrate' on a machine and on faces.
struct EngineChoice {
  Precision precision = Precision::kF32;
  Plan plan = {};
  Calibration calibration = {};  // 8-bit limits; empty without 8 bits
  std::string rule = {};         // how they were found
  double lowest_cosine = 1;      // of the features with float32 ones, over the faces calibrated on
};

struct Model {
  std::string recipe;
  std::string backbone;         // BackboneInfo::id
  std::string backbone_digest;  // the model refuses any other
  Head head;
  std::optional<ScoreUnit> score;
  Threshold threshold;
  std::optional<EngineChoice> engine;
  // How the chips were made, so that a photo is treated at the door as it was in training.
  std::map<std::string, std::string> preprocessing;  // crop, color, chip_size, padding
  std::map<std::string, std::string> options;        // every option of the fit, by key
  std::string data_digest;                           // Manifest::digest() of what it was fitted on
  std::string program;                               // kface version and commit
};

// Atomic; the same model gives the same bytes. Errors: kIo.
Status write_model(const std::filesystem::path& path, const Model& model);

// Errors: kNotFound; kVersion (another version of the format); kCorruption (not a kface model, a
// tensor missing, superfluous or of another shape, a value that does not parse; the key is named).
Result<Model> read_model(const std::filesystem::path& path);

// Short name of a model in results: the first 12 digits of the SHA-256 of its file's bytes.
std::string model_name(const Model& model);

// Errors: kMismatch, with both digests, if the model was fitted on another backbone.
Status check_backbone(const Model& model, const std::string& backbone,
                      const std::string& backbone_digest);

}  // namespace kface
