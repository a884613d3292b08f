// Rows that are drawings on real photos: how they are marked, and which rows count as real.
//
// Two attributes of a row say it (docs/formats/manifest.md):
//   simulated       what was drawn, e.g. "lux 40"; "yes" where a whole data set is simulated (the
//                   demo); real rows have none
//   simulated_from  id of the real row whose chip was drawn on; only rows of 'kface simulate'
#pragma once

#include <string>

#include "kface/manifest.h"

namespace kface {

inline constexpr char kSimulatedAttribute[] = "simulated";
inline constexpr char kSimulatedFromAttribute[] = "simulated_from";

// Is anything in this picture a drawing? True for every row of the demo's data set, too.
bool is_simulated(const ImageRecord& record);

// Was it drawn by 'kface simulate' on the chip of another row of the same dataset?
bool is_drawn_copy(const ImageRecord& record);

// What was drawn; empty for real rows. The kind without its amount: "lux" of "lux 40".
std::string simulated_as(const ImageRecord& record);
std::string simulated_kind(const ImageRecord& record);

// May a metric count this row? Real photos may, drawings may not. In a dataset that is simulated as
// a whole (fact simulated = yes) all but the drawn copies may: the fact marks every figure of it.
bool counts_in_metrics(const ImageRecord& record, const Manifest& manifest);

}  // namespace kface
