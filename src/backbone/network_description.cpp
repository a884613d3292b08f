#include "backbone/network_description.h"

// In a debug build the parser of toml++ 3.3 ends the process over a key that begins with '[', two
// lines before it would report it.
#define TOML_ASSERT(expr) static_assert(true)
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/files.h"

namespace kface {
namespace {

constexpr std::uintmax_t kMaxBytes = 1 << 20;
constexpr double kMaxSide = 1024;      // pixels of a network's input
constexpr double kMaxChipSize = 4096;  // as kface import
constexpr double kMaxPadding = 4;      // likewise
constexpr double kMaxMean = 1e6;
constexpr double kMaxThreshold = 1e6;

// Chips as 'kface import' makes them: one dataset serves every network.
constexpr int kChipSize = 150;
constexpr double kChipPadding = 0.25;

// Takes keys out of the table, remembering which there are; the first fault stays.
class TableReader {
 public:
  TableReader(const std::string& path, const toml::table& table) : path_(path), table_(table) {}

  std::string text(const std::string& key, bool required) {
    const toml::node* node = find(key, required);
    if (node == nullptr) {
      return "";
    }
    const auto value = node->value_exact<std::string>();
    if (!value || value->empty()) {
      fail(node, key, "is not a text in quotes");
    }
    return value.value_or("");
  }

  bool truth(const std::string& key, bool otherwise) {
    const toml::node* node = find(key, false);
    if (node == nullptr) {
      return otherwise;
    }
    const auto value = node->value_exact<bool>();
    if (!value) {
      fail(node, key, "is neither true nor false");
    }
    return value.value_or(otherwise);
  }

  double number(const std::string& key, double lowest, double highest,
                std::optional<double> otherwise = {}) {
    const toml::node* node = find(key, !otherwise);
    return node == nullptr ? otherwise.value_or(lowest) : number_of(*node, key, lowest, highest);
  }

  int whole(const std::string& key, double lowest, double highest,
            std::optional<double> otherwise = {}) {
    const double value = number(key, lowest, highest, otherwise);
    if (value != std::floor(value)) {
      fail(table_.get(key), key, "is not a whole number");
    }
    return static_cast<int>(value);
  }

  // `count` numbers, or all zero after a fault.
  std::vector<double> numbers(const toml::node* node, const std::string& key, std::size_t count,
                              double lowest, double highest) {
    std::vector<double> values(count);
    const toml::array* array = node == nullptr ? nullptr : node->as_array();
    if (node != nullptr && (array == nullptr || array->size() != count)) {
      fail(node, key, "is not a list of " + std::to_string(count) + " numbers");
    } else if (array != nullptr) {
      for (std::size_t i = 0; i < count; ++i) {
        values[i] = number_of(array->at(i), key, lowest, highest);
      }
    }
    return values;
  }

  const toml::node* find(const std::string& key, bool required) {
    known_.insert(key);
    const toml::node* node = table_.get(key);
    if (node == nullptr && required) {
      fail(nullptr, key, "is missing");
    }
    return node;
  }

  void fail(const toml::node* node, const std::string& key, const std::string& what) {
    if (status_.ok()) {
      std::string place = path_;
      if (node != nullptr) {
        place += ':';
        place += std::to_string(node->source().begin.line);
      }
      status_ = {ErrorCode::kCorruption, place + ": '" + key + "' " + what};
    }
  }

  Status finish() {
    for (const auto& [key, node] : table_) {
      const std::string name(key.str());
      if (!known_.contains(name)) {
        std::string names;
        for (const auto& other : known_) {
          names += (names.empty() ? "" : ", ") + other;
        }
        fail(&node, name, "is not a known key; known are: " + names);
      }
    }
    return status_;
  }

 private:
  double number_of(const toml::node& node, const std::string& key, double lowest, double highest) {
    const auto value = node.is_number() ? node.value<double>() : std::nullopt;
    if (!value || !(*value >= lowest && *value <= highest)) {
      std::ostringstream range;
      range << "is not a number from " << lowest << " to " << highest;
      fail(&node, key, range.str());
      return lowest;
    }
    return *value;
  }

