// Brings VGG-Face's weights over the network into the models folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/parallel.h"
#include "kface/status.h"
#include "store/download.h"
#include "store/import_model.h"
#include "store/known_files.h"

namespace kface {

struct FetchRequest {
  std::string model;  // "vgg-face"
  std::string url;    // empty: there is none, and the answer says what to do by hand
  bool accept_license = false;
  std::optional<std::uint64_t> expected_bytes = kVggFaceSourceBytes;  // none: any size
  unsigned stall_seconds = 30;
  ImportModelOptions import = {};
};

struct FetchedModel {
  Downloaded download;
  ImportedModel imported;
};

// Downloads request.url (download.h) into `folder`, imports it (import_model.h), and removes the
// download once it is imported.
//
// Errors: kInvalidArgument (no such model; the licence is not accepted, which the text states; no
//         address); those of download_file() and import_model(). Where the network is at fault, the
//         text says how to do it by hand; where the import is, the download is kept and named.
Result<FetchedModel> fetch_model(const FetchRequest& request, const std::filesystem::path& folder,
                                 const JobContext& context);

// Where the download lies until it is imported.
std::filesystem::path download_path(const std::filesystem::path& folder);

}  // namespace kface
