// Liveness measured on clips: which of them are taken for persons.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/parallel.h"
#include "gate/camera/frame_source.h"
#include "gate/liveness/error_rates.h"
#include "gate/liveness/liveness.h"
#include "kface/status.h"

namespace kface {

class FaceFinder;

struct ClipOptions {
  std::string challenge = {};  // steps that were asked while every clip was made; empty: none
  double clip_seconds = 30;
  double frames_per_second = 15;
  ChallengeOptions limits = {};  // `steps` is not looked at
};

template <typename Options, typename Visitor>
void visit_clip_options(Options& o, Visitor&& field) {
  field("liveness.challenge", o.challenge, AnyText{},
        "what was asked while every clip was made, such as blink,turn-left; empty: nothing, and "
        "the cues alone decide");
  field("liveness.clip_seconds", o.clip_seconds, Range{1, 600},
        "how much of each clip is looked at, from its beginning");
  field("liveness.frames_per_second", o.frames_per_second, Range{5, 60},
        "frames looked at a second, at most; also the rate of a folder of frames");
  visit_challenge_limits(o.limits, field);
}

struct Clip {
  std::string kind;  // "bona-fide", or the attack's name: that of the folder
  std::filesystem::path path;
};

struct ClipListing {
  std::vector<Clip> clips;  // by kind, then by name
  std::size_t ignored = 0;  // files that are neither video nor folder, by their names
};

// ROOT/KIND/CLIP: a folder for each kind; a clip is a video file (avi, mp4, m4v, mkv, mov, mpg,
// mpeg, webm, mjpg) or a folder of frames. Names that begin with a dot are skipped.
//
// Errors: kNotFound: no such folder; kIo: cannot be listed; kInvalidArgument: no clips, or photos
//         beside the clips, where each would be taken for a clip.
Result<ClipListing> list_clips(const std::filesystem::path& root);

struct ClipResult {
  Clip clip;
  LivenessResult liveness;
  std::size_t num_frames = 0;  // looked at
  std::size_t num_with_face = 0;
  ChallengePhase challenge = ChallengePhase::kSettling;  // where it stood at the end
};

// One source to its end or to clip_seconds, with the largest central face of each frame. A
// challenge runs from the first frame on; it ends, if not passed, as not finished.
// Errors: those of the source; kInvalidArgument: as parse_challenge.
Result<ClipResult> score_frames(FrameSource& source, FaceFinder& faces,
                                const Landmarks68Finder& landmarks, const ClipOptions& options);

// All clips, on context.threads threads; results in the order of `clips`, the same for any number
// of threads.
// Errors: those of FaceFinder::create, open_frame_source and score_frames (a clip that cannot be
//         read ends it all: repair or remove it, since a rate without it would be another);
//         kInterrupted.
// Cost:   about 50 ms a frame of 640 x 480.
Result<std::vector<ClipResult>> score_clips(const std::vector<Clip>& clips,
                                            const std::filesystem::path& models,
                                            const ClipOptions& options, const JobContext& context);

// Counts by kind, in order of first appearance.
std::vector<KindCounts> count_kinds(const std::vector<ClipResult>& results);

}  // namespace kface
