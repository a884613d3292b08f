// A safetensors file looked at in place: nothing is copied, and pages that are not needed take no
// memory. For weights of hundreds of megabytes; read_safetensors() is simpler for small files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kface/status.h"

namespace kface {

// The tensors of one mapped file; views stay valid as long as the object lives. Thread-safe.
//
// Requires: nobody shortens or rewrites the file in place meanwhile (the process would be ended by
//           SIGBUS). Programs that replace it by renaming a new file over it, as everything in
//           kface that writes files does, are no danger: the mapping keeps the old one.
class MappedTensors {
 public:
  struct View {
    std::vector<std::size_t> shape;
    std::span<const float> values;  // product(shape) values, row-major
  };

  virtual ~MappedTensors() = default;
  MappedTensors(const MappedTensors&) = delete;
  MappedTensors& operator=(const MappedTensors&) = delete;

  virtual const std::map<std::string, std::string>& metadata() const = 0;
  virtual const std::map<std::string, View>& tensors() const = 0;

  // Identity of the whole file's bytes: SHA-256 over the SHA-256s of its 16 MiB pieces
  // (docs/formats/safetensors.md), which several threads compute at once.
  virtual const std::string& content_digest() const = 0;

  // Gives the memory of a tensor back to the system; its view stays valid and is read from the file
  // again when it is used. Requires: there is a tensor of that name.
  virtual void release(const std::string& name) const = 0;

 protected:
  MappedTensors() = default;
};

// Opens and checks the whole file, on `threads` threads (at least 1).
//
// Ensures: no value is NaN or infinite; the file's pages have been given back to the system.
// Errors:  those of read_safetensors(), in the same words; kCorruption also if the data does not
//          begin at a multiple of 4 bytes.
// Cost:    one pass over the file, which stays in memory for 16 MiB a thread.
Result<std::shared_ptr<const MappedTensors>> map_safetensors(const std::filesystem::path& path,
                                                             unsigned threads = 1);

}  // namespace kface
