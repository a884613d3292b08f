// `kface protocol kface`: what the K-FACE protocol makes of a dataset or a tree, written to files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/options.h"
#include "base/parallel.h"
#include "dataset/kface_protocol.h"
#include "experiment/record.h"

namespace kface {

struct KfaceProtocolOptions {
  std::string list;             // Q1..Q4; empty: none
  std::string select;           // T1..T4: of people to train on; Q1..Q4: of people to test on
  std::string match;            // a published list
  std::string output;           // of one of these
  std::string into;             // a new dataset of the selected images
  std::string test_identities;  // file; empty: drawn
  std::string identities_out;
  int test_people = static_cast<int>(kPublishedTestPeople);
  int pairs = 0;  // 0: as many as are published
  std::uint64_t seed = 1;
};

template <typename Options, typename Visitor>
void visit_kface_protocol_options(Options& o, Visitor&& field) {
  field("protocol.test_people", o.test_people, Range{2, 100000},
        "people to test on where no list of them is given (published: 30 of 400)");
  field("protocol.pairs", o.pairs, Range{0, 1e8},
        "pairs of the list, half of them of one person; 0 for as many as were published: 1,000 of "
        "Q1, 100,000 of the others");
  field("protocol.seed", o.seed, Range{0, 9e15}, "seed of the people and the pairs that are drawn");
}

// `source`: a dataset (accepted images count), or a K-FACE tree (all photos count). Writes what the
// options ask for. Returns {"protocol": "kface", "split": {...}, "selections": [{"name",
// "published", "here"}...], "written": [sentences]}.
//
// Ensures: the same files for the same source and options.
// Errors:  those of the functions of dataset/kface_protocol.h, match_published_list and
//          derive_dataset; kInvalidArgument: --match or --into of a tree, which has no dataset;
//          kNotFound, kIo.
Result<Json> run_kface_protocol(const std::filesystem::path& source,
                                const KfaceProtocolOptions& options, const JobContext& context);

}  // namespace kface
