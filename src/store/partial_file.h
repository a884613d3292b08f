// The unfinished part of a download, and the note that says what it is a part of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "base/file_descriptor.h"
#include "kface/status.h"

namespace kface {

// Which version of which file the bytes belong to.
struct PartNote {
  std::string url;
  std::string validator;  // ETag (strong) or Last-Modified; empty: cannot be continued
  std::uint64_t total = 0;
};

// TARGET.part, held by one process at a time. Not thread-safe.
class PartialFile {
 public:
  // Creates it if it is not there. Errors: kIo, also if another process holds it.
  static Result<PartialFile> open(const std::filesystem::path& target);

  // Where its bytes are from; none if nothing says so.
  std::optional<PartNote> note() const;
  // The same if the bytes can be continued for `url`: there are some, they are from that address,
  // and the version that they are of can be told.
  std::optional<PartNote> note_to_continue(const std::string& url) const;
  std::uint64_t size() const { return size_; }
  const std::filesystem::path& path() const { return path_; }

  // Empties it; from now on its bytes are those that `note` describes.
  Status restart(const PartNote& note);
  Status append(std::span<const std::uint8_t> bytes);
  // Makes it the target. Errors: kIo.
  Status finish();
  // Removes it.
  void discard();

 private:
  PartialFile(std::filesystem::path target, std::filesystem::path path, ReadableFile file);

  std::filesystem::path target_;
  std::filesystem::path path_;
  std::filesystem::path note_path_;
  FileDescriptor descriptor_;
  std::uint64_t size_;
};

std::filesystem::path part_path(const std::filesystem::path& target);

}  // namespace kface
