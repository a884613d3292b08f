// The sockets of the service: listens, gives every connection a thread, and stops without cutting
// off what is in work.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "gate/service/http.h"
#include "gate/service/service_options.h"
#include "kface/status.h"

namespace kface::service {

// A slow client costs a thread that sleeps, for at most `request_timeout_ms`; one source may hold
// `source_connections` of them, all together `connections`. Who comes beyond is turned away at
// once.
class HttpServer {
 public:
  // Listens when it returns. `service` outlives it.
  // Errors: kInvalidArgument: an address that does not parse; one that others can reach, without
  //         TLS and without insecure_plain; a certificate without its key. kIo: the address is
  //         taken. Those of TlsContext::open.
  static Result<std::unique_ptr<HttpServer>> start(const ServiceOptions& options,
                                                   HttpService& service);
  ~HttpServer();  // stops
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  std::string url() const;  // "https://127.0.0.1:8443"

  // Takes no new request, lets those in work finish, for at most `stop_timeout_ms`, and returns
  // when no thread is left. A second call does nothing.
  void stop();

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kface::service
