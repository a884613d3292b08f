// What an importer finds before anything is decoded: which photos there are, of whom, and what
// is known about them. Scanning opens no photo.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "kface/status.h"

namespace kface {

// Size and time of last change: whether a file is still the one that was imported.
struct FileStamp {
  std::uintmax_t size = 0;
  std::int64_t modified_ns = 0;
};

struct Candidate {
  std::string id;
  std::string identity;
  std::string source;          // relative to the scanned folder, '/' separated, UTF-8
  std::filesystem::path path;  // the file itself
  FileStamp stamp;
  std::map<std::string, std::string> attributes;
  std::filesystem::path sidecar;  // landmarks beside the photo; empty: none
  FileStamp sidecar_stamp;
};

struct Refusal {
  std::string id;  // empty: finish_listing gives one
  std::string identity;
  std::string source;
  std::string reason;
};

struct SourceListing {
  std::string kind;            // folder, lfw, aihub
  std::filesystem::path root;  // canonical
  std::map<std::string, std::string> facts;
  std::vector<Candidate> candidates;  // sorted by id
  std::vector<Refusal> refused;       // sorted by id; no id stands twice in both lists together
  std::size_t ignored_files = 0;      // hidden files, .txt, .csv, Thumbs.db and the like
  std::vector<std::string> notes;     // for the user, one sentence each
};

// A folder per person: SRC/PERSON/photo, or deeper. id = path of the photo below SRC.
//
// `dataset` (may not exist yet) is skipped where it lies inside SRC. Symbolic links are followed,
// also out of SRC; what a link reaches that was read already is refused with that reason, so a
// loop ends. Hidden files, and files whose extension says that they describe photos (.txt .csv
// .tsv .json .xml .xmp .md .html .ini .db) are ignored and counted. Any other name is a photo
// until the decoder says otherwise.
// Errors: kNotFound (no such folder), kIo, kInvalidArgument (SRC lies inside `dataset`),
//         kInterrupted.
// Cost:   one stat a file.
Result<SourceListing> scan_folder(const std::filesystem::path& root,
                                  const std::filesystem::path& dataset, const JobContext& context);

// Labeled Faces in the Wild: SRC/NAME/NAME_0001.jpg, or SRC/images/..., SRC/lfw/... and the other
// names that its archives unpack to. id = NAME_0001, as in pairs.txt. Otherwise as scan_folder.
Result<SourceListing> scan_lfw(const std::filesystem::path& root,
                               const std::filesystem::path& dataset, const JobContext& context);

// Sorts both lists by id and makes ids unique: a second candidate of one id is refused.
void finish_listing(SourceListing& listing);

// The folder as an absolute path without links, checked to be readable and outside `dataset`.
// Errors: as scan_folder.
Result<std::filesystem::path> check_source(const std::filesystem::path& root,
                                           const std::filesystem::path& dataset);

// Errors: kIo, kNotFound.
Result<FileStamp> stamp_file(const std::filesystem::path& path);

}  // namespace kface
