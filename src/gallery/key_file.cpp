#include "gallery/key_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>

namespace kface {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kMaxFileBytes = 65536;
constexpr std::string_view kDerivationWord = "kface-derivation 1 ";
constexpr std::string_view kKeyWord = "kface-key 1 ";
constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kKeyDigits = 64;

KeyId id_of(const SecretBytes& key) {
  constexpr std::string_view kPurpose = "kface key id 1";
  std::array<std::uint8_t, crypto_generichash_BYTES_MIN> hash{};
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(kPurpose.data()), kPurpose.size(),
                     key.data(), key.size());
  KeyId id{};
  std::memcpy(id.data(), hash.data(), id.size());
  return id;
}

KeyFileStamp stamp_of(const struct stat& facts) {
  return {static_cast<std::uint64_t>(facts.st_dev), static_cast<std::uint64_t>(facts.st_ino),
          facts.st_ctim.tv_sec * 1'000'000'000LL + facts.st_ctim.tv_nsec};
}

// systemd hands a credential to a service by an access list for its user; the mode then shows the
// list's mask in the place of the group. True if the list lets nobody read but the owner, root and
// this user.
bool list_is_private(int descriptor) {
  struct Entry {
    std::uint16_t tag, permissions;
    std::uint32_t id;
  };
  constexpr std::uint16_t kUserObject = 0x01, kUser = 0x02, kMask = 0x10;
  std::array<std::uint8_t, 4 + 64 * sizeof(Entry)> bytes{};
  const ssize_t size =
      ::fgetxattr(descriptor, "system.posix_acl_access", bytes.data(), bytes.size());
  if (size < 4 || (static_cast<std::size_t>(size) - 4) % sizeof(Entry) != 0) {
    return false;
  }
  for (std::size_t at = 4; at < static_cast<std::size_t>(size); at += sizeof(Entry)) {
    Entry entry{};
    std::memcpy(&entry, bytes.data() + at, sizeof(entry));
    const bool trusted = entry.tag == kUserObject || entry.tag == kMask ||
                         (entry.tag == kUser && (entry.id == ::geteuid() || entry.id == 0));
    if (!trusted && entry.permissions != 0) {
      return false;
    }
  }
  return true;
}

Status check_permissions(const std::filesystem::path& path, int descriptor,
                         const struct stat& facts) {
  if (facts.st_uid != ::geteuid() && facts.st_uid != 0) {
    return {ErrorCode::kIo, path.string() + ": belongs to user " + std::to_string(facts.st_uid) +
                                ", not to this user or root; a key that others can change protects "
                                "nothing: chown it"};
  }
  constexpr mode_t kOthers = 077;
  if ((facts.st_mode & kOthers) == 0) {
    return {};
  }
  if ((facts.st_mode & kOthers) == 040 && list_is_private(descriptor)) {
    return {};
  }
  char mode[8];
  std::snprintf(mode, sizeof(mode), "%04o", facts.st_mode & 07777U);
  return {ErrorCode::kIo, path.string() + ": mode " + mode +
                              ", others than its owner can use the key; expected 0600 or 0400: "
                              "'chmod 600 " +
                              path.string() + "'"};
}

Status bad_line(const std::filesystem::path& path, std::size_t line, const std::string& what) {
  return {ErrorCode::kCorruption,
          path.string() + ":" + std::to_string(line) + ": " + what +
              "; expected 'kface-derivation 1 ID KEY', then one or more 'kface-key 1 ID KEY': "
              "restore the file from its copy"};
}

// "ID KEY", or nothing. The key's text is never part of a message.
std::optional<NamedKey> parse_key(std::string_view text) {
  if (text.size() != kIdDigits + 1 + kKeyDigits || text[kIdDigits] != ' ') {
    return std::nullopt;
  }
  NamedKey named{{}, SecretBytes(kKeyBytes)};
  std::size_t num_id = 0, num_key = 0;
  if (sodium_hex2bin(named.id.data(), named.id.size(), text.data(), kIdDigits, nullptr, &num_id,
                     nullptr) != 0 ||
      sodium_hex2bin(named.key.data(), kKeyBytes, text.data() + kIdDigits + 1, kKeyDigits, nullptr,
                     &num_key, nullptr) != 0 ||
      num_id != named.id.size() || num_key != kKeyBytes || id_of(named.key) != named.id) {
    return std::nullopt;
  }
  return named;
}

Result<KeySet> parse_key_file(const std::filesystem::path& path, std::string_view text) {
  std::optional<NamedKey> derivation;
  std::vector<NamedKey> keys;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    const std::string_view row = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::string_view word = line == 1 ? kDerivationWord : kKeyWord;
    if (row.substr(0, word.size()) != word) {
      return bad_line(path, line, "not a line '" + std::string(word) + "...'");
    }
    auto named = parse_key(row.substr(word.size()));
    if (!named) {
      return bad_line(path, line, "damaged: the id does not belong to the key");
    }
    line == 1 ? void(derivation.emplace(std::move(*named))) : keys.push_back(std::move(*named));
  }
  if (keys.empty()) {
    return bad_line(path, derivation ? 2 : 1, "no sealing key");
  }
  return KeySet{std::move(*derivation), std::move(keys)};
}

