// The features of a dataset's accepted images, from the cache or computed now.
// Files: DS/features/<backbone digest>.safetensors, docs/formats/features.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "backbone/backbone.h"
#include "base/parallel.h"
#include "kface/manifest.h"
#include "kface/status.h"

namespace kface {

// Row i is the i-th accepted image of the manifest.
struct FeatureSet {
  std::size_t d = 0;
  std::vector<float> features;              // [n, d] row-major
  std::vector<std::uint32_t> identities;    // [n] index into identity_names
  std::vector<std::string> identity_names;  // sorted
  std::vector<std::uint32_t> images;        // [n] index into manifest.images
  std::string backbone_digest;
  std::string data_digest;  // Manifest::digest()

  std::size_t size() const { return identities.size(); }
};

// Reads the cache where it fits the manifest and the backbone; computes what is missing on
// context.threads threads, reading chips, and writes the cache. Chips computed before an
// interruption, or in an earlier version of the dataset, are not computed again.
//
// Ensures: the same bytes whatever the number of threads.
// Errors:  kInvalidArgument (no accepted image), kMismatch (the backbone needs other chips: says
//          which), kNotFound or kCorruption (a chip is missing or not
//          the one of the manifest: says to import again), kInterrupted, kIo.
Result<FeatureSet> load_or_extract(const std::filesystem::path& dataset, const Manifest& manifest,
                                   const Backbone& backbone, const JobContext& context);

// Network inputs of accepted images, [n, network.input], for calibration and timing: at most
// `most`, spread evenly over the manifest.
// Errors: kInvalidArgument (no accepted image), kNotFound or kCorruption as load_or_extract.
Result<std::vector<float>> read_inputs(const std::filesystem::path& dataset,
                                       const Manifest& manifest, const EngineBackbone& backbone,
                                       std::size_t most);

// True if load_or_extract would compute nothing.
bool features_cached(const std::filesystem::path& dataset, const Manifest& manifest,
                     const BackboneInfo& backbone);

}  // namespace kface
