#include "gate/camera_loop.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <thread>
#include <utility>

#include "align/encode_jpeg.h"
#include "gate/judge.h"
#include "gate/newest_frame.h"
#include "verify/template.h"

namespace kface {
namespace {

constexpr int kTakeMs = 200;
constexpr std::size_t kKeptLatencies = 1000;
constexpr std::int64_t kRateWindowMs = 5000;
constexpr int kPhotoQuality = 90;

ApproachOptions with_quality(ApproachOptions options, const GatePolicy& policy) {
  options.min_quality = policy.min_quality;
  return options;
}

}  // namespace

CameraLoop::CameraLoop(CameraOptions options, Parts parts)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      approach_(with_quality(options_.approach, parts_.access->policy())) {
  if (!parts_.open) {
    parts_.open = [this] {
      return open_frame_source(options_.source, options_.frames, parts_.clock);
    };
  }
  KF_REQUIRE(parts_.access != nullptr && parts_.reader != nullptr && parts_.clock != nullptr);
  request_.gate = options_.gate;
  request_.direction = options_.direction;
}

CameraLoop::~CameraLoop() = default;

Status CameraLoop::run(const StopFlag& stop) {
  KF_REQUIRE(!parts_.access->policy().require_liveness || parts_.live != nullptr);
  KF_ASSIGN(auto source, parts_.open());
  if (!source->live()) {
    return run_file(std::move(source), stop);
  }
  double retry_ms = options_.first_retry_ms;
  while (!stop.requested()) {
    const std::uint64_t frames_before = state().frames;
    set_camera("ok");
    std::string why = run_newest(*source, stop).message();
    source.reset();  // the device must be free before it can be opened again
    if (state().frames > frames_before) {
      retry_ms = options_.first_retry_ms;
    }
    while (source == nullptr && !stop.requested()) {
      set_camera("lost: " + why + " (next try in " +
                 std::to_string(std::lround(std::ceil(retry_ms / 1000))) + " s)");
      wait(retry_ms, stop);
      retry_ms = std::min(retry_ms * 2, options_.longest_retry_ms);
      auto again = parts_.open();
      if (again.ok()) {
        source = std::move(again).value();
      } else {
        why = again.error().message();
      }
    }
    const std::lock_guard lock(mutex_);
    ++state_.reopened;
  }
  return {};
}

Status CameraLoop::run_file(std::unique_ptr<FrameSource> source, const StopFlag& stop) {
  set_camera("ok");
  Status status;
  for (std::size_t play = 0; play < options_.plays && status.ok() && !stop.requested(); ++play) {
    if (play > 0) {
      shift_ms_ = last_time_ms_ + 1;
      KF_ASSIGN(source, parts_.open());
    }
    status = options_.paced ? run_newest(*source, stop) : run_unpaced(*source, stop);
  }
  set_camera(status.ok() ? "ended" : status.message());
  return status;
}

void CameraLoop::wait(double ms, const StopFlag& stop) const {
  const std::int64_t until = parts_.clock() + static_cast<std::int64_t>(ms);
  while (!stop.requested() && parts_.clock() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

Status CameraLoop::run_unpaced(FrameSource& source, const StopFlag& stop) {
  while (!stop.requested()) {
    KF_ASSIGN(const auto frame, source.next());
    if (!frame) {
      return {};
    }
    work(*frame, parts_.clock());
  }
  return {};
}

Status CameraLoop::run_newest(FrameSource& source, const StopFlag& stop) {
  NewestFrame newest(source, parts_.clock);
  while (!stop.requested()) {
    bool ended = false;
    KF_ASSIGN(const auto taken, newest.take(kTakeMs, ended));
    if (ended) {
      return {};
    }
    if (!taken) {
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      state_.dropped += taken->dropped;
    }
    work(taken->frame, taken->arrived_ms);
  }
  return {};
}

// A fault with one frame lets nobody in; the next frame comes.
void CameraLoop::work(const Frame& frame, std::int64_t arrived_ms) {
  last_time_ms_ = static_cast<double>(frame.time_ms) + shift_ms_;
  try {
    const auto found = parts_.reader->find(frame.image, Aligner::Search::kFrontal);
    const std::vector<FoundFace> nobody;
    const std::vector<FoundFace>& faces = found.ok() ? found.value().faces : nobody;
    if (faces.empty()) {
      approach_.saw_nobody(last_time_ms_);
      follow_liveness(frame, faces);
    } else if (found.value().rivals > 0) {
      follow_liveness(frame, faces);
      if (approach_.saw_several(last_time_ms_) == ApproachStep::kSeveralFaces) {
        refuse(Reason::kSeveralFaces, arrived_ms);
      }
    } else {
      look_at(frame, faces[found.value().chosen], arrived_ms);
    }
  } catch (const std::exception&) {
    refuse(Reason::kFault, arrived_ms);
  }
  publish(frame);
}

void CameraLoop::look_at(const Frame& frame, const FoundFace& face, std::int64_t arrived_ms) {
  if (!approach_.wants(face.box, last_time_ms_)) {
    return;
  }
  const bool live_known = follow_liveness(frame, {face});
  auto read = parts_.reader->read(frame.image, face);
  if (!read.ok()) {
    return;
  }
  ApproachFrame seen;
  seen.face = std::move(read).value();
  seen.quality = template_weight(seen.face.quality);
  seen.time_ms = last_time_ms_;
  const ApproachStep step = approach_.saw(seen);
  if (!live_known || step == ApproachStep::kNothing) {
    return;
  }
  if (parts_.live != nullptr && !parts_.live->liveness()) {
    refuse(Reason::kNotLive, arrived_ms);
  } else if (step == ApproachStep::kDecide) {
    decide(frame, seen, arrived_ms);
  } else {
    refuse(Reason::kPoorQuality, arrived_ms);
  }
}

// False while the live check has no answer yet.
bool CameraLoop::follow_liveness(const Frame& frame, const std::vector<FoundFace>& faces) {
  if (parts_.live == nullptr || approach_.number() == 0) {
    return true;
  }
  if (live_number_ != approach_.number()) {
    live_number_ = approach_.number();
    parts_.live->begin(last_time_ms_);
  }
  parts_.live->saw(frame.image, faces, last_time_ms_);
  const std::string prompt = parts_.live->prompt();
  bool changed = false;
  {
    const std::lock_guard lock(mutex_);
    changed = state_.prompt != prompt;
    state_.prompt = prompt;
  }
  if (changed && parts_.on_prompt) {
    parts_.on_prompt(prompt);
  }
  return parts_.live->done();
}

void CameraLoop::decide(const Frame& frame, const ApproachFrame& seen, std::int64_t arrived_ms) {
  const auto& model = parts_.access->opened().model;
  std::vector<ApproachFrame> frames = approach_.best_frames();
  frames.push_back(seen);
  if (!show_one_face(frames,
                     applied_threshold(model.threshold, parts_.access->policy()).distance)) {
    refuse(Reason::kSeveralFaces, arrived_ms);
    return;
  }
  const ReadFace face = pool_frames(model.head, approach_.best_frames());
  std::vector<std::uint8_t> photo;
  if (parts_.access->policy().keep_event_photos) {
    photo = encode_jpeg(frame.image, kPhotoQuality);
  }
  request_.liveness = parts_.live != nullptr ? parts_.live->liveness() : std::nullopt;
  const auto elapsed = static_cast<double>(parts_.clock() - arrived_ms);
  after(parts_.access->decide_face(face, photo, request_, elapsed), arrived_ms);
}

void CameraLoop::refuse(Reason reason, std::int64_t arrived_ms) {
  request_.liveness = parts_.live != nullptr ? parts_.live->liveness() : std::nullopt;
  const auto elapsed = static_cast<double>(parts_.clock() - arrived_ms);
  after(parts_.access->deny(reason, request_, elapsed), arrived_ms);
}

void CameraLoop::after(const Decision& decision, std::int64_t arrived_ms) {
  approach_.decided(decision.verdict == Verdict::kGranted, last_time_ms_);
  live_number_ = 0;  // whoever is looked at again is examined again
  {
    const std::lock_guard lock(mutex_);
    state_.last = decision;
    state_.decision_ms.push_back(static_cast<double>(parts_.clock() - arrived_ms));
    if (state_.decision_ms.size() > kKeptLatencies) {
      state_.decision_ms.erase(state_.decision_ms.begin());
    }
  }
  if (parts_.on_decision) {
    parts_.on_decision(decision);
  }
}

void CameraLoop::publish(const Frame& frame) {
  const std::lock_guard lock(mutex_);
  ++state_.frames;
  latest_ = frame.image;
  const std::int64_t now = parts_.clock();
  recent_.push_back(now);
  while (now - recent_.front() > kRateWindowMs) {
    recent_.pop_front();
  }
  const auto span = static_cast<double>(now - recent_.front());
  state_.fps = span > 0 ? static_cast<double>(recent_.size() - 1) * 1000 / span : 0;
}

void CameraLoop::set_camera(std::string text) {
  const std::lock_guard lock(mutex_);
  state_.camera = std::move(text);
}

CameraState CameraLoop::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::optional<Image> CameraLoop::latest_picture() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

}  // namespace kface
