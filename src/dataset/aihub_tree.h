// Reading the K-FACE tree, one folder at a time and none that is not asked for.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "dataset/aihub_conditions.h"
#include "dataset/source.h"

namespace kface {

// People of a tree: identity, then their folders with the resolution's number (0: unknown).
struct AihubPersonFolder {
  int resolution = 0;
  std::filesystem::path path;
};
using AihubPeople = std::map<std::string, std::vector<AihubPersonFolder>>;

struct AihubTree {
  AihubPeople people;
  int num_resolutions = 0;  // different ones in `people`
  bool simulated = false;   // SIMULATED.txt stands at the top
};

// `root` canonical; `excluded` is not entered.
// Errors: kIo; kInvalidArgument: no resolution folder of the mask and no person.
Result<AihubTree> find_aihub_people(const std::filesystem::path& root,
                                    const std::filesystem::path& excluded, const AihubMask& mask);

// All photos of a person under one session and one light.
struct AihubBucket {
  int resolution = 0;
  int session = 0;
  int light = 0;
  std::filesystem::path path;  // .../S001/L1
};

// The person's buckets that pass the mask, sorted. Unreadable folders go to `refused`.
std::vector<AihubBucket> list_aihub_buckets(const std::filesystem::path& root,
                                            const std::vector<AihubPersonFolder>& folders,
                                            const AihubMask& mask, std::vector<Refusal>& refused);

// Where a photo is named in ids and rows.
struct AihubNaming {
  std::filesystem::path root;
  std::string identity;
  bool with_resolution = false;  // in ids
};

// The photos of a bucket that pass the mask, in order of expression and camera. Photos that are
// not named like one of K-FACE go to `refused`.
std::vector<Candidate> open_aihub_bucket(const AihubNaming& naming, const AihubBucket& bucket,
                                         const AihubMask& mask, std::vector<Refusal>& refused);

}  // namespace kface
