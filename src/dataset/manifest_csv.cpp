#include "dataset/manifest_csv.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "dataset/text.h"

namespace kface {
namespace {

enum Column : std::size_t {
  kId,
  kIdentity,
  kSource,
  kSourceDigest,
  kReason,
  kNumFaces,
  kDetector,
  kBox,                        // x, y, width, height
  kLandmarks = kBox + 4,       // x and y of five points
  kQuality = kLandmarks + 10,  // face_size_px, sharpness, brightness, yaw, roll
  kChip = kQuality + 5,
  kChipDigest,
  kNumColumns,
};

constexpr float kBrightest = 255;
constexpr std::size_t kDigestLength = 64;

Status bad_field(Column column, const std::string& value, const std::string& expected) {
  return Status{ErrorCode::kCorruption, "column " + manifest_columns()[column] + " holds '" +
                                            one_line(value).substr(0, 60) + "', expected " +
                                            expected};
}

bool is_digest(const std::string& text) {
  return text.size() == kDigestLength &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// Relative, '/' separated, and leading nowhere but down.
bool is_contained_path(const std::string& text) {
  if (text.empty() || text.front() == '/' || text.find('\0') != std::string::npos) {
    return false;
  }
  const std::filesystem::path path(text);
  return std::none_of(path.begin(), path.end(), [](const auto& part) { return part == ".."; });
}

// Reads the numbers of an accepted row; remembers the first that does not parse.
class FieldReader {
 public:
  explicit FieldReader(const CsvRow& fields) : fields_(fields) {}

  int integer(std::size_t column, int lowest = std::numeric_limits<int>::min()) {
    const auto value = parse_int(fields_[column]);
    if (!value.has_value() || *value < lowest) {
      fail(column, lowest >= 0 ? "a whole number, 0 or larger" : "a whole number");
      return 0;
    }
    return *value;
  }

  float number(std::size_t column, float lowest = std::numeric_limits<float>::lowest(),
               float highest = std::numeric_limits<float>::max()) {
    const auto value = parse_double(fields_[column]);
    if (!value.has_value() || *value < lowest || *value > highest) {
      fail(column, lowest == 0 ? "a finite number, 0 or larger" : "a finite number");
      return 0;
    }
    return static_cast<float>(*value);
  }

  const Status& status() const { return status_; }

 private:
  void fail(std::size_t column, const char* expected) {
    if (status_.ok()) {
      status_ = bad_field(static_cast<Column>(column), fields_[column], expected);
    }
  }

  const CsvRow& fields_;
  Status status_;
};

Status read_measurements(const CsvRow& fields, ImageRecord& record) {
  FieldReader reader(fields);
  record.num_faces = reader.integer(kNumFaces, 0);
  record.box = Box{reader.integer(kBox), reader.integer(kBox + 1), reader.integer(kBox + 2, 0),
                   reader.integer(kBox + 3, 0)};
  for (std::size_t i = 0; i < record.landmarks.size(); ++i) {
    record.landmarks[i].x = reader.number(kLandmarks + 2 * i);
    record.landmarks[i].y = reader.number(kLandmarks + 2 * i + 1);
  }
  record.quality.face_size_px = reader.number(kQuality, 0);
  record.quality.sharpness = reader.number(kQuality + 1, 0);
  record.quality.brightness = reader.number(kQuality + 2, 0, kBrightest);
  record.quality.yaw_degrees = reader.number(kQuality + 3);
  record.quality.roll_degrees = reader.number(kQuality + 4);
  return reader.status();
}

Status check_texts(const CsvRow& fields) {
  if (fields[kId].empty()) {
    return bad_field(kId, "", "a name");
  }
  if (!is_contained_path(fields[kSource])) {
    return bad_field(kSource, fields[kSource], "a path inside the imported folder");
  }
  const bool accepted = fields[kReason].empty();
  if (!fields[kSourceDigest].empty() || accepted) {
    if (!is_digest(fields[kSourceDigest])) {
      return bad_field(kSourceDigest, fields[kSourceDigest], "64 hexadecimal digits");
    }
  }
  if (!accepted) {
    return fields[kChip].empty() ? Status{}
                                 : bad_field(kChip, fields[kChip], "nothing in a refused row");
  }
  if (fields[kIdentity].empty()) {
    return bad_field(kIdentity, "", "a name");
  }
  if (!is_contained_path(fields[kChip]) || !fields[kChip].starts_with("chips/")) {
    return bad_field(kChip, fields[kChip], "a path below chips/");
  }
  return is_digest(fields[kChipDigest])
             ? Status{}
             : bad_field(kChipDigest, fields[kChipDigest], "64 hexadecimal digits");
}

// Where our columns and the attributes stand in a header.
struct Header {
  std::vector<std::size_t> ours;                                // [kNumColumns]
  std::vector<std::pair<std::size_t, std::string>> attributes;  // position, name
};

Result<Header> read_header(const CsvRow& names) {
  const auto& columns = manifest_columns();
  Header header;
  header.ours.assign(columns.size(), names.size());
  std::set<std::string> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty() || !seen.insert(names[i]).second) {
      return Status{ErrorCode::kCorruption, "line 1: the column '" + one_line(names[i]) +
                                                "' is empty or stands there twice"};
    }
    const auto known = std::find(columns.begin(), columns.end(), names[i]);
    if (known == columns.end()) {
      header.attributes.emplace_back(i, names[i]);
    } else {
      header.ours[static_cast<std::size_t>(known - columns.begin())] = i;
    }
  }
  for (std::size_t column = 0; column < columns.size(); ++column) {
    if (header.ours[column] == names.size()) {
      return Status{ErrorCode::kCorruption, "line 1: the column " + columns[column] +
                                                " is missing; import the photos again"};
    }
  }
  return header;
}

Result<ImageRecord> read_row(const Header& header, const CsvRow& row) {
  const std::size_t expected = header.ours.size() + header.attributes.size();
  if (row.size() != expected) {
    return Status{ErrorCode::kCorruption,
                  std::to_string(row.size()) + " fields, expected " + std::to_string(expected)};
  }
  CsvRow fields;
  for (const std::size_t position : header.ours) {
    fields.push_back(row[position]);
  }
  KF_ASSIGN(ImageRecord record, record_from_fields(fields));
  for (const auto& [position, name] : header.attributes) {
    if (!row[position].empty()) {
      record.attributes[name] = row[position];
    }
  }
  return record;
}

}  // namespace

