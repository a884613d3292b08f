#include "gate_output.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "cli.h"
#include "gate/decide.h"
#include "gate/gate_json.h"
#include "gate/judge.h"

namespace kface::cli {
namespace {

constexpr double kMuch = 0.01;  // of strangers taken for somebody: worth a warning

void print_line(const GateJson& json) {
  std::printf("%s\n", json.dump(-1, ' ', false, GateJson::error_handler_t::replace).c_str());
}

double quantile(std::vector<double> values, double part) {
  if (values.empty()) {
    return 0;
  }
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(
      std::lround(part * static_cast<double>(values.size() - 1)))];
}

// "far 0.1 % a comparison, 0.9 % for 9 people".
std::string far_text(const std::optional<double>& far, std::size_t people) {
  if (!far) {
    return "never measured";
  }
  char text[160];
  std::snprintf(text, sizeof text, "accepts %.3g %% of strangers at one comparison, %.3g %% at %zu",
                *far * 100, far_of_gallery(*far, people) * 100, people);
  return text;
}

}  // namespace

void print_decision(const Decision& decision, const std::string& what, bool json) {
  if (json) {
    GateJson line = decision_json(decision);
    line["what"] = what;
    print_line(line);
    return;
  }
  std::printf("%s: %s (%s)", what.c_str(), verdict_name(decision.verdict).c_str(),
              reason_name(decision.reason).c_str());
  if (!decision.person.empty()) {
    std::printf(" %s %s", decision.name.c_str(), decision.person.c_str());
  }
  if (decision.distance) {
    std::printf(", distance %.4f, threshold %.4f", *decision.distance, decision.threshold);
  }
  if (decision.margin) {
    std::printf(", margin %.4f", *decision.margin);
  }
  std::printf(", %.0f ms\n", decision.time_ms);
  if (!decision.note.empty()) {
    std::printf("  %s\n", decision.note.c_str());
  }
}

void print_prompt(const std::string& prompt, const std::string& gate, bool json) {
  if (json) {
    print_line({{"prompt", optional_text(prompt)}, {"what", gate}});
  } else if (!prompt.empty()) {
    std::printf("%s: please %s\n", gate.c_str(), prompt.c_str());
  }
}

void print_people(const std::vector<Person>& people, bool json) {
  if (json) {
    GateJson list = GateJson::array();
    for (const Person& person : people) {
      list.push_back(person_json(person));
    }
    print_line({{"people", list}});
    return;
  }
  for (const Person& person : people) {
    std::string groups;
    for (const std::string& group : person.groups) {
      groups += (groups.empty() ? "" : ",") + group;
    }
    std::printf("%s  %s%s%s\n", person.id.c_str(), person.name.c_str(), groups.empty() ? "" : "  ",
                groups.c_str());
  }
}

void print_enrolled(const Person& person, const std::vector<EnrolledFace>& faces, bool json) {
  if (json) {
    GateJson line{{"person", person_json(person)}, {"faces", GateJson::array()}};
    for (const EnrolledFace& face : faces) {
      line["faces"].push_back({{"id", face.template_id},
                               {"quality", quality_json(face.quality)},
                               {"quality_score", face.quality_score},
                               {"looks_like", optional_text(face.looks_like.value_or(""))}});
    }
    print_line(line);
    return;
  }
  std::printf("%s  %s: %s\n", person.id.c_str(), person.name.c_str(),
              count_of(faces.size(), "photo enrolled", "photos enrolled").c_str());
  for (const EnrolledFace& face : faces) {
    if (face.looks_like) {
      std::printf("note: a photo looks like %s, too; the gate will not be sure between the two\n",
                  face.looks_like->c_str());
    }
  }
}

void print_folder_enrolment(const FolderEnrolment& done, bool json) {
  if (json) {
    GateJson line{
        {"people", done.num_people}, {"photos", done.num_photos}, {"refused", GateJson::array()}};
    for (const auto& [what, why] : done.refused) {
      line["refused"].push_back({{"what", what}, {"reason", why}});
    }
    print_line(line);
    return;
  }
  std::printf("%s, %s enrolled, %zu refused\n",
              count_of(done.num_people, "person", "people").c_str(),
              count_of(done.num_photos, "photo", "photos").c_str(), done.refused.size());
  for (const auto& [what, why] : done.refused) {
    std::printf("  %s: %s\n", what.c_str(), why.c_str());
  }
}

void print_gate_start(AccessControl& access, const CameraOptions& options, bool json) {
  if (json) {
    return;
  }
  const auto state = access.state();
  const AppliedThreshold threshold =
      applied_threshold(access.opened().model.threshold, access.policy());
  std::printf("%s: model %s, %s, %s; threshold %.4f, %s\n", options.gate.c_str(),
              access.opened().name.c_str(), count_of(state.num_people, "person", "people").c_str(),
              count_of(state.num_templates, "template", "templates").c_str(), threshold.distance,
              far_text(threshold.far, state.num_people).c_str());
  if (threshold.far && far_of_gallery(*threshold.far, state.num_people) > kMuch) {
    std::printf(
        "note: that is a lot. Ask for a card or number plate first (1:1), or train with a "
        "lower --far\n");
  }
  std::fflush(stdout);
}

void print_gate_end(const CameraState& state, bool json) {
  const double median = quantile(state.decision_ms, 0.5);
  const double p95 = quantile(state.decision_ms, 0.95);
  if (json) {
    print_line({{"frames", state.frames},
                {"dropped", state.dropped},
                {"decisions", state.decision_ms.size()},
                {"decision_ms", {{"median", median}, {"p95", p95}}},
                {"camera", state.camera}});
    return;
  }
  std::printf("%llu frames, %llu dropped; %s, frame to decision: median %.0f ms, p95 %.0f ms\n",
              static_cast<unsigned long long>(state.frames),
              static_cast<unsigned long long>(state.dropped),
              count_of(state.decision_ms.size(), "decision", "decisions").c_str(), median, p95);
}

}  // namespace kface::cli
