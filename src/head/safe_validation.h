// Who is held out of recipe `trained`, and how a head is judged on them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kface/status.h"

namespace kface {

// Rows of two groups of people; nobody is in both. Ascending.
struct PeopleSplit {
  std::vector<std::uint32_t> training;
  std::vector<std::uint32_t> held_out;
};

constexpr std::size_t kEnoughPeople = 60;
constexpr std::size_t kMostFolds = 5;

// Holds out `share` of the people with two images or more, drawn from the seed, at least two of
// them; fewer once they have 1000 images, and of each at most 64, so that judging stays cheap.
// Everybody else is trained on. `folds` such splits, nobody held out twice, or as many as there are
// people for; 0: as many as hold out kEnoughPeople people together, at most kMostFolds.
//
// Requires: 0 < share < 1; folds >= 0.
// Ensures:  at least one split.
// Errors:   kInvalidArgument unless at least four people have two images.
Result<std::vector<PeopleSplit>> split_people(std::span<const std::uint32_t> identities,
                                              double share, int folds, std::uint64_t seed);

struct HeldOutError {
  double mean = 0;
  std::vector<double> by_person;
};

// Mean false non-match rate over the false accept rates 0.001 ... 0.1 (nine of them, log-spaced)
// that the pairs can tell: those with at least three different-person pairs accepted. With too few
// pairs for the largest, the equal error rate. Smaller is better. A pair is accepted at a rate f
// if its distance is below that of the different-person pair number floor(f N) of N, counted from
// the nearest, from 0.
//
// by_person: what each person's same-person pairs add to it, people ascending; the sum is `mean`,
// but for the equal error rate, where it is the share rejected.
//
// Requires: embeddings is [n, m], of length 1; people is [n], with a same-person and a
//           different-person pair among them.
// Cost:     O(n^2 m).
HeldOutError held_out_error(std::span<const float> embeddings, std::size_t m,
                            std::span<const std::uint32_t> people);

}  // namespace kface
