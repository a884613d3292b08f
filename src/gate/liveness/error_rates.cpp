#include "gate/liveness/error_rates.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "kface/status.h"

namespace kface {

std::optional<Proportion> proportion(std::size_t count, std::size_t total) {
  KF_REQUIRE(count <= total, count, total);
  if (total == 0) {
    return std::nullopt;
  }
  constexpr double kZ = 1.959963984540054;  // 97.5 % of the normal distribution lie below
  const double n = static_cast<double>(total);
  const double p = static_cast<double>(count) / n;
  const double shrink = 1 + kZ * kZ / n;
  const double centre = (p + kZ * kZ / (2 * n)) / shrink;
  const double half = kZ / shrink * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  // At 0 and 1 the ends meet the value, but for rounding.
  return Proportion{p, count == 0 ? 0 : std::max(0.0, centre - half),
                    count == total ? 1 : std::min(1.0, centre + half)};
}

ErrorRates error_rates(std::span<const KindCounts> kinds) {
  ErrorRates rates;
  rates.bona_fide.counts.kind = kBonaFide;
  std::set<std::string> names;
  for (const KindCounts& counts : kinds) {
    KF_REQUIRE(names.insert(counts.kind).second, counts.kind);
    const std::size_t answered = counts.live + counts.attack;
    if (counts.kind == kBonaFide) {
      rates.bona_fide = {counts, proportion(counts.attack, answered),
                         proportion(counts.unknown, counts.total()),
                         proportion(counts.attack + counts.unknown, counts.total())};
    } else {
      rates.attacks.push_back({counts, proportion(counts.live, answered),
                               proportion(counts.unknown, counts.total()),
                               proportion(counts.live, counts.total())});
    }
  }
  std::sort(
      rates.attacks.begin(), rates.attacks.end(),
      [](const AttackRates& a, const AttackRates& b) { return a.counts.kind < b.counts.kind; });
  for (std::size_t i = 0; i < rates.attacks.size(); ++i) {
    const auto& apcer = rates.attacks[i].apcer;
    if (apcer && (!rates.worst || apcer->value > rates.attacks[*rates.worst].apcer->value)) {
      rates.worst = i;
    }
  }
  return rates;
}

}  // namespace kface
