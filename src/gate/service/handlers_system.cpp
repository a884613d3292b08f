#include "gate/service/handlers.h"

extern "C" {
extern const char kface_service_openapi[];
extern const unsigned long kface_service_openapi_size;
}

namespace kface::service {
namespace {

Answer<CameraView> camera_of(const Desk& desk) {
  const auto camera = desk.parts.camera ? desk.parts.camera() : std::nullopt;
  if (!camera) {
    return no_such("camera here");
  }
  return *camera;
}

// What is wrong is in the service's log: it may name files.
Json health_word(const std::string& state) { return state == "ok" ? "ok" : "failing"; }

// "ok", "starting", "ended" or "lost"; what follows in the text is for the log.
std::string camera_word(const CameraView& camera) {
  return camera.state.substr(0, camera.state.find(':'));
}

bool is_lost(const CameraView& camera) { return camera_word(camera) == "lost"; }

bool is_healthy(const AccessControl::State& state, const std::optional<CameraView>& camera) {
  return state.storage == "ok" && state.audit == "ok" && (!camera || !is_lost(*camera));
}

void write_gate_metrics(const Desk& desk, MetricText& text) {
  const auto state = desk.parts.access->state();
  const auto gauge = [&](const char* name, const char* help, double value) {
    text.metric(name, "gauge", help).sample(value);
  };
  gauge("kface_people", "People in the gallery.", static_cast<double>(state.num_people));
  gauge("kface_templates", "Templates that faces are compared with.",
        static_cast<double>(state.num_templates));
  gauge("kface_storage_up", "1: the gallery answers.", state.storage == "ok" ? 1 : 0);
  gauge("kface_audit_up", "1: the audit log can be written.", state.audit == "ok" ? 1 : 0);
  text.metric("kface_audit_sequence", "counter", "Number of the audit log's last record.")
      .sample(static_cast<double>(desk.parts.audit->head().sequence));
  text.metric("kface_gate_decisions_total", "counter", "Decisions, camera and HTTP together.");
  for (const Verdict verdict : {Verdict::kDenied, Verdict::kNotSure, Verdict::kGranted}) {
    text.sample(static_cast<double>(state.decisions[static_cast<std::size_t>(verdict)]),
                {{"verdict", verdict_name(verdict)}});
  }
  text.metric("kface_door_up", "gauge", "1: the door can be told.");
  for (std::size_t i = 0; i < state.doors.size(); ++i) {
    text.sample(state.doors[i].starts_with("unreachable") ? 0 : 1, {{"door", std::to_string(i)}});
  }
  text.metric("kface_door_open", "gauge", "1: the door is open.");
  for (std::size_t i = 0; i < state.doors.size(); ++i) {
    text.sample(state.doors[i] == "open" ? 1 : 0, {{"door", std::to_string(i)}});
  }
  if (const auto camera = desk.parts.camera ? desk.parts.camera() : std::nullopt) {
    gauge("kface_camera_up", "1: the camera gives frames.", is_lost(*camera) ? 0 : 1);
    gauge("kface_camera_fps", "Frames of the camera a second.", camera->fps);
  }
  gauge("kface_uptime_seconds", "Time since the start.", desk.parts.seconds() - desk.started_at);
}

}  // namespace

Answer<HttpResponse> get_health(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  const auto state = desk.parts.access->state();
  const auto camera = desk.parts.camera ? desk.parts.camera() : std::nullopt;
  Json json{{"status", is_healthy(state, camera) ? "ok" : "degraded"}};
  if (call.caller) {
    json["model"] = desk.parts.access->opened().name;
    json["people"] = state.num_people;
    json["templates"] = state.num_templates;
    json["storage"] = health_word(state.storage);
    json["audit"] = health_word(state.audit);
    json["doors"] = state.doors;
    json["camera"] = camera ? Json(camera_word(*camera)) : Json(nullptr);
    json["uptime_s"] = desk.parts.seconds() - desk.started_at;
    json["version"] = desk.parts.version;
  }
  return json_response(json);
}

Answer<HttpResponse> get_metrics(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  MetricText text;
  desk.metrics.write(text);
  write_gate_metrics(desk, text);
  HttpResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = text.text();
  return response;
}

Answer<HttpResponse> get_openapi(Desk&, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  HttpResponse response;
  response.content_type = "application/json";
  response.body.assign(kface_service_openapi, kface_service_openapi_size);
  return response;
}

Answer<HttpResponse> get_models(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  const OpenedModel& opened = desk.parts.access->opened();
  const Threshold& threshold = opened.model.threshold;
  return json_response({{"models",
                         {{{"name", opened.name},
                           {"space", desk.parts.space},
                           {"backbone", opened.model.backbone},
                           {"recipe", opened.model.recipe},
                           {"threshold",
                            {{"distance", threshold.distance},
                             {"far", optional_number(threshold.far)},
                             {"rule", threshold.rule},
                             {"num_people", threshold.num_people},
                             {"unseen_people", threshold.unseen_people}}},
                           {"embedding_dim", opened.model.head.m}}}}});
}

Answer<HttpResponse> get_me(Desk&, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  return json_response({{"name", call.caller->name}, {"role", role_name(call.caller->role)}});
}

Answer<HttpResponse> get_frame(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  const auto frame = desk.parts.frame ? desk.parts.frame() : std::nullopt;
  if (!frame) {
    return no_such("camera here");
  }
  HttpResponse response;
  response.content_type = "image/jpeg";
  response.body.assign(frame->begin(), frame->end());
  return response;
}

Answer<HttpResponse> get_gate_state(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  KF_ASSIGN(const CameraView camera, camera_of(desk));
  return json_response(
      {{"camera", camera_word(camera)},
       {"fps", camera.fps},
       {"last_decision",
        camera.last_decision ? told_decision(*camera.last_decision) : Json(nullptr)}});
}

}  // namespace kface::service
