#include "gate/service/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>

namespace kface::service {
namespace {

std::string openssl_reason() {
  std::array<char, 256> text{};
  const unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  if (error == 0) {
    return "unknown reason";
  }
  ERR_error_string_n(error, text.data(), text.size());
  return text.data();
}

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::open(const std::string& certificate,
                                                     const std::string& key) {
  SSL_CTX* native = SSL_CTX_new(TLS_server_method());
  KF_REQUIRE(native != nullptr);
  std::unique_ptr<TlsContext> context(new TlsContext(native));
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(
      native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                               SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_use_certificate_chain_file(native, certificate.c_str()) != 1) {
    return Status{ErrorCode::kIo, certificate + " cannot be read as a certificate in PEM form (" +
                                      openssl_reason() + ")"};
  }
  if (SSL_CTX_use_PrivateKey_file(native, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH ||
                          ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_TYPE_MISMATCH;
    const std::string reason = openssl_reason();
    return mismatch ? Status{ErrorCode::kMismatch,
                             key + " is not the key of " + certificate + "; give both of one pair"}
                    : Status{ErrorCode::kIo,
                             key + " cannot be read as a key in PEM form (" + reason + ")"};
  }
  return context;
}

TlsContext::~TlsContext() { SSL_CTX_free(static_cast<SSL_CTX*>(context_)); }

}  // namespace kface::service
