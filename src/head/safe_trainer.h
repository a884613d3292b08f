// Recipe `trained`: a head is trained further from where it is, in such a way that people whom it
// has not seen do not pay for it. docs/recipes.md.
//
//   e = L2(x W + b), from the start's W0 and b0; head/loss_kinds.h has the losses
//   objective = loss + anchor / 2 (|W - W0|^2 + |b - b0|^2) / (d m): L2-SP (Li, Grandvalet and
//               Davoine 2018, "Explicit inductive bias for transfer learning with convolutional
//               networks"), a pull towards the start
//   Adam, cosine rate to 0, set once an epoch
//   A share of the people is held out and judges every epoch (head/safe_validation.h); the best
//   one's weights are kept. The start is epoch 0.
//   Few people judge badly: where there are few, several such groups are held out in turn, each
//   from a training of its own, all judge an epoch together, and the heads are averaged.
//   The best epoch must be better than the start by `doubt` standard errors of the gain, a sum over
//   the people held out, each one draw; otherwise the start is kept. One person's luck is no gain.
//
// Scale: a factor on W and b changes no embedding of length 1. So the features are divided by their
// root mean square, and W and b by that of the start's weights, before training: rate and anchor
// are relative to the start, whatever the backbone.
//
// A step: people_per_batch people with up to images_per_person images each; an epoch meets every
// image once. The score unit of `pairs` starts with 98 % and 2 % at the mean distances of the
// start's same-person and different-person pairs; a centre starts at its person's mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "head/safe_options.h"
#include "nn/last_layer.h"

namespace kface {

struct SafeEpoch {
  double loss = 0;            // mean over the epoch's steps, without the pull; 0 for epoch 0
  double held_out_error = 0;  // after the epoch, mean over the groups held out; smaller is better
};

struct SafeHead {
  Head head;                       // linear, L2-normalised
  std::vector<SafeEpoch> history;  // [0] is the start
  int best_epoch = 0;              // of the head; 0: nothing was better beyond doubt
};

// Requires: features is [n, d], identities [n]; start is linear, start.d == d, its weights are not
//           all 0; options in their ranges.
// Ensures:  best_epoch is the epoch of the smallest held-out error, the first of equals, or 0,
// which
//           gives the start's very weights: so its error is not above the L2-normalised start's.
//           Same arguments and build, same bytes.
// Errors:   kInvalidArgument for an unknown loss, a bad ratio, fewer than four people with two
//           images, features that are not numbers, or a training that stops being so; kInterrupted
//           if a stop was requested.
// Cost:     folds epochs (n (2 d m + 2 b m) + h^2 m) multiply-adds for batches of b images and h
//           held out; the epochs end by patience. Uses the calling thread alone; thread-safe.
Result<SafeHead> train_safely(std::span<const float> features, std::size_t d,
                              std::span<const std::uint32_t> identities, const Head& start,
                              const SafeTrainOptions& options, const StopFlag* stop = nullptr);

}  // namespace kface
