// The options of recipe `trained`. Rate and anchor are measured against the start's own size, so
// they mean the same for every backbone (head/safe_trainer.h).
#pragma once

#include <cstdint>
#include <string>

#include "base/options.h"
#include "head/loss_kinds.h"

namespace kface {

struct SafeTrainOptions {
  std::string loss = "contrastive";
  int epochs = 40;
  double learning_rate = 0.003;
  double anchor = 10;
  double margin = 0;  // 0: the loss's own
  double scale = 0;   // 0: the loss's own
  int people_per_batch = 32;
  int images_per_person = 4;
  std::string negatives = "hard";
  std::string ratio = "4:6";  // n:p
  double validation = 0.2;
  int folds = 0;  // 0: by the number of people
  int patience = 10;
  double doubt = 2;
  std::uint64_t seed = 1;  // of the split and the batches
};

// All but the seed, which the commands have once. A flag is the last part of its key, so the last
// parts differ from those of the recipe `paper`.
template <typename Options, typename Visitor>
void visit_safe_options(Options& o, Visitor&& field) {
  field("safe.loss", o.loss, Choices{loss_names()}, "what recipe trained minimises");
  field("safe.safe_epochs", o.epochs, Range{1, 100000}, "passes over the images, at most");
  field("safe.safe_learning_rate", o.learning_rate, Range{1e-8, 10},
        "Adam's step size at the start of a cosine schedule that ends at 0, in root mean squares "
        "of the start's weights");
  field("safe.anchor", o.anchor, Range{0, 1e6},
        "pull towards the start (L2-SP), 0 = none, relative to the start's size");
  field("safe.margin", o.margin, Range{0, 2},
        "contrastive: a distance; triplet: a squared distance; arcface, mixface: radians below "
        "pi / 2; 0 = the loss's own");
  field("safe.scale", o.scale, Range{0, 1000},
        "arcface, mixface: factor of the cosines; 0 = the loss's own");
  field("safe.people_per_batch", o.people_per_batch, Range{2, 4096}, "people in a training step");
  field("safe.images_per_person", o.images_per_person, Range{2, 1000},
        "images of each person in a training step");
  field("safe.negatives", o.negatives, Choices{negatives_names()},
        "pairs, contrastive, triplet: which different-person pairs of a step are learnt from");
  field("safe.safe_ratio", o.ratio, AnyText{},
        "pairs, contrastive: different-person to same-person pairs of a step, n:p");
  field("safe.held_out", o.validation, Range{0.05, 0.5},
        "share of the people held out, who decide which epoch is kept");
  field("safe.held_out_groups", o.folds, Range{0, 100},
        "groups of people held out in turn, the heads averaged; 0 = as many as hold out 60 people, "
        "at most 5");
  field("safe.patience", o.patience, Range{1, 100000},
        "epochs without a better one after which training ends");
  field("safe.doubt", o.doubt, Range{0, 10},
        "standard errors by which the people held out must gain, or the start is kept");
}

}  // namespace kface
