// What 'kface simulate' can draw on a chip, and which drawings an image gets.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "align/simulate.h"
#include "base/rng.h"
#include "kface/manifest.h"
#include "kface/status.h"

namespace kface {

// One drawing. Light and accessories are named as the K-FACE importer names them.
struct SimulatedVariant {
  std::string kind;                                    // lux
  std::string name;                                    // "lux 40": the row's attribute `simulated`
  std::map<std::string, std::string> attributes = {};  // of the row, over those of its real row
  Simulation simulation = {};                          // blur as on a chip of 150 pixels
  bool needs_landmarks = false;
};

// The kinds, in the order in which they are documented:
//   lux          400, 200, 150, 100, 40: K-FACE's L2 to L6 on a photo that is taken as 1000 lux
//   direction    one lamp: up30, down15, right90, right45, left45, left90
//   glasses, horn-rimmed, sunglasses, cap, mask
//   blur         sigma 1, 2 pixels of a 150-pixel chip
//   noise        sigma 10, 20 grey levels
const std::vector<std::string>& simulated_kinds();

// All drawings of the kinds in `list` (commas), in documented order; a kind named twice counts
// once. Errors: kInvalidArgument: a word that is no kind (lists them), or no kind at all.
Result<std::vector<SimulatedVariant>> parse_simulated_kinds(const std::string& list);

// Where a drawing stands in that order, by name; after all of them for any other text.
std::size_t documented_place(const std::string& name);

// May it be drawn on this row? Dimmer light only where the row does not say that it is dim already,
// a lamp only where none is named, an accessory only where none is.
bool can_be_drawn(const SimulatedVariant& variant, const ImageRecord& record);

// `count` different drawings for the image (fewer if there are no more that can be drawn), indices
// of `variants`: kinds in random order, one drawing of each; then a second of each; and so on.
std::vector<std::size_t> choose_variants(const std::vector<SimulatedVariant>& variants,
                                         const ImageRecord& record, std::size_t count, Rng rng);

}  // namespace kface
