// A backbone that sees each chip several times, each time a little changed, and gives the mean of
// the features. A face, its mirror image, and the face a few pixels aside are the same person; what
// differs is pose, light, and where the aligner happened to put the eyes. docs/recipes.md.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "backbone/backbone.h"

namespace kface {

enum class Views {
  kPlain,   // the chip
  kMirror,  // and its mirror image
  kJitter,  // and the chip moved by a thirtieth of its side to the left, the right, up and down
};

// From the cheapest to the dearest.
std::vector<Views> all_views();

// What stands behind the id of a backbone: "", "+mirror", "+jitter".
std::string views_suffix(Views views);

// Forward passes a chip: 1, 2, 6.
std::size_t num_views(Views views);

// The chip's views, itself first. Beyond the edge of a moved chip its outermost pixels repeat.
// Requires: a square chip.
std::vector<Image> make_views(const Image& chip, Views views);

// `inner` under the id "<inner><suffix>", with a digest of its own: its features never meet those
// of other views. num_views times the cost. The last layer is the inner one's; it is linear, so
// that the mean of features gives the mean of embeddings.
//
// Requires: inner is not null; views is not kPlain.
std::unique_ptr<Backbone> with_views(std::unique_ptr<Backbone> inner, Views views);

}  // namespace kface
