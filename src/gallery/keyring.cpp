#include "gallery/keyring.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>

#include "gallery/key_file.h"

namespace kface {
namespace {

constexpr std::uint8_t kSealVersion = 1;
constexpr std::size_t kHeaderBytes = 1 + sizeof(KeyId);
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

std::vector<std::uint8_t> header_of(const KeyId& id) {
  std::vector<std::uint8_t> header(kHeaderBytes, kSealVersion);
  std::copy(id.begin(), id.end(), header.begin() + 1);
  return header;
}

// What the tag covers beside the ciphertext: the header, then the row.
std::vector<std::uint8_t> associated_data(std::span<const std::uint8_t> header,
                                          std::string_view row) {
  std::vector<std::uint8_t> data(header.begin(), header.end());
  data.insert(data.end(), row.begin(), row.end());
  return data;
}

Status does_not_open(std::string_view row, const std::string& why) {
  return {ErrorCode::kCorruption, std::string(row) + ": cannot be unsealed: " + why};
}

const NamedKey* find_key(const KeySet& set, const KeyId& id) {
  const auto found = std::find_if(set.keys.begin(), set.keys.end(),
                                  [&](const NamedKey& key) { return key.id == id; });
  return found == set.keys.end() ? nullptr : &*found;
}

}  // namespace

struct Keyring::Keys {
  Keys(std::filesystem::path from, KeyFileStamp read_stamp, KeySet set)
      : path(std::move(from)),
        stamp(read_stamp),
        current(std::make_shared<const KeySet>(std::move(set))) {}

  std::shared_ptr<const KeySet> get() {
    const std::lock_guard lock(mutex);
    return current;
  }

  const std::filesystem::path path;
  std::mutex mutex;
  KeyFileStamp stamp;
  std::shared_ptr<const KeySet> current;
};

Keyring::Keyring(std::shared_ptr<Keys> keys) : keys_(std::move(keys)) {}

Result<Keyring> Keyring::read(const std::filesystem::path& path) {
  KeyFileStamp stamp;
  KF_ASSIGN(KeySet set, read_key_file(path, stamp));
  return Keyring(std::make_shared<Keys>(path, stamp, std::move(set)));
}

Status Keyring::create(const std::filesystem::path& path) {
  KeySet set{random_key(), {}};
  set.keys.push_back(random_key());
  return write_key_file(path, set, false);
}

Status Keyring::add_key(const std::filesystem::path& path) {
  KF_ASSIGN(const FileDescriptor lock, lock_key_folder(path));
  KeyFileStamp stamp;
  KF_ASSIGN(KeySet set, read_key_file(path, stamp));
  set.keys.insert(set.keys.begin(), random_key());
  return write_key_file(path, set, true);
}

Status Keyring::drop_old_keys(const std::filesystem::path& path) {
  KF_ASSIGN(const FileDescriptor lock, lock_key_folder(path));
  KeyFileStamp stamp;
  KF_ASSIGN(KeySet set, read_key_file(path, stamp));
  if (set.keys.size() == 1) {
    return {ErrorCode::kInvalidArgument, path.string() + ": holds one key only, nothing to drop"};
  }
  while (set.keys.size() > 1) {
    set.keys.pop_back();
  }
  return write_key_file(path, set, true);
}

Status Keyring::refresh() const {
  const std::lock_guard lock(keys_->mutex);
  if (key_file_stamp(keys_->path) == keys_->stamp) {
    return {};
  }
  KeyFileStamp stamp;
  KF_ASSIGN(KeySet set, read_key_file(keys_->path, stamp));
  if (set.derivation.id != keys_->current->derivation.id) {
    return {ErrorCode::kMismatch,
            keys_->path.string() + ": was replaced by the key file of another gallery"};
  }
  keys_->current = std::make_shared<const KeySet>(std::move(set));
  keys_->stamp = stamp;
  return {};
}

std::vector<std::uint8_t> Keyring::seal(std::string_view row,
                                        std::span<const std::uint8_t> plain) const {
  const auto set = keys_->get();
  const NamedKey& key = set->keys.front();
  std::vector<std::uint8_t> sealed = header_of(key.id);
  const auto data = associated_data(sealed, row);
  sealed.resize(kHeaderBytes + kNonceBytes + plain.size() + kTagBytes);
  std::uint8_t* const nonce = sealed.data() + kHeaderBytes;
  randombytes_buf(nonce, kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonceBytes, nullptr, plain.data(),
                                             plain.size(), data.data(), data.size(), nullptr, nonce,
                                             key.key.data());
  return sealed;
}

Result<std::vector<std::uint8_t>> Keyring::open(std::string_view row,
                                                std::span<const std::uint8_t> sealed) const {
  if (sealed.size() < kHeaderBytes + kNonceBytes + kTagBytes || sealed[0] != kSealVersion) {
    return does_not_open(row, "it is not sealed as this version of kface does");
  }
  KeyId id{};
  std::copy_n(sealed.begin() + 1, id.size(), id.begin());
  auto set = keys_->get();
  const NamedKey* key = find_key(*set, id);
  if (key == nullptr && refresh().ok()) {
    set = keys_->get();
    key = find_key(*set, id);
  }
  if (key == nullptr) {
    return does_not_open(
        row, "sealed with key " + key_id_text(id) + ", which is not in " + keys_->path.string());
  }
  const std::uint8_t* const nonce = sealed.data() + kHeaderBytes;
  const auto data = associated_data(sealed.first(kHeaderBytes), row);
  std::vector<std::uint8_t> plain(sealed.size() - kHeaderBytes - kNonceBytes - kTagBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          plain.data(), nullptr, nullptr, nonce + kNonceBytes,
          sealed.size() - kHeaderBytes - kNonceBytes, data.data(), data.size(), nonce,
          key->key.data()) != 0) {
    return does_not_open(row,
                         "it was altered, or belongs to another row; restore it from a backup");
  }
  return plain;
}

bool Keyring::is_newest(std::span<const std::uint8_t> sealed) const {
  const auto prefix = newest_prefix();
  return sealed.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), sealed.begin());
}

std::vector<std::uint8_t> Keyring::newest_prefix() const {
  return header_of(keys_->get()->keys.front().id);
}

std::string Keyring::newest_id() const { return key_id_text(keys_->get()->keys.front().id); }

bool Keyring::has(std::string_view id) const {
  const auto set = keys_->get();
  return std::any_of(set->keys.begin(), set->keys.end(),
                     [&](const NamedKey& key) { return key_id_text(key.id) == id; });
}

std::size_t Keyring::size() const { return keys_->get()->keys.size(); }

SecretKey Keyring::derive(std::string_view purpose) const {
  const auto set = keys_->get();
  const std::string message = "kface derive 1 " + std::string(purpose);
  SecretKey derived{};
  crypto_generichash(derived.data(), derived.size(),
                     reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                     set->derivation.key.data(), set->derivation.key.size());
  return derived;
}

}  // namespace kface
