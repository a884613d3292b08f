#include "gallery/row_codec.h"

#include <bit>
#include <cstring>

namespace kface {
namespace {

constexpr std::uint8_t kFormat = 1;  // of every kind of row

class RowWriter {
 public:
  RowWriter() { u8(kFormat); }

  void u8(std::uint8_t value) { bytes_.push_back(value); }
  void u32(std::uint32_t value) { unsigned_value(value, 4); }
  void i64(std::int64_t value) { unsigned_value(static_cast<std::uint64_t>(value), 8); }
  void f32(float value) { u32(std::bit_cast<std::uint32_t>(value)); }
  void text(std::string_view value) {
    blob(std::span(reinterpret_cast<const std::uint8_t*>(value.data()), value.size()));
  }
  void blob(std::span<const std::uint8_t> value) {
    u32(static_cast<std::uint32_t>(value.size()));
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  void moment(const std::optional<UnixMs>& value) {
    u8(value ? 1 : 0);
    i64(value.value_or(0));
  }
  RowBytes take() { return std::move(bytes_); }

 private:
  void unsigned_value(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) {
      bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
  }

  RowBytes bytes_;
};

// Past the end it gives zeros and remembers it; finish() tells.
class RowReader {
 public:
  RowReader(const std::string& row, std::span<const std::uint8_t> bytes)
      : row_(row), bytes_(bytes), format_(u8()) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(unsigned_value(1)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(unsigned_value(4)); }
  std::int64_t i64() { return static_cast<std::int64_t>(unsigned_value(8)); }
  float f32() { return std::bit_cast<float>(u32()); }
  std::string text() {
    const auto value = blob();
    return {reinterpret_cast<const char*>(value.data()), value.size()};
  }
  std::span<const std::uint8_t> blob() { return take(u32()); }
  std::optional<UnixMs> moment() {
    const bool given = u8() != 0;
    const UnixMs value = i64();
    return given ? std::optional(value) : std::nullopt;
  }
  // How many values of `size` bytes follow, at most.
  std::size_t count(std::size_t size) {
    const std::size_t value = u32();
    good_ = good_ && value <= bytes_.size() / size;
    return good_ ? value : 0;
  }

  Status finish() const {
    if (format_ != kFormat) {
      return {ErrorCode::kCorruption, row_ + ": row format " + std::to_string(format_) +
                                          ", this build reads " + std::to_string(kFormat) +
                                          "; update kface"};
    }
    if (!good_ || !bytes_.empty()) {
      return {ErrorCode::kCorruption, row_ + ": a row of the wrong length"};
    }
    return {};
  }

 private:
  std::span<const std::uint8_t> take(std::size_t size) {
    if (size > bytes_.size()) {
      good_ = false;
      bytes_ = {};
      return {};
    }
    const auto taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }
  std::uint64_t unsigned_value(std::size_t size) {
    const auto taken = take(size);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      value |= static_cast<std::uint64_t>(taken[i]) << (8 * i);
    }
    return value;
  }

