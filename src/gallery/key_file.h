// The file that holds the keys of a gallery: who may read it, what its lines are.
// docs/formats/gallery.md.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "gallery/secret_bytes.h"
#include "kface/status.h"

namespace kface {

using KeyId = std::array<std::uint8_t, 8>;

struct NamedKey {
  KeyId id{};       // from the key itself, so that a mistyped line is noticed
  SecretBytes key;  // 32 bytes
};

struct KeySet {
  NamedKey derivation;         // never rotated
  std::vector<NamedKey> keys;  // one or more, newest first
};

// Tells one version of the file from the next; files are replaced, never written over.
struct KeyFileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const KeyFileStamp&) const = default;
};

NamedKey random_key();
std::string key_id_text(const KeyId& id);  // 16 hexadecimal digits

// Errors: as Keyring::read.
Result<KeySet> read_key_file(const std::filesystem::path& path, KeyFileStamp& stamp);

// Nothing if there is no file.
KeyFileStamp key_file_stamp(const std::filesystem::path& path);

// Writes a new file of mode 0600. With `replace`, over what is there, atomically; else it must not
// exist. Errors: kInvalidArgument (exists), kIo.
Status write_key_file(const std::filesystem::path& path, const KeySet& keys, bool replace);

// Held while a file is read, changed and replaced, so that two processes do not lose each other's
// key. Errors: kIo.
Result<FileDescriptor> lock_key_folder(const std::filesystem::path& path);

}  // namespace kface
