#include "gate/service/service.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/digest.h"
#include "gate/service/address.h"
#include "gate/service/desk.h"
#include "gate/service/url.h"

namespace kface::service {
namespace {

constexpr std::size_t kSmallBody = 64U << 10U;  // of JSON without photos
constexpr int kShedRetry = 1;

constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src "
    "'self'; font-src 'self'; media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

// "image/jpeg; q=1" is "image/jpeg".
std::string bare_type(const std::string& content_type) {
  std::string bare = content_type.substr(0, content_type.find(';'));
  while (!bare.empty() && bare.back() == ' ') {
    bare.pop_back();
  }
  std::transform(bare.begin(), bare.end(), bare.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return bare;
}

bool is_accepted(BodyKind kind, const std::string& content_type) {
  if (content_type == "application/json") {
    return true;
  }
  return kind == BodyKind::kPhoto &&
         (content_type.starts_with("image/") || content_type == "application/octet-stream");
}

// The token of "Bearer kf_..."; empty for any other form.
std::string bearer_token(const std::string& header) {
  constexpr std::string_view kScheme = "bearer ";
  if (header.size() <= kScheme.size()) {
    return {};
  }
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = header[i];
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    if (lower != kScheme[i]) {
      return {};
    }
  }
  return header.substr(kScheme.size());
}

// One request on its way: what is known of it, and what its answer needs at the end.
struct Exchange {
  std::string request_id = make_request_id();
  std::string method;
  std::string route = "none";  // template, for metrics
  std::string source;
  double started = 0;
  Call call;
};

class GateService final : public HttpService {
 public:
  GateService(ServiceParts parts, const ServiceOptions& options)
      : desk_(std::move(parts), options) {}

  ~GateService() override {
    // Nobody is left to tell of a log that cannot be written; it says so itself when it is opened.
    [[maybe_unused]] const Status flushed = desk_.refusals.flush(desk_.parts.now(), true);
  }

  Start start(const HttpRequest& head) override {
    auto exchange = std::make_shared<Exchange>();
    exchange->method = head.method;
    exchange->source = address_group(head.source);
    exchange->started = desk_.parts.seconds();
    ++desk_.metrics.in_flight;
    const std::shared_ptr<void> in_flight(nullptr, [this](void*) { --desk_.metrics.in_flight; });
    try {
      return begin(head, exchange, in_flight);
    } catch (const std::exception& error) {
      return {.refusal = finished(*exchange, fault_of(*exchange, internal_fault(error.what())))};
    }
  }

  HttpResponse fault(int status) override {
    Exchange exchange;
    exchange.method = "none";
    exchange.started = desk_.parts.seconds();
    Fault fault = bad_request("this is no HTTP request that can be read");
    if (status == 408) {
      fault = {.status = 408,
               .code = "request_timeout",
               .message = "the request did not come whole in time"};
    } else if (status == 413 || status == 414 || status == 431) {
      fault = {.status = 413, .code = "request_too_large", .message = "the request is too large"};
    } else if (status == 503) {
      fault = {.status = 503,
               .code = "unavailable",
               .message = "too much is in work, or the service is stopping",
               .retry_after_s = 1};
    } else if (status >= 500) {
      fault = internal_fault("status " + std::to_string(status) + " below the service");
    }
    return finished(exchange, fault_of(exchange, fault));
  }

 private:
  Start begin(const HttpRequest& head, const std::shared_ptr<Exchange>& exchange,
              const std::shared_ptr<void>& in_flight) {
    const auto refuse = [&](const Fault& fault) {
      return Start{.refusal = finished(*exchange, fault_of(*exchange, fault))};
    };
    if (const double wait = desk_.source_bucket.take(exchange->source, exchange->started);
        wait > 0) {
      log_refusal(*exchange, "429 too many requests");
      return refuse(too_many(static_cast<int>(std::ceil(wait)), "too many requests"));
    }
    auto target = parse_target(head.target);
    if (!target.ok()) {
      return refuse(bad_request(target.error().message()));
    }
    const std::string& path = target.value().path;
    if (path != "/v1" && !path.starts_with("/v1/")) {
      return {.refusal = finished(*exchange, page_answer(head, *exchange, path))};
    }
    auto matched = match(head, *exchange, path);
    if (!matched.ok()) {
      return refuse(matched.error());
    }
    exchange->call.query = std::move(target.value().query);
    const auto authorised = authorise(head, *exchange);
    if (!authorised.ok()) {
      return refuse(authorised.error());
    }
    const auto limit = check_body(head, *exchange);
    if (!limit.ok()) {
      return refuse(limit.error());
    }
    return {.refusal = {},
            .max_body = limit.value(),
            .finish = [this, exchange, in_flight](std::string body) {
              return finish(*exchange, std::move(body));
            }};
  }

