// BMP, read by hand: uncompressed, 1 to 32 bits a pixel. Run-length compression is refused.
#include <array>
#include <bit>

#include "align/codecs.h"

namespace kface {
namespace {

struct BmpLayout {
  std::size_t data_offset = 0;
  std::size_t row_bytes = 0;
  bool top_down = false;
  std::uint32_t bits = 0;
  std::size_t palette_offset = 0;
  std::size_t palette_entry = 4;  // bytes
  std::size_t palette_count = 0;
  std::array<std::uint32_t, 3> masks = {};  // red, green, blue; of 16- and 32-bit pixels
};

constexpr std::uint32_t kUncompressed = 0;
constexpr std::uint32_t kBitFields = 3;
constexpr std::uint32_t kAlphaBitFields = 6;

void read_masks(const ByteView& bytes, std::uint32_t compression, BmpLayout& layout) {
  if (compression == kUncompressed) {
    layout.masks = layout.bits == 16 ? std::array<std::uint32_t, 3>{0x7C00, 0x03E0, 0x001F}
                                     : std::array<std::uint32_t, 3>{0xFF0000, 0xFF00, 0xFF};
    return;
  }
  // The same place whether the masks follow a 40-byte header or belong to a longer one.
  for (std::size_t c = 0; c < 3; ++c) {
    layout.masks[c] = bytes.number(54 + 4 * c, 4, Endian::kLittle).value_or(0);
  }
}

Result<BmpLayout> read_layout(const ByteView& bytes, const ImageHeader& header) {
  const std::uint32_t info_size = bytes.number(14, 4, Endian::kLittle).value_or(0);
  const bool old = info_size == 12;
  const std::size_t bits_offset = old ? 24 : 28;
  BmpLayout layout;
  layout.bits = bytes.number(bits_offset, 2, Endian::kLittle).value_or(0);
  layout.data_offset = bytes.number(10, 4, Endian::kLittle).value_or(0);
  const std::uint32_t compression =
      old ? kUncompressed : bytes.number(30, 4, Endian::kLittle).value_or(0);
  const bool direct = layout.bits == 16 || layout.bits == 24 || layout.bits == 32;
  const bool indexed = layout.bits == 1 || layout.bits == 4 || layout.bits == 8;
  const bool fields = (compression == kBitFields || compression == kAlphaBitFields) && direct;
  if (compression != kUncompressed && !fields) {
    return undecodable_image("compressed BMP, which is not read here; save it as PNG");
  }
  if (!direct && !indexed) {
    return undecodable_image("BMP whose bits a pixel are not 1, 4, 8, 16, 24 or 32");
  }
  layout.top_down = !old && (*bytes.number(22, 4, Endian::kLittle) & 0x80000000U) != 0;
  layout.row_bytes = (std::size_t{header.width} * layout.bits + 31) / 32 * 4;
  if (!bytes.has(layout.data_offset, layout.row_bytes * header.height)) {
    return truncated_image("the BMP ends inside its picture");
  }
  layout.palette_offset = 14 + std::size_t{info_size};
  layout.palette_entry = old ? 3 : 4;
  layout.palette_count = indexed ? std::size_t{1} << layout.bits : 0;
  read_masks(bytes, compression, layout);
  return layout;
}

std::uint8_t masked_channel(std::uint32_t value, std::uint32_t mask) {
  if (mask == 0) {
    return 0;
  }
  const auto shift = static_cast<unsigned>(std::countr_zero(mask));
  const std::uint64_t largest = mask >> shift;
  const std::uint64_t channel = (value & mask) >> shift;
  return static_cast<std::uint8_t>((channel * 255 + largest / 2) / largest);
}

// Colour of pixel x of a row, as red, green, blue.
std::array<std::uint8_t, 3> pixel_at(const ByteView& bytes, const BmpLayout& layout,
                                     const std::uint8_t* row, std::size_t x) {
  if (layout.bits == 24) {
    return {row[x * 3 + 2], row[x * 3 + 1], row[x * 3]};
  }
  if (layout.palette_count == 0) {
    std::uint32_t value = 0;
    for (std::size_t i = layout.bits / 8; i-- > 0;) {
      value = (value << 8U) | row[x * (layout.bits / 8) + i];
    }
    return {masked_channel(value, layout.masks[0]), masked_channel(value, layout.masks[1]),
            masked_channel(value, layout.masks[2])};
  }
  const std::size_t bit = x * layout.bits;
  const unsigned shift = 8U - layout.bits - static_cast<unsigned>(bit % 8);
  const std::size_t index = (row[bit / 8] >> shift) & (layout.palette_count - 1);
  const std::size_t entry = layout.palette_offset + index * layout.palette_entry;
  const auto channel = [&](std::size_t i) {
    return static_cast<std::uint8_t>(bytes.u8(entry + i).value_or(0));
  };
  return {channel(2), channel(1), channel(0)};
}

}  // namespace

Result<Image> decode_bmp(const ByteView& bytes, const ImageHeader& header) {
  KF_ASSIGN(const BmpLayout layout, read_layout(bytes, header));
  Image image = make_canvas(header);
  for (std::size_t y = 0; y < header.height; ++y) {
    const std::size_t stored = layout.top_down ? y : header.height - 1 - y;
    const std::uint8_t* row = bytes.data() + layout.data_offset + stored * layout.row_bytes;
    for (std::size_t x = 0; x < header.width; ++x) {
      const auto colour = pixel_at(bytes, layout, row, x);
      std::uint8_t* target = image.pixels.data() + (y * header.width + x) * 3;
      target[0] = colour[0];
      target[1] = colour[1];
      target[2] = colour[2];
    }
  }
  return image;
}

}  // namespace kface
