// Cues from how landmarks move over a track.
#pragma once

#include <span>

#include "gate/liveness/cue.h"
#include "gate/liveness/face_sample.h"

namespace kface {

// "parallax". The track is cut where yaw or pitch jumps by more than 10 degrees between two samples
// or 0.5 s pass: photos of one head from several sides, shown in turn, differ like a head's views,
// too. In each part, every sample is held against the one that looks most straight at the camera
// (parallax.h). As a head: turn at least 0.22 (a head turned by 13 degrees) and four times its
// standard error, narrowing at least 0.78. As a plane: narrowing at most 0.85 (a plane turned by
// 32 degrees) and turn at most 0.14. The score is the heads' share of both; unknown with fewer than
// 5 of them: nothing was turned far enough. Where the numbers come from: docs/liveness.md.
Cue parallax_cue(std::span<const FaceSample> track);

// "stillness": can only accuse. Score 0 if, over at least 4 seconds and 20 samples, the face moved
// by less than landmarks tremble on a still picture: the centre of the eyes and nose by 0.008 of
// the eye distance, the yaw by 1.2 degrees (standard deviations), and the eyes never closed to 0.75
// of their median openness. Else unknown: a photo in a hand moves, too.
Cue stillness_cue(std::span<const FaceSample> track);

}  // namespace kface
