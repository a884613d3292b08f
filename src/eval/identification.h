// Finding a person among many (1:N), as in ISO/IEC 19795-1 and NIST's FRTE 1:N. Formulas and an
// example worked by hand: docs/metrics.md.
//
// The gallery holds one template a person: the mean of some of his embeddings, each divided by its
// length, divided by its length again. Every other embedding, divided by its length, is a probe and
// is searched for: by Euclidean distance to the templates, smaller = more alike.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "kface/metrics.h"

namespace kface {

// Ranks of the CMC curve, and the false-positive identification rates at which an FNIR is given.
inline constexpr std::size_t kRanks = 20;
inline constexpr std::array<double, 3> kFpirGoals = {0.1, 0.01, 0.001};

struct IdentificationOptions {
  std::size_t gallery_images = 1;  // a person's first images make his template; fewer if he has
  std::size_t splits = 10;         // times that people are dealt, enrolled or not
  std::uint64_t seed = 1;
  std::size_t bootstrap_resamples = 1000;  // 0: no intervals; otherwise at least 40
};

struct FnirAtFpir {
  double false_positive_rate = 0;  // the goal
  // False-negative identification rate, mean over the splits; none: fewer than 3 / goal searches by
  // people who are not enrolled.
  std::optional<Estimate> fnir;
};

struct Identification {
  // Everybody is enrolled. cmc[k - 1]: share of probes whose person is among the k nearest.
  std::array<Estimate, kRanks> cmc{};
  std::size_t num_enrolled = 0;
  std::size_t num_probes = 0;

  // Half of the people are enrolled, drawn anew `splits` times. Mated searches are by probes of the
  // enrolled, non-mated ones by all images of the others.
  std::vector<FnirAtFpir> fnir_at_fpir;  // at kFpirGoals
  std::size_t splits = 0;
  std::size_t num_open_enrolled = 0;
  std::size_t num_mated = 0;     // searches, the fewest of a split
  std::size_t num_nonmated = 0;  // likewise
};

// embeddings: [n, d] row-major; identities: [n]; a person's images in the order of the rows.
//
// Ensures: a template at the same distance as the probe's own counts as nearer. FPIR is the share
//          of non-mated searches that find anybody within the threshold; FNIR is that of mated ones
//          whose person is not the nearest, or not within it (NIST's FNIR(N, 1, T)); each goal's
//          threshold is the most lenient one whose FPIR is within the goal, on the split's own
//          searches.
//          Intervals resample people: a person drawn w times is enrolled w times, as w people, and
//          his searches count w times. The same bytes for any number of threads.
// Errors:  kInvalidArgument if there are fewer than two people or no probe, if a value is not
//          finite, or if bootstrap_resamples is 1..39; kInterrupted.
// Requires: d >= 1; gallery_images >= 1; splits >= 1; embeddings.size() == identities.size() * d.
// Cost:    n * people * d multiply-adds, then splits * resamples * n steps; 2 KB an image.
Result<Identification> identify(std::span<const float> embeddings, std::size_t d,
                                std::span<const std::uint32_t> identities,
                                const IdentificationOptions& options, const JobContext& context);

}  // namespace kface
