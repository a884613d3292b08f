#include <webp/decode.h>

#include <vector>

#include "align/codecs.h"

namespace kface {
namespace {

// Decodes into `target`, rows of `stride` bytes.
VP8StatusCode run_webp(const ByteView& bytes, WEBP_CSP_MODE mode, std::vector<std::uint8_t>& target,
                       std::size_t stride, WebPDecoderConfig& config) {
  config.output.colorspace = mode;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = target.data();
  config.output.u.RGBA.stride = static_cast<int>(stride);
  config.output.u.RGBA.size = target.size();
  return WebPDecode(bytes.data(), bytes.size(), &config);
}

Status failure(VP8StatusCode code) {
  if (code == VP8_STATUS_NOT_ENOUGH_DATA || code == VP8_STATUS_SUSPENDED) {
    return truncated_image("the WebP ends inside its picture");
  }
  return undecodable_image("damaged WebP");
}

}  // namespace

Result<Image> decode_webp(const ByteView& bytes, const ImageHeader& header) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) {
    return undecodable_image("the WebP library is of another version");
  }
  const VP8StatusCode code = WebPGetFeatures(bytes.data(), bytes.size(), &config.input);
  if (code != VP8_STATUS_OK) {
    return failure(code);
  }
  if (config.input.width != static_cast<int>(header.width) ||
      config.input.height != static_cast<int>(header.height)) {
    return undecodable_image("WebP with two different sizes");
  }
  Image image = make_canvas(header);
  if (config.input.has_alpha == 0) {
    const VP8StatusCode done =
        run_webp(bytes, MODE_RGB, image.pixels, std::size_t{header.width} * 3, config);
    return done == VP8_STATUS_OK ? Result<Image>(std::move(image)) : failure(done);
  }
  std::vector<std::uint8_t> rgba(image.pixels.size() / 3 * 4);
  const VP8StatusCode done =
      run_webp(bytes, MODE_RGBA, rgba, std::size_t{header.width} * 4, config);
  if (done != VP8_STATUS_OK) {
    return failure(done);
  }
  for (std::size_t i = 0; i < rgba.size() / 4; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      image.pixels[i * 3 + c] = over_white(rgba[i * 4 + c], rgba[i * 4 + 3]);
    }
  }
  return image;
}

}  // namespace kface
