// From a listing of photos to a dataset: decode, align, write chips and manifest, on all cores.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "align/aligner.h"
#include "align/decode.h"
#include "base/parallel.h"
#include "dataset/source.h"
#include "kface/manifest.h"
#include "kface/status.h"

namespace kface {

// Turns a photo into a chip; belongs to one thread. Its error's message is the reason in the row.
using AlignFn =
    std::function<Result<AlignedFace>(const Image& photo, const std::optional<Landmarks5>& known)>;

// Called once by each thread that has work. An error ends the import.
using AlignFactory = std::function<Result<AlignFn>()>;

struct ImportOptions {
  AlignOptions align;
  DecodeLimits limits;
  // Seconds since any fixed moment, for ImportSummary; empty: all times stay 0.
  std::function<double()> clock;
};

struct ImportSummary {
  bool up_to_date = false;      // nothing was done: the dataset is what this import would make
  std::size_t num_resumed = 0;  // images that an import that was stopped had finished
  std::size_t num_images = 0;   // rows
  std::size_t num_accepted = 0;
  std::size_t num_people = 0;         // with an accepted image
  std::size_t num_single_people = 0;  // of these, with one only: no same-person pair
  std::size_t num_several_faces = 0;  // accepted, more than one face found
  std::size_t num_duplicates = 0;
  std::size_t num_sidecars = 0;                // aligned by the landmarks beside the photo
  std::size_t num_sidecars_refused = 0;        // these were detected instead
  std::size_t num_ignored_files = 0;           // see scan_folder
  std::map<std::string, std::size_t> refused;  // kind of reason -> images
  std::vector<std::string> notes;
  std::string digest;  // Manifest::digest()
  // Work of all threads added up.
  double decode_seconds = 0;  // reading, hashing, decoding
  double align_seconds = 0;
  double write_seconds = 0;  // encoding and writing chips
  double wall_seconds = 0;
};

// Makes the dataset. Chips go to DS/chips/PERSON/NAME-xxxxxxxx.png, where x is the start of the
// chip's SHA-256, so a new import never writes over a chip of the dataset that still stands.
//
// Ensures: the dataset's files are the same bytes for any number of threads, and whether or not
//          the import was stopped and continued. Until the end the old dataset stands; afterwards
//          its chips that no row names are gone.
//          With the same options and unchanged photos (path, size, time of change) nothing is
//          done again.
// Errors:  kInvalidArgument: DS is a folder with other things in it; too little is left (fewer
//          than two people with an accepted image, or none with two). In the latter case the rows
//          are still written: as the dataset if none stood there, otherwise to
//          DS/import-refused.csv.
//          kVersion: DS was made by a newer kface. kIo: the disk is full, or DS cannot be written.
//          kInterrupted: stopped; what is done stays in DS/import.journal. Errors of `make_align`.
Result<ImportSummary> run_import(const SourceListing& source, const std::filesystem::path& dataset,
                                 const ImportOptions& options, const AlignFactory& make_align,
                                 const JobContext& context);

// The kind of a reason: its start, without names and numbers ("duplicate of x/1.jpg" ->
// "duplicate").
std::string reason_kind(const std::string& reason);

}  // namespace kface
