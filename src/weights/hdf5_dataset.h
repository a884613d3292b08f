// Reading HDF5 as if it came from an enemy: only objects that lie in the file itself, only float32
// that is really there, and nothing that inflates beyond its declared size. The library's own
// parsing of a damaged file cannot be guarded from here (docs/formats/vgg-face.md, "Limits").
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "kface/status.h"
#include "weights/readers.h"
#include "weights/vgg_layout.h"

namespace kface {

// HDF5 is not thread-safe as Debian builds it: whoever calls it holds this lock, which also keeps
// it from printing. Restores its error handler at the end.
class Hdf5Session {
 public:
  Hdf5Session();
  ~Hdf5Session();
  Hdf5Session(const Hdf5Session&) = delete;
  Hdf5Session& operator=(const Hdf5Session&) = delete;

 private:
  std::unique_lock<std::mutex> lock_;
  void* handler_ = nullptr;
  void* client_ = nullptr;
};

// An open file. Requires: an Hdf5Session that outlives it. Paths are "group/dataset", "" the root.
// Errors of each: kCorruption, with the file's name.
class Hdf5File {
 public:
  // `file` must outlive the result.
  static Result<Hdf5File> open(const SourceFile& file);
  ~Hdf5File();
  Hdf5File(Hdf5File&& other) noexcept;
  Hdf5File& operator=(Hdf5File&&) = delete;
  Hdf5File(const Hdf5File&) = delete;
  Hdf5File& operator=(const Hdf5File&) = delete;

  // Every link of the path is there, and a hard one.
  bool has(const std::string& path) const;
  bool has_attribute(const std::string& path, const std::string& attribute) const;

  // Texts of fixed or variable length; none if the attribute is an empty array of any type.
  Result<std::vector<std::string>> texts(const std::string& path,
                                         const std::string& attribute) const;

  // Of a float32 dataset that lies completely in the file.
  Result<TensorShape> shape(const std::string& path) const;

  // Requires: shape() gave `shape`, and the caller wants that much.
  Result<std::vector<float>> read(const std::string& path, const TensorShape& shape) const;

  // Of an open dataset, which errors call `path`, whatever its type: it claims no more than
  // `max_bytes`, lies completely in the file, and inflates to no more than what it declares.
  Status check_storage(std::int64_t dataset, const std::string& path,
                       std::uint64_t max_bytes) const;

  // For those that speak HDF5 themselves.
  std::int64_t id() const { return id_; }

 private:
  Hdf5File(const SourceFile& file, std::int64_t id) : file_(&file), id_(id) {}

  Status error(const std::string& what) const;
  Status check_chunks(std::int64_t dataset, std::int64_t properties, const std::string& path) const;

  const SourceFile* file_;
  std::int64_t id_;
};

// The text of an attribute of an open object; "" when it has no such one.
std::string hdf5_text(std::int64_t object, const char* attribute);

}  // namespace kface
