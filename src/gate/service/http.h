// A request and its answer, without a socket: what handlers, the router and tests speak of.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kface::service {

struct HttpRequest {
  std::string method;                          // GET, POST, ...; upper case
  std::string target;                          // path and query as they came, percent-encoded
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body = {};
  std::string source = {};  // numeric address of the other end

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

// Takes the next piece of a streamed answer; false: the other end is gone, stop.
using BodySink = std::function<bool(std::string_view)>;

struct HttpResponse {
  int status = 200;
  std::string content_type = {};
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  // Instead of `body`: writes it piece by piece. false: it broke off, and the connection with it,
  // so that half an answer is never taken for a whole one.
  std::function<bool(const BodySink&)> stream = {};

  std::string header(const std::string& name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) {
        return value;
      }
    }
    return {};
  }
};

// What answers requests. Thread-safe.
class HttpService {
 public:
  // What is known when the head of a request was read, and none of its body.
  struct Start {
    std::optional<HttpResponse> refusal = {};  // the answer already; the body is not wanted
    std::size_t max_body = 0;                  // more than this is not read
    std::function<HttpResponse(std::string body)> finish = {};  // call once, unless refused
  };

  virtual ~HttpService() = default;
  HttpService(const HttpService&) = delete;
  HttpService& operator=(const HttpService&) = delete;

  virtual Start start(const HttpRequest& head) = 0;
  // The answer to what is no request, or does not come in time: 400, 408, 413, 414, 431, 503.
  virtual HttpResponse fault(int status) = 0;

 protected:
  HttpService() = default;
};

}  // namespace kface::service
