// The dataset's folder during an import: whose it is, what stands there, what is left over.
#pragma once

#include <filesystem>
#include <string>

#include "dataset/source.h"
#include "kface/manifest.h"
#include "kface/status.h"

namespace kface {

// Creates DS if it is missing. Errors: kInvalidArgument (DS is a file, or holds other things than
// a dataset of ours), kVersion, kIo.
Status prepare_dataset_folder(const std::filesystem::path& dataset);

// Identity of a photo as listed: id, path, size, time of change, attributes, sidecar.
std::string fingerprint(const Candidate& photo);

// Digest of what an import was asked to do and of all that it was given.
std::string import_state(const SourceListing& source, const std::string& options_digest);

// The dataset, if DS/import.state says that it came of `state` and all of its chips are there.
// The note belongs to this machine (it holds times of change); the dataset does not depend on it.
Result<Manifest> find_up_to_date(const std::filesystem::path& dataset, const std::string& state);

// Errors: kIo.
Status write_import_state(const std::filesystem::path& dataset, const std::string& state);

// Removes chips that no row names, and what killed imports left. Files not named as ours stay.
void remove_leftovers(const std::filesystem::path& dataset, const Manifest& manifest);

// Everything written so far below DS is on the disk. Errors: kIo.
Status flush_folder(const std::filesystem::path& dataset);

}  // namespace kface
