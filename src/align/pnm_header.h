// The text in front of a PNM picture's samples (P1..P6: PBM, PGM, PPM).
#pragma once

#include <cstddef>
#include <cstdint>

#include "align/byte_view.h"
#include "kface/status.h"

namespace kface {

struct PnmHeader {
  int kind = 0;                 // 1..6, the digit after P
  std::uint32_t width = 0;      // pixels
  std::uint32_t height = 0;     // pixels
  std::uint32_t max_value = 1;  // 1..65535; two bytes a sample above 255
  std::size_t data_offset = 0;  // of the first sample
};

// A cursor over numbers in text, with `#` comments to the end of the line.
class PnmText {
 public:
  PnmText(const ByteView& bytes, std::size_t at) : bytes_(bytes), at_(at) {}

  // Errors: kCorruption: truncated, or a character that belongs to no number, or a number > 2^31.
  Result<std::uint32_t> next_number();
  // One digit 0 or 1; in P1 they may follow each other without a space. The same errors.
  Result<std::uint32_t> next_bit();
  std::size_t position() const { return at_; }

 private:
  void skip_space();

  ByteView bytes_;
  std::size_t at_;
};

// Requires: `bytes` starts with P1..P6. Errors: kCorruption as PnmText.
Result<PnmHeader> parse_pnm_header(const ByteView& bytes);

}  // namespace kface
