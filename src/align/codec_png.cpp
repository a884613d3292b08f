// PNG through libpng, with its messages kept instead of printed.
#include <png.h>

#include <csetjmp>
#include <cstring>
#include <string>
#include <vector>

#include "align/codecs.h"
#include "align/decode.h"

namespace kface {
namespace {

struct PngSource {
  ByteView bytes;
  std::size_t at = 0;
  bool ended = false;
  char message[160] = "PNG decoder failed";
};

void on_error(png_structp png, png_const_charp text) {
  auto* source = static_cast<PngSource*>(png_get_error_ptr(png));
  std::strncpy(source->message, text, sizeof(source->message) - 1);
  png_longjmp(png, 1);
}

void on_warning(png_structp /*png*/, png_const_charp /*text*/) {}

void read_bytes(png_structp png, png_bytep target, std::size_t count) {
  auto* source = static_cast<PngSource*>(png_get_io_ptr(png));
  if (!source->bytes.has(source->at, count)) {
    source->ended = true;
    png_error(png, "unexpected end of file");
  }
  std::memcpy(target, source->bytes.data() + source->at, count);
  source->at += count;
}

// Owns libpng's two structures. The two functions below hold no destructors: libpng's errors come
// back through longjmp.
class PngReader {
 public:
  explicit PngReader(PngSource& source)
      : png_(png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, on_error, on_warning)),
        info_(png_ == nullptr ? nullptr : png_create_info_struct(png_)) {
    if (info_ != nullptr) {
      png_set_read_fn(png_, &source, read_bytes);
    }
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  // Reads up to the pixels and asks for 8-bit RGB or RGBA.
  bool start() {
    if (info_ == nullptr || setjmp(png_jmpbuf(png_)) != 0) {
      return false;
    }
    png_read_info(png_, info_);
    png_set_expand(png_);
    png_set_scale_16(png_);
    png_set_gray_to_rgb(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }

  bool read(png_bytep* rows) {
    if (setjmp(png_jmpbuf(png_)) != 0) {
      return false;
    }
    png_read_image(png_, rows);
    png_read_end(png_, nullptr);
    return true;
  }

  std::size_t row_bytes() const { return png_get_rowbytes(png_, info_); }
  int channels() const { return png_get_channels(png_, info_); }
  bool has_size_of(const ImageHeader& header) const {
    return png_get_image_width(png_, info_) == header.width &&
           png_get_image_height(png_, info_) == header.height;
  }

 private:
  png_structp png_;
  png_infop info_;
};

Status failure(const PngSource& source) {
  return source.ended ? truncated_image("the PNG ends inside its picture")
                      : undecodable_image(source.message);
}

std::vector<png_bytep> row_pointers(std::vector<std::uint8_t>& buffer, std::size_t row_bytes) {
  std::vector<png_bytep> rows;
  for (std::size_t at = 0; at < buffer.size(); at += row_bytes) {
    rows.push_back(buffer.data() + at);
  }
  return rows;
}

}  // namespace

Result<Image> decode_png(const ByteView& bytes, const ImageHeader& header) {
  PngSource source{bytes};
  PngReader reader(source);
  if (!reader.start()) {
    return failure(source);
  }
  const auto channels = static_cast<std::size_t>(reader.channels());
  if (!reader.has_size_of(header) || (channels != 3 && channels != 4) ||
      reader.row_bytes() != channels * header.width) {
    return undecodable_image("PNG whose rows are not what its header says");
  }
  Image image = make_canvas(header);
  if (channels == 3) {
    std::vector<png_bytep> rows = row_pointers(image.pixels, reader.row_bytes());
    return reader.read(rows.data()) ? Result<Image>(std::move(image)) : failure(source);
  }
  std::vector<std::uint8_t> rgba(reader.row_bytes() * header.height);
  std::vector<png_bytep> rows = row_pointers(rgba, reader.row_bytes());
  if (!reader.read(rows.data())) {
    return failure(source);
  }
  for (std::size_t i = 0; i < rgba.size() / 4; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      image.pixels[i * 3 + c] = over_white(rgba[i * 4 + c], rgba[i * 4 + 3]);
    }
  }
  return image;
}

std::vector<std::uint8_t> encode_png(const Image& image) {
  KF_REQUIRE(image.width > 0 && image.height > 0, image.width, image.height);
  KF_REQUIRE(image.pixels.size() == image.offset(0, image.height), image.pixels.size(), image.width,
             image.height);
  png_image target = {};
  target.version = PNG_IMAGE_VERSION;
  target.width = static_cast<png_uint_32>(image.width);
  target.height = static_cast<png_uint_32>(image.height);
  target.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(target);
  std::vector<std::uint8_t> bytes(size);
  const int written =
      png_image_write_to_memory(&target, bytes.data(), &size, 0, image.pixels.data(), 0, nullptr);
  KF_REQUIRE(written != 0, target.message);  // the buffer is large enough for any picture
  bytes.resize(size);
  return bytes;
}

}  // namespace kface
