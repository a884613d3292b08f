#include "base/digest.h"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <vector>

namespace kface {

struct Sha256::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  KF_REQUIRE(context_->evp != nullptr);
  KF_REQUIRE(EVP_DigestInit_ex(context_->evp, EVP_sha256(), nullptr) == 1);
}

Sha256::~Sha256() { EVP_MD_CTX_free(context_->evp); }

void Sha256::update(std::span<const std::byte> bytes) {
  KF_REQUIRE(EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()) == 1, bytes.size());
}

void Sha256::update(std::string_view text) {
  update(std::as_bytes(std::span(text.data(), text.size())));
}

std::string Sha256::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int size = 0;
  KF_REQUIRE(EVP_DigestFinal_ex(context_->evp, raw.data(), &size) == 1);
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(std::size_t{2} * size);
  for (unsigned int i = 0; i < size; ++i) {
    hex += kDigits[raw[i] >> 4U];
    hex += kDigits[raw[i] & 15U];
  }
  return hex;
}

std::string sha256_hex(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

std::string sha256_hex(std::span<const std::uint8_t> bytes) {
  Sha256 hash;
  hash.update(std::as_bytes(bytes));
  return hash.finish();
}

Result<std::string> sha256_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Status{ErrorCode::kNotFound, path.string() + ": cannot be opened for reading"};
  }
  Sha256 hash;
  constexpr std::size_t kChunk = 1U << 20U;
  std::vector<char> buffer(kChunk);
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    hash.update(std::string_view(buffer.data(), static_cast<std::size_t>(file.gcount())));
  }
  if (file.bad()) {
    return Status{ErrorCode::kIo, path.string() + ": read error"};
  }
  return hash.finish();
}

}  // namespace kface
