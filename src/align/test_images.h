// Pictures and damaged files, made by the tests that need them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "kface/image.h"

namespace kface::test {

using Bytes = std::vector<std::uint8_t>;
using Rgb = std::array<int, 3>;

inline Image make_image(int width, int height) {
  Image image;
  image.width = width;
  image.height = height;
  image.pixels.resize(image.offset(0, height));
  return image;
}

// Smooth, so that lossy formats keep it nearly; every pixel differs from its neighbours.
inline Image make_gradient(int width, int height) {
  Image image = make_image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::size_t at = image.offset(x, y);
      image.pixels[at] = static_cast<std::uint8_t>(30 + 180 * x / width);
      image.pixels[at + 1] = static_cast<std::uint8_t>(40 + 160 * y / height);
      image.pixels[at + 2] = static_cast<std::uint8_t>(200 - 90 * (x + y) / (width + height));
    }
  }
  return image;
}

inline Rgb pixel(const Image& image, int x, int y) {
  const std::size_t at = image.offset(x, y);
  return {image.pixels[at], image.pixels[at + 1], image.pixels[at + 2]};
}

// Through OpenCV's encoders, which the library under test does not use.
inline Bytes encode_with_opencv(const Image& image, const std::string& extension,
                                const std::vector<int>& options = {}) {
  cv::Mat bgr(image.height, image.width, CV_8UC3);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    bgr.data[i / 3 * 3 + 2 - i % 3] = image.pixels[i];
  }
  Bytes bytes;
  cv::imencode(extension, bgr, bytes, options);
  return bytes;
}

inline void append(Bytes& bytes, std::string_view text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

inline void append_little(Bytes& bytes, std::uint32_t value, int count) {
  for (int i = 0; i < count; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

inline void append_big(Bytes& bytes, std::uint32_t value, int count) {
  for (int i = count - 1; i >= 0; --i) {
    bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

inline void insert(Bytes& bytes, std::size_t at, const Bytes& piece) {
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), piece.begin(), piece.end());
}

inline Bytes first_bytes(const Bytes& bytes, std::size_t count) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count)};
}

inline std::size_t find(const Bytes& bytes, std::string_view text, std::size_t from = 0) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return all.find(text, from);
}

// An EXIF block with nothing but the orientation.
inline Bytes make_exif(int orientation, bool big_endian) {
  Bytes block;
  const auto put = [&](std::uint32_t value, int count) {
    big_endian ? append_big(block, value, count) : append_little(block, value, count);
  };
  append(block, big_endian ? "MM" : "II");
  put(42, 2);
  put(8, 4);    // offset of the directory
  put(1, 2);    // one field:
  put(274, 2);  // orientation,
  put(3, 2);    // SHORT,
  put(1, 4);    // one value
  put(static_cast<std::uint32_t>(orientation), 2);
  put(0, 2);
  put(0, 4);  // no further directory
  return block;
}

inline Bytes with_jpeg_exif(Bytes jpeg, int orientation, bool big_endian = false) {
  const Bytes exif = make_exif(orientation, big_endian);
  Bytes segment = {0xFF, 0xE1};
  append_big(segment, static_cast<std::uint32_t>(exif.size() + 8), 2);
  append(segment, std::string_view("Exif\0\0", 6));
  insert(segment, segment.size(), exif);
  insert(jpeg, 2, segment);
  return jpeg;
}

inline std::uint32_t crc_of(const Bytes& bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
    }
  }
  return ~crc;
}

inline Bytes make_png_chunk(std::string_view type, const Bytes& body) {
  Bytes typed;
  append(typed, type);
  insert(typed, 4, body);
  Bytes chunk;
  append_big(chunk, static_cast<std::uint32_t>(body.size()), 4);
  insert(chunk, 4, typed);
  append_big(chunk, crc_of(typed), 4);
  return chunk;
}

inline constexpr std::size_t kAfterPngHeader = 33;  // signature and IHDR

// Uncompressed little-endian RGB TIFF; `pages` directories that share the pixels.
inline Bytes make_tiff(const Image& image, int orientation, int pages) {
  constexpr std::uint32_t kFields = 9;
  constexpr std::uint32_t kDirectoryBytes = 2 + kFields * 12 + 4;
  const std::uint32_t data = 8 + static_cast<std::uint32_t>(pages) * kDirectoryBytes + 6;
  Bytes tiff;
  append(tiff, std::string_view("II*\0", 4));
  append_little(tiff, 8, 4);
  for (int page = 0; page < pages; ++page) {
    append_little(tiff, kFields, 2);
    const auto field = [&](std::uint32_t tag, std::uint32_t type, std::uint32_t count,
                           std::uint32_t value) {
      append_little(tiff, tag, 2);
      append_little(tiff, type, 2);
      append_little(tiff, count, 4);
      append_little(tiff, value, 4);
    };
    field(256, 4, 1, static_cast<std::uint32_t>(image.width));
    field(257, 4, 1, static_cast<std::uint32_t>(image.height));
    field(258, 3, 3, data - 6);  // bits a sample: three shorts before the pixels
    field(262, 3, 1, 2);         // RGB
    field(273, 4, 1, data);
    field(274, 3, 1, static_cast<std::uint32_t>(orientation));
    field(277, 3, 1, 3);
    field(278, 4, 1, static_cast<std::uint32_t>(image.height));
    field(279, 4, 1, static_cast<std::uint32_t>(image.pixels.size()));
    const bool last = page + 1 == pages;
    append_little(tiff, last ? 0 : 8 + static_cast<std::uint32_t>(page + 1) * kDirectoryBytes, 4);
  }
  append_little(tiff, 8, 2);
  append_little(tiff, 8, 2);
  append_little(tiff, 8, 2);
  insert(tiff, tiff.size(), image.pixels);
  return tiff;
}

}  // namespace kface::test
