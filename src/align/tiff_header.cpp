// The directory structure that TIFF files and EXIF blocks share.
#include <optional>
#include <string>

#include "align/image_header.h"

namespace kface {
namespace {

constexpr std::uint32_t kTagSubfileType = 254;
constexpr std::uint32_t kTagWidth = 256;
constexpr std::uint32_t kTagHeight = 257;
constexpr std::uint32_t kTagOrientation = 274;
constexpr std::size_t kFieldBytes = 12;
constexpr std::uint32_t kMaxDirectories = 1000;  // also what ends a chain that loops

class TiffDirectories {
 public:
  explicit TiffDirectories(const ByteView& bytes)
      : bytes_(bytes), order_(bytes.starts_with(0, "MM") ? Endian::kBig : Endian::kLittle) {}

  std::optional<std::uint32_t> first() const { return bytes_.number(4, 4, order_); }

  // Offset of the next directory, 0 after the last one, nullopt if `directory` is cut short.
  std::optional<std::uint32_t> after(std::size_t directory) const {
    const auto count = bytes_.number(directory, 2, order_);
    return count ? bytes_.number(directory + 2 + *count * kFieldBytes, 4, order_) : std::nullopt;
  }

  // First value of a BYTE, SHORT or LONG field; nullopt if absent or of another type.
  std::optional<std::uint32_t> field(std::size_t directory, std::uint32_t tag) const {
    const std::uint32_t count = bytes_.number(directory, 2, order_).value_or(0);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = directory + 2 + i * kFieldBytes;
      if (bytes_.number(at, 2, order_) != tag) {
        continue;
      }
      const std::uint32_t type = bytes_.number(at + 2, 2, order_).value_or(0);
      const std::size_t size = type == 1 ? 1 : type == 3 ? 2 : type == 4 ? 4 : 0;
      return size == 0 ? std::nullopt : bytes_.number(at + 8, size, order_);
    }
    return std::nullopt;
  }

  int orientation(std::size_t directory) const {
    const std::uint32_t value = field(directory, kTagOrientation).value_or(1);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }

 private:
  ByteView bytes_;
  Endian order_;
};

}  // namespace

int exif_orientation(const ByteView& exif) {
  const TiffDirectories directories(exif);
  const auto first = directories.first();
  const bool known = exif.starts_with(0, "II") || exif.starts_with(0, "MM");
  return known && first ? directories.orientation(*first) : 1;
}

Result<ImageHeader> read_tiff_header(const ByteView& bytes) {
  const TiffDirectories directories(bytes);
  const auto first = directories.first();
  if (!first || !directories.after(*first)) {
    return truncated_image("the TIFF ends before its directory");
  }
  ImageHeader header;
  header.format = ImageFormat::kTiff;
  header.width = directories.field(*first, kTagWidth).value_or(0);
  header.height = directories.field(*first, kTagHeight).value_or(0);
  header.orientation = directories.orientation(*first);

  std::uint32_t pages = 0;
  std::uint32_t visited = 0;
  for (std::uint32_t at = *first; at != 0 && visited < kMaxDirectories; ++visited) {
    // Bit 0: a reduced version of another page, that is a thumbnail.
    const bool thumbnail = (directories.field(at, kTagSubfileType).value_or(0) & 1U) != 0;
    pages += thumbnail ? 0 : 1;
    const auto next = directories.after(at);
    if (!next) {
      return truncated_image("a TIFF directory is cut short");
    }
    at = *next;
  }
  if (pages > 1) {
    return Status{ErrorCode::kCorruption,
                  "several pages (" + std::to_string(pages) + "); one photo a file is expected"};
  }
  return header;
}

}  // namespace kface
