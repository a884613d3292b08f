#include "gate/judge.h"

#include <utility>

#include "base/finite.h"
#include "gallery/person_check.h"
#include "gate/decide.h"
#include "gate/passback.h"
#include "verify/template.h"

namespace kface {
namespace {

bool is_valid_at(const Person& person, UnixMs now) {
  return (!person.valid_from || now >= *person.valid_from) &&
         (!person.valid_until || now < *person.valid_until);
}

// Whose face it should be: an id, "" for whoever it is, nothing if the claim is nobody's.
std::optional<std::string> claimed(const PeopleSnapshot& people, const AccessRequest& request) {
  const auto find = [](const auto& map, const std::string& key) -> std::optional<std::string> {
    const auto found = map.find(key);
    return found == map.end() ? std::nullopt : std::optional<std::string>(found->second);
  };
  if (!request.claimed_card.empty()) {
    return find(people.by_card, comparable_card(request.claimed_card));
  }
  if (!request.claimed_vehicle.empty()) {
    return find(people.by_vehicle, comparable_vehicle(request.claimed_vehicle));
  }
  if (!request.claimed_person.empty() && !people.people.contains(request.claimed_person)) {
    return std::nullopt;
  }
  return request.claimed_person;
}

void refuse(Decision& decision, Reason reason, std::string note = {}) {
  decision.verdict = Verdict::kDenied;
  decision.reason = reason;
  decision.note = std::move(note);
}

}  // namespace

AppliedThreshold applied_threshold(const Threshold& model, const GatePolicy& policy) {
  const auto own = static_cast<double>(model.distance);
  if (policy.threshold <= 0) {
    return {.distance = own, .far = model.far};
  }
  return {.distance = policy.threshold,
          .far = policy.threshold <= own ? model.far : std::optional<double>{}};
}

Decision Judge::denied(Reason reason, std::string note) const {
  Decision decision;
  decision.threshold = threshold_.distance;
  decision.far = threshold_.far;
  refuse(decision, reason, std::move(note));
  return decision;
}

Decision Judge::judge(const ReadFace& face, const AccessRequest& request, UnixMs now) const {
  if (const std::string storage = directory_.state(); storage != "ok") {
    return denied(Reason::kStorage, storage);
  }
  if (!threshold_.far && !policy_.allow_unmeasured) {
    return denied(Reason::kUnmeasured,
                  "the threshold was never measured; 'kface train' chooses one for a stated rate, "
                  "--allow-unmeasured does without");
  }
  if (policy_.require_liveness && request.liveness.value_or(0) < policy_.min_liveness) {
    return denied(Reason::kNotLive, {});
  }
  if (template_weight(face.quality) < policy_.min_quality) {
    return denied(Reason::kPoorQuality, {});
  }
  if (!all_finite(face.embedding)) {
    return denied(Reason::kFault, "the face gives no numbers");
  }
  const auto people = directory_.snapshot();
  if (people->people.empty()) {
    return denied(Reason::kEmptyGallery, {});
  }
  if (people->num_templates == 0) {
    return denied(Reason::kModelMismatch,
                  "nobody has a template of this model; run 'kface gallery migrate'");
  }
  const auto claim = claimed(*people, request);
  if (!claim) {
    return denied(Reason::kUnknownClaim, {});
  }
  Decision decision = compare(face, *people, *claim);
  if (decision.verdict == Verdict::kGranted) {
    apply_rules(people->people.at(decision.person)->person, request, now, decision);
  }
  return decision;
}

Decision Judge::compare(const ReadFace& face, const PeopleSnapshot& people,
                        const std::string& claim) const {
  Decision decision = denied(Reason::kNobody, {});
  std::optional<double> runner_up;
  std::string best;
  if (claim.empty()) {
    const auto nearest = people.index.nearest(face.embedding, 2);
    best = nearest.front().person;
    decision.distance = static_cast<double>(nearest.front().distance);
    if (nearest.size() > 1) {
      runner_up = static_cast<double>(nearest[1].distance);
    }
  } else if (const auto own = people.index.nearest_of(claim, face.embedding); own) {
    best = claim;
    decision.distance = static_cast<double>(own->distance);
  }
  if (decision.far) {
    decision.far_gallery =
        claim.empty() ? far_of_gallery(*decision.far, people.people.size()) : *decision.far;
  }
  const Ruling ruling = rule_on(decision.distance, runner_up,
                                {.threshold = threshold_.distance,
                                 .min_margin = policy_.min_margin * threshold_.distance,
                                 .doubt = policy_.doubt * threshold_.distance});
  decision.verdict = ruling.verdict;
  decision.reason = ruling.reason;
  decision.margin = ruling.margin;
  // Whoever is nearest to a stranger has nothing to do with the stranger's visit.
  if (decision.verdict != Verdict::kDenied) {
    decision.person = best;
    decision.name = people.people.at(best)->person.name;
  }
  return decision;
}

void Judge::apply_rules(const Person& person, const AccessRequest& request, UnixMs now,
                        Decision& decision) const {
  if (!is_valid_at(person, now)) {
    return refuse(decision, Reason::kNotValid);
  }
  if (schedule_ && !schedule_->allowed(person.groups, now, local_time_)) {
    return refuse(decision, Reason::kSchedule);
  }
  if (!policy_.anti_passback || request.direction == Direction::kNone) {
    return;
  }
  const auto last = gallery_.last_passage(person.id);
  if (!last.ok()) {
    return refuse(decision, Reason::kStorage, last.error().message());
  }
  if (is_passback(last.value(), request.direction, now)) {
    refuse(decision, Reason::kPassback);
  }
}

}  // namespace kface
