#include "dataset/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/digest.h"
#include "base/files.h"
#include "dataset/manifest_csv.h"

namespace kface {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kChecksumDigits = 16;
constexpr int kJournalVersion = 1;

std::string checksum(std::string_view payload) {
  return sha256_hex(payload).substr(0, kChecksumDigits);
}

Status io_error(const std::filesystem::path& path, const char* action, int error) {
  return Status{ErrorCode::kIo, path.string() + ": cannot " + action + ": " +
                                    std::generic_category().message(error)};
}

Json header(const std::string& options_digest) {
  return {{"kface_import", kJournalVersion}, {"options", options_digest}};
}

// The JSON value of a line (without its newline), if the line is whole.
std::optional<Json> parse_line(std::string_view line) {
  if (line.size() <= kChecksumDigits + 1 ||
      checksum(line.substr(kChecksumDigits + 1)) != line.substr(0, kChecksumDigits)) {
    return {};
  }
  Json value = Json::parse(line.substr(kChecksumDigits + 1), nullptr, false);
  if (value.is_discarded()) {
    return {};
  }
  return value;
}

std::optional<std::pair<std::string, ImageRecord>> parse_record(const Json& value) {
  try {
    const auto fields = value.at("fields").get<CsvRow>();
    if (fields.size() != manifest_columns().size()) {
      return {};
    }
    auto record = record_from_fields(fields);
    if (!record.ok()) {
      return {};
    }
    record.value().attributes = value.at("attributes").get<std::map<std::string, std::string>>();
    return std::pair{value.at("photo").get<std::string>(), std::move(record).value()};
  } catch (const Json::exception&) {
    return {};
  }
}

}  // namespace

Result<std::unique_ptr<ImportJournal>> ImportJournal::open(const std::filesystem::path& path,
                                                           const std::string& options_digest) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    return io_error(path, "open", errno);
  }
  std::unique_ptr<ImportJournal> journal(new ImportJournal(path, descriptor));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return Status{ErrorCode::kIo, path.string() +
                                      ": another import into this folder is running; wait for it "
                                      "or give another folder with -o"};
  }
  KF_TRY(journal->load(options_digest));
  return journal;
}

ImportJournal::~ImportJournal() { ::close(descriptor_); }

Status ImportJournal::load(const std::string& options_digest) {
  KF_ASSIGN(const std::string text, read_text(path_));
  std::size_t whole = 0;  // bytes of whole lines
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', whole)) {
    const auto value = parse_line(std::string_view(text).substr(whole, end - whole));
    if (!value || (whole == 0 && *value != header(options_digest))) {
      break;
    }
    if (whole > 0) {
      auto record = parse_record(*value);
      if (!record) {
        break;
      }
      finished_.insert_or_assign(std::move(record->first), std::move(record->second));
    }
    whole = end + 1;
  }
  if (whole < text.size() && ::ftruncate(descriptor_, static_cast<off_t>(whole)) != 0) {
    return io_error(path_, "shorten", errno);
  }
  return whole > 0 ? Status{} : write_line(header(options_digest).dump());
}

Status ImportJournal::append(const std::string& fingerprint, const ImageRecord& record) {
  const Json value = {
      {"photo", fingerprint}, {"fields", record_fields(record)}, {"attributes", record.attributes}};
  const std::string payload = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  const std::lock_guard lock(mutex_);
  return write_line(payload);
}

Status ImportJournal::write_line(const std::string& payload) {
  const std::string line = checksum(payload) + ' ' + payload + '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t put = ::write(descriptor_, rest.data(), rest.size());
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put < 0) {
      return io_error(path_, "write", errno);
    }
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Status ImportJournal::remove() {
  if (::unlink(path_.c_str()) != 0 && errno != ENOENT) {
    return io_error(path_, "remove", errno);
  }
  return {};
}

}  // namespace kface
