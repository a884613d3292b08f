// The definition of what recipe `trained` minimises, in plain loops and double precision: a batch's
// loss (head/loss_kinds.h) plus the pull towards the start. Everything faster is tested against
// this file; nothing else uses it.
//
//   e_i = (x_i W + b) / |x_i W + b|
//   objective = loss(e) + anchor / 2 (|W - W0|^2 + |b - b0|^2) / (d m)
// The second term is L2-SP (Li, Grandvalet and Davoine 2018).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "head/loss_selection.h"

namespace kface::ref {

struct SafeBatch {
  std::span<const float> rows;  // [b, d]
  std::size_t d = 0;
  std::size_t m = 0;
  std::span<const std::uint32_t> people;  // [b], below num_people
  std::size_t num_people = 0;
};

// Layout of parameters, start and gradient: W [d, m], b [m], then what the loss learns.
struct SafeGradient {
  double objective = 0;
  double loss = 0;               // without the pull
  std::vector<double> gradient;  // of the objective
};

SafeGradient safe_gradient(const SafeBatch& batch, const LossSelection& selection,
                           const LossOptions& options, double anchor,
                           const std::vector<double>& start, const std::vector<double>& parameters);

}  // namespace kface::ref
