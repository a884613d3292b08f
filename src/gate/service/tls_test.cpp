// TLS over real sockets, with a certificate made here.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "gate/service/fakes_for_test.h"
#include "gate/service/http_server.h"
#include "gate/service/socket_for_test.h"

namespace kface::service {
namespace {

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kface_tls_XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    write_pair("one");
    write_pair("two");
    options_ = ServiceForTest::generous();
    options_.listen = "127.0.0.1:0";
    options_.tls_cert = path("one.crt");
    options_.tls_key = path("one.key");
  }
  ~TlsTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  void write_pair(const std::string& name) const {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("gate"), -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    X509_sign(certificate, key, EVP_sha256());
    std::FILE* file = std::fopen(path(name + ".crt").c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    file = std::fopen(path(name + ".key").c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }

  // The answer to a request over TLS of at most `version`; empty: no handshake.
  std::string ask(std::uint16_t port, const std::string& request, int version = TLS1_3_VERSION) {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_max_proto_version(context, version);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_security_level(context, 0);
    SocketForTest client(port);
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, client.descriptor());
    std::string answer;
    if (SSL_connect(ssl) == 1) {
      SSL_write(ssl, request.data(), static_cast<int>(request.size()));
      char buffer[4096];
      for (int got = 0; (got = SSL_read(ssl, buffer, sizeof(buffer))) > 0;) {
        answer.append(buffer, static_cast<std::size_t>(got));
      }
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    return answer;
  }

  std::filesystem::path folder_;
  ServiceOptions options_;
  ServiceForTest test_;
};

TEST_F(TlsTest, AnswersOverTls12And13AndNothingOlder) {
  const auto server = HttpServer::start(options_, *test_.service);
  ASSERT_TRUE(server.ok()) << server.error().message();
  EXPECT_TRUE(server.value()->url().starts_with("https://127.0.0.1:"));
  const std::string request = "GET /v1/health HTTP/1.1\r\nConnection: close\r\n\r\n";
  const std::uint16_t port = server.value()->port();
  EXPECT_TRUE(ask(port, request).starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(ask(port, request, TLS1_2_VERSION).starts_with("HTTP/1.1 200 "));
  EXPECT_EQ(ask(port, request, TLS1_1_VERSION), "");
}

TEST_F(TlsTest, EndsConnectionsThatDoNotSpeakIt) {
  const auto server = HttpServer::start(options_, *test_.service);
  ASSERT_TRUE(server.ok());
  SocketForTest client(server.value()->port());
  client.send("GET /v1/health HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.rest().find("HTTP/1.1 200"), std::string::npos);
  EXPECT_NE(ask(server.value()->port(), "GET /v1/health HTTP/1.0\r\n\r\n"), "");
}

TEST_F(TlsTest, RefusesAKeyOfAnotherCertificateAndWhatIsNoKey) {
  options_.tls_key = path("two.key");
  const auto mixed = HttpServer::start(options_, *test_.service);
  ASSERT_FALSE(mixed.ok());
  EXPECT_EQ(mixed.error().code(), ErrorCode::kMismatch);
  EXPECT_NE(mixed.error().message().find("is not the key of"), std::string::npos);
  std::ofstream(path("none.key")) << "no key\n";
  options_.tls_key = path("none.key");
  const auto none = HttpServer::start(options_, *test_.service);
  ASSERT_FALSE(none.ok());
  EXPECT_NE(none.error().message().find("cannot be read as a key"), std::string::npos);
}

}  // namespace
}  // namespace kface::service
