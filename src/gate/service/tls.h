// A certificate and its key, ready for connections. OpenSSL stays behind it.
#pragma once

#include <memory>
#include <string>

#include "kface/status.h"

namespace kface::service {

// Thread-safe. TLS 1.2 and 1.3, no renegotiation, no compression.
class TlsContext {
 public:
  // Errors: kIo: a file that cannot be read as PEM (named); kMismatch: the key is not the
  //         certificate's.
  static Result<std::unique_ptr<TlsContext>> open(const std::string& certificate,
                                                  const std::string& key);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  void* native() const { return context_; }  // SSL_CTX*

 private:
  explicit TlsContext(void* context) : context_(context) {}
  void* context_;
};

}  // namespace kface::service
