#include "gate/liveness/surroundings.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <vector>

#include "gate/liveness/generic_face.h"
#include "kface/status.h"

namespace kface {
namespace {

constexpr int kLongSide = 320;         // pixels of the small pictures
constexpr std::int64_t kStepMs = 200;  // between two of them
constexpr std::size_t kMaxPictures = 24;
constexpr double kMinApart = 6;  // pixels
constexpr int kSearch = 2;       // pixels around either place
constexpr double kMinTexture = 4;
constexpr double kMinMatch = 0.6;
constexpr double kClearly = 0.2;
constexpr int kMinVotes = 4;
constexpr int kMinPiece = 8;  // pixels a side

struct Picture {
  std::int64_t time_ms = 0;
  cv::Mat grey;             // float, detail only: what is blurred is taken off
  Landmarks68 landmarks{};  // in its pixels
  cv::Rect2d box;           // the same
};

// [2, 3], the affine map of the rigid landmarks; empty if they coincide.
cv::Mat face_motion(const Picture& from, const Picture& to) {
  const int rows = static_cast<int>(kRigidLandmarks.size());
  cv::Mat left(rows, 3, CV_64F);
  cv::Mat right(rows, 2, CV_64F);
  for (int i = 0; i < rows; ++i) {
    const std::size_t at = kRigidLandmarks[static_cast<std::size_t>(i)];
    left.at<double>(i, 0) = double{from.landmarks[at].x};
    left.at<double>(i, 1) = double{from.landmarks[at].y};
    left.at<double>(i, 2) = 1;
    right.at<double>(i, 0) = double{to.landmarks[at].x};
    right.at<double>(i, 1) = double{to.landmarks[at].y};
  }
  cv::Mat solution;
  if (!cv::checkRange(left) || !cv::checkRange(right) ||
      !cv::solve(left, right, solution, cv::DECOMP_SVD)) {
    return {};
  }
  return solution.t();
}

// Beside the face on either side, and above it.
std::array<cv::Rect, 3> pieces_around(const cv::Rect2d& box) {
  const double x = box.x + box.width / 2;
  const double y = box.y + box.height / 2;
  const double w = box.width;
  const auto piece = [&](double left, double top, double width, double height) {
    return cv::Rect(
        static_cast<int>(std::lround(x + left * w)), static_cast<int>(std::lround(y + top * w)),
        static_cast<int>(std::lround(width * w)), static_cast<int>(std::lround(height * w)));
  };
  return {piece(-1.4, -0.5, 0.5, 0.9), piece(0.9, -0.5, 0.5, 0.9), piece(-0.45, -1.4, 0.9, 0.5)};
}

bool contains(const cv::Mat& picture, const cv::Rect& piece) {
  return piece.width >= kMinPiece && piece.height >= kMinPiece && piece.x >= 0 && piece.y >= 0 &&
         piece.x + piece.width <= picture.cols && piece.y + piece.height <= picture.rows;
}

// Best normalised correlation of `piece` of `from` around where `motion` brings it in `to`; nothing
// where that is outside.
std::optional<double> best_match(const cv::Mat& from, const cv::Mat& to, const cv::Rect& piece,
                                 const cv::Mat& motion) {
  // The part of `to` that would be the piece, and a margin to search in, straightened.
  const cv::Rect wide(piece.x - kSearch, piece.y - kSearch, piece.width + 2 * kSearch,
                      piece.height + 2 * kSearch);
  const cv::Mat there =
      motion * (cv::Mat_<double>(3, 4) << wide.x, wide.x + wide.width, wide.x, wide.x + wide.width,
                wide.y, wide.y, wide.y + wide.height, wide.y + wide.height, 1, 1, 1, 1);
  double low = 0;
  double high = 0;
  cv::minMaxLoc(there.row(0), &low, &high);
  if (low < 0 || high > to.cols - 1) {
    return std::nullopt;
  }
  cv::minMaxLoc(there.row(1), &low, &high);
  if (low < 0 || high > to.rows - 1) {
    return std::nullopt;
  }
  cv::Mat shifted = motion.clone();
  shifted.col(2) = motion * (cv::Mat_<double>(3, 1) << wide.x, wide.y, 1);
  cv::Mat straightened;
  cv::warpAffine(to, straightened, shifted, wide.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP);
  cv::Mat scores;
  cv::matchTemplate(straightened, from(piece), scores, cv::TM_CCOEFF_NORMED);
  cv::minMaxLoc(scores, nullptr, &high);
  return high;
}

struct Votes {
  int moved = 0;
  int stayed = 0;
};

void vote(const Picture& from, const Picture& to, Votes& votes) {
  const cv::Mat motion = face_motion(from, to);
  if (motion.empty()) {
    return;
  }
  const cv::Mat rest = (cv::Mat_<double>(2, 3) << 1, 0, 0, 0, 1, 0);
  for (const cv::Rect& piece : pieces_around(from.box)) {
    const double x = piece.x + piece.width / 2.0;
    const double y = piece.y + piece.height / 2.0;
    const cv::Mat centre = motion * (cv::Mat_<double>(3, 1) << x, y, 1);
    const double apart = std::hypot(centre.at<double>(0) - x, centre.at<double>(1) - y);
    if (!contains(from.grey, piece) || !(apart >= kMinApart)) {
      continue;
    }
    cv::Scalar mean;
    cv::Scalar texture;
    cv::meanStdDev(from.grey(piece), mean, texture);
    const auto with_face = best_match(from.grey, to.grey, piece, motion);
    const auto at_rest = best_match(from.grey, to.grey, piece, rest);
    if (texture[0] < kMinTexture || !with_face || !at_rest) {
      continue;
    }
    votes.moved += *with_face >= kMinMatch && *with_face >= *at_rest + kClearly;
    votes.stayed += *at_rest >= kMinMatch && *at_rest >= *with_face + kClearly;
  }
}

Picture shrink(const FaceSample& sample, const Image& frame) {
  const cv::Mat pixels(frame.height, frame.width, CV_8UC3,
                       const_cast<std::uint8_t*>(frame.pixels.data()));
  const double scale =
      std::min(1.0, static_cast<double>(kLongSide) / std::max(frame.width, frame.height));
  Picture picture;
  picture.time_ms = sample.time_ms;
  cv::Mat grey;
  cv::cvtColor(pixels, grey, cv::COLOR_RGB2GRAY);
  cv::resize(grey, grey, cv::Size(), scale, scale, cv::INTER_AREA);
  cv::Mat blurred;
  grey.convertTo(grey, CV_32F);
  // Light that grows from one side to the other would match anywhere.
  cv::blur(grey, blurred, cv::Size(15, 15));
  picture.grey = grey - blurred;
  for (std::size_t i = 0; i < sample.landmarks.size(); ++i) {
    picture.landmarks[i] = {sample.landmarks[i].x * static_cast<float>(scale),
                            sample.landmarks[i].y * static_cast<float>(scale)};
  }
  picture.box = {sample.box.x * scale, sample.box.y * scale, sample.box.width * scale,
                 sample.box.height * scale};
  return picture;
}

}  // namespace

struct Surroundings::Impl {
  std::vector<Picture> pictures;
  std::int64_t step_ms = kStepMs;
};

Surroundings::Surroundings() : impl_(std::make_unique<Impl>()) {}
Surroundings::~Surroundings() = default;

void Surroundings::add(const FaceSample& sample, const Image& frame) {
  KF_REQUIRE(!frame.empty(), frame.width, frame.height);
  auto& pictures = impl_->pictures;
  if (!pictures.empty() && sample.time_ms - pictures.back().time_ms < impl_->step_ms) {
    return;
  }
  pictures.push_back(shrink(sample, frame));
  if (pictures.size() > kMaxPictures) {
    // Every second one goes, and from now on they are taken half as often.
    std::size_t kept = 0;
    for (std::size_t i = 0; i < pictures.size(); i += 2) {
      std::swap(pictures[kept++], pictures[i]);
    }
    pictures.resize(kept);
    impl_->step_ms *= 2;
  }
}

Cue Surroundings::cue() const {
  Cue cue{"surroundings", std::nullopt, ""};
  const auto& pictures = impl_->pictures;
  Votes votes;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    for (const std::size_t from : {std::size_t{0}, pictures.size() / 2}) {
      if (i != from) {
        vote(pictures[from], pictures[i], votes);
      }
    }
  }
  const std::string counts = std::to_string(votes.moved) +
                             " pieces beside the face moved with it, " +
                             std::to_string(votes.stayed) + " stayed";
  if (votes.moved + votes.stayed < kMinVotes) {
    cue.reason = "too little to see: " + counts;
    return cue;
  }
  cue.score = static_cast<double>(votes.stayed) / (votes.moved + votes.stayed);
  cue.reason = counts;
  return cue;
}

}  // namespace kface
