#include "dataset/import_options.h"

#include "dataset/text.h"

namespace kface {
namespace {

Status not_among(const std::string& option, const std::string& found, const std::string& expected) {
  return Status{ErrorCode::kInvalidArgument,
                option + ": '" + one_line(found) + "', expected " + expected};
}

}  // namespace

Result<AlignOptions> to_align_options(const CropSettings& settings) {
  constexpr int kSmallest = 16;
  constexpr int kLargest = 1024;
  constexpr double kLargestPadding = 4;
  AlignOptions options;
  if (settings.crop != "dlib" && settings.crop != "none") {
    return not_among("--crop", settings.crop, "dlib or none");
  }
  options.crop = settings.crop == "dlib";
  if (settings.color == "gray-world") {
    options.color = ColorAdjust::kGrayWorld;
  } else if (settings.color == "clahe") {
    options.color = ColorAdjust::kClahe;
  } else if (settings.color != "none") {
    return not_among("--color", settings.color, "none, gray-world or clahe");
  }
  if (settings.chip_size < kSmallest || settings.chip_size > kLargest) {
    return not_among("--chip-size", std::to_string(settings.chip_size), "16 to 1024");
  }
  options.chip_size = settings.chip_size;
  if (!(settings.padding >= 0 && settings.padding <= kLargestPadding)) {
    return not_among("--padding", std::to_string(settings.padding), "0 to 4");
  }
  options.padding = settings.padding;
  return options;
}

Result<std::size_t> parse_count(const std::string& text) {
  if (text == "all") {
    return std::size_t{0};
  }
  const auto count = parse_int(text);
  if (!count.has_value() || *count < 1) {
    return not_among("count", text, "a number, 1 or larger, or 'all'");
  }
  return static_cast<std::size_t>(*count);
}

Result<AihubOptions> to_aihub_options(const AihubSettings& settings,
                                      const std::map<std::string, std::string>& filters) {
  AihubOptions options;
  KF_ASSIGN(options.people, parse_count(settings.people));
  KF_ASSIGN(options.images, parse_count(settings.images));
  options.seed = settings.seed;
  options.filters = filters;
  return options;
}

}  // namespace kface
