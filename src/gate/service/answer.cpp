#include "gate/service/answer.h"

#include <algorithm>
#include <array>

namespace kface::service {
namespace {

// "photo 2: no face ..." is "no face ...", of photo 2.
struct PhotoError {
  std::string text;
  int photo = 0;  // 0: not said
};

PhotoError split_photo(const std::string& message) {
  constexpr std::string_view kPhoto = "photo ";
  const std::size_t colon = message.find(": ");
  if (!message.starts_with(kPhoto) || colon == std::string::npos) {
    return {message, 0};
  }
  const std::string number = message.substr(kPhoto.size(), colon - kPhoto.size());
  const bool digits =
      !number.empty() && number.size() < 4 &&
      std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? PhotoError{message.substr(colon + 2), std::stoi(number)} : PhotoError{message, 0};
}

bool starts_with_any(const std::string& text, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return text.starts_with(start); });
}

Fault of_photo(int status, const char* code, const char* message, int photo) {
  Fault fault{.status = status, .code = code, .message = message};
  if (photo > 0) {
    fault.details["photo"] = photo;
  }
  return fault;
}

}  // namespace

Fault bad_request(std::string message) {
  return {.status = 400, .code = "malformed_request", .message = std::move(message)};
}

Fault bad_argument(std::string message) {
  return {.status = 400, .code = "invalid_argument", .message = std::move(message)};
}

Fault no_such(const std::string& what) {
  return {.status = 404, .code = "not_found", .message = "there is no such " + what};
}

Fault unavailable(std::string cause) {
  return {.status = 503,
          .code = "unavailable",
          .message = "storage does not answer; the service's log says why",
          .retry_after_s = 5,
          .cause = std::move(cause)};
}

Fault internal_fault(std::string cause) {
  return {.status = 500,
          .code = "internal",
          .message = "something went wrong here; the service's log says what",
          .cause = std::move(cause)};
}

Fault too_many(int retry_after_s, std::string message) {
  return {.status = 429,
          .code = "too_many_requests",
          .message = std::move(message),
          .retry_after_s = std::max(1, retry_after_s)};
}

Fault fault_of(const Status& status) {
  switch (status.code()) {
    case ErrorCode::kNotFound:
      return no_such("entry");
    case ErrorCode::kInvalidArgument: {
      Fault fault = bad_argument("a field is not as it must be, or belongs to somebody else");
      fault.cause = status.message();
      return fault;
    }
    case ErrorCode::kMismatch:
      return {.status = 409,
              .code = "model_mismatch",
              .message = "the gallery holds templates of another model",
              .cause = status.message()};
    case ErrorCode::kIo:
    case ErrorCode::kCorruption:
    case ErrorCode::kVersion:
    case ErrorCode::kInterrupted:
      return unavailable(status.message());
    case ErrorCode::kOk:
      break;
  }
  return internal_fault(status.message());
}

Fault photo_fault(const Status& status) {
  const auto [text, photo] = split_photo(status.message());
  if (starts_with_any(text, {"no face", "no photo"})) {
    return of_photo(422, "face_not_found",
                    "no face was found; look straight at the camera, nearer, in more light", photo);
  }
  if (text.find(" faces") != std::string::npos && text.find(" faces") < 12) {
    return of_photo(422, "several_faces", "several faces were found; one person at a time", photo);
  }
  if (starts_with_any(text, {"poor quality"})) {
    return of_photo(422, "poor_quality",
                    "the face is too small, too dark, too blurred or turned away", photo);
  }
  if (starts_with_any(text, {"enormous"})) {
    return of_photo(413, "image_too_large", "the photo has too many pixels", photo);
  }
  if (starts_with_any(text, {"empty file", "not an image", "truncated", "cannot be decoded",
                             "animated", "several pages", "cannot be aligned"})) {
    return of_photo(422, "image_invalid",
                    "the photo cannot be read: JPEG, PNG, WebP, BMP, TIFF or PNM, whole", photo);
  }
  if (status.code() == ErrorCode::kInterrupted) {
    Fault busy = unavailable(status.message());
    busy.message = "no reader of faces was free in time";
    busy.retry_after_s = 1;
    return busy;
  }
  return fault_of(status);
}

HttpResponse json_response(const Json& json, int status) {
  HttpResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

HttpResponse fault_response(const Fault& fault, const std::string& request_id) {
  HttpResponse response = json_response(
      {{"error", {{"code", fault.code}, {"message", fault.message}, {"details", fault.details}}},
       {"request_id", request_id}},
      fault.status);
  if (fault.retry_after_s > 0) {
    response.headers.emplace_back("Retry-After", std::to_string(fault.retry_after_s));
  }
  if (fault.status == 401) {
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
  }
  return response;
}

}  // namespace kface::service
