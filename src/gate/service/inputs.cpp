#include <algorithm>
#include <charconv>

#include "align/image_header.h"
#include "base/times.h"
#include "gallery/random_id.h"
#include "gate/service/desk.h"
#include "gate/service/time_fault.h"
#include "gate/service/url.h"

namespace kface::service {
namespace {

constexpr int kMaxDepth = 8;
constexpr std::size_t kMaxValues = 2000;

// Depth and number of values, before the parser builds anything of them.
bool is_modest(const std::string& text) {
  int depth = 0;
  std::size_t values = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      i += c == '\\' ? 1 : 0;
      in_string = c != '"';
      continue;
    }
    in_string = c == '"';
    depth += (c == '{' || c == '[') ? 1 : (c == '}' || c == ']') ? -1 : 0;
    values += (c == ',' || c == '{' || c == '[') ? 1 : 0;
    if (depth > kMaxDepth || values > kMaxValues) {
      return false;
    }
  }
  return true;
}

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') {
    return c - 'A';
  }
  if (c >= 'a' && c <= 'z') {
    return c - 'a' + 26;
  }
  if (c >= '0' && c <= '9') {
    return c - '0' + 52;
  }
  return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

// The fields beside "image" become parameters, as if they had come in the query.
Answer<bool> fields_to_query(const Json& object, Call& call) {
  for (const auto& [key, value] : object.items()) {
    if (key == "image") {
      continue;
    }
    std::string text;
    if (value.is_string()) {
      text = value.get<std::string>();
    } else if (value.is_boolean()) {
      text = value.get<bool>() ? "true" : "false";
    } else if (value.is_number_unsigned()) {
      text = std::to_string(value.get<std::uint64_t>());
    } else {
      return bad_argument("the fields beside \"image\" are text, whole numbers, true or false");
    }
    if (!is_plain_text(text)) {
      return bad_argument("a field holds control characters");
    }
    if (!call.query.emplace(key, text).second) {
      return bad_argument("a parameter is given in the address and in the body");
    }
  }
  return true;
}

}  // namespace

Answer<bool> only_parameters(const Call& call, std::initializer_list<std::string_view> names) {
  for (const auto& [name, value] : call.query) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      std::string known;
      for (const std::string_view one : names) {
        known += (known.empty() ? "" : ", ") + std::string(one);
      }
      return bad_argument("unknown parameter; " +
                          (known.empty() ? "none is known here" : "known are: " + known));
    }
  }
  return true;
}

Answer<std::string> text_parameter(const Call& call, const std::string& name, std::size_t longest) {
  const auto found = call.query.find(name);
  if (found == call.query.end()) {
    return std::string();
  }
  if (found->second.size() > longest) {
    return bad_argument(name + " is longer than " + std::to_string(longest) + " bytes");
  }
  return found->second;
}

Answer<std::string> id_parameter(const Call& call, const std::string& name, char kind) {
  KF_ASSIGN(std::string text, text_parameter(call, name, 64));
  if (!text.empty() && !is_id(kind, text)) {
    return bad_argument(name + " is an id: " + std::string(1, kind) +
                        "- and 26 letters and digits");
  }
  return text;
}

Answer<std::uint64_t> number_parameter(const Call& call, const std::string& name,
                                       std::uint64_t fallback, std::uint64_t lowest,
                                       std::uint64_t highest) {
  const auto found = call.query.find(name);
  if (found == call.query.end()) {
    return fallback;
  }
  std::uint64_t number = 0;
  const char* end = found->second.data() + found->second.size();
  const auto [at, error] = std::from_chars(found->second.data(), end, number);
  if (error != std::errc() || at != end || number < lowest || number > highest) {
    return bad_argument(name + " is a whole number from " + std::to_string(lowest) + " to " +
                        std::to_string(highest));
  }
  return number;
}

Answer<std::optional<UnixMs>> time_parameter(const Call& call, const std::string& name) {
  const auto found = call.query.find(name);
  if (found == call.query.end()) {
    return std::optional<UnixMs>();
  }
  const auto at = parse_time(found->second);
  if (!at.ok()) {
    return bad_time(name);
  }
  return std::optional<UnixMs>(at.value());
}