  const std::string path_;
  const toml::table& table_;
  std::set<std::string> known_;
  Status status_;
};

bool is_sha256(const std::string& text) {
  constexpr std::size_t kDigits = 64;
  return text.size() == kDigits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

void read_template(TableReader& reader, NetworkDescription& description) {
  const std::string key = "template";
  const toml::node* node = reader.find(key, false);
  if (node == nullptr) {
    return;
  }
  FivePoints points;
  const toml::array* rows = node->as_array();
  if (rows == nullptr || rows->size() != points.size()) {
    reader.fail(node, key, "is not a list of five points [x, y]");
    return;
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto point = reader.numbers(rows->get(i), key, 2, -kMaxSide, kMaxSide);
    points[i] = {static_cast<float>(point[0]), static_cast<float>(point[1])};
  }
  const auto& [left_eye, right_eye, nose, left_mouth, right_mouth] = points;
  if (left_eye.x >= right_eye.x || left_mouth.x >= right_mouth.x ||
      std::max(left_eye.y, right_eye.y) >= std::min(left_mouth.y, right_mouth.y)) {
    reader.fail(node, key,
                "is no upright face: eye on the picture's left, eye on its right, tip of the nose, "
                "corner of the mouth on the left, on the right are expected");
  }
  description.landmarks = points;
}

NetworkDescription read_keys(TableReader& reader, const std::filesystem::path& folder) {
  NetworkDescription result;
  result.name = reader.text("name", true);
  result.file = folder / reader.text("file", true);
  result.license = reader.text("license", true);
  result.sha256 = reader.text("sha256", false);
  if (!result.sha256.empty() && !is_sha256(result.sha256)) {
    reader.fail(reader.find("sha256", false), "sha256", "is not 64 digits 0-9 a-f");
  }
  Preprocess& preprocess = result.preprocess;
  preprocess.width = reader.whole("width", 1, kMaxSide);
  preprocess.height = reader.whole("height", 1, kMaxSide);
  const std::string channels = reader.text("channels", true);
  if (!channels.empty() && channels != "rgb" && channels != "bgr") {
    reader.fail(reader.find("channels", true), "channels", "is neither \"rgb\" nor \"bgr\"");
  }
  preprocess.bgr = channels == "bgr";
  for (const auto& [key, values] :
       {std::pair("mean", &preprocess.mean), std::pair("scale", &preprocess.scale)}) {
    const auto numbers =
        reader.numbers(reader.find(key, true), key, values->size(), -kMaxMean, kMaxMean);
    std::transform(numbers.begin(), numbers.end(), values->begin(),
                   [](double value) { return static_cast<float>(value); });
  }
  if (std::count(preprocess.scale.begin(), preprocess.scale.end(), 0.0F) > 0) {
    reader.fail(reader.find("scale", true), "scale", "has a zero");
  }
  read_template(reader, result);
  result.chip_size = reader.whole("chip_size", 1, kMaxChipSize, kChipSize);
  result.chip_padding = reader.number("chip_padding", 0, kMaxPadding, kChipPadding);
  result.feature = reader.text("feature", false);
  result.normalize = reader.truth("normalize", true);
  result.customary_threshold = reader.number("customary_threshold", 0, kMaxThreshold);
  return result;
}

}  // namespace

Result<NetworkDescription> read_network_description(const std::filesystem::path& path) {
  KF_ASSIGN(const std::string text, read_text(path, kMaxBytes));
  toml::table table;
  try {
    table = toml::parse(text, path.string());
  } catch (const toml::parse_error& error) {
    return Status{ErrorCode::kCorruption, path.string() + ":" +
                                              std::to_string(error.source().begin.line) +
                                              ": no TOML: " + std::string(error.description())};
  }
  TableReader reader(path.string(), table);
  NetworkDescription description = read_keys(reader, path.parent_path());
  KF_TRY(reader.finish());
  return description;
}

}  // namespace kface
