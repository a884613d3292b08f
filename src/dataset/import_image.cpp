#include "dataset/import_image.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <string_view>
#include <system_error>

#include "base/digest.h"
#include "base/files.h"
#include "dataset/sidecar.h"
#include "dataset/text.h"

namespace kface {
namespace {

constexpr std::size_t kDigestDigits = 8;
constexpr std::string_view kChipEnding = ".png";
constexpr std::string_view kTemporaryEnding = ".part";
constexpr std::uintmax_t kLargestSidecar = 64U << 10U;
// A larger file is read only if its first bytes are those of a picture.
constexpr std::uintmax_t kSniffFrom = 16U << 20U;

// Adds the time between construction and destruction.
class StageTimer {
 public:
  StageTimer(const std::function<double()>& clock, double& total)
      : clock_(clock), total_(total), start_(clock ? clock() : 0) {}
  ~StageTimer() { total_ += clock_ ? clock_() - start_ : 0; }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  const std::function<double()>& clock_;
  double& total_;
  double start_;
};

bool starts_like_picture(const std::filesystem::path& path) {
  using namespace std::string_view_literals;
  static constexpr std::array kStarts = {
      "\xFF\xD8\xFF"sv, "\x89PNG"sv, "BM"sv, "II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv, "RIFF"sv,
      "GIF8"sv,         "P1"sv,      "P2"sv, "P3"sv,    "P4"sv,    "P5"sv,    "P6"sv};
  std::array<char, 4> head{};
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), head.size());
  const std::string_view start(head.data(), static_cast<std::size_t>(file.gcount()));
  return std::any_of(kStarts.begin(), kStarts.end(),
                     [&](std::string_view known) { return start.starts_with(known); });
}

Result<std::vector<std::uint8_t>> read_photo(const Candidate& photo, const DecodeLimits& limits) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(photo.path, error)) {
    return Status{ErrorCode::kNotFound,
                  error ? "cannot be opened: " + error.message() : "not a regular file"};
  }
  const auto size = std::filesystem::file_size(photo.path, error);
  if (!error && size > kSniffFrom && !starts_like_picture(photo.path)) {
    return Status{ErrorCode::kCorruption,
                  "not an image (" + std::to_string(size) + " bytes of something else)"};
  }
  if (!error && size > limits.max_bytes) {
    return Status{ErrorCode::kInvalidArgument, "enormous (" + std::to_string(size) +
                                                   " bytes, at most " +
                                                   std::to_string(limits.max_bytes) + ")"};
  }
  auto bytes = read_file(photo.path, limits.max_bytes);
  if (!bytes.ok()) {
    // The path differs between machines; the row names the photo already.
    std::string message = bytes.error().message();
    const std::string path = photo.path.string() + ": ";
    message.erase(0, message.starts_with(path) ? path.size() : 0);
    return Status{bytes.error().code(), message};
  }
  return bytes;
}

std::optional<Landmarks5> read_sidecar(const Candidate& photo, const Image& picture) {
  auto text = read_text(photo.sidecar, kLargestSidecar);
  if (!text.ok()) {
    return {};
  }
  auto landmarks = parse_sidecar(text.value(), picture.width, picture.height);
  return landmarks.ok() ? std::optional(landmarks.value()) : std::nullopt;
}

// With the landmarks beside the photo if there are any that work, else by detection.
Result<AlignedFace> align_photo(const Candidate& photo, const Image& picture,
                                const ImportOptions& options, const AlignFn& align,
                                ImageRecord& record) {
  if (photo.sidecar.empty() || !options.align.crop) {
    return align(picture, std::nullopt);
  }
  if (const auto known = read_sidecar(photo, picture)) {
    auto aligned = align(picture, known);
    if (aligned.ok()) {
      record.attributes["landmarks"] = "sidecar";
      return aligned;
    }
  }
  record.attributes["landmarks"] = "sidecar-refused";
  return align(picture, std::nullopt);
}

