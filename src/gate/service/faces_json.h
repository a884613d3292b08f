// A face that was enrolled just now, as two routes answer it.
#pragma once

#include "gate/service/desk.h"

namespace kface::service {

// `looks_like` with the name that the gallery has for it; null where there is none.
Json enrolled_json(Gallery& gallery, const EnrolledFace& face);

}  // namespace kface::service
