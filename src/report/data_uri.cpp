#include "report/data_uri.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "base/files.h"

namespace kface::report {

namespace {

constexpr std::uintmax_t kMaxChipBytes = std::uintmax_t{8} << 20;

bool starts_with(std::span<const std::uint8_t> bytes, std::span<const std::uint8_t> magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

bool is_inside(const std::filesystem::path& folder, const std::filesystem::path& file) {
  std::error_code error;
  const auto real_folder = std::filesystem::weakly_canonical(folder, error);
  const auto real_file = std::filesystem::weakly_canonical(file, error);
  if (error) {
    return false;
  }
  const auto relative = real_file.lexically_relative(real_folder);
  return !relative.empty() && *relative.begin() != "..";
}

}  // namespace

std::string base64(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t rest = bytes.size() - i;
    const std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16 |
                                (rest > 1 ? static_cast<std::uint32_t>(bytes[i + 1]) << 8 : 0) |
                                (rest > 2 ? static_cast<std::uint32_t>(bytes[i + 2]) : 0);
    text += kDigits[group >> 18];
    text += kDigits[group >> 12 & 63];
    text += rest > 1 ? kDigits[group >> 6 & 63] : '=';
    text += rest > 2 ? kDigits[group & 63] : '=';
  }
  return text;
}

Result<std::string> chip_data_uri(const std::filesystem::path& dataset, const std::string& chip) {
  static constexpr std::array<std::uint8_t, 8> kPng = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  static constexpr std::array<std::uint8_t, 3> kJpeg = {0xff, 0xd8, 0xff};
  const std::filesystem::path relative(chip);
  const std::filesystem::path file = dataset / relative;
  if (chip.empty() || relative.is_absolute() || chip.find('\0') != std::string::npos ||
      !is_inside(dataset, file)) {
    return Status{ErrorCode::kCorruption, "run record: chip \"" + chip + "\" is not inside " +
                                              dataset.string() +
                                              "; give the dataset that the run was made from"};
  }
  KF_ASSIGN(const std::vector<std::uint8_t> bytes, read_file(file, kMaxChipBytes));
  if (starts_with(bytes, kPng)) {
    return "data:image/png;base64," + base64(bytes);
  }
  if (starts_with(bytes, kJpeg)) {
    return "data:image/jpeg;base64," + base64(bytes);
  }
  return Status{ErrorCode::kCorruption,
                file.string() + ": neither PNG nor JPEG; import the dataset again"};
}

}  // namespace kface::report
