// One function a route; route.cpp says which is whose, /v1/openapi.json what each answers.
#pragma once

#include "gate/service/desk.h"

namespace kface::service {

using Handler = Answer<HttpResponse>(Desk&, Call&);

// handlers_system.cpp
Handler get_health, get_metrics, get_openapi, get_models, get_me, get_frame, get_gate_state;
// handlers_people.cpp
Handler list_people, create_person, get_person, change_person, forget_person;
// handlers_faces.cpp
Handler list_faces, create_face, remove_face, check_face;
// handlers_decide.cpp
Handler verify_photo, identify_photo;
// handlers_events.cpp
Handler list_events, get_event, get_event_photo, get_distances, get_audit_head, export_audit;
// handlers_tokens.cpp
Handler list_tokens, create_token, remove_token;

}  // namespace kface::service
