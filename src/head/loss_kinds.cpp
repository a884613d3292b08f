#include "head/loss_kinds.h"

#include <algorithm>
#include <cmath>

namespace kface {
namespace {

constexpr double kMixFaceChance = 1e-5;  // q of the header
constexpr double kMostAngle = 1.5;       // short of a right angle

struct LossDefaults {
  const char* name;
  LossKind kind;
  double margin;
  double scale;
};

constexpr LossDefaults kLosses[] = {{"pairs", LossKind::kPairs, 0, 0},
                                    {"contrastive", LossKind::kContrastive, 1, 0},
                                    {"triplet", LossKind::kTriplet, 0.2, 0},
                                    {"arcface", LossKind::kArcFace, 0.1, 32},
                                    {"mixface", LossKind::kMixFace, 0.3, 0}};

struct NegativesName {
  const char* name;
  Negatives value;
};

constexpr NegativesName kNegatives[] = {{"semi-hard", Negatives::kSemiHard},
                                        {"hard", Negatives::kHard},
                                        {"random", Negatives::kRandom}};

template <typename Table>
std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const auto& entry : table) {
    names.emplace_back(entry.name);
  }
  return names;
}

template <typename Table>
auto find(const Table& table, const std::string& name) {
  return std::find_if(std::begin(table), std::end(table),
                      [&](const auto& entry) { return name == entry.name; });
}

Status unknown(const char* what, const std::string& found, const std::vector<std::string>& known) {
  std::string list;
  for (const auto& name : known) {
    list += (list.empty() ? "" : ", ") + name;
  }
  return {ErrorCode::kInvalidArgument,
          std::string("unknown ") + what + " \"" + found + "\"; this build has: " + list};
}

}  // namespace

std::vector<std::string> loss_names() { return names_of(kLosses); }
std::vector<std::string> negatives_names() { return names_of(kNegatives); }

Result<LossOptions> parse_loss(const std::string& loss, const std::string& negatives,
                               const std::string& ratio, double margin, double scale) {
  const auto* const found = find(kLosses, loss);
  if (found == std::end(kLosses)) {
    return unknown("loss", loss, loss_names());
  }
  const auto* const choice = find(kNegatives, negatives);
  if (choice == std::end(kNegatives)) {
    return unknown("choice of negatives", negatives, negatives_names());
  }
  auto parsed = parse_ratio(ratio);
  if (!parsed.ok()) {
    return parsed.error();
  }
  if (parsed.value().different == 0 || parsed.value().same == 0) {
    return Status{ErrorCode::kInvalidArgument,
                  "ratio " + ratio + ": safe training needs both kinds of pair; give, say, 4:6"};
  }
  if (has_centres(found->kind) && margin > kMostAngle) {
    return Status{ErrorCode::kInvalidArgument, "margin " + std::to_string(margin) + ": loss " +
                                                   loss +
                                                   " enlarges an angle by it; give at most " +
                                                   std::to_string(kMostAngle) + " radians"};
  }
  return LossOptions{.kind = found->kind,
                     .margin = margin > 0 ? margin : found->margin,
                     .scale = scale > 0 ? scale : found->scale,
                     .ratio = parsed.value(),
                     .negatives = choice->value};
}

bool has_centres(LossKind kind) { return kind == LossKind::kArcFace || kind == LossKind::kMixFace; }

bool has_score_unit(LossKind kind) { return kind == LossKind::kPairs; }

std::size_t num_loss_parameters(LossKind kind, std::size_t num_people, std::size_t m) {
  if (has_centres(kind)) {
    return num_people * m;
  }
  return has_score_unit(kind) ? 2 : 0;
}

double centre_scale(const LossOptions& options, std::size_t num_people) {
  if (options.scale > 0) {
    return options.scale;
  }
  const auto others = static_cast<double>(std::max<std::size_t>(num_people, 2) - 1);
  return (std::log(others) + std::log((1 - kMixFaceChance) / kMixFaceChance)) /
         std::cos(options.margin);
}

double pair_scale(const LossOptions& options, std::size_t num_different_pairs) {
  if (options.scale > 0) {
    return options.scale;
  }
  const auto pairs = static_cast<double>(std::max<std::size_t>(num_different_pairs, 1));
  return std::log(pairs) + std::log((1 - kMixFaceChance) / kMixFaceChance);
}

}  // namespace kface
