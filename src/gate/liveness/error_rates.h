// Error rates of presentation attack detection, as ISO/IEC 30107-3 names them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gate/liveness/liveness.h"

namespace kface {

struct Proportion {
  double value = 0;
  double low = 0;  // 95 %
  double high = 1;
};

// count / total with Wilson's interval (1927), z = 1.96: also sound for 0 of few, where it does not
// shrink to nothing. It takes presentations for independent; clips of one person are not, so with
// several clips a person it is too narrow.
//
// Ensures: nothing for total = 0; 0 <= low <= value <= high <= 1.
// Requires: count <= total.
std::optional<Proportion> proportion(std::size_t count, std::size_t total);

// How the clips of one kind were judged.
struct KindCounts {
  std::string kind;
  std::size_t live = 0;
  std::size_t attack = 0;
  std::size_t unknown = 0;  // no response

  std::size_t total() const { return live + attack + unknown; }
};

struct AttackRates {
  KindCounts counts;
  std::optional<Proportion> apcer;     // taken for a person, of those that got a response
  std::optional<Proportion> apnrr;     // got no response, of all
  std::optional<Proportion> accepted;  // taken for a person, of all: what the gate lets in
};

struct BonaFideRates {
  KindCounts counts;
  std::optional<Proportion> bpcer;    // taken for an attack, of those that got a response
  std::optional<Proportion> bpnrr;    // got no response, of all
  std::optional<Proportion> refused;  // not taken for a person, of all: whom the gate keeps out
};

struct ErrorRates {
  BonaFideRates bona_fide;
  std::vector<AttackRates> attacks;  // in order of their names
  std::optional<std::size_t> worst;  // index of the highest APCER; the first of equals
};

inline constexpr char kBonaFide[] = "bona-fide";

// Requires: kinds that differ. `bona_fide` all 0 where none is called "bona-fide".
ErrorRates error_rates(std::span<const KindCounts> kinds);

}  // namespace kface
