#include "align/image_header.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <string>

#include "align/pnm_header.h"

namespace kface {
namespace {

Status corrupt(std::string message) { return {ErrorCode::kCorruption, std::move(message)}; }

Status animated(std::uint32_t frames) {
  return corrupt("animated (" + std::to_string(frames) + " frames); a still photo is expected");
}

Status not_an_image(const ByteView& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "not an image (first bytes";
  for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size(), 4); ++i) {
    const auto byte = static_cast<unsigned>(bytes.data()[i]);
    text += {' ', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return corrupt(text + "); JPEG, PNG, BMP, TIFF, WebP or PNM is expected");
}

// Formats that people do have, told apart so that the reason says what to do.
const char* name_of_unread_format(const ByteView& bytes) {
  if (bytes.starts_with(0, "GIF8")) {
    return "GIF";
  }
  if (bytes.starts_with(4, "ftyp")) {
    return "HEIF, AVIF or video";
  }
  if (bytes.starts_with(0, std::string_view("\0\0\0\x0cjP  ", 8))) {
    return "JPEG 2000";
  }
  if (bytes.starts_with(0, "P7\n")) {
    return "PAM";
  }
  if (bytes.starts_with(0, "%PDF")) {
    return "PDF";
  }
  return nullptr;
}

bool is_jpeg_size_marker(std::uint32_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

bool is_jpeg_marker_without_length(std::uint32_t marker) {
  return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
}

// What one JPEG segment (its body, without marker and length) adds to the header.
void read_jpeg_segment(std::uint32_t marker, const ByteView& body, ImageHeader& header) {
  if (is_jpeg_size_marker(marker) && header.width == 0) {
    header.height = body.number(1, 2, Endian::kBig).value_or(0);
    header.width = body.number(3, 2, Endian::kBig).value_or(0);
  } else if (marker == 0xE1 && body.starts_with(0, std::string_view("Exif\0", 5))) {
    header.orientation = exif_orientation(body.part(6));
  }
}

}  // namespace

Status truncated_image(const char* detail) {
  return corrupt(std::string("truncated (") + detail + "); copy the file again");
}

Status undecodable_image(const char* detail) {
  return corrupt(std::string("cannot be decoded: ") + detail);
}

Result<ImageHeader> read_jpeg_header(const ByteView& bytes) {
  ImageHeader header;
  header.format = ImageFormat::kJpeg;
  std::size_t at = 2;
  while (bytes.has(at, 2)) {
    // Bytes between segments are skipped, as libjpeg does; a marker may be preceded by many 0xFF.
    const std::uint32_t marker = *bytes.u8(at + 1);
    if (*bytes.u8(at) != 0xFF || marker == 0xFF || marker == 0x00) {
      ++at;
      continue;
    }
    at += 2;
    if (is_jpeg_marker_without_length(marker)) {
      continue;
    }
    if (marker == 0xD9) {
      return undecodable_image("JPEG without a picture");
    }
    if (marker == 0xDA) {  // the scan starts: whatever describes it has been seen
      if (header.width == 0 || header.height == 0) {
        return undecodable_image("JPEG scan without a size before it");
      }
      return header;
    }
    const auto length = bytes.number(at, 2, Endian::kBig);
    if (!length || *length < 2) {
      break;
    }
    read_jpeg_segment(marker, bytes.part(at + 2, *length - 2), header);
    at += *length;
  }
  return truncated_image("the JPEG ends before its picture starts");
}

Result<ImageHeader> read_png_header(const ByteView& bytes) {
  ImageHeader header;
  header.format = ImageFormat::kPng;
  std::size_t at = 8;
  while (true) {
    const auto length = bytes.number(at, 4, Endian::kBig);
    if (!length || !bytes.has(at, std::size_t{*length} + 12)) {
      return truncated_image("the PNG has no end chunk");
    }
    const ByteView body = bytes.part(at + 8, *length);
    if (at == 8) {
      if (!bytes.starts_with(at + 4, "IHDR") || *length != 13) {
        return undecodable_image("PNG without its header chunk");
      }
      header.width = *body.number(0, 4, Endian::kBig);
      header.height = *body.number(4, 4, Endian::kBig);
    } else if (bytes.starts_with(at + 4, "acTL")) {
      const std::uint32_t frames = body.number(0, 4, Endian::kBig).value_or(0);
      if (frames > 1) {
        return animated(frames);
      }
    } else if (bytes.starts_with(at + 4, "eXIf")) {
      header.orientation = exif_orientation(body);
    } else if (bytes.starts_with(at + 4, "IEND")) {
      return header;
    }
    at += std::size_t{*length} + 12;
  }
}

namespace {

// Size of a bare WebP bitstream ("VP8 " or "VP8L"), or 0 x 0.
void read_webp_bitstream(const ByteView& body, bool lossless, ImageHeader& header) {
  if (lossless) {
    const std::uint32_t bits = body.number(1, 4, Endian::kLittle).value_or(0);
    if (body.u8(0) == 0x2FU && body.has(1, 4)) {
      header.width = (bits & 0x3FFFU) + 1;
      header.height = ((bits >> 14U) & 0x3FFFU) + 1;
    }
  } else if (body.starts_with(3, "\x9d\x01\x2a")) {
    header.width = body.number(6, 2, Endian::kLittle).value_or(0) & 0x3FFFU;
    header.height = body.number(8, 2, Endian::kLittle).value_or(0) & 0x3FFFU;
  }
}

}  // namespace

Result<ImageHeader> read_webp_header(const ByteView& bytes) {
  ImageHeader header;
  header.format = ImageFormat::kWebp;
  const std::size_t end = std::size_t{bytes.number(4, 4, Endian::kLittle).value_or(0)} + 8;
  if (!bytes.has(0, end)) {
    return truncated_image("the WebP is shorter than its header says");
  }
  bool says_animated = false;
  std::uint32_t frames = 0;
  std::size_t at = 12;
  while (at + 8 <= end) {
    const std::size_t length = *bytes.number(at + 4, 4, Endian::kLittle);
    const ByteView body = bytes.part(at + 8, std::min(length, end - at - 8));
    if (body.size() != length) {
      return truncated_image("a WebP chunk is cut short");
    }
    if (bytes.starts_with(at, "VP8X") && length >= 10) {
      says_animated = (*body.u8(0) & 0x02U) != 0;
      header.width = *body.number(4, 3, Endian::kLittle) + 1;
      header.height = *body.number(7, 3, Endian::kLittle) + 1;
    } else if (bytes.starts_with(at, "ANMF")) {
      ++frames;
    } else if (bytes.starts_with(at, "EXIF")) {
      header.orientation = exif_orientation(body.starts_with(0, "Exif") ? body.part(6) : body);
    } else if (bytes.starts_with(at, "VP8") && header.width == 0) {
      read_webp_bitstream(body, bytes.starts_with(at, "VP8L"), header);
    }
    at += 8 + length + (length & 1U);
  }
  if (says_animated) {
    return animated(frames);
  }
  return header;
}

Result<ImageHeader> read_bmp_header(const ByteView& bytes) {
  ImageHeader header;
  header.format = ImageFormat::kBmp;
  const auto info_size = bytes.number(14, 4, Endian::kLittle);
  if (!info_size || !bytes.has(14, *info_size)) {
    return truncated_image("the BMP ends in its header");
  }
  if (*info_size == 12) {
    header.width = *bytes.number(18, 2, Endian::kLittle);
    header.height = *bytes.number(20, 2, Endian::kLittle);
  } else if (*info_size >= 40) {
    header.width = *bytes.number(18, 4, Endian::kLittle);
    // A negative height, two's complement, means rows from top to bottom.
    const std::uint32_t height = *bytes.number(22, 4, Endian::kLittle);
    header.height = (height & 0x80000000U) != 0 ? ~height + 1U : height;
  } else {
    return undecodable_image("unknown BMP header");
  }
  return header;
}

Result<ImageHeader> read_pnm_header(const ByteView& bytes) {
  KF_ASSIGN(const PnmHeader pnm, parse_pnm_header(bytes));
  ImageHeader header;
  header.format = ImageFormat::kPnm;
  header.width = pnm.width;
  header.height = pnm.height;
  return header;
}

namespace {

using HeaderReader = Result<ImageHeader> (*)(const ByteView&);

HeaderReader reader_of(const ByteView& bytes) {
  if (bytes.starts_with(0, "\xFF\xD8\xFF")) {
    return read_jpeg_header;
  }
  if (bytes.starts_with(0, "\x89PNG\r\n\x1a\n")) {
    return read_png_header;
  }
  if (bytes.starts_with(0, "RIFF") && bytes.starts_with(8, "WEBP")) {
    return read_webp_header;
  }
  if (bytes.starts_with(0, std::string_view("II*\0", 4)) ||
      bytes.starts_with(0, std::string_view("MM\0*", 4))) {
    return read_tiff_header;
  }
  if (bytes.starts_with(0, "BM")) {
    return read_bmp_header;
  }
  const bool is_pnm = bytes.starts_with(0, "P") && bytes.has(0, 3) && *bytes.u8(1) >= '1' &&
                      *bytes.u8(1) <= '6' &&
                      (std::isspace(static_cast<int>(*bytes.u8(2))) != 0 || *bytes.u8(2) == '#');
  return is_pnm ? read_pnm_header : nullptr;
}

}  // namespace

Result<ImageHeader> read_image_header(const ByteView& bytes) {
  if (const char* name = name_of_unread_format(bytes)) {
    return corrupt(std::string("not an image that is read here (") + name +
                   "); convert it to JPEG or PNG");
  }
  const HeaderReader reader = reader_of(bytes);
  if (reader == nullptr) {
    return not_an_image(bytes);
  }
  KF_ASSIGN(const ImageHeader header, reader(bytes));
  constexpr std::uint32_t kMaxSide = std::numeric_limits<std::int32_t>::max();
  if (header.width == 0 || header.height == 0) {
    return undecodable_image("its header says that it has no pixels");
  }
  if (header.width > kMaxSide || header.height > kMaxSide) {
    return undecodable_image("its header says a negative size");
  }
  return header;
}

}  // namespace kface
