// One decoder a format, each with the same contract.
//
// Requires: `header` is what read_image_header() made of `bytes`, and its pixels are affordable.
// Ensures:  a header.width x header.height picture as stored (orientation not applied), complete.
// Errors:   kCorruption "truncated ..." or "cannot be decoded: ..."; also when the codec finds
//           another size than the header's. Nothing is printed.
// Thread-safe.
#pragma once

#include "align/byte_view.h"
#include "align/image_header.h"
#include "kface/image.h"
#include "kface/status.h"

namespace kface {

Result<Image> decode_jpeg(const ByteView& bytes, const ImageHeader& header);
Result<Image> decode_png(const ByteView& bytes, const ImageHeader& header);
Result<Image> decode_tiff(const ByteView& bytes, const ImageHeader& header);
Result<Image> decode_webp(const ByteView& bytes, const ImageHeader& header);
Result<Image> decode_bmp(const ByteView& bytes, const ImageHeader& header);
Result<Image> decode_pnm(const ByteView& bytes, const ImageHeader& header);

// A black picture of the header's size.
Image make_canvas(const ImageHeader& header);

// `value` (0..255) with opacity `alpha` (0..255) over white, rounded: a transparent background is
// shown white, as viewers and identity photos have it.
inline std::uint8_t over_white(unsigned value, unsigned alpha) {
  return static_cast<std::uint8_t>((value * alpha + 255U * (255U - alpha) + 127U) / 255U);
}

}  // namespace kface
