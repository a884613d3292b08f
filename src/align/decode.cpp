#include "align/decode.h"

#include <new>
#include <string>
#include <utility>

#include "align/codecs.h"

namespace kface {
namespace {

Result<Image> decode_stored(const ByteView& bytes, const ImageHeader& header) {
  switch (header.format) {
    case ImageFormat::kJpeg:
      return decode_jpeg(bytes, header);
    case ImageFormat::kPng:
      return decode_png(bytes, header);
    case ImageFormat::kBmp:
      return decode_bmp(bytes, header);
    case ImageFormat::kTiff:
      return decode_tiff(bytes, header);
    case ImageFormat::kWebp:
      return decode_webp(bytes, header);
    case ImageFormat::kPnm:
      return decode_pnm(bytes, header);
  }
  return undecodable_image("unknown format");
}

// Where the upright picture's pixel (x, y) is in the stored one of w x h; orientation 2..8.
std::pair<int, int> stored_position(int orientation, int x, int y, int w, int h) {
  switch (orientation) {
    case 2:
      return {w - 1 - x, y};
    case 3:
      return {w - 1 - x, h - 1 - y};
    case 4:
      return {x, h - 1 - y};
    case 5:
      return {y, x};
    case 6:
      return {y, h - 1 - x};
    case 7:
      return {w - 1 - y, h - 1 - x};
    default:
      return {w - 1 - y, x};
  }
}

Image make_upright(Image stored, int orientation) {
  if (orientation == 1) {
    return stored;
  }
  Image upright;
  const bool turned = orientation >= 5;
  upright.width = turned ? stored.height : stored.width;
  upright.height = turned ? stored.width : stored.height;
  upright.pixels.resize(stored.pixels.size());
  for (int y = 0; y < upright.height; ++y) {
    for (int x = 0; x < upright.width; ++x) {
      const auto [from_x, from_y] = stored_position(orientation, x, y, stored.width, stored.height);
      for (std::size_t c = 0; c < 3; ++c) {
        upright.pixels[upright.offset(x, y) + c] = stored.pixels[stored.offset(from_x, from_y) + c];
      }
    }
  }
  return upright;
}

}  // namespace

Image make_canvas(const ImageHeader& header) {
  Image image;
  image.width = static_cast<int>(header.width);
  image.height = static_cast<int>(header.height);
  image.pixels.resize(std::size_t{header.width} * header.height * 3);
  return image;
}

Result<Image> decode_image(std::span<const std::uint8_t> bytes, const DecodeLimits& limits) {
  if (bytes.empty()) {
    return Status{ErrorCode::kCorruption, "empty file"};
  }
  if (bytes.size() > limits.max_bytes) {
    return Status{ErrorCode::kCorruption, "enormous (" + std::to_string(bytes.size()) +
                                              " bytes, at most " +
                                              std::to_string(limits.max_bytes) + ")"};
  }
  const ByteView view(bytes);
  KF_ASSIGN(const ImageHeader header, read_image_header(view));
  if (std::uint64_t{header.width} * header.height > limits.max_pixels) {
    return Status{ErrorCode::kCorruption, "enormous (" + std::to_string(header.width) + " x " +
                                              std::to_string(header.height) + ", at most " +
                                              std::to_string(limits.max_pixels) + " pixels)"};
  }
  try {
    KF_ASSIGN(Image stored, decode_stored(view, header));
    return make_upright(std::move(stored), header.orientation);
  } catch (const std::bad_alloc&) {
    return undecodable_image("not enough memory for its pixels");
  }
}

}  // namespace kface
