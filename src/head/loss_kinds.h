// The losses that recipe `trained` can minimise, over embeddings e of length 1. b images of a
// batch; d_ij = |e_i - e_j|, s_ij = e_i . e_j; S same-person and D different-person pairs i < j.
//
//   pairs        sigmoid(w d + c) as the probability of "same person", binary cross-entropy, mean
//                over the S and the D that the ratio n:p asks for; w and c are learnt.
//                The paper VGG-Kface, section 2.
//   contrastive  mean of d^2 / 2 over S and max(0, margin - d)^2 / 2 over D, at n:p.
//                Hadsell, Chopra and LeCun 2006, equation 4.
//   triplet      mean over (anchor, positive) of max(0, d_ap^2 - d_an^2 + margin), one negative
//                each; semi-hard: the nearest negative farther than the positive.
//                Schroff, Kalenichenko and Philbin 2015 (FaceNet), section 3.
//   arcface      cross-entropy of softmax over people of scale cos(angle(e, centre)), the angle of
//                the own centre enlarged by margin (radians). Deng, Guo, Xue and Zafeiriou 2019,
//                equation 3; where angle + margin > pi, cos(angle) - margin sin(margin), as the
//                authors' code has it. The centres are learnt.
//   mixface      arcface + SN-pair, their scales derived from the numbers of people C and of
//                different-person pairs N:
//                  SN-pair = mean over S of -log(exp(r s) / (exp(r s) + sum over D exp(r s')))
//                  scale = (ln(C - 1) + ln((1 - q) / q)) / cos(margin),  r = ln N + ln((1 - q) / q)
//                Jung et al. 2021 (arXiv 2111.01717); the formulas are those of the authors'
//                published code, whose q is 1e-5 by default.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "head/pairs.h"
#include "kface/status.h"

namespace kface {

enum class LossKind { kPairs, kContrastive, kTriplet, kArcFace, kMixFace };

// Which different-person pairs a batch teaches: the nearest of those that are farther than the same
// person is (semi-hard), the nearest (hard), any (random). arcface and mixface use all of them.
enum class Negatives { kSemiHard, kHard, kRandom };

struct LossOptions {
  LossKind kind = LossKind::kPairs;
  double margin = 0;
  double scale = 0;  // arcface; mixface: 0 = derived as above, else both scales
  PairRatio ratio = {};
  Negatives negatives = Negatives::kSemiHard;
};

std::vector<std::string> loss_names();
std::vector<std::string> negatives_names();

// A margin or scale of 0 becomes the loss's own.
// Errors: kInvalidArgument for an unknown word (lists them), a ratio without both kinds of pair, or
//         an angle above 1.5 radians.
Result<LossOptions> parse_loss(const std::string& loss, const std::string& negatives,
                               const std::string& ratio, double margin, double scale);

// Whether the loss has a centre for each person, or the output unit (w, c).
bool has_centres(LossKind kind);
bool has_score_unit(LossKind kind);

// Values that are learnt beside the layer: [C, m] centres, or w and c, or none.
std::size_t num_loss_parameters(LossKind kind, std::size_t num_people, std::size_t m);

// The scales of mixface's two parts, or arcface's one.
double centre_scale(const LossOptions& options, std::size_t num_people);
double pair_scale(const LossOptions& options, std::size_t num_different_pairs);

}  // namespace kface
