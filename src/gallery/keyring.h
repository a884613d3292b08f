// The keys that seal a gallery, and what is derived from them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kface/status.h"

namespace kface {

using SecretKey = std::array<std::uint8_t, 32>;

// One or several 256-bit keys; the first seals, all of them open. Copies share memory that is
// locked and wiped at the end, and follow the file together: when a key is missing, the file is
// read again, so that a running gate learns of a rotation. Thread-safe.
class Keyring {
 public:
  // A file of one line "kface-derivation 1 ID 64-HEX-DIGITS", which is never rotated, and lines
  // "kface-key 1 ID 64-HEX-DIGITS", newest first; docs/formats/gallery.md.
  // Errors: kNotFound (says how to make one); kIo: others than the owner can read it (mode & 077;
  //         an access list for this user alone is fine, systemd's credentials have one), or its
  //         owner is neither this user nor root; kCorruption: a line that is no key.
  static Result<Keyring> read(const std::filesystem::path& path);

  // Makes the file with one random key, mode 0600. Errors: kInvalidArgument if it is there already.
  static Status create(const std::filesystem::path& path);

  // Puts a new random key first; the file is replaced atomically.
  static Status add_key(const std::filesystem::path& path);

  // Drops all keys but the first. Errors: kInvalidArgument if there is one only.
  static Status drop_old_keys(const std::filesystem::path& path);

  // Seals `plain` (XChaCha20-Poly1305, random nonce): key id, nonce, ciphertext, tag. It opens only
  // together with the same `row`, which says what it is and where it belongs
  // ("template:t-...").
  std::vector<std::uint8_t> seal(std::string_view row, std::span<const std::uint8_t> plain) const;
  // Errors: kCorruption: altered, of another row, or sealed with a key that is not here (named).
  Result<std::vector<std::uint8_t>> open(std::string_view row,
                                         std::span<const std::uint8_t> sealed) const;
  // Was it sealed with the first key?
  bool is_newest(std::span<const std::uint8_t> sealed) const;
  // What everything begins with that is sealed with the first key: [9], version and key id.
  std::vector<std::uint8_t> newest_prefix() const;

  std::string newest_id() const;        // 16 hexadecimal digits
  bool has(std::string_view id) const;  // is this key there?
  std::size_t size() const;             // how many keys
  // Reads the file again if it has changed. Errors: as read; the keys stay what they were.
  Status refresh() const;

  // A key for another purpose ("audit", "event-digest"), derived by BLAKE2b from the
  // `kface-derivation` line, so that it outlives rotation. See docs/formats/gallery.md.
  SecretKey derive(std::string_view purpose) const;

 private:
  struct Keys;
  explicit Keyring(std::shared_ptr<Keys> keys);
  std::shared_ptr<Keys> keys_;
};

}  // namespace kface