  Answer<bool> match(const HttpRequest& head, Exchange& exchange, const std::string& path) {
    KF_ASSIGN(Match found, find_route(head.method == "HEAD" ? "GET" : head.method, path));
    if (found.route == nullptr) {
      Fault fault{
          .status = 405, .code = "method_not_allowed", .message = "this address has other methods"};
      fault.details["allow"] = found.allowed;
      return fault;
    }
    exchange.route = found.route->path;
    exchange.call.route = found.route;
    exchange.call.ids = std::move(found.ids);
    exchange.call.now = desk_.parts.now();
    return true;
  }

  Answer<bool> authorise(const HttpRequest& head, Exchange& exchange) {
    Call& call = exchange.call;
    const std::string header = head.header("authorization");
    const bool open =
        call.route->roles == 0 || (desk_.options.metrics_open &&
                                   call.route->path == "/v1/metrics" && is_loopback(head.source));
    if (open && header.empty()) {
      return true;
    }
    KF_ASSIGN(const std::optional<ServiceToken> token,
              desk_.tokens.find(bearer_token(header), call.now, exchange.started));
    if (!token) {
      return unknown_token(exchange);
    }
    call.caller = *token;
    call.actor = token->id;
    if (const double wait = desk_.token_bucket.take(token->id, exchange.started); wait > 0) {
      log_refusal(exchange, "429 too many requests of one token");
      return too_many(static_cast<int>(std::ceil(wait)), "too many requests of this token");
    }
    if (!open && (call.route->roles & role_bit(token->role)) == 0) {
      log_refusal(exchange, "403 forbidden for role " + role_name(token->role));
      return Fault{.status = 403,
                   .code = "forbidden",
                   .message = "the role of this token does not allow that"};
    }
    return true;
  }

  Fault unknown_token(Exchange& exchange) {
    log_refusal(exchange, "401 unauthorized");
    const double wait = desk_.back_off.wait(exchange.source, exchange.started);
    if (wait > 0) {
      return too_many(static_cast<int>(std::ceil(wait)), "too many requests without a valid token");
    }
    desk_.back_off.failed(exchange.source, exchange.started);
    return {.status = 401,
            .code = "unauthorized",
            .message = "a valid token is needed: Authorization: Bearer kf_..."};
  }

  // The largest body that the route reads. What is too large, compressed or of another kind is
  // refused before a byte of it is read.
  Answer<std::size_t> check_body(const HttpRequest& head, Exchange& exchange) {
    const Route& route = *exchange.call.route;
    const std::string length = head.header("content-length");
    const bool has_body =
        (!length.empty() && length != "0") || head.headers.contains("transfer-encoding");
    if (route.body == BodyKind::kNone) {
      return has_body ? Answer<std::size_t>(bad_request("no body is expected here"))
                      : Answer<std::size_t>(std::size_t{0});
    }
    const std::string encoding = head.header("content-encoding");
    if (!encoding.empty() && encoding != "identity") {
      return Fault{.status = 415,
                   .code = "unsupported_media_type",
                   .message = "compressed bodies are not read"};
    }
    exchange.call.content_type = bare_type(head.header("content-type"));
    if (!is_accepted(route.body, exchange.call.content_type)) {
      return Fault{.status = 415,
                   .code = "unsupported_media_type",
                   .message = route.body == BodyKind::kPhoto
                                  ? "send an image (Content-Type: image/jpeg, ...) or JSON"
                                  : "send JSON (Content-Type: application/json)"};
    }
    const std::size_t limit = body_limit(route, exchange.call.content_type);
    std::size_t announced = 0;
    const char* end = length.data() + length.size();
    const auto [at, error] = std::from_chars(length.data(), end, announced);
    if (!length.empty() && (error == std::errc::invalid_argument || at != end)) {
      return bad_request("the Content-Length is no number");
    }
    if (!length.empty() && (error == std::errc::result_out_of_range || announced > limit)) {
      return Fault{.status = 413,
                   .code = "request_too_large",
                   .message = "the body is too large",
                   .details = {{"max_bytes", limit}}};
    }
    return limit;
  }

  std::size_t body_limit(const Route& route, const std::string& content_type) const {
    const std::size_t largest = static_cast<std::size_t>(desk_.options.max_body_kb) << 10U;
    const std::size_t photo = desk_.parts.access->policy().max_photo_bytes;
    if (route.body == BodyKind::kPhoto) {
      const std::size_t base64 = photo / 3 * 4 + kSmallBody;
      return std::min(largest, content_type == "application/json" ? base64 : photo);
    }
    return route.costly ? largest : std::min(largest, kSmallBody);
  }

  HttpResponse finish(Exchange& exchange, std::string body) {
    exchange.call.body = std::move(body);
    return finished(exchange, work(exchange));
  }

