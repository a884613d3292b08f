#include "gate/approach.h"

#include <algorithm>
#include <utility>

#include "eval/all_pairs.h"
#include "verify/template.h"

namespace kface {

double overlap_of_boxes(const Box& a, const Box& b) {
  const double width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const double height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  if (width <= 0 || height <= 0) {
    return 0;
  }
  const double common = width * height;
  const double all =
      static_cast<double>(a.width) * a.height + static_cast<double>(b.width) * b.height - common;
  return common / all;
}

bool show_one_face(const std::vector<ApproachFrame>& frames, double threshold) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    for (std::size_t j = i + 1; j < frames.size(); ++j) {
      if (static_cast<double>(
              euclidean_distance(frames[i].face.embedding, frames[j].face.embedding)) > threshold) {
        return false;
      }
    }
  }
  return true;
}

ReadFace pool_frames(const Head& head, const std::vector<ApproachFrame>& frames) {
  KF_REQUIRE(!frames.empty());
  std::vector<float> embeddings;
  std::vector<double> weights;
  for (const ApproachFrame& frame : frames) {
    KF_REQUIRE(frame.face.embedding.size() == head.m, frame.face.embedding.size(), head.m);
    embeddings.insert(embeddings.end(), frame.face.embedding.begin(), frame.face.embedding.end());
    weights.push_back(template_weight(frame.face.quality));
  }
  ReadFace pooled = frames.front().face;
  pooled.embedding = pool_embeddings(head, embeddings, weights);
  return pooled;
}

void Approach::begin(double time_ms) {
  ++number_;
  active_ = true;
  let_in_ = false;
  read_any_ = false;
  saw_one_face_ = false;
  started_ms_ = time_ms;
  decided_ms_.reset();
  last_box_.reset();
  best_.clear();
}

bool Approach::waits_for_retry(double time_ms) const {
  return decided_ms_ &&
         (let_in_ || options_.retry_ms <= 0 || time_ms - *decided_ms_ < options_.retry_ms);
}

bool Approach::wants(const Box& box, double time_ms) {
  const bool another = last_box_ && overlap_of_boxes(*last_box_, box) < options_.min_overlap;
  if (!active_ || is_over(time_ms) || another) {
    begin(time_ms);
  }
  last_seen_ms_ = time_ms;
  last_box_ = box;
  saw_one_face_ = true;
  if (waits_for_retry(time_ms)) {
    return false;
  }
  if (decided_ms_) {  // looked at again, from the start
    decided_ms_.reset();
    started_ms_ = time_ms;
    read_any_ = false;
    best_.clear();
  }
  return true;
}

ApproachStep Approach::saw(ApproachFrame frame) {
  KF_REQUIRE(active_ && !decided_ms_);
  const double time_ms = frame.time_ms;
  if (frame.quality >= options_.min_quality) {
    const auto place = std::upper_bound(
        best_.begin(), best_.end(), frame.quality,
        [](double quality, const ApproachFrame& other) { return quality > other.quality; });
    best_.insert(place, std::move(frame));
    if (best_.size() > options_.frames) {
      best_.pop_back();
    }
  }
  if (best_.size() >= options_.frames) {
    return ApproachStep::kDecide;
  }
  if (time_ms - started_ms_ < options_.settle_ms) {
    return ApproachStep::kNothing;
  }
  return best_.empty() ? ApproachStep::kPoorQuality : ApproachStep::kDecide;
}

ApproachStep Approach::saw_several(double time_ms) {
  if (!active_ || is_over(time_ms)) {
    begin(time_ms);
  }
  last_seen_ms_ = time_ms;
  if (waits_for_retry(time_ms) || saw_one_face_ || time_ms - started_ms_ < options_.settle_ms) {
    return ApproachStep::kNothing;
  }
  return ApproachStep::kSeveralFaces;
}

void Approach::saw_nobody(double time_ms) {
  if (active_ && is_over(time_ms)) {
    active_ = false;
    last_box_.reset();
    best_.clear();
  }
}

void Approach::decided(bool let_in, double time_ms) {
  let_in_ = let_in;
  decided_ms_ = time_ms;
  best_.clear();
}

}  // namespace kface
