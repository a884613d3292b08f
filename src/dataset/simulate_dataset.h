// A dataset with simulated images beside its real ones: more images of a person of whom there are
// few, and a test of what light, glasses and masks do. Every simulated row is marked
// (dataset/simulated.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/options.h"
#include "base/parallel.h"
#include "kface/status.h"

namespace kface {

struct SimulateOptions {
  int per_image = 6;
  std::string kinds = "lux,direction,glasses,horn-rimmed,sunglasses,cap,mask,blur,noise";
  std::uint64_t seed = 1;
};

template <typename Options, typename Visitor>
void visit_simulate_options(Options& o, Visitor&& field) {
  field("simulate.per_image", o.per_image, Range{1, 20},
        "simulated images of each real one; the kinds take turns");
  field("simulate.kinds", o.kinds, AnyText{}, "what to simulate, a list with commas");
  field("simulate.seed", o.seed, Range{0, 9e15}, "seed of the choice, of colours and of noise");
}

struct SimulateSummary {
  std::size_t num_real = 0;  // accepted images of the dataset that was read
  std::size_t num_simulated = 0;
  std::size_t num_too_few = 0;                   // real images on which fewer could be drawn
  std::map<std::string, std::size_t> simulated;  // by what was drawn, e.g. "lux 40"
  std::string digest;                            // Manifest::digest() of the new dataset
};

// Makes the dataset OUTPUT: all rows of DATASET, their chips as hard links (copies where the disk
// cannot), and per_image simulated rows of each accepted one. A drawing is made on the chip, after
// which the dataset's colour adjustment is applied again; sharpness and brightness are measured on
// it, everything else is its real row's.
//
// Where an image's face is not known or less than 12 pixels from eye to eye on the chip, only light
// as a whole, blur and noise are drawn on it.
//
// Ensures: the same bytes for any number of threads; an image's drawings depend on the seed, the
//          options and the image's id and chip, not on other images. Until the end the dataset that
//          stood at OUTPUT stands; afterwards its chips that no row names are gone.
// Errors:  kInvalidArgument: OUTPUT is DATASET, or holds other things than a dataset; kinds that do
//          not parse; DATASET has simulated rows already; its chips were cut without landmarks and
//          a kind needs them (says which do not). kNotFound, kCorruption: no dataset, or a chip
//          that is missing or not the manifest's. kIo. kInterrupted: nothing has changed.
Result<SimulateSummary> simulate_dataset(const std::filesystem::path& dataset,
                                         const std::filesystem::path& output,
                                         const SimulateOptions& options, const JobContext& context);

}  // namespace kface
