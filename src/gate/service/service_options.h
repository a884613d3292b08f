// What the service may be told. Declared once; flags, config file and docs/options.md are visitors.
#pragma once

#include <string>

#include "base/options.h"

namespace kface::service {

struct ServiceOptions {
  std::string listen = "127.0.0.1:8443";
  std::string tls_cert = {};  // PEM, the whole chain
  std::string tls_key = {};   // PEM
  bool insecure_plain = false;
  bool metrics_open = false;
  int workers = 2;              // costly requests side by side
  int queue = 8;                // costly requests in line
  int queue_wait_ms = 1500;     // longest time in line
  int connections = 256;        // at once, in all
  int source_connections = 64;  // at once, from one address
  int request_timeout_ms = 10000;
  int idle_timeout_ms = 30000;
  int stop_timeout_ms = 10000;
  int max_body_kb = 16384;
  int body_memory_mb = 256;  // bodies of all requests together
  double token_rate = 100;   // requests a second of one token
  double source_rate = 200;  // requests a second from one address, before any token is looked at
};

template <typename Field>
void visit_service_options(ServiceOptions& o, Field&& field) {
  field("service.listen", o.listen, AnyText{},
        "numeric address and port to listen on; port 0: any that is free");
  field("service.tls_cert", o.tls_cert, AnyText{}, "PEM file of the certificate and its chain");
  field("service.tls_key", o.tls_key, AnyText{}, "PEM file of the certificate's key");
  field("service.insecure_plain", o.insecure_plain, AnyText{},
        "serve without TLS on an address that others can reach");
  field("service.metrics_open", o.metrics_open, AnyText{},
        "/v1/metrics needs no token when asked from this machine");
  field("service.workers", o.workers, Range{1, 256}, "photos worked on side by side");
  field("service.queue", o.queue, Range{0, 10000}, "photos that wait for a worker; more: 429");
  field("service.queue_wait_ms", o.queue_wait_ms, Range{0, 60000},
        "longest wait for a worker; longer: 429");
  field("service.connections", o.connections, Range{1, 10000}, "connections at once");
  field("service.source_connections", o.source_connections, Range{1, 10000},
        "connections at once from one address (of IPv6: one /64)");
  field("service.request_timeout_ms", o.request_timeout_ms, Range{100, 600000},
        "a request must have come whole within this time");
  field("service.idle_timeout_ms", o.idle_timeout_ms, Range{100, 600000},
        "a connection without a request is closed after this time");
  field("service.stop_timeout_ms", o.stop_timeout_ms, Range{0, 600000},
        "requests in work get this long to finish when the service stops");
  field("service.max_body_kb", o.max_body_kb, Range{1, 262144},
        "largest body of a request, in KiB");
  field("service.body_memory_mb", o.body_memory_mb, Range{1, 65536},
        "bodies of all requests together, in MiB; more: 503");
  field("service.token_rate", o.token_rate, Range{0.1, 1e6},
        "requests a second of one token (twice that at once)");
  field("service.source_rate", o.source_rate, Range{0.1, 1e6},
        "requests a second from one address (twice that at once)");
}

}  // namespace kface::service