Status read_secret(const std::filesystem::path& path, int descriptor, SecretBytes& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::read(descriptor, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return io_error(path, "read", got < 0 ? errno : EIO);
    }
    done += static_cast<std::size_t>(got);
  }
  return {};
}

void append_line(SecretBytes& text, std::size_t& at, std::string_view word, const NamedKey& named) {
  const auto put = [&](const char* from, std::size_t size) {
    std::memcpy(text.data() + at, from, size);
    at += size;
  };
  put(word.data(), word.size());
  SecretBytes digits(kKeyDigits + 1);
  char* const hex = reinterpret_cast<char*>(digits.data());
  sodium_bin2hex(hex, kIdDigits + 1, named.id.data(), named.id.size());
  put(hex, kIdDigits);
  put(" ", 1);
  sodium_bin2hex(hex, kKeyDigits + 1, named.key.data(), named.key.size());
  put(hex, kKeyDigits);
  put("\n", 1);
}

SecretBytes text_of(const KeySet& keys) {
  constexpr std::size_t kTail = kIdDigits + 1 + kKeyDigits + 1;
  SecretBytes text(kDerivationWord.size() + kTail + keys.keys.size() * (kKeyWord.size() + kTail));
  std::size_t at = 0;
  append_line(text, at, kDerivationWord, keys.derivation);
  for (const NamedKey& key : keys.keys) {
    append_line(text, at, kKeyWord, key);
  }
  return text;
}

Status write_and_flush(const std::filesystem::path& path, const SecretBytes& text) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.number() < 0) {
    return io_error(path, "create", errno);
  }
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t put = ::write(file.number(), text.data() + done, text.size() - done);
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put < 0) {
      return io_error(path, "write", errno);
    }
    done += static_cast<std::size_t>(put);
  }
  return ::fsync(file.number()) == 0 ? Status{} : io_error(path, "flush", errno);
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

NamedKey random_key() {
  NamedKey named{{}, SecretBytes(kKeyBytes)};
  randombytes_buf(named.key.data(), named.key.size());
  named.id = id_of(named.key);
  return named;
}

std::string key_id_text(const KeyId& id) {
  std::string text(id.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), id.data(), id.size());
  text.pop_back();
  return text;
}

KeyFileStamp key_file_stamp(const std::filesystem::path& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 ? stamp_of(facts) : KeyFileStamp{};
}

Result<KeySet> read_key_file(const std::filesystem::path& path, KeyFileStamp& stamp) {
  auto opened = open_for_reading(path);
  if (!opened.ok()) {
    if (opened.error().code() != ErrorCode::kNotFound) {
      return opened.error();
    }
    return Status{ErrorCode::kNotFound, opened.error().message() +
                                            "; expected the key that seals the gallery: 'kface "
                                            "gallery init' makes one, a lost one cannot be made "
                                            "again"};
  }
  const int descriptor = opened.value().descriptor.number();
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0) {
    return io_error(path, "read", errno);
  }
  KF_TRY(check_permissions(path, descriptor, facts));
  if (opened.value().size == 0 || opened.value().size > kMaxFileBytes) {
    return bad_line(path, 1, std::to_string(opened.value().size) + " bytes");
  }
  SecretBytes text(static_cast<std::size_t>(opened.value().size));
  KF_TRY(read_secret(path, descriptor, text));
  stamp = stamp_of(facts);
  return parse_key_file(path, text.text());
}

Status write_key_file(const std::filesystem::path& path, const KeySet& keys, bool replace) {
  std::error_code ignored;
  if (!replace && std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
    return {ErrorCode::kInvalidArgument,
            path.string() + ": is there already; a key that seals a gallery is never overwritten"};
  }
  auto temporary = path;
  temporary += ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(randombytes_random());
  Status written = write_and_flush(temporary, text_of(keys));
  // Root may rotate the key of a service that runs as another user.
  struct stat old {};
  if (written.ok() && replace && ::stat(path.c_str(), &old) == 0 && old.st_uid != ::geteuid() &&
      ::chown(temporary.c_str(), old.st_uid, old.st_gid) != 0) {
    written = io_error(temporary, "give to the owner of the key", errno);
  }
  // link() refuses to replace; rename() replaces.
  if (written.ok() && !replace && ::link(temporary.c_str(), path.c_str()) != 0) {
    written = errno == EEXIST ? Status{ErrorCode::kInvalidArgument,
                                       path.string() +
                                           ": is there already; a key that seals a "
                                           "gallery is never overwritten"}
                              : io_error(path, "create", errno);
  } else if (written.ok() && replace && ::rename(temporary.c_str(), path.c_str()) != 0) {
    written = io_error(path, "replace", errno);
  }
  ::unlink(temporary.c_str());
  KF_TRY(written);
  const FileDescriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0 || ::fsync(folder.number()) != 0) {
    return io_error(folder_of(path), "flush", errno);
  }
  return {};
}

Result<FileDescriptor> lock_key_folder(const std::filesystem::path& path) {
  FileDescriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0 || ::flock(folder.number(), LOCK_EX) != 0) {
    return io_error(folder_of(path), "lock", errno);
  }
  return folder;
}

}  // namespace kface
