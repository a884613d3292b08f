#include "gate/liveness/clip_score.h"

#include <algorithm>
#include <memory>

#include "align/face_finder.h"
#include "align/landmarks68.h"

namespace kface {
namespace {

// What a thread needs.
struct Worker {
  std::unique_ptr<FaceFinder> faces;
};

Observation observe(const Frame& frame, FaceFinder& faces, const Landmarks68Finder& landmarks) {
  const auto search = faces.find_frontal(frame.image);
  Observation seen{.time_ms = frame.time_ms,
                   .num_faces = static_cast<int>(search.faces.size()),
                   .frame_width = frame.image.width,
                   .frame_height = frame.image.height};
  if (!search.faces.empty()) {
    const std::size_t main = choose_face(search.faces, frame.image.width, frame.image.height);
    seen.face.time_ms = frame.time_ms;
    seen.face.box = search.faces[main].box;
    seen.face.landmarks = landmarks.find(frame.image, seen.face.box);
  }
  return seen;
}

}  // namespace

Result<ClipResult> score_frames(FrameSource& source, FaceFinder& faces,
                                const Landmarks68Finder& landmarks, const ClipOptions& options) {
  std::optional<Challenge> challenge;
  if (!options.challenge.empty()) {
    KF_ASSIGN(auto steps, parse_challenge(options.challenge));
    challenge.emplace(std::move(steps), options.limits);
  }
  ClipResult result;
  LivenessTrack track;
  const double step_ms = 1000 / options.frames_per_second;
  std::optional<double> due_ms;  // of the next frame
  while (true) {
    KF_ASSIGN(const auto frame, source.next());
    if (!frame || static_cast<double>(frame->time_ms) > options.clip_seconds * 1000) {
      break;
    }
    const auto time_ms = static_cast<double>(frame->time_ms);
    // A tenth too early counts: a camera's times tremble.
    if (time_ms + step_ms / 10 < due_ms.value_or(time_ms)) {
      continue;
    }
    due_ms = std::max(due_ms.value_or(time_ms), time_ms - step_ms / 2) + step_ms;
    const Observation seen = observe(*frame, faces, landmarks);
    ++result.num_frames;
    if (seen.num_faces > 0) {
      ++result.num_with_face;
      track.add(seen.face, frame->image);
    }
    if (challenge) {
      challenge->add(seen);
    }
  }
  std::optional<ChallengeState> state;
  if (challenge) {
    state = challenge->state();
    result.challenge = state->phase;
  }
  result.liveness = judge_liveness(track.cues(), state);
  return result;
}

Result<std::vector<ClipResult>> score_clips(const std::vector<Clip>& clips,
                                            const std::filesystem::path& models,
                                            const ClipOptions& options, const JobContext& context) {
  KF_ASSIGN(const auto landmarks, Landmarks68Finder::create(models));
  std::vector<Worker> workers(std::max(1U, context.threads));
  std::vector<ClipResult> results(clips.size());
  const auto score = [&](std::size_t item, unsigned worker) -> Status {
    auto& faces = workers[worker].faces;
    if (faces == nullptr) {
      KF_ASSIGN(faces, FaceFinder::create(models));
    }
    // A file has times of its own; a clip is never live.
    KF_ASSIGN(const auto source,
              open_frame_source(clips[item].path.string(),
                                {.folder_fps = options.frames_per_second}, [] { return 0; }));
    KF_ASSIGN(results[item], score_frames(*source, *faces, *landmarks, options));
    results[item].clip = clips[item];
    return {};
  };
  KF_TRY(parallel_for(clips.size(), context, score));
  return results;
}

std::vector<KindCounts> count_kinds(const std::vector<ClipResult>& results) {
  std::vector<KindCounts> kinds;
  for (const ClipResult& result : results) {
    auto kind = std::find_if(kinds.begin(), kinds.end(), [&result](const KindCounts& counts) {
      return counts.kind == result.clip.kind;
    });
    if (kind == kinds.end()) {
      kind = kinds.insert(kinds.end(), KindCounts{.kind = result.clip.kind});
    }
    switch (result.liveness.verdict) {
      case LivenessVerdict::kLive:
        ++kind->live;
        break;
      case LivenessVerdict::kAttack:
        ++kind->attack;
        break;
      case LivenessVerdict::kUnknown:
        ++kind->unknown;
        break;
    }
  }
  return kinds;
}

}  // namespace kface
