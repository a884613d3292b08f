// Lists of image pairs to be verified, as text: LFW's pairs.txt and a plain one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kface/status.h"

namespace kface {

struct ListedPair {
  std::string a;  // image id
  std::string b;
  bool same = false;
  std::uint32_t fold = 0;
};

struct PairList {
  std::vector<ListedPair> pairs;  // in the order of the file
  std::uint32_t num_folds = 1;
};

// Reads either of two formats, told apart by the first line.
//
// LFW's: first line `FOLDS<tab>N` (pairs.txt) or `N` (pairsDevTrain.txt: one fold); then for each
// fold N lines `NAME<tab>n1<tab>n2` (same) and N lines `NAME1<tab>n1<tab>NAME2<tab>n2` (different).
// The image ids are NAME_0001 and so on, as `kface import lfw` gives them.
//
// Plain: lines `A<tab>B<tab>1` (same) or `...0` (different), A and B being image ids; one fold.
//
// Both: columns are separated by tabs if the line has one (names may then hold spaces), otherwise
// by spaces; CRLF is read as LF; blank lines and lines that begin with '#' are skipped.
//
// Errors: kCorruption, with `name` and the line, for text that is neither: another number of
//         columns, image numbers outside 1..9999, fewer or more rows than the header says, a label
//         other than 0 and 1, a pair of an image with itself, a zero byte; kInvalidArgument if
//         there are no pairs.
// Cost:   O(size of text).
Result<PairList> parse_pair_list(std::string_view text, std::string_view name);

}  // namespace kface
