// What the service answers, as a table: OpenAPI's description and the tests are held against it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gallery/person.h"
#include "gate/service/answer.h"
#include "gate/service/url.h"

namespace kface::service {

struct Desk;  // what handlers share, desk.h
struct Call;  // one request, desk.h

enum class BodyKind {
  kNone,
  kJson,   // application/json
  kPhoto,  // image/*, application/octet-stream, or application/json with "image"
};

// Roles as bits: 1 << Role.
inline constexpr unsigned role_bit(Role role) { return 1U << static_cast<unsigned>(role); }
inline constexpr unsigned kAdminRole = role_bit(Role::kAdmin);
inline constexpr unsigned kOperatorRoles = kAdminRole | role_bit(Role::kOperator);
inline constexpr unsigned kGateRoles = kOperatorRoles | role_bit(Role::kGate);
inline constexpr unsigned kAuditorRole = role_bit(Role::kAuditor);
inline constexpr unsigned kEveryRole = kGateRoles | kAuditorRole;

struct Route {
  std::string_view method;
  std::string_view path;  // "/v1/people/{person}"; {person}, {face}, {event}, {token}: ids
  unsigned roles;         // who may; 0: anybody, without a token
  BodyKind body;
  bool costly;                // waits for one of the workers
  std::vector<int> statuses;  // beyond those that every route may give, common_statuses()
  Answer<HttpResponse> (*handler)(Desk&, Call&);
};

const std::vector<Route>& routes();

// What any request to the route may get, besides its own statuses; ascending.
std::vector<int> common_statuses(const Route& route);

struct Match {
  const Route* route = nullptr;
  std::vector<std::string> ids;           // of the path, in order
  std::vector<std::string_view> allowed;  // methods of the path, where the method is none of them
};

// Errors: 404 where no route has this path; 405 is route == nullptr with `allowed`. An id that has
// not the form of one is 404.
Answer<Match> find_route(std::string_view method, std::string_view path);

}  // namespace kface::service
