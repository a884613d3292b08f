// JPEG through libjpeg: the only reader that tells a premature end from harmless noise.
#include <csetjmp>
#include <cstddef>
#include <cstdio>
// After <cstdio>, which they need.
#include <jerror.h>
#include <jpeglib.h>

#include <string>
#include <vector>

#include "align/codecs.h"

namespace kface {
namespace {

// A file of a few kilobytes can ask for thousands of passes over a large picture.
constexpr int kMaxScans = 200;

struct JpegErrors {
  jpeg_error_mgr base;
  std::jmp_buf jump;
  bool premature_end;
  char message[JMSG_LENGTH_MAX];
};

JpegErrors* errors_of(j_common_ptr info) { return reinterpret_cast<JpegErrors*>(info->err); }

[[noreturn]] void fail(j_common_ptr info) {
  JpegErrors* errors = errors_of(info);
  errors->base.format_message(info, errors->message);
  errors->premature_end = errors->base.msg_code == JWRN_JPEG_EOF;
  std::longjmp(errors->jump, 1);
}

// libjpeg's warnings: it would carry on with grey pixels. These leave the picture whole; all others
// mean that some of it is lost.
bool is_harmless(int code) {
  switch (code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_JFIF_MAJOR:
    case JWRN_BOGUS_ICC:
      return true;
    default:
      return false;
  }
}

void on_message(j_common_ptr info, int level) {
  if (level < 0 && !is_harmless(info->err->msg_code)) {
    fail(info);
  }
}

void print_nothing(j_common_ptr /*info*/) {}

void limit_scans(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMaxScans) {
    JpegErrors* errors = errors_of(info);
    std::snprintf(errors->message, sizeof(errors->message), "JPEG with more than %d scans",
                  kMaxScans);
    std::longjmp(errors->jump, 1);
  }
}

// One row of CMYK as RGB. Adobe's files hold the inverse of the ink: 255 = no ink.
void cmyk_to_rgb(const JSAMPLE* cmyk, JDIMENSION width, bool inverted, JSAMPLE* rgb) {
  for (JDIMENSION x = 0; x < width; ++x, cmyk += 4, rgb += 3) {
    const unsigned flip = inverted ? 0U : 255U;
    const unsigned black = cmyk[3] ^ flip;
    for (int c = 0; c < 3; ++c) {
      rgb[c] = static_cast<JSAMPLE>(((cmyk[c] ^ flip) * black + 127U) / 255U);
    }
  }
}

struct JpegTask {
  const ByteView* bytes;
  const ImageHeader* header;
  JSAMPLE* pixels;    // [height, width, 3]
  JSAMPLE* cmyk_row;  // [width, 4]
  const char* refusal;
};

void read_rows(jpeg_decompress_struct& info, const JpegTask& task) {
  const bool cmyk = info.out_color_space == JCS_CMYK;
  while (info.output_scanline < info.output_height) {
    JSAMPLE* row = task.pixels + std::size_t{info.output_scanline} * info.output_width * 3;
    JSAMPROW target = cmyk ? task.cmyk_row : row;
    jpeg_read_scanlines(&info, &target, 1);
    if (cmyk) {
      cmyk_to_rgb(task.cmyk_row, info.output_width, info.saw_Adobe_marker != 0, row);
    }
  }
}

// Nothing here has a destructor: libjpeg's errors come back through longjmp.
bool run_jpeg(JpegTask& task, JpegErrors& errors) {
  jpeg_decompress_struct info = {};
  jpeg_progress_mgr progress = {};
  info.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = fail;
  errors.base.emit_message = on_message;
  errors.base.output_message = print_nothing;
  if (setjmp(errors.jump) != 0) {
    jpeg_destroy_decompress(&info);
    return false;
  }
  jpeg_create_decompress(&info);
  progress.progress_monitor = limit_scans;
  info.progress = &progress;
  jpeg_mem_src(&info, task.bytes->data(), static_cast<unsigned long>(task.bytes->size()));
  jpeg_read_header(&info, TRUE);
  const bool four_inks = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = four_inks ? JCS_CMYK : JCS_RGB;
  if (info.image_width != task.header->width || info.image_height != task.header->height) {
    task.refusal = "JPEG with two different sizes";
  } else {
    jpeg_start_decompress(&info);
    read_rows(info, task);
    jpeg_finish_decompress(&info);  // reads up to the end marker, which must be there
  }
  jpeg_destroy_decompress(&info);
  return task.refusal == nullptr;
}

}  // namespace

Result<Image> decode_jpeg(const ByteView& bytes, const ImageHeader& header) {
  Image image = make_canvas(header);
  std::vector<JSAMPLE> cmyk_row(std::size_t{header.width} * 4);
  JpegErrors errors = {};
  JpegTask task{&bytes, &header, image.pixels.data(), cmyk_row.data(), nullptr};
  if (!run_jpeg(task, errors)) {
    if (errors.premature_end) {
      return truncated_image("the JPEG has no end marker");
    }
    return undecodable_image(task.refusal != nullptr ? task.refusal : errors.message);
  }
  return image;
}

}  // namespace kface
