#include "align/encode_jpeg.h"

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
// After <cstdio>, which it needs.
#include <jpeglib.h>

#include <new>

#include "kface/status.h"

namespace kface {
namespace {

constexpr int kMaxSide = 65500;  // JPEG_MAX_DIMENSION

struct EncodeErrors {
  jpeg_error_mgr base;
  std::jmp_buf jump;
};

// libjpeg's own handler ends the process.
[[noreturn]] void leave(j_common_ptr info) {
  std::longjmp(reinterpret_cast<EncodeErrors*>(info->err)->jump, 1);
}

void write_rows(jpeg_compress_struct& info, const Image& image) {
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = const_cast<std::uint8_t*>(image.pixels.data() +
                                             image.offset(0, static_cast<int>(info.next_scanline)));
    jpeg_write_scanlines(&info, &row, 1);
  }
}

// False if memory ran out. No object with a destructor may live here: longjmp skips them.
bool compress(const Image& image, int quality, unsigned char** bytes, unsigned long* size) {
  EncodeErrors errors;
  jpeg_compress_struct info = {};
  info.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = leave;
  if (setjmp(errors.jump) != 0) {
    jpeg_destroy_compress(&info);
    return false;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, bytes, size);
  info.image_width = static_cast<JDIMENSION>(image.width);
  info.image_height = static_cast<JDIMENSION>(image.height);
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  jpeg_start_compress(&info, TRUE);
  write_rows(info, image);
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  return true;
}

}  // namespace

std::vector<std::uint8_t> encode_jpeg(const Image& image, int quality) {
  KF_REQUIRE(!image.empty() && image.width <= kMaxSide && image.height <= kMaxSide, image.width,
             image.height);
  KF_REQUIRE(quality >= 1 && quality <= 100, quality);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const bool done = compress(image, quality, &bytes, &size);
  std::vector<std::uint8_t> encoded(bytes, bytes + (done ? size : 0));
  std::free(bytes);
  if (!done) {
    throw std::bad_alloc();
  }
  return encoded;
}

}  // namespace kface
