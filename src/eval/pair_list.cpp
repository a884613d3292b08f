#include "eval/pair_list.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace kface {
namespace {

constexpr std::uint32_t kLargestImageNumber = 9999;
constexpr std::uint32_t kLargestHeaderNumber = 1'000'000;
constexpr std::size_t kImageDigits = 4;

struct Line {
  std::size_t number;  // from 1
  std::vector<std::string_view> columns;
};

std::vector<std::string_view> split_columns(std::string_view line) {
  const std::string_view separator = line.find('\t') == std::string_view::npos ? " " : "\t";
  std::vector<std::string_view> columns;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(separator), line.size());
    // Columns that were aligned by several separators are still one column each.
    std::string_view column = line.substr(0, end);
    while (column.starts_with(' ')) {
      column.remove_prefix(1);
    }
    while (column.ends_with(' ')) {
      column.remove_suffix(1);
    }
    if (!column.empty()) {
      columns.push_back(column);
    }
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return columns;
}

std::vector<Line> split_lines(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  std::vector<Line> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    Line split{number, split_columns(line)};
    if (!split.columns.empty() && !split.columns.front().starts_with('#')) {
      lines.push_back(std::move(split));
    }
  }
  return lines;
}

// A whole number in [1, largest], nothing around it.
std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t largest) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > largest) {
    return std::nullopt;
  }
  return value;
}

class Parser {
 public:
  explicit Parser(std::string_view name) : name_(name) {}

  Result<PairList> parse(std::string_view text) {
    if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
      return Status{ErrorCode::kCorruption, name_ + ": a zero byte at offset " +
                                                std::to_string(zero) + "; this is not a text file"};
    }
    const std::vector<Line> lines = split_lines(text);
    if (lines.empty()) {
      return Status{ErrorCode::kInvalidArgument,
                    name_ + ": no pairs; expected lines 'A B 1' or 'A B 0', or LFW's pairs.txt"};
    }
    if (lines.front().columns.size() < 3) {
      KF_TRY(parse_lfw(lines));
    } else {
      for (const Line& line : lines) {
        KF_TRY(parse_plain(line));
      }
    }
    return std::move(list_);
  }

 private:
  Status corrupt(const Line& line, const std::string& message) const {
    return {ErrorCode::kCorruption,
            name_ + ": line " + std::to_string(line.number) + ": " + message};
  }

  Status parse_lfw(const std::vector<Line>& lines) {
    const Line& header = lines.front();
    std::vector<std::uint32_t> numbers;
    for (const std::string_view column : header.columns) {
      const auto number = parse_number(column, kLargestHeaderNumber);
      if (!number) {
        return corrupt(header, "found '" + std::string(column) +
                                   "', expected 'FOLDS N' or 'N', each 1 to " +
                                   std::to_string(kLargestHeaderNumber) + ", or a pair 'A B 1'");
      }
      numbers.push_back(*number);
    }
    list_.num_folds = numbers.size() == 2 ? numbers.front() : 1;
    const std::size_t rows_of_kind = numbers.back();
    const std::size_t expected = 2 * rows_of_kind * list_.num_folds;
    const std::size_t found = lines.size() - 1;
    if (found != expected) {
      return {ErrorCode::kCorruption,
              name_ + ": " + std::to_string(found) + " pairs, but the first line announces " +
                  std::to_string(expected) + " (" + std::to_string(list_.num_folds) +
                  " folds x 2 x " + std::to_string(rows_of_kind) + ")"};
    }
    for (std::size_t row = 0; row < found; ++row) {
      const bool same = row / rows_of_kind % 2 == 0;
      const auto fold = static_cast<std::uint32_t>(row / (2 * rows_of_kind));
      KF_TRY(parse_lfw_row(lines[row + 1], same, fold));
    }
    return {};
  }

  Status parse_lfw_row(const Line& line, bool same, std::uint32_t fold) {
    const auto& columns = line.columns;
    if (columns.size() != (same ? 3U : 4U)) {
      return corrupt(line, std::to_string(columns.size()) + " columns, expected " +
                               (same ? "3 of a same pair (name, number, number)"
                                     : "4 of a different pair (name, number, name, number)"));
    }
    ListedPair pair;
    KF_TRY(set_image(line, columns[0], columns[1], pair.a));
    KF_TRY(set_image(line, same ? columns[0] : columns[2], columns.back(), pair.b));
    if (!same && columns[0] == columns[2]) {
      return corrupt(line, "a different pair of one person, '" + std::string(columns[0]) + "'");
    }
    return add(line, std::move(pair), same, fold);
  }

  Status set_image(const Line& line, std::string_view person, std::string_view digits,
                   std::string& id) const {
    const auto number = parse_number(digits, kLargestImageNumber);
    if (!number) {
      return corrupt(line, "image number '" + std::string(digits) + "', expected 1 to " +
                               std::to_string(kLargestImageNumber));
    }
    const std::string text = std::to_string(*number);
    id = std::string(person) + '_' + std::string(kImageDigits - text.size(), '0') + text;
    return {};
  }

  Status parse_plain(const Line& line) {
    const auto& columns = line.columns;
    if (columns.size() != 3) {
      return corrupt(line,
                     std::to_string(columns.size()) + " columns, expected 3: image, image, 1 or 0");
    }
    if (columns[2] != "0" && columns[2] != "1") {
      return corrupt(line, "label '" + std::string(columns[2]) +
                               "', expected 1 (same person) or 0 (different people)");
    }
    return add(line, {std::string(columns[0]), std::string(columns[1])}, columns[2] == "1", 0);
  }

  Status add(const Line& line, ListedPair pair, bool same, std::uint32_t fold) {
    if (pair.a == pair.b) {
      return corrupt(line, "a pair of an image with itself, '" + pair.a + "'");
    }
    pair.same = same;
    pair.fold = fold;
    list_.pairs.push_back(std::move(pair));
    return {};
  }

  std::string name_;
  PairList list_;
};

}  // namespace

Result<PairList> parse_pair_list(std::string_view text, std::string_view name) {
  return Parser(name).parse(text);
}

}  // namespace kface