const std::vector<std::string>& manifest_columns() {
  static const std::vector<std::string> columns = {
      "id",           "identity",     "source",       "source_sha256", "reason",
      "num_faces",    "detector",     "box_x",        "box_y",         "box_width",
      "box_height",   "landmark_0_x", "landmark_0_y", "landmark_1_x",  "landmark_1_y",
      "landmark_2_x", "landmark_2_y", "landmark_3_x", "landmark_3_y",  "landmark_4_x",
      "landmark_4_y", "face_size_px", "sharpness",    "brightness",    "yaw_degrees",
      "roll_degrees", "chip",         "chip_sha256"};
  return columns;
}

CsvRow record_fields(const ImageRecord& record) {
  CsvRow row(kNumColumns);
  row[kId] = record.id;
  row[kIdentity] = record.identity;
  row[kSource] = record.source;
  row[kSourceDigest] = record.source_sha256;
  row[kReason] = record.reason;
  if (!record.accepted()) {
    return row;
  }
  row[kNumFaces] = std::to_string(record.num_faces);
  row[kDetector] = record.detector;
  const int box[] = {record.box.x, record.box.y, record.box.width, record.box.height};
  for (std::size_t i = 0; i < std::size(box); ++i) {
    row[kBox + i] = std::to_string(box[i]);
  }
  for (std::size_t i = 0; i < record.landmarks.size(); ++i) {
    row[kLandmarks + 2 * i] = format_float(record.landmarks[i].x);
    row[kLandmarks + 2 * i + 1] = format_float(record.landmarks[i].y);
  }
  const Quality& quality = record.quality;
  const float qualities[] = {quality.face_size_px, quality.sharpness, quality.brightness,
                             quality.yaw_degrees, quality.roll_degrees};
  for (std::size_t i = 0; i < std::size(qualities); ++i) {
    row[kQuality + i] = format_float(qualities[i]);
  }
  row[kChip] = record.chip;
  row[kChipDigest] = record.chip_sha256;
  return row;
}