  const std::string& row_;
  std::span<const std::uint8_t> bytes_;
  bool good_ = true;
  std::uint8_t format_;
};

template <typename T>
Result<T> finished(const RowReader& reader, T value) {
  KF_TRY(reader.finish());
  return value;
}

}  // namespace

RowBytes encode_person(const Person& person) {
  RowWriter writer;
  writer.text(person.name);
  writer.u32(static_cast<std::uint32_t>(person.groups.size()));
  for (const std::string& group : person.groups) {
    writer.text(group);
  }
  writer.text(person.card);
  writer.text(person.vehicle);
  writer.moment(person.valid_from);
  writer.moment(person.valid_until);
  writer.i64(person.consent_at);
  writer.i64(person.created_at);
  return writer.take();
}

Result<Person> decode_person(const std::string& row, std::span<const std::uint8_t> bytes) {
  RowReader reader(row, bytes);
  Person person;
  person.name = reader.text();
  const std::size_t num_groups = reader.count(sizeof(std::uint32_t));
  for (std::size_t i = 0; i < num_groups; ++i) {
    person.groups.push_back(reader.text());
  }
  person.card = reader.text();
  person.vehicle = reader.text();
  person.valid_from = reader.moment();
  person.valid_until = reader.moment();
  person.consent_at = reader.i64();
  person.created_at = reader.i64();
  return finished(reader, std::move(person));
}

RowBytes encode_template(const FaceTemplate& face) {
  RowWriter writer;
  writer.i64(face.created_at);
  writer.u8(face.has_photo ? 1 : 0);
  for (const float value :
       {face.quality.face_size_px, face.quality.sharpness, face.quality.brightness,
        face.quality.yaw_degrees, face.quality.roll_degrees}) {
    writer.f32(value);
  }
  writer.u32(static_cast<std::uint32_t>(face.embedding.size()));
  for (const float value : face.embedding) {
    writer.f32(value);
  }
  return writer.take();
}

Result<FaceTemplate> decode_template(const std::string& row, std::span<const std::uint8_t> bytes) {
  RowReader reader(row, bytes);
  FaceTemplate face;
  face.created_at = reader.i64();
  face.has_photo = reader.u8() != 0;
  for (float* value :
       {&face.quality.face_size_px, &face.quality.sharpness, &face.quality.brightness,
        &face.quality.yaw_degrees, &face.quality.roll_degrees}) {
    *value = reader.f32();
  }
  face.embedding.resize(reader.count(sizeof(float)));
  for (float& value : face.embedding) {
    value = reader.f32();
  }
  return finished(reader, std::move(face));
}

RowBytes encode_event(const EventDetails& details, std::span<const std::uint8_t> salt) {
  RowWriter writer;
  writer.blob(salt);
  writer.text(details.event);
  writer.text(details.person);
  writer.i64(details.at);
  writer.text(details.gate);
  writer.text(details.vehicle);
  writer.text(details.card);
  writer.blob(details.photo);
  return writer.take();
}

Result<EventDetails> decode_event(const std::string& row, std::span<const std::uint8_t> bytes) {
  RowReader reader(row, bytes);
  EventDetails details;
  reader.blob();  // salt
  details.event = reader.text();
  details.person = reader.text();
  details.at = reader.i64();
  details.gate = reader.text();
  details.vehicle = reader.text();
  details.card = reader.text();
  const auto photo = reader.blob();
  details.photo.assign(photo.begin(), photo.end());
  return finished(reader, std::move(details));
}

RowBytes encode_passage(const Passage& passage) {
  RowWriter writer;
  writer.u8(static_cast<std::uint8_t>(passage.direction));
  writer.i64(passage.at);
  writer.text(passage.gate);
  return writer.take();
}

Result<Passage> decode_passage(const std::string& row, std::span<const std::uint8_t> bytes) {
  RowReader reader(row, bytes);
  Passage passage;
  const std::uint8_t direction = reader.u8();
  passage.at = reader.i64();
  passage.gate = reader.text();
  if (direction > static_cast<std::uint8_t>(Direction::kExit)) {
    return Status{ErrorCode::kCorruption, row + ": direction " + std::to_string(direction)};
  }
  passage.direction = static_cast<Direction>(direction);
  return finished(reader, std::move(passage));
}

RowBytes encode_token(const ServiceToken& token) {
  RowWriter writer;
  writer.text(token.name);
  writer.u8(static_cast<std::uint8_t>(token.role));
  writer.text(token.hash);
  writer.i64(token.created_at);
  writer.moment(token.expires_at);
  return writer.take();
}

Result<ServiceToken> decode_token(const std::string& row, std::span<const std::uint8_t> bytes) {
  RowReader reader(row, bytes);
  ServiceToken token;
  token.name = reader.text();
  const std::uint8_t role = reader.u8();
  token.hash = reader.text();
  token.created_at = reader.i64();
  token.expires_at = reader.moment();
  if (role > static_cast<std::uint8_t>(Role::kAuditor)) {
    return Status{ErrorCode::kCorruption, row + ": role " + std::to_string(role)};
  }
  token.role = static_cast<Role>(role);
  return finished(reader, std::move(token));
}

}  // namespace kface
