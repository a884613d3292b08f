// A face against the gallery and the rules: a decision that is not yet recorded.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "gate/access.h"
#include "gate/directory.h"
#include "gate/schedule.h"

namespace kface {

// The threshold that is applied, and the rate that was measured for it.
struct AppliedThreshold {
  double distance = 0;
  std::optional<double> far = {};  // none: never measured
};

// The model's own, or policy.threshold. A stricter one than the model's accepts at most what was
// measured for the model's, which is then stated; a laxer one is unmeasured.
AppliedThreshold applied_threshold(const Threshold& model, const GatePolicy& policy);

// Thread-safe. Refers to the directory and the gallery, which outlive it.
class Judge {
 public:
  Judge(const PeopleDirectory& directory, Gallery& gallery, const AppliedThreshold& threshold,
        const GatePolicy& policy, std::optional<Schedule> schedule, LocalTimeFn local_time)
      : directory_(directory),
        gallery_(gallery),
        threshold_(threshold),
        policy_(policy),
        schedule_(std::move(schedule)),
        local_time_(std::move(local_time)) {}

  // Checked in this order, the first that fails decides: storage; a measured threshold; liveness;
  // quality; people and templates there at all; the claim; the distance (gate/decide.h); the
  // person's dates; schedule; passback. Event, time and liveness are not filled in.
  Decision judge(const ReadFace& face, const AccessRequest& request, UnixMs now) const;

  Decision denied(Reason reason, std::string note) const;

 private:
  Decision compare(const ReadFace& face, const PeopleSnapshot& people,
                   const std::string& claim) const;
  void apply_rules(const Person& person, const AccessRequest& request, UnixMs now,
                   Decision& decision) const;

  const PeopleDirectory& directory_;
  Gallery& gallery_;
  const AppliedThreshold threshold_;
  const GatePolicy policy_;
  const std::optional<Schedule> schedule_;
  const LocalTimeFn local_time_;
};

}  // namespace kface
