// An answer, or why there is none: the service's own Result, whose error knows its HTTP status.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "gate/service/http.h"
#include "kface/status.h"

namespace kface::service {

using Json = nlohmann::ordered_json;

// What the caller is told, and what is only for the service's own log. `message` never holds a
// path, a token, a name, or text that another than this caller wrote.
struct Fault {
  int status = 500;
  std::string code = "internal";
  std::string message = {};
  Json details = Json::object();
  int retry_after_s = 0;   // 0: not said
  std::string cause = {};  // for the log alone
};

Fault bad_request(std::string message);                  // 400 malformed_request
Fault bad_argument(std::string message);                 // 400 invalid_argument
Fault no_such(const std::string& what);                  // 404 not_found
Fault unavailable(std::string cause);                    // 503
Fault internal_fault(std::string cause);                 // 500
Fault too_many(int retry_after_s, std::string message);  // 429

// For errors of gallery, audit log and access control, whose texts are not for callers.
Fault fault_of(const Status& status);
// The same for errors that came of a photo: 422, 413, 409.
Fault photo_fault(const Status& status);

template <typename T>
class Answer {
 public:
  Answer(T value) : value_(std::move(value)) {}               // NOLINT: implicit by design
  Answer(Fault fault) : fault_(std::move(fault)) {}           // NOLINT: implicit by design
  Answer(const Status& status) : fault_(fault_of(status)) {}  // NOLINT: implicit by design

  bool ok() const { return value_.has_value(); }
  const Fault& error() const { return fault_; }
  const T& value() const& { return value_.value(); }
  T&& value() && { return std::move(value_).value(); }

 private:
  std::optional<T> value_;
  Fault fault_;
};

HttpResponse json_response(const Json& json, int status = 200);
HttpResponse fault_response(const Fault& fault, const std::string& request_id);

}  // namespace kface::service
