#include "weights/mat5_stream.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

namespace kface {
namespace {

constexpr std::size_t kBlock = 1U << 14U;

}  // namespace

struct Mat5Stream::Inflater {
  z_stream stream{};
  int result = Z_OK;

  explicit Inflater(std::span<const std::uint8_t> bytes) {
    stream.next_in = const_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    result = bytes.size() > std::numeric_limits<uInt>::max() ? Z_DATA_ERROR : inflateInit(&stream);
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // How many of `out` were filled.
  std::size_t fill(std::span<std::uint8_t> out) {
    std::size_t done = 0;
    while (done < out.size() && result == Z_OK) {
      const std::size_t part =
          std::min<std::size_t>(out.size() - done, std::numeric_limits<uInt>::max());
      stream.next_out = out.data() + done;
      stream.avail_out = static_cast<uInt>(part);
      result = inflate(&stream, Z_NO_FLUSH);
      done += part - stream.avail_out;
    }
    return done;
  }
};

Mat5Stream::Mat5Stream(std::span<const std::uint8_t> bytes, bool compressed) : rest_(bytes) {
  if (compressed) {
    inflater_ = std::make_unique<Inflater>(bytes);
  }
}

Mat5Stream::~Mat5Stream() = default;

bool Mat5Stream::read(std::span<std::uint8_t> out) {
  if (inflater_ != nullptr) {
    return inflater_->fill(out) == out.size();
  }
  if (out.size() > rest_.size()) {
    return false;
  }
  std::copy_n(rest_.begin(), out.size(), out.begin());
  rest_ = rest_.subspan(out.size());
  return true;
}

bool Mat5Stream::skip(std::uint64_t count) {
  if (inflater_ == nullptr) {
    const bool enough = count <= rest_.size();
    rest_ = enough ? rest_.subspan(count) : rest_;
    return enough;
  }
  std::array<std::uint8_t, kBlock> sink;
  while (count > 0) {
    const std::size_t part = std::min<std::uint64_t>(count, sink.size());
    if (!read(std::span(sink).first(part))) {
      return false;
    }
    count -= part;
  }
  return true;
}

bool Mat5Stream::at_end() {
  if (inflater_ == nullptr) {
    return rest_.empty();
  }
  std::array<std::uint8_t, 1> one{};
  return inflater_->fill(one) == 0 && inflater_->result == Z_STREAM_END &&
         inflater_->stream.avail_in == 0;
}

}  // namespace kface
