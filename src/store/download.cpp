#include "store/download.h"

#include "base/digest.h"
#include "store/http_transfer.h"
#include "store/partial_file.h"

namespace kface {
namespace {

// What becomes of the part after a failed attempt, and what the user can do.
Status explain(const Status& failure, PartialFile& part, const std::string& url) {
  const auto note = part.note();
  const bool ours = note && note->url == url;
  const bool useless =
      failure.code() == ErrorCode::kMismatch || !part.note_to_continue(url).has_value();
  if (part.size() == 0 || (ours && useless)) {
    part.discard();
    return failure;
  }
  if (!ours) {
    return failure;  // an unfinished download of another address is none of this one's business
  }
  return Status{failure.code(), failure.message() + "; " + part.path().string() + " keeps " +
                                    std::to_string(part.size()) + " of " +
                                    std::to_string(note->total) +
                                    " bytes: run the same command again to continue"};
}

Result<Downloaded> finish(PartialFile& part, std::uint64_t resumed_from) {
  Downloaded result{.bytes = part.size(), .resumed_from = resumed_from};
  KF_ASSIGN(result.sha256, sha256_file(part.path()));
  KF_TRY(part.finish());
  return result;
}

}  // namespace

Result<Downloaded> download_file(const DownloadRequest& request, const JobContext& context) {
  KF_REQUIRE(request.stall_seconds >= 1, request.stall_seconds);
  if (!request.url.starts_with("http://") && !request.url.starts_with("https://")) {
    return Status{ErrorCode::kInvalidArgument,
                  "'" + request.url + "' is not an address that begins with http:// or https://"};
  }
  KF_ASSIGN(PartialFile part, PartialFile::open(request.target));
  const auto note = part.note_to_continue(request.url);
  if (note && request.expected_bytes.value_or(note->total) == note->total &&
      part.size() == note->total) {
    return finish(part, part.size());  // an earlier attempt ended between the last byte and here
  }
  HttpTransfer transfer(request, context, part);
  const Status status = transfer.run();
  return status.ok() ? finish(part, transfer.resumed_from()) : explain(status, part, request.url);
}

std::uint64_t unfinished_bytes(const std::filesystem::path& target) {
  std::error_code error;
  const auto size = std::filesystem::file_size(part_path(target), error);
  return error ? 0 : size;
}

}  // namespace kface
