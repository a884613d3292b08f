#include "weights/own_form.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include "base/digest.h"

namespace kface {
namespace {

constexpr const char* kFormat = "kface-vgg-face";
constexpr const char* kVersion = "1";

std::string value_or_empty(const Metadata& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? "" : found->second;
}

// "blue,green,red"; the shortest digits that give the same floats.
std::string colour_text(const std::array<float, 3>& colour) {
  std::string text;
  for (const float value : colour) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text.append(text.empty() ? "" : ",").append(digits.data(), end);
  }
  return text;
}

std::optional<std::array<float, 3>> parse_colour(std::string_view text) {
  std::array<float, 3> colour{};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (std::size_t i = 0; i < colour.size(); ++i) {
    if (i > 0 && (at == end || *at++ != ',')) {
      return std::nullopt;
    }
    const auto [next, error] = std::from_chars(at, end, colour[i]);
    if (error != std::errc{} || !std::isfinite(colour[i])) {
      return std::nullopt;
    }
    at = next;
  }
  return at == end ? std::optional(colour) : std::nullopt;
}

}  // namespace

Status read_own_metadata(const Metadata& metadata, const std::string& file, FoundWeights& found) {
  const std::string format = value_or_empty(metadata, "format");
  if (format != kFormat) {
    return {ErrorCode::kCorruption,
            file + ": is of format '" + format + "', expected the weights '" + kFormat + "'"};
  }
  const std::string version = value_or_empty(metadata, "version");
  if (version != kVersion) {
    return {ErrorCode::kVersion, file + ": format version '" + version +
                                     "', this build reads 1..1; update kface, or import again"};
  }
  if (value_or_empty(metadata, "channels") != "bgr") {
    return {ErrorCode::kCorruption, file + ": its channels are '" +
                                        value_or_empty(metadata, "channels") + "', expected 'bgr'"};
  }
  if (metadata.contains("mean_bgr")) {
    found.mean_bgr = parse_colour(metadata.at("mean_bgr"));
    if (!found.mean_bgr.has_value()) {
      return {ErrorCode::kCorruption,
              file + ": its mean_bgr is '" + metadata.at("mean_bgr") + "', expected three numbers"};
    }
  }
  found.channels = ChannelOrder::kBgr;
  found.metadata = metadata;
  return {};
}

Metadata metadata_of_import(const SourceFile& file, WeightFormat format, ChannelOrder channels,
                            const FoundWeights& found) {
  Metadata metadata = {{"format", kFormat},
                       {"version", kVersion},
                       {"channels", "bgr"},
                       {"source_format", format_name(format)},
                       {"source_channels", channels == ChannelOrder::kBgr ? "bgr" : "rgb"},
                       {"source_sha256", sha256_hex(file.bytes)}};
  if (found.mean_bgr.has_value()) {
    metadata["mean_bgr"] = colour_text(*found.mean_bgr);
  }
  return metadata;
}

}  // namespace kface
