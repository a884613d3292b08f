// The protocol by which K-FACE results are published (MixFace, arXiv 2111.01717): which people are
// for training and which for testing, which photos a model is trained on (T1 to T4), and which
// pairs it is tested on (Q1 to Q4). docs/protocols.md has the tables and their source.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/source.h"
#include "kface/manifest.h"
#include "kface/status.h"

namespace kface {

// Conditions of a training selection Tn, and of the list Qn of the same number.
struct KfaceSelection {
  int number = 0;                                           // 1 to 4
  std::vector<int> sessions, lights, expressions, cameras;  // S, L, E, C; ascending
  std::size_t published_images = 0;                         // Tn, of 370 people
  std::size_t published_pairs = 0;                          // Qn, of 30 people
};

inline constexpr std::size_t kPublishedTestPeople = 30;

const std::array<KfaceSelection, 4>& kface_selections();

// A photo of K-FACE with the numbers of its path.
struct KfacePhoto {
  std::string id;  // in the dataset
  std::string identity;
  int resolution = 0;  // 1 high, 2 middle, 3 low; 0: the path does not say
  int session = 0;
  int light = 0;
  int expression = 0;
  int camera = 0;
};

bool in_selection(const KfacePhoto& photo, const KfaceSelection& selection);

// The numbers in `ID/S001/L1/E01/C4.jpg`, as published lists name photos, or with a resolution
// after ID, as ids of datasets may have it. Errors: kInvalidArgument, with the text.
Result<KfacePhoto> parse_kface_photo(std::string_view path);

// Accepted photos of a dataset that `kface import aihub` made, by id. Refused ones count as not
// there. Errors: kInvalidArgument: an image that is no photo of K-FACE (named).
Result<std::vector<KfacePhoto>> kface_photos(const Manifest& manifest);

// The same of a K-FACE tree that was not imported. Errors: those of scan_aihub.
Result<std::vector<KfacePhoto>> scan_kface_photos(const std::filesystem::path& tree,
                                                  const JobContext& context);

struct KfaceSplit {
  std::vector<std::string> train;  // identities, sorted
  std::vector<std::string> test;
  std::size_t num_absent = 0;  // test identities of a list that have no photo here
};

// Everybody on `list` (an identity a line; blank lines and lines that begin with '#' are skipped)
// is for testing. Errors: kInvalidArgument: fewer than 2 of them, or nobody else, have photos.
Result<KfaceSplit> split_by_list(const std::vector<KfacePhoto>& photos, std::string_view list,
                                 std::string_view name);

// `num_test` people drawn by `seed`. Errors: kInvalidArgument: nobody would be left to train on.
Result<KfaceSplit> draw_split(const std::vector<KfacePhoto>& photos, std::size_t num_test,
                              std::uint64_t seed);

// Photos of `people` (sorted) under the selection's conditions, in the order of `photos`; of a
// photo in several resolutions the best.
std::vector<KfacePhoto> select_photos(const std::vector<KfacePhoto>& photos,
                                      const KfaceSelection& selection,
                                      const std::vector<std::string>& people);

// Pairs that there are among photos.
struct PairCounts {
  std::uint64_t same = 0;
  std::uint64_t different = 0;
};
PairCounts count_pairs(const std::vector<KfacePhoto>& photos);

struct KfacePair {
  std::string a;  // ids
  std::string b;
  bool same = false;
};

// `wanted` different pairs, half of them of one person, drawn by `seed` without replacement from
// all that there are; fewer, but still half and half, where one kind runs out. Same pairs come
// first, each kind sorted by its ids. Requires: photos sorted by identity. Errors:
// kInvalidArgument: no pair of one of the kinds. Cost: O(photos + wanted).
Result<std::vector<KfacePair>> draw_pairs(const std::vector<KfacePhoto>& photos, std::size_t wanted,
                                          std::uint64_t seed);

// Lines `A B 1` and `A B 0`, as published.
std::string pair_lines(const std::vector<KfacePair>& pairs);

}  // namespace kface