Result<ImageRecord> record_from_fields(const CsvRow& fields) {
  KF_REQUIRE(fields.size() == kNumColumns, fields.size());
  for (std::size_t column = 0; column < fields.size(); ++column) {
    if (!is_utf8(fields[column])) {
      return bad_field(static_cast<Column>(column), fields[column], "UTF-8");
    }
  }
  KF_TRY(check_texts(fields));
  ImageRecord record;
  record.id = fields[kId];
  record.identity = fields[kIdentity];
  record.source = fields[kSource];
  record.source_sha256 = fields[kSourceDigest];
  record.reason = fields[kReason];
  if (record.accepted()) {
    KF_TRY(read_measurements(fields, record));
    record.detector = fields[kDetector];
    record.chip = fields[kChip];
    record.chip_sha256 = fields[kChipDigest];
  }
  return record;
}

Result<std::string> format_manifest_csv(const std::vector<ImageRecord>& images) {
  const auto& columns = manifest_columns();
  std::set<std::string> attributes;
  std::set<std::string> ids;
  for (const ImageRecord& image : images) {
    for (const auto& [name, value] : image.attributes) {
      attributes.insert(name);
    }
    if (!ids.insert(image.id).second) {
      return Status{ErrorCode::kInvalidArgument, "manifest: two images have the id " + image.id};
    }
    if (image.accepted() == image.chip.empty()) {
      return Status{ErrorCode::kInvalidArgument,
                    "manifest: " + image.id + " needs either a chip or a reason"};
    }
  }
  for (const std::string& name : columns) {
    if (attributes.contains(name)) {
      return Status{ErrorCode::kInvalidArgument,
                    "manifest: an attribute is named like the column " + name};
    }
  }
  CsvRow header = columns;
  header.insert(header.end(), attributes.begin(), attributes.end());
  std::vector<const ImageRecord*> sorted;
  sorted.reserve(images.size());
  for (const ImageRecord& image : images) {
    sorted.push_back(&image);
  }
  std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->id < b->id; });
  std::string text = csv_line(header);
  for (const ImageRecord* image : sorted) {
    CsvRow row = record_fields(*image);
    for (const std::string& name : attributes) {
      const auto found = image->attributes.find(name);
      row.push_back(found == image->attributes.end() ? std::string() : found->second);
    }
    text += csv_line(row);
  }
  return text;
}

Result<std::vector<ImageRecord>> parse_manifest_csv(std::string_view text, std::string_view name) {
  const auto corrupt = [&](const std::string& what) {
    return Status{ErrorCode::kCorruption, std::string(name) + ": " + what};
  };
  auto rows = parse_csv(text);
  if (!rows.ok()) {
    return corrupt(rows.error().message());
  }
  if (rows.value().empty()) {
    return corrupt("empty, expected at least a row of column names");
  }
  auto header = read_header(rows.value().front());
  if (!header.ok()) {
    return corrupt(header.error().message());
  }
  std::vector<ImageRecord> images;
  std::set<std::string> ids;
  std::size_t line = 2;
  for (std::size_t i = 1; i < rows.value().size(); ++i) {
    auto record = read_row(header.value(), rows.value()[i]);
    if (!record.ok()) {
      return corrupt("line " + std::to_string(line) + ": " + record.error().message());
    }
    if (!ids.insert(record.value().id).second) {
      return corrupt("line " + std::to_string(line) + ": a second row with the id " +
                     record.value().id);
    }
    images.push_back(std::move(record).value());
    ++line;
    for (const std::string& field : rows.value()[i]) {
      line += static_cast<std::size_t>(std::count(field.begin(), field.end(), '\n'));
    }
  }
  std::sort(images.begin(), images.end(), [](auto& a, auto& b) { return a.id < b.id; });
  return images;
}

}  // namespace kface
