#include "gate/service/route.h"

#include <algorithm>
#include <set>

#include "gallery/random_id.h"
#include "gate/service/handlers.h"

namespace kface::service {
namespace {

constexpr unsigned kReaders = kOperatorRoles | kAuditorRole;
constexpr BodyKind kNone = BodyKind::kNone;
constexpr BodyKind kJson = BodyKind::kJson;
constexpr BodyKind kPhoto = BodyKind::kPhoto;

// Does the path fit? Adds its ids. What is not even the form of an id does not get as far as a
// database.
bool fits(const Route& route, const std::vector<std::string>& segments,
          std::vector<std::string>& ids) {
  const auto parts = path_segments(route.path);
  if (parts.size() != segments.size()) {
    return false;
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].starts_with('{')) {
      if (parts[i] != segments[i]) {
        return false;
      }
      continue;
    }
    const char kind = parts[i] == "{person}"  ? 'p'
                      : parts[i] == "{face}"  ? 't'
                      : parts[i] == "{event}" ? 'e'
                                              : 'k';
    if (!is_id(kind, segments[i])) {
      return false;
    }
    ids.push_back(segments[i]);
  }
  return true;
}

std::vector<Route> make_routes() {
  return {
      {"GET", "/v1/health", 0, kNone, false, {200}, get_health},
      {"GET", "/v1/metrics", kEveryRole, kNone, false, {200}, get_metrics},
      {"GET", "/v1/openapi.json", 0, kNone, false, {200}, get_openapi},
      {"GET", "/v1/models", kEveryRole, kNone, false, {200}, get_models},
      {"GET", "/v1/me", kEveryRole, kNone, false, {200}, get_me},
      {"GET", "/v1/people", kReaders, kNone, false, {200}, list_people},
      {"POST", "/v1/people", kOperatorRoles, kJson, true, {201, 409, 413, 422}, create_person},
      {"GET", "/v1/people/{person}", kReaders, kNone, false, {200, 404}, get_person},
      {"PATCH",
       "/v1/people/{person}",
       kOperatorRoles,
       kJson,
       false,
       {200, 404, 409},
       change_person},
      {"DELETE", "/v1/people/{person}", kAdminRole, kNone, false, {204, 404}, forget_person},
      {"GET", "/v1/people/{person}/faces", kReaders, kNone, false, {200, 404}, list_faces},
      {"POST",
       "/v1/people/{person}/faces",
       kOperatorRoles,
       kPhoto,
       true,
       {201, 404, 409, 413, 422},
       create_face},
      {"DELETE", "/v1/faces/{face}", kAdminRole, kNone, false, {204, 404}, remove_face},
      {"POST", "/v1/faces/check", kOperatorRoles, kPhoto, true, {200, 413, 422}, check_face},
      {"POST", "/v1/verify", kGateRoles, kPhoto, true, {200, 409, 413, 422}, verify_photo},
      {"POST", "/v1/identify", kGateRoles, kPhoto, true, {200, 409, 413, 422}, identify_photo},
      {"GET", "/v1/events", kReaders, kNone, false, {200}, list_events},
      {"GET", "/v1/events/{event}", kReaders, kNone, false, {200, 404}, get_event},
      {"GET", "/v1/events/{event}/photo", kReaders, kNone, false, {200, 404}, get_event_photo},
      {"GET", "/v1/distances", kReaders, kNone, false, {200}, get_distances},
      {"GET", "/v1/audit/head", kAuditorRole, kNone, false, {200}, get_audit_head},
      {"GET", "/v1/audit/export", kAuditorRole, kNone, false, {200}, export_audit},
      {"GET", "/v1/tokens", kAdminRole, kNone, false, {200}, list_tokens},
      {"POST", "/v1/tokens", kAdminRole, kJson, false, {201}, create_token},
      {"DELETE", "/v1/tokens/{token}", kAdminRole, kNone, false, {204, 404}, remove_token},
      {"GET", "/v1/gate/frame.jpg", kOperatorRoles, kNone, false, {200, 404}, get_frame},
      {"GET", "/v1/gate/state", kOperatorRoles, kNone, false, {200, 404}, get_gate_state},
  };
}

}  // namespace

const std::vector<Route>& routes() {
  static const std::vector<Route> table = make_routes();
  return table;
}

std::vector<int> common_statuses(const Route& route) {
  std::set<int> statuses = {400, 408, 429, 500, 503};
  if (route.roles != 0) {
    statuses.insert({401, 403});
  }
  if (route.body != BodyKind::kNone) {
    statuses.insert({413, 415});
  }
  return {statuses.begin(), statuses.end()};
}

Answer<Match> find_route(std::string_view method, std::string_view path) {
  const auto segments = path_segments(path);
  Match match;
  for (const Route& route : routes()) {
    std::vector<std::string> ids;
    if (!fits(route, segments, ids)) {
      continue;
    }
    if (route.method == method) {
      match.route = &route;
      match.ids = std::move(ids);
      match.allowed.clear();
      return match;
    }
    match.allowed.push_back(route.method);
  }
  if (match.allowed.empty()) {
    return no_such("address");
  }
  return match;
}

}  // namespace kface::service
