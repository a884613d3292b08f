#include "gate/recorder.h"

#include <exception>
#include <utility>

#include "gallery/random_id.h"
#include "gate/direction.h"
#include "verify/template.h"

namespace kface {
namespace {

AuditEntry entry_of(const Decision& decision, const AccessRequest& request, UnixMs now) {
  AuditEntry entry;
  entry.at = now;
  entry.kind = "decision";
  entry.gate = request.gate;
  entry.event = decision.event;
  entry.actor = request.actor;
  entry.person = decision.person;
  entry.direction = direction_word(request.direction);
  entry.verdict = verdict_name(decision.verdict);
  entry.reason = reason_name(decision.reason);
  entry.distance = decision.distance;
  entry.threshold = decision.threshold;
  entry.far = decision.far;
  entry.margin = decision.margin;
  if (decision.quality) {
    entry.quality = template_weight(*decision.quality);
  }
  entry.liveness = decision.liveness;
  entry.time_ms = decision.time_ms;
  entry.note = decision.note;
  return entry;
}

void refuse_unrecorded(Decision& decision, AuditEntry& entry, const std::string& why) {
  if (decision.verdict != Verdict::kDenied) {
    decision.verdict = Verdict::kDenied;
    decision.reason = Reason::kStorage;
  }
  decision.note = why;
  entry.verdict = verdict_name(decision.verdict);
  entry.reason = reason_name(decision.reason);
  entry.note = why;
}

}  // namespace

void Recorder::record(Decision& decision, std::span<const std::uint8_t> photo,
                      const AccessRequest& request) {
  decision.event = random_id('e');
  const UnixMs now = parts_.now();
  AuditEntry entry = entry_of(decision, request, now);
  try {
    if (const Status kept = keep_details(decision, photo, request, entry); !kept.ok()) {
      refuse_unrecorded(decision, entry, kept.message());
    }
    if (const Status written = append(entry); written.ok()) {
      note_passage(decision, request, now);
    } else {
      refuse_unrecorded(decision, entry, written.message());
    }
  } catch (const std::exception& error) {
    refuse_unrecorded(decision, entry, error.what());
  }
  if (request.open_door) {
    tell_doors(decision, request, now);
  }
}

Status Recorder::append(const AuditEntry& entry) {
  const auto written = parts_.audit->append(entry);
  if (written.ok()) {
    return {};
  }
  const std::lock_guard lock(mutex_);
  if (audit_state_ == "ok") {
    audit_state_ = written.error().message();
  }
  return written.error();
}

// Vehicle, card and photo go into the gallery, where they can be forgotten; the record has their
// digest.
Status Recorder::keep_details(const Decision& decision, std::span<const std::uint8_t> photo,
                              const AccessRequest& request, AuditEntry& entry) {
  EventDetails details;
  details.event = decision.event;
  details.person = decision.person;
  details.gate = request.gate;
  details.at = entry.at;
  details.vehicle = request.vehicle.empty() ? request.claimed_vehicle : request.vehicle;
  details.card = request.claimed_card;
  if (parts_.keep_photos) {
    details.photo.assign(photo.begin(), photo.end());
  }
  if (details.vehicle.empty() && details.card.empty() && details.photo.empty()) {
    return {};
  }
  KF_ASSIGN(entry.details, parts_.gallery->keep_event(details));
  return {};
}

void Recorder::note_passage(Decision& decision, const AccessRequest& request, UnixMs now) {
  if (decision.verdict != Verdict::kGranted || request.direction == Direction::kNone ||
      !request.open_door) {
    return;
  }
  const Status status = parts_.gallery->set_passage(
      decision.person, {.direction = request.direction, .gate = request.gate, .at = now});
  if (!status.ok()) {
    decision.verdict = Verdict::kDenied;
    decision.reason = Reason::kStorage;
    decision.note = status.message();
    log_door(decision, request, "not opened: " + status.message());
  }
}

void Recorder::tell_doors(Decision& decision, const AccessRequest& request, UnixMs now) {
  const DoorEvent event{.event = decision.event,
                        .gate = request.gate,
                        .person = decision.person,
                        .verdict = verdict_name(decision.verdict),
                        .reason = reason_name(decision.reason),
                        .direction = request.direction,
                        .at = now};
  for (Door* door : parts_.doors) {
    if (const Status status = door->tell(event); !status.ok()) {
      decision.note = status.message();
      log_door(decision, request, status.message());
    }
  }
}

void Recorder::log_door(const Decision& decision, const AccessRequest& request,
                        const std::string& note) {
  AuditEntry entry;
  entry.at = parts_.now();
  entry.kind = "door";
  entry.gate = request.gate;
  entry.event = decision.event;
  entry.note = note;
  // A failure shows in audit_state(), and the next decision is denied by it.
  static_cast<void>(append(entry));
}

Status Recorder::log(const std::string& kind, const std::string& actor, const std::string& person,
                     const std::string& note) {
  AuditEntry entry;
  entry.at = parts_.now();
  entry.kind = kind;
  entry.actor = actor;
  entry.person = person;
  entry.note = note;
  if (const Status status = append(entry); !status.ok()) {
    return Status{status.code(), "it was done, but could not be logged: " + status.message()};
  }
  return {};
}

std::string Recorder::audit_state() const {
  const std::lock_guard lock(mutex_);
  return audit_state_;
}

}  // namespace kface
