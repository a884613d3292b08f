// A published list of K-FACE pairs, brought to the ids of a dataset.
#pragma once

#include "eval/pair_list.h"
#include "kface/manifest.h"
#include "kface/status.h"

namespace kface {

struct MatchedList {
  PairList list;
  std::size_t num_absent = 0;   // pairs left out: the dataset never had one of the photos
  std::size_t num_refused = 0;  // pairs kept with a photo that was refused: no distance, an error
};

// The list with the dataset's own ids: a photo is found by identity, S, L, E and C, whatever the
// spelling of its path, its extension and its resolution (the best one that was taken).
//
// Errors: kInvalidArgument: a name on the list or in the dataset that is no photo of K-FACE, or no
//         pair is left (says how many there were).
Result<MatchedList> match_published_list(const PairList& published, const Manifest& manifest);

// Lines `A B 1` and `A B 0`.
std::string list_text(const PairList& list);

}  // namespace kface
