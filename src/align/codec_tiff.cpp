// TIFF through libtiff's RGBA interface: every photometric kind, depth and compression it knows.
#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "align/codecs.h"

namespace kface {
namespace {

struct TiffSource {
  ByteView bytes;
  toff_t at = 0;
  bool ended = false;
  char message[256] = "";
};

TiffSource* source_of(thandle_t handle) { return static_cast<TiffSource*>(handle); }

tmsize_t read_bytes(thandle_t handle, void* target, tmsize_t wanted) {
  TiffSource* source = source_of(handle);
  const std::size_t size = source->bytes.size();
  const std::size_t rest = source->at < size ? size - static_cast<std::size_t>(source->at) : 0;
  const std::size_t count = std::min(rest, static_cast<std::size_t>(wanted));
  source->ended = source->ended || count < static_cast<std::size_t>(wanted);
  if (count > 0) {
    std::memcpy(target, source->bytes.data() + source->at, count);
  }
  source->at += count;
  return static_cast<tmsize_t>(count);
}

tmsize_t write_nothing(thandle_t /*handle*/, void* /*bytes*/, tmsize_t /*count*/) { return -1; }

toff_t seek_to(thandle_t handle, toff_t offset, int whence) {
  TiffSource* source = source_of(handle);
  const toff_t base = whence == SEEK_SET   ? 0
                      : whence == SEEK_CUR ? source->at
                                           : static_cast<toff_t>(source->bytes.size());
  source->at = base + offset;
  return source->at;
}

int close_nothing(thandle_t /*handle*/) { return 0; }

toff_t size_of(thandle_t handle) { return source_of(handle)->bytes.size(); }

// Keeps the first message; non-zero: libtiff's own printing handler is not called.
int on_error(TIFF* /*tiff*/, void* user, const char* /*module*/, const char* format,
             std::va_list arguments) {
  auto* source = static_cast<TiffSource*>(user);
  if (source->message[0] == '\0') {
    std::vsnprintf(source->message, sizeof(source->message), format, arguments);
  }
  return 1;
}

int on_warning(TIFF* /*tiff*/, void* /*user*/, const char* /*module*/, const char* /*format*/,
               std::va_list /*arguments*/) {
  return 1;
}

struct CloseTiff {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};

std::unique_ptr<TIFF, CloseTiff> open_tiff(TiffSource& source, std::size_t max_allocation) {
  TIFFOpenOptions* options = TIFFOpenOptionsAlloc();
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, static_cast<tmsize_t>(max_allocation));
  TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, &source);
  TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, nullptr);
  TIFF* tiff = TIFFClientOpenExt("photo", "rm", &source, read_bytes, write_nothing, seek_to,
                                 close_nothing, size_of, nullptr, nullptr, options);
  TIFFOpenOptionsFree(options);
  return std::unique_ptr<TIFF, CloseTiff>(tiff);
}

// raster: [height, width] 0xAABBGGRR, colours already multiplied by alpha.
bool read_raster(TIFF* tiff, const ImageHeader& header, std::vector<std::uint32_t>& raster,
                 TiffSource& source) {
  char reason[1024] = "";
  TIFFRGBAImage reader = {};
  const bool readable =
      TIFFRGBAImageOK(tiff, reason) != 0 && TIFFRGBAImageBegin(&reader, tiff, 1, reason) != 0;
  if (!readable) {
    if (source.message[0] == '\0') {
      std::snprintf(source.message, sizeof(source.message), "%.200s", reason);
    }
    return false;
  }
  // Rows as they are stored: the orientation is applied later, for all formats alike.
  reader.orientation = ORIENTATION_TOPLEFT;
  reader.req_orientation = ORIENTATION_TOPLEFT;
  const bool same_size = reader.width == header.width && reader.height == header.height;
  const bool complete =
      same_size && TIFFRGBAImageGet(&reader, raster.data(), header.width, header.height) != 0;
  TIFFRGBAImageEnd(&reader);
  // libtiff reports some damaged strips as an error and still returns success.
  return complete && source.message[0] == '\0';
}

}  // namespace

Result<Image> decode_tiff(const ByteView& bytes, const ImageHeader& header) {
  const std::size_t pixels = std::size_t{header.width} * header.height;
  constexpr std::size_t kSlack = std::size_t{16} << 20U;  // a photo's own tables and tiles
  TiffSource source{bytes};
  const auto tiff = open_tiff(source, pixels * 8 + kSlack);
  std::vector<std::uint32_t> raster(tiff == nullptr ? 0 : pixels);
  if (tiff == nullptr || !read_raster(tiff.get(), header, raster, source)) {
    return source.ended ? truncated_image("the TIFF ends inside its picture")
                        : undecodable_image(source.message[0] != '\0' ? source.message
                                                                      : "TIFF decoder failed");
  }
  Image image = make_canvas(header);
  for (std::size_t i = 0; i < pixels; ++i) {
    const unsigned white = 255U - TIFFGetA(raster[i]);
    image.pixels[i * 3] = static_cast<std::uint8_t>(std::min(TIFFGetR(raster[i]) + white, 255U));
    image.pixels[i * 3 + 1] =
        static_cast<std::uint8_t>(std::min(TIFFGetG(raster[i]) + white, 255U));
    image.pixels[i * 3 + 2] =
        static_cast<std::uint8_t>(std::min(TIFFGetB(raster[i]) + white, 255U));
  }
  return image;
}

}  // namespace kface
