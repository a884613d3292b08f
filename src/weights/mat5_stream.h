// The bytes of one element of a MATLAB 5 file, as they lie or inflated as they are asked for, so
// that a compressed variable is never held whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace kface {

// Not thread-safe. The bytes must outlive it.
class Mat5Stream {
 public:
  Mat5Stream(std::span<const std::uint8_t> bytes, bool compressed);
  ~Mat5Stream();
  Mat5Stream(const Mat5Stream&) = delete;
  Mat5Stream& operator=(const Mat5Stream&) = delete;

  // False: there are fewer, or they do not inflate.
  bool read(std::span<std::uint8_t> out);
  bool skip(std::uint64_t count);

  // Nothing but the end is left; a compressed stream ended with its checksum right.
  bool at_end();

 private:
  struct Inflater;

  std::span<const std::uint8_t> rest_;
  std::unique_ptr<Inflater> inflater_;  // of a compressed one
};

}  // namespace kface
