#include <cctype>

#include "align/codecs.h"
#include "align/pnm_header.h"

namespace kface {
namespace {

Status cut_short() { return truncated_image("the PNM ends before its last sample"); }

std::uint8_t to_8_bit(std::uint32_t value, std::uint32_t max_value) {
  const std::uint32_t clamped = value < max_value ? value : max_value;
  return static_cast<std::uint8_t>((clamped * 255U + max_value / 2) / max_value);
}

void put_grey(Image& image, std::size_t pixel, std::uint8_t grey) {
  image.pixels[pixel * 3] = grey;
  image.pixels[pixel * 3 + 1] = grey;
  image.pixels[pixel * 3 + 2] = grey;
}

// P1, P2, P3: numbers as text.
Status read_text_samples(const ByteView& bytes, const PnmHeader& pnm, Image& image) {
  PnmText text(bytes, pnm.data_offset);
  const std::size_t pixels = image.pixels.size() / 3;
  const std::size_t samples = pnm.kind == 3 ? pixels * 3 : pixels;
  for (std::size_t i = 0; i < samples; ++i) {
    KF_ASSIGN(const std::uint32_t value, pnm.kind == 1 ? text.next_bit() : text.next_number());
    if (pnm.kind == 1) {
      put_grey(image, i, value == 0 ? 255 : 0);  // in a bitmap 1 is ink
    } else if (pnm.kind == 2) {
      put_grey(image, i, to_8_bit(value, pnm.max_value));
    } else {
      image.pixels[i] = to_8_bit(value, pnm.max_value);
    }
  }
  return {};
}

// P4: eight pixels a byte, every row starting on a byte.
Status read_bits(const ByteView& bytes, const PnmHeader& pnm, Image& image) {
  const std::size_t row_bytes = (std::size_t{pnm.width} + 7) / 8;
  if (!bytes.has(pnm.data_offset, row_bytes * pnm.height)) {
    return cut_short();
  }
  for (std::size_t y = 0; y < pnm.height; ++y) {
    const std::uint8_t* row = bytes.data() + pnm.data_offset + y * row_bytes;
    for (std::size_t x = 0; x < pnm.width; ++x) {
      const bool ink = ((row[x / 8] >> (7U - x % 8)) & 1U) != 0;
      put_grey(image, y * pnm.width + x, ink ? 0 : 255);
    }
  }
  return {};
}

// P5, P6: one or two bytes a sample, the high byte first.
Status read_binary_samples(const ByteView& bytes, const PnmHeader& pnm, Image& image) {
  const std::size_t sample_bytes = pnm.max_value > 255 ? 2 : 1;
  const std::size_t pixels = image.pixels.size() / 3;
  const std::size_t samples = pnm.kind == 6 ? pixels * 3 : pixels;
  if (!bytes.has(pnm.data_offset, samples * sample_bytes)) {
    return cut_short();
  }
  const std::uint8_t* data = bytes.data() + pnm.data_offset;
  for (std::size_t i = 0; i < samples; ++i) {
    const std::uint32_t value =
        sample_bytes == 1 ? data[i] : (std::uint32_t{data[2 * i]} << 8U) | data[2 * i + 1];
    const std::uint8_t sample = to_8_bit(value, pnm.max_value);
    if (pnm.kind == 6) {
      image.pixels[i] = sample;
    } else {
      put_grey(image, i, sample);
    }
  }
  return {};
}

}  // namespace

void PnmText::skip_space() {
  bool in_comment = false;
  while (const auto byte = bytes_.u8(at_)) {
    const int character = static_cast<int>(*byte);
    if (in_comment) {
      in_comment = character != '\n' && character != '\r';
    } else if (character == '#') {
      in_comment = true;
    } else if (std::isspace(character) == 0) {
      return;
    }
    ++at_;
  }
}

Result<std::uint32_t> PnmText::next_number() {
  skip_space();
  std::uint64_t value = 0;
  const std::size_t start = at_;
  while (const auto byte = bytes_.u8(at_)) {
    if (*byte < '0' || *byte > '9') {
      break;
    }
    value = value * 10 + (*byte - '0');
    if (value > 0x7FFFFFFFU) {
      return undecodable_image("PNM with a number that is far too large");
    }
    ++at_;
  }
  if (at_ == start) {
    return at_ == bytes_.size() ? cut_short() : undecodable_image("PNM with a malformed number");
  }
  return static_cast<std::uint32_t>(value);
}

Result<std::uint32_t> PnmText::next_bit() {
  skip_space();
  const auto byte = bytes_.u8(at_);
  if (!byte) {
    return cut_short();
  }
  ++at_;
  if (*byte != '0' && *byte != '1') {
    return undecodable_image("PNM bitmap with a digit other than 0 and 1");
  }
  return *byte - '0';
}

Result<PnmHeader> parse_pnm_header(const ByteView& bytes) {
  PnmHeader header;
  header.kind = static_cast<int>(*bytes.u8(1)) - '0';
  PnmText text(bytes, 2);
  KF_ASSIGN(header.width, text.next_number());
  KF_ASSIGN(header.height, text.next_number());
  if (header.kind != 1 && header.kind != 4) {
    KF_ASSIGN(header.max_value, text.next_number());
    if (header.max_value == 0 || header.max_value > 65535) {
      return undecodable_image("PNM whose largest value is not 1..65535");
    }
  }
  header.data_offset = text.position() + 1;  // exactly one white space ends the header
  return header;
}

Result<Image> decode_pnm(const ByteView& bytes, const ImageHeader& header) {
  KF_ASSIGN(const PnmHeader pnm, parse_pnm_header(bytes));
  // A text sample takes at least a byte, so that a huge canvas needs a huge file.
  if (!bytes.has(pnm.data_offset, std::size_t{pnm.height})) {
    return cut_short();
  }
  Image image = make_canvas(header);
  if (pnm.kind <= 3) {
    KF_TRY(read_text_samples(bytes, pnm, image));
  } else if (pnm.kind == 4) {
    KF_TRY(read_bits(bytes, pnm, image));
  } else {
    KF_TRY(read_binary_samples(bytes, pnm, image));
  }
  return image;
}

}  // namespace kface
