// What is said of a time that is none; never what was given.
#pragma once

#include <string>

#include "gate/service/answer.h"

namespace kface::service {

inline Fault bad_time(const std::string& name) {
  return bad_argument(name + " is a time such as 2026-11-25T20:10:00Z, or a date");
}

}  // namespace kface::service
