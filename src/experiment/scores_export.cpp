#include "experiment/scores_export.h"

#include <array>
#include <charconv>

#include "base/files.h"

namespace kface {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20U;

// A file that is written in large pieces.
class LineWriter {
 public:
  explicit LineWriter(const std::filesystem::path& path) : writer_(path) {}

  Status add(std::string_view line) {
    text_ += line;
    text_ += '\n';
    return text_.size() < kPiece ? Status{} : flush();
  }
  Status commit() {
    KF_TRY(flush());
    return writer_.commit();
  }

 private:
  Status flush() {
    Status status = writer_.append(text_);
    text_.clear();
    return status;
  }

  AtomicFileWriter writer_;
  std::string text_;
};

// The shortest digits that read back as the same float.
std::string number_text(float value) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  KF_REQUIRE(error == std::errc(), value);
  return {text.data(), end};
}

// The rows of one pair after the other.
class RowsOfPairs {
 public:
  RowsOfPairs(const ScoredPairs& scores, std::size_t num_images)
      : listed_(scores.listed ? &scores.listed->rows : nullptr), num_images_(num_images) {
    const std::size_t count =
        listed_ != nullptr ? listed_->size() : num_images * (num_images - 1) / 2;
    KF_REQUIRE(scores.pairs.size() == count, scores.pairs.size(), count);
  }

  PairRows next() {
    if (listed_ != nullptr) {
      return (*listed_)[at_++];
    }
    const PairRows rows = all_;
    if (++all_.b == num_images_) {
      ++all_.a;
      all_.b = all_.a + 1;
    }
    return rows;
  }

 private:
  const std::vector<PairRows>* listed_;
  std::size_t num_images_;
  std::size_t at_ = 0;
  PairRows all_{.a = 0, .b = 1};
};

}  // namespace

std::string score_word(std::string_view name) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string word;
  for (const char letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_plain = byte > 0x20 && byte != 0x7F && letter != '%' && letter != '#' &&
                          letter != '"' && letter != '\'' && letter != ',';
    if (is_plain) {
      word += letter;
    } else {
      word += '%';
      word += kDigits[byte >> 4U];
      word += kDigits[byte & 15U];
    }
  }
  return word;
}

Status write_scores(const std::filesystem::path& folder, const ScoredPairs& scores,
                    const FeatureSet& set, const Manifest& manifest) {
  RowsOfPairs rows_of(scores, set.size());
  std::vector<std::string> people;
  for (const std::string& name : set.identity_names) {
    people.push_back(score_word(name));
  }
  std::vector<std::string> images;
  for (const std::uint32_t image : set.images) {
    images.push_back(score_word(manifest.images[image].id));
  }
  KF_TRY(make_folder(folder));
  LineWriter genuine(folder / "genuine.txt");
  LineWriter impostor(folder / "impostor.txt");
  LineWriter four_columns(folder / "scores-4col");
  for (std::size_t i = 0; i < scores.pairs.size(); ++i) {
    const ScoredPair& pair = scores.pairs[i];
    const PairRows rows = rows_of.next();
    KF_TRY((pair.same ? genuine : impostor).add(number_text(pair.distance)));
    // Subtracting from 0 never gives -0.
    KF_TRY(four_columns.add(people[set.identities[rows.a]] + ' ' + people[set.identities[rows.b]] +
                            ' ' + images[rows.b] + ' ' + number_text(0.0F - pair.distance)));
  }
  KF_TRY(genuine.commit());
  KF_TRY(impostor.commit());
  return four_columns.commit();
}

}  // namespace kface