Answer<std::string> word_parameter(const Call& call, const std::string& name,
                                   std::initializer_list<std::string_view> words) {
  KF_ASSIGN(std::string text, text_parameter(call, name, 64));
  if (!text.empty() && std::find(words.begin(), words.end(), text) == words.end()) {
    std::string known;
    for (const std::string_view word : words) {
      known += (known.empty() ? "" : ", ") + std::string(word);
    }
    return bad_argument(name + " is one of: " + known);
  }
  return text;
}

Answer<Json> parse_object(const std::string& text, std::initializer_list<std::string_view> keys) {
  if (!is_modest(text)) {
    return bad_request("the JSON is nested too deeply, or has too many values");
  }
  Json object = Json::parse(text, nullptr, false);
  if (!object.is_object()) {
    return bad_request("the body is no JSON object");
  }
  for (const auto& [key, value] : object.items()) {
    if (keys.size() > 0 && std::find(keys.begin(), keys.end(), key) == keys.end()) {
      std::string known;
      for (const std::string_view one : keys) {
        known += (known.empty() ? "" : ", ") + std::string(one);
      }
      return bad_argument("unknown field; known are: " + known);
    }
  }
  return object;
}

Answer<std::vector<std::uint8_t>> decode_base64(const std::string& text) {
  std::size_t length = text.size();
  while (length > 0 && text.size() - length < 2 && text[length - 1] == '=') {
    --length;
  }
  const Fault wrong = bad_argument("a photo is not base64");
  if (length % 4 == 1 || (length != text.size() && text.size() % 4 != 0)) {
    return wrong;
  }
  std::vector<std::uint8_t> bytes;
  bytes.reserve(length * 3 / 4);
  std::uint32_t bits = 0;
  int num_bits = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const int value = base64_value(text[i]);
    if (value < 0) {
      return wrong;
    }
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    num_bits += 6;
    if (num_bits >= 8) {
      num_bits -= 8;
      bytes.push_back(static_cast<std::uint8_t>((bits >> static_cast<unsigned>(num_bits)) & 0xffU));
    }
  }
  return bytes;
}

Answer<std::vector<std::uint8_t>> take_photo(const Desk& desk, Call& call) {
  std::vector<std::uint8_t> photo;
  if (call.content_type == "application/json") {
    KF_ASSIGN(const Json object, parse_object(call.body, {}));
    const auto image = object.find("image");
    if (image == object.end() || !image->is_string()) {
      return bad_argument("the field \"image\" is missing: the photo's bytes as base64");
    }
    KF_ASSIGN(photo, decode_base64(image->get_ref<const std::string&>()));
    KF_ASSIGN([[maybe_unused]] const bool taken, fields_to_query(object, call));
  } else {
    photo.assign(call.body.begin(), call.body.end());
  }
  KF_ASSIGN([[maybe_unused]] const bool checked, check_photo(desk, photo));
  return photo;
}

Answer<bool> check_photo(const Desk& desk, const std::vector<std::uint8_t>& photo) {
  const GatePolicy& policy = desk.parts.access->policy();
  if (photo.size() > policy.max_photo_bytes) {
    return Fault{.status = 413,
                 .code = "image_too_large",
                 .message = "the photo has too many bytes",
                 .details = {{"max_bytes", policy.max_photo_bytes}}};
  }
  const auto header = read_image_header(ByteView(photo));
  if (!header.ok()) {
    return Fault{.status = 422,
                 .code = "image_invalid",
                 .message = "the photo cannot be read: JPEG, PNG, WebP, BMP, TIFF or PNM, whole"};
  }
  const std::uint64_t pixels = std::uint64_t{header.value().width} * header.value().height;
  if (pixels > policy.max_photo_pixels) {
    return Fault{.status = 413,
                 .code = "image_too_large",
                 .message = "the photo has too many pixels",
                 .details = {{"max_pixels", policy.max_photo_pixels}}};
  }
  return true;
}

}  // namespace kface::service
