// One person's walk up to the camera: which frames belong to it, and when to decide. Pure; fed with
// what was seen in each frame.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "gate/access.h"
#include "kface/image.h"

namespace kface {

struct ApproachOptions {
  std::size_t frames = 3;    // good frames that a decision pools
  double settle_ms = 500;    // from the first frame: then it decides on what there is
  double lost_ms = 700;      // without the face for this long: the approach is over
  double retry_ms = 3000;    // after a decision that let nobody in, look again; 0: only once
  double min_quality = 0;    // template_weight below it: no good frame
  double min_overlap = 0.2;  // intersection over union of boxes in successive frames
};

// A frame that may be decided on.
struct ApproachFrame {
  ReadFace face;
  double quality = 0;  // template_weight
  double time_ms = 0;
};

// What to do after a frame.
enum class ApproachStep : std::uint8_t {
  kNothing,
  kDecide,        // take best_frames() and decide
  kPoorQuality,   // settle_ms are over, and no frame was good
  kSeveralFaces,  // settle_ms are over, and there were always several
};

// Not thread-safe.
class Approach {
 public:
  explicit Approach(const ApproachOptions& options) : options_(options) {}

  // Should the face in `box` of the frame at `time_ms` be read (it costs a forward pass)? False
  // once this approach is decided. Begins a new approach where the face is another one: its box
  // does not overlap the last one's.
  // Requires: time_ms does not go back.
  bool wants(const Box& box, double time_ms);

  // The frame was read. Requires: wants() was true for it.
  ApproachStep saw(ApproachFrame frame);
  // The frame has several faces of like size.
  ApproachStep saw_several(double time_ms);
  // The frame has no face.
  void saw_nobody(double time_ms);

  // Best first, at most options.frames. Requires: the last step was kDecide.
  const std::vector<ApproachFrame>& best_frames() const { return best_; }

  // The decision's outcome; `let_in` ends the approach, otherwise it may be decided again.
  void decided(bool let_in, double time_ms);

  // Grows with every new approach; 0: nobody has come yet.
  std::uint64_t number() const { return number_; }

 private:
  void begin(double time_ms);
  bool is_over(double time_ms) const { return time_ms - last_seen_ms_ > options_.lost_ms; }
  bool waits_for_retry(double time_ms) const;

  ApproachOptions options_;
  std::uint64_t number_ = 0;
  bool active_ = false;
  bool let_in_ = false;
  bool read_any_ = false;
  bool saw_one_face_ = false;
  double started_ms_ = 0;
  double last_seen_ms_ = 0;
  std::optional<double> decided_ms_;
  std::optional<Box> last_box_;
  std::vector<ApproachFrame> best_;  // descending quality
};

// Intersection over union, in [0, 1].
double overlap_of_boxes(const Box& a, const Box& b);

// Do all frames show one face? Every pair of embeddings is within `threshold`. Somebody who takes
// another's place while the gate is looking is not let in by the other's frames.
bool show_one_face(const std::vector<ApproachFrame>& frames, double threshold);

// One embedding of several frames of one approach: their mean weighted by quality, normalised as
// the head does (verify/template.h). The rest is of the best frame.
// Requires: frames not empty, all embeddings [m] of `head`.
ReadFace pool_frames(const Head& head, const std::vector<ApproachFrame>& frames);

}  // namespace kface
