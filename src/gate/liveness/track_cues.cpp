#include "gate/liveness/track_cues.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include "gate/liveness/generic_face.h"
#include "gate/liveness/head_pose.h"
#include "gate/liveness/parallax.h"

namespace kface {
namespace {

constexpr double kHeadTurn = 0.22;
constexpr double kHeadErrors = 4;
constexpr double kHeadNarrowing = 0.78;
constexpr double kPlaneTurn = 0.14;
constexpr double kPlaneNarrowing = 0.85;
constexpr int kMinTelling = 5;
constexpr double kMaxJump = 10;  // degrees between two samples
constexpr std::int64_t kMaxGapMs = 500;

constexpr std::int64_t kStillMs = 4000;
constexpr std::size_t kStillSamples = 20;
constexpr double kStillCentre = 0.008;  // of the eye distance
constexpr double kStillYaw = 1.2;       // degrees
constexpr double kStillOpenness = 0.75;

template <typename... Numbers>
std::string text_of(const char* format, Numbers... numbers) {
  char text[200];
  std::snprintf(text, sizeof(text), format, numbers...);
  return text;
}

// nullptr if no sample has a pose.
const FaceSample* most_frontal(std::span<const FaceSample> track) {
  const FaceSample* best = nullptr;
  double least = std::numeric_limits<double>::infinity();
  for (const FaceSample& sample : track) {
    const auto pose = head_pose(sample.landmarks);
    const double turned = pose ? std::hypot(pose->yaw_degrees, pose->pitch_degrees) : least;
    if (turned < least) {
      least = turned;
      best = &sample;
    }
  }
  return best;
}

// False where a head cannot have turned from one to the other: another photo may have been shown.
bool continues(const FaceSample& before, const FaceSample& after) {
  const auto from = head_pose(before.landmarks);
  const auto to = head_pose(after.landmarks);
  return from && to && after.time_ms - before.time_ms <= kMaxGapMs &&
         std::abs(to->yaw_degrees - from->yaw_degrees) <= kMaxJump &&
         std::abs(to->pitch_degrees - from->pitch_degrees) <= kMaxJump;
}

struct Views {
  int heads = 0;
  int planes = 0;
  double largest_turn = 0;
  double least_narrowing = 1;
};

// `part` is one movement without a break.
void compare(std::span<const FaceSample> part, Views& views) {
  const FaceSample* reference = most_frontal(part);
  for (const FaceSample& sample : part) {
    if (reference == nullptr || &sample == reference) {
      continue;
    }
    const auto seen = fit_parallax(reference->landmarks, sample.landmarks);
    if (!seen) {
      continue;
    }
    views.largest_turn = std::max(views.largest_turn, seen->turn);
    views.least_narrowing = std::min(views.least_narrowing, seen->narrowing);
    const bool head = seen->turn >= kHeadTurn && seen->turn >= kHeadErrors * seen->turn_error &&
                      seen->narrowing >= kHeadNarrowing;
    const bool plane = seen->turn <= kPlaneTurn && seen->narrowing <= kPlaneNarrowing;
    views.heads += head ? 1 : 0;
    views.planes += plane ? 1 : 0;
  }
}

// Mean and standard deviation, one value at a time (Welford).
class Spread {
 public:
  void add(double value) {
    ++count_;
    const double before = value - mean_;
    mean_ += before / count_;
    squares_ += before * (value - mean_);
  }
  double deviation() const { return count_ > 0 ? std::sqrt(squares_ / count_) : 0; }

 private:
  double count_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

}  // namespace

Cue parallax_cue(std::span<const FaceSample> track) {
  Cue cue{"parallax", std::nullopt, ""};
  Views views;
  for (std::size_t first = 0; first < track.size();) {
    std::size_t end = first + 1;
    while (end < track.size() && continues(track[end - 1], track[end])) {
      ++end;
    }
    compare(track.subspan(first, end - first), views);
    first = end;
  }
  const int telling = views.heads + views.planes;
  if (telling < kMinTelling) {
    cue.reason = text_of(
        "not turned far enough to tell a head from a plane (turn %.2f, narrowed to %.2f at most)",
        views.largest_turn, views.least_narrowing);
    return cue;
  }
  cue.score = static_cast<double>(views.heads) / telling;
  cue.reason =
      text_of("turned like a head in %d frames, like a plane in %d", views.heads, views.planes);
  return cue;
}

Cue stillness_cue(std::span<const FaceSample> track) {
  Cue cue{"stillness", std::nullopt, "too short to tell"};
  if (track.size() < kStillSamples || track.back().time_ms - track.front().time_ms < kStillMs) {
    return cue;
  }
  Spread x;
  Spread y;
  Spread yaw;
  std::vector<double> openness;
  const double unit = eye_distance_px(track.front().landmarks);
  for (const FaceSample& sample : track) {
    const auto pose = head_pose(sample.landmarks);
    if (!pose || !(unit > 0)) {
      continue;
    }
    double sum_x = 0;
    double sum_y = 0;
    for (const std::size_t at : kRigidLandmarks) {
      sum_x += double{sample.landmarks[at].x};
      sum_y += double{sample.landmarks[at].y};
    }
    x.add(sum_x / static_cast<double>(kRigidLandmarks.size()) / unit);
    y.add(sum_y / static_cast<double>(kRigidLandmarks.size()) / unit);
    yaw.add(pose->yaw_degrees);
    openness.push_back(eye_openness(sample.landmarks));
  }
  if (openness.size() < kStillSamples) {
    return cue;
  }
  std::sort(openness.begin(), openness.end());
  const double least_open = openness.front() / openness[openness.size() / 2];
  const double moved = std::hypot(x.deviation(), y.deviation());
  cue.reason = text_of("moved by %.3f eye distances and %.1f degrees, eyes closed to %.2f", moved,
                       yaw.deviation(), least_open);
  // Not the other way round: landmarks that are no numbers must not look like rest.
  if (moved < kStillCentre && yaw.deviation() < kStillYaw && least_open > kStillOpenness) {
    cue.score = 0;
  }
  return cue;
}

}  // namespace kface
