// What a photo's file says about itself, read without decompressing anything.
#pragma once

#include <cstdint>

#include "align/byte_view.h"
#include "kface/status.h"

namespace kface {

enum class ImageFormat { kJpeg, kPng, kBmp, kTiff, kWebp, kPnm };

struct ImageHeader {
  ImageFormat format = ImageFormat::kJpeg;
  std::uint32_t width = 0;   // pixels, as stored (before the orientation is applied), at least 1
  std::uint32_t height = 0;  // the same
  int orientation = 1;       // 1..8 as EXIF and TIFF number them; 1 = upright
};

// Errors: kCorruption, one sentence starting with the reason: not an image (also a known format
// that
//         is not read, such as GIF, which is named); truncated; cannot be decoded; animated
//         (N frames); several pages (N).
// Cost:   a walk over the file's segments. Allocates nothing. Thread-safe.
Result<ImageHeader> read_image_header(const ByteView& bytes);

// The parts, one a container. Requires: the signature has been recognised.
Result<ImageHeader> read_jpeg_header(const ByteView& bytes);
Result<ImageHeader> read_png_header(const ByteView& bytes);
Result<ImageHeader> read_webp_header(const ByteView& bytes);
Result<ImageHeader> read_bmp_header(const ByteView& bytes);
Result<ImageHeader> read_pnm_header(const ByteView& bytes);
Result<ImageHeader> read_tiff_header(const ByteView& bytes);

// Orientation (1..8) in an EXIF block, which starts with its TIFF header; 1 if the block has none
// or is damaged: a broken EXIF block does not spoil the picture.
int exif_orientation(const ByteView& exif);

Status truncated_image(const char* detail);
Status undecodable_image(const char* detail);

}  // namespace kface
