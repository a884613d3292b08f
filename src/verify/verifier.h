// From photos to a decision: decode, align, backbone, head, distance, threshold.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "align/aligner.h"
#include "backbone/backbone.h"
#include "head/model_file.h"
#include "kface/status.h"

namespace kface {

inline constexpr char kFrozenModel[] = "frozen";

// A model with the backbone that it belongs to.
struct OpenedModel {
  Model model;
  std::string name;  // "frozen", or the first digits of the model file's digest
  std::unique_ptr<Backbone> backbone;
};

// The backbone's own last layer as a model: recipe "frozen", the customary threshold, never
// measured on anybody.
Model frozen_model(const Backbone& backbone);

// `name` is a model file, or "frozen" for `backbone_id` as it is. `models`: folder of the weights.
// Errors: those of read_model and open_backbone; kMismatch if the backbone there is not the
//         model's.
Result<OpenedModel> open_model(const std::string& name, const std::string& backbone_id,
                               const std::filesystem::path& models);

// One face of one photo.
struct EmbeddedFace {
  AlignedFace face;
  std::vector<float> embedding;  // [model.head.m]
};

struct Verification {
  bool same = false;   // distance <= threshold
  float distance = 0;  // Euclidean, not squared; smaller = more alike
  AlignedFace faces[2];
};

// Not thread-safe: one a thread. Refers to the OpenedModel, which must outlive it.
class Verifier {
 public:
  // Photos are treated as the model's preprocessing says. Errors: those of Aligner::create;
  // kCorruption if the model's preprocessing does not parse. `threads` work on one face.
  static Result<std::unique_ptr<Verifier>> create(const OpenedModel& opened,
                                                  const std::filesystem::path& models,
                                                  unsigned threads = 1);

  // Errors: those of decode_image and Aligner::align, with nothing decided.
  Result<EmbeddedFace> embed_photo(std::span<const std::uint8_t> bytes);

  // Errors: as embed_photo, prefixed with which of the two photos is meant.
  Result<Verification> verify(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

 private:
  Verifier(const OpenedModel& opened, std::unique_ptr<Aligner> aligner,
           std::unique_ptr<FeatureExtractor> extractor);

  const Model& model_;
  std::unique_ptr<Aligner> aligner_;
  std::unique_ptr<FeatureExtractor> extractor_;
};

// The facts of a dataset that say how its photos became chips (crop, color, chip_size, padding),
// as a model carries them in `preprocessing`.
std::map<std::string, std::string> align_facts(const std::map<std::string, std::string>& facts);

// Errors: kCorruption, with the key and the value.
Result<AlignOptions> parse_align(const std::map<std::string, std::string>& facts);

}  // namespace kface