  HttpResponse work(Exchange& exchange) {
    if (!exchange.call.route->costly) {
      return run_handler(exchange);
    }
    const auto ticket = desk_.admission.enter();
    if (!ticket) {
      ++desk_.metrics.num_shed;
      return fault_of(exchange, too_many(kShedRetry, "too much is in work; try again"));
    }
    return run_handler(exchange);
  }

  HttpResponse run_handler(Exchange& exchange) {
    try {
      auto answer = exchange.call.route->handler(desk_, exchange.call);
      return answer.ok() ? std::move(answer).value() : fault_of(exchange, answer.error());
    } catch (const std::exception& error) {
      return fault_of(exchange, internal_fault(error.what()));
    }
  }

  HttpResponse page_answer(const HttpRequest& head, Exchange& exchange, const std::string& path) {
    if (exchange.method != "GET" && exchange.method != "HEAD") {
      return fault_of(exchange, {.status = 405,
                                 .code = "method_not_allowed",
                                 .message = "the page is only read",
                                 .details = {{"allow", {"GET"}}}});
    }
    const auto file = desk_.parts.page ? desk_.parts.page(path) : std::nullopt;
    if (!file) {
      return fault_of(exchange, no_such("address"));
    }
    exchange.route = path == "/" ? "/" : "/assets";
    // Kept by the browser, and asked for again each time: 304 as long as the program is the same.
    const std::string tag = "\"" + sha256_hex(file->bytes).substr(0, 16) + "\"";
    HttpResponse response;
    response.headers.emplace_back("Cache-Control", "no-cache");
    response.headers.emplace_back("ETag", tag);
    if (head.header("if-none-match") == tag) {
      response.status = 304;
      return response;
    }
    response.content_type = file->content_type;
    response.body = file->bytes;
    return response;
  }

  HttpResponse fault_of(const Exchange& exchange, const Fault& fault) {
    if (!fault.cause.empty() && desk_.parts.note) {
      desk_.parts.note("request " + exchange.request_id + ", " + exchange.route + ": " +
                       std::to_string(fault.status) + ": " + fault.cause);
    }
    HttpResponse response = fault_response(fault, exchange.request_id);
    if (fault.details.contains("allow")) {
      std::string allowed;
      for (const auto& method : fault.details["allow"]) {
        allowed += (allowed.empty() ? "" : ", ") + method.get<std::string>();
      }
      response.headers.emplace_back("Allow", allowed);
    }
    return response;
  }

  void log_refusal(const Exchange& exchange, const std::string& what) {
    const Status logged = desk_.refusals.refused(
        exchange.source, exchange.call.actor,
        what + ": " + known_method(exchange.method) + " " + exchange.route, desk_.parts.now());
    if (!logged.ok() && desk_.parts.note) {
      desk_.parts.note("a refusal could not be logged: " + logged.message());
    }
  }

  HttpResponse finished(const Exchange& exchange, HttpResponse response) {
    auto& headers = response.headers;
    headers.emplace_back("x-request-id", exchange.request_id);
    headers.emplace_back("X-Content-Type-Options", "nosniff");
    headers.emplace_back("Referrer-Policy", "no-referrer");
    headers.emplace_back("Content-Security-Policy", kPolicy);
    headers.emplace_back("Permissions-Policy", "camera=(self)");
    if (response.header("Cache-Control").empty()) {
      headers.emplace_back("Cache-Control", "no-store");
    }
    desk_.metrics.answered(known_method(exchange.method), exchange.route, response.status,
                           desk_.parts.seconds() - exchange.started);
    return response;
  }

  // A label of metrics, and so one of few.
  static std::string known_method(const std::string& method) {
    for (const char* known : {"GET", "HEAD", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"}) {
      if (method == known) {
        return method;
      }
    }
    return "other";
  }

  Desk desk_;
};

}  // namespace

Desk::Desk(ServiceParts given, const ServiceOptions& chosen)
    : parts(std::move(given)),
      options(chosen),
      tokens(*parts.gallery),
      source_bucket(options.source_rate, std::max(1.0, 2 * options.source_rate)),
      token_bucket(options.token_rate, std::max(1.0, 2 * options.token_rate)),
      admission(static_cast<std::size_t>(options.workers), static_cast<std::size_t>(options.queue),
                options.queue_wait_ms),
      refusals(*parts.audit),
      started_at(parts.seconds()) {}

std::unique_ptr<HttpService> make_service(ServiceParts parts, const ServiceOptions& options) {
  KF_REQUIRE(parts.access != nullptr && parts.gallery != nullptr && parts.audit != nullptr);
  KF_REQUIRE(parts.search_events && parts.read_events && parts.now && parts.seconds);
  return std::make_unique<GateService>(std::move(parts), options);
}

}  // namespace kface::service