Status write_error(const std::filesystem::path& path, int error) {
  return Status{ErrorCode::kIo, path.string() +
                                    ": cannot write: " + std::generic_category().message(error) +
                                    "; when there is room, run the same command again to continue"};
}

Result<ImageRecord> refuse(ImageRecord record, const std::string& reason) {
  record.reason = one_line(reason);
  if (record.reason.empty()) {
    record.reason = "refused";
  }
  return record;
}

}  // namespace

// Not flushed one by one, which would cost more than all the rest: the journal and the manifest
// hold the chip's digest.
Status write_chip(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  KF_TRY(make_folder(path.parent_path()));
  std::filesystem::path temporary = path;
  temporary += kTemporaryEnding;
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    return write_error(path, errno);
  }
  int error = 0;
  while (!bytes.empty() && error == 0) {
    const ssize_t put = ::write(descriptor, bytes.data(), bytes.size());
    if (put >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(put));
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (::close(descriptor) != 0 && error == 0) {
    error = errno;
  }
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) {
    error = errno;
  }
  if (error != 0) {
    ::unlink(temporary.c_str());
    return write_error(path, error);
  }
  return {};
}

std::string chip_path(const std::string& identity, const std::string& id,
                      const std::string& chip_sha256) {
  const bool below = id.starts_with(identity + '/');
  const std::string name = below ? id.substr(identity.size() + 1) : id;
  return "chips/" + safe_name(identity) + '/' + safe_name(name) + '-' +
         chip_sha256.substr(0, kDigestDigits) + std::string(kChipEnding);
}

bool is_chip_name(const std::string& name) {
  std::string_view rest = name;
  if (rest.ends_with(kTemporaryEnding)) {
    rest.remove_suffix(kTemporaryEnding.size());
  }
  if (!rest.ends_with(kChipEnding)) {
    return false;
  }
  rest.remove_suffix(kChipEnding.size());
  return rest.size() > kDigestDigits + 1 && rest[rest.size() - kDigestDigits - 1] == '-' &&
         rest.substr(rest.size() - kDigestDigits).find_first_not_of("0123456789abcdef") ==
             std::string_view::npos;
}

Result<ImageRecord> import_image(const Candidate& photo, const std::filesystem::path& dataset,
                                 const ImportOptions& options, const AlignFn& align,
                                 StageSeconds& seconds) {
  ImageRecord record;
  record.id = photo.id;
  record.identity = photo.identity;
  record.source = photo.source;
  record.attributes = photo.attributes;

  Result<Image> picture = Image{};
  {
    const StageTimer timer(options.clock, seconds.decode);
    const auto bytes = read_photo(photo, options.limits);
    if (!bytes.ok()) {
      return refuse(std::move(record), bytes.error().message());
    }
    record.source_sha256 = sha256_hex(std::span<const std::uint8_t>(bytes.value()));
    picture = decode_image(bytes.value(), options.limits);
  }
  if (!picture.ok()) {
    return refuse(std::move(record), picture.error().message());
  }
  Result<AlignedFace> aligned = AlignedFace{};
  {
    const StageTimer timer(options.clock, seconds.align);
    aligned = align_photo(photo, picture.value(), options, align, record);
  }
  if (!aligned.ok()) {
    return refuse(std::move(record), aligned.error().message());
  }
  const StageTimer timer(options.clock, seconds.write);
  AlignedFace& face = aligned.value();
  const auto png = encode_png(face.chip);
  record.num_faces = face.num_faces;
  record.detector = std::move(face.detector);
  record.box = face.box;
  record.landmarks = face.landmarks;
  record.quality = face.quality;
  record.chip_sha256 = sha256_hex(std::span<const std::uint8_t>(png));
  record.chip = chip_path(record.identity, record.id, record.chip_sha256);
  KF_TRY(write_chip(dataset / record.chip, png));
  return record;
}

}  // namespace kface
