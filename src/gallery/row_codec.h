// What is inside a sealed row, as bytes. Little-endian; docs/formats/gallery.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gallery/gallery.h"

namespace kface {

using RowBytes = std::vector<std::uint8_t>;

// What is not in the sealed bytes (ids, links) is in clear beside them, and part of the seal; the
// decoders leave it empty.
RowBytes encode_person(const Person& person);
RowBytes encode_template(const FaceTemplate& face);
RowBytes encode_event(const EventDetails& details, std::span<const std::uint8_t> salt);
RowBytes encode_passage(const Passage& passage);
RowBytes encode_token(const ServiceToken& token);

// Errors: kCorruption: not what the encoder writes, with `row` in the text.
Result<Person> decode_person(const std::string& row, std::span<const std::uint8_t> bytes);
Result<FaceTemplate> decode_template(const std::string& row, std::span<const std::uint8_t> bytes);
Result<EventDetails> decode_event(const std::string& row, std::span<const std::uint8_t> bytes);
Result<Passage> decode_passage(const std::string& row, std::span<const std::uint8_t> bytes);
Result<ServiceToken> decode_token(const std::string& row, std::span<const std::uint8_t> bytes);

}  // namespace kface
