// What an import has done so far, so that one that was stopped continues where it was.
// File: DS/import.journal, append-only; removed when the import is finished.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "kface/manifest.h"
#include "kface/status.h"

namespace kface {

// Each line is 16 digits of the SHA-256 of the rest, a space, and one JSON value; the first line
// holds the digest of the options. Reading stops at the first line that is not whole.
//
// append() is thread-safe; everything else is not. Holds a lock on the file while it lives.
class ImportJournal {
 public:
  // Opens or creates. What an import with another `options_digest` left is discarded.
  // Errors: kIo (cannot be written; another import into the same folder is running).
  static Result<std::unique_ptr<ImportJournal>> open(const std::filesystem::path& path,
                                                     const std::string& options_digest);
  ~ImportJournal();
  ImportJournal(const ImportJournal&) = delete;
  ImportJournal& operator=(const ImportJournal&) = delete;

  // Records of the import that was stopped, by the fingerprint of their candidate.
  const std::map<std::string, ImageRecord>& finished() const { return finished_; }

  // Errors: kIo.
  Status append(const std::string& fingerprint, const ImageRecord& record);

  // The import is finished: no journal is needed any more. Errors: kIo.
  Status remove();

 private:
  ImportJournal(std::filesystem::path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  Status load(const std::string& options_digest);
  Status write_line(const std::string& payload);

  std::filesystem::path path_;
  int descriptor_;
  std::map<std::string, ImageRecord> finished_;
  std::mutex mutex_;
};

}  // namespace kface
