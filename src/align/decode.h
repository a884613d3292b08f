// From the bytes of a photo to an upright 8-bit RGB picture, or the reason why not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "kface/image.h"
#include "kface/status.h"

namespace kface {

struct DecodeLimits {
  std::size_t max_bytes = std::size_t{256} << 20U;
  // Checked against the size in the file's header, before anything is decompressed.
  std::size_t max_pixels = 100'000'000;
};

// Decodes JPEG (also grey, CMYK, YCCK), PNG (also grey, palette, 16-bit, alpha), BMP (not
// compressed), TIFF (also 16-bit), WebP, PNM (P1..P6). The format is recognised by content, never
// by name. The orientation that EXIF (JPEG, PNG, WebP) or the TIFF tag gives is applied.
// Transparency is put over white. 16-bit samples are scaled to 8. Colour profiles are ignored.
//
// Ensures: the whole picture, or none of it: a file that ends early is refused, even where only its
//          end marker is missing. Bytes after the picture and noise between segments do no harm.
// Errors:  kCorruption, one sentence starting with the reason: empty file; not an image (also GIF,
//          HEIF and others that are named); truncated; cannot be decoded; animated (N frames), for
//          N > 1 in PNG and any animated WebP; several pages (N), of a TIFF, thumbnails not
//          counted; enormous (W x H, at most ...).
// Cost:    memory for twice the picture, at most 7 bytes a pixel beside the decoder's own.
// Thread-safe. Prints nothing.
Result<Image> decode_image(std::span<const std::uint8_t> bytes, const DecodeLimits& limits = {});

// PNG, lossless, same picture = same bytes. Requires: a picture that is not empty. Thread-safe.
std::vector<std::uint8_t> encode_png(const Image& image);

}  // namespace kface
