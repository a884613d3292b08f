// One large file over HTTP or HTTPS, continued where an earlier attempt stopped.
//
// Until it is whole it lies beside its place, as TARGET.part, with TARGET.part.json saying which
// version of which address its bytes are of; nothing ever takes the part for the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/parallel.h"
#include "kface/status.h"

namespace kface {

struct DownloadRequest {
  std::string url;                                   // http:// or https://
  std::filesystem::path target;                      // the file, once it is whole
  std::optional<std::uint64_t> expected_bytes = {};  // none: what the server says
  std::uint64_t max_bytes = std::uint64_t{4} << 30U;
  unsigned stall_seconds = 30;  // given up when nothing has arrived for so long; at least 1
};

struct Downloaded {
  std::uint64_t bytes = 0;
  std::uint64_t resumed_from = 0;  // bytes that an earlier attempt had left
  std::string sha256 = {};
};

// Fetches request.url to request.target, replacing it. Follows redirections, to HTTP or HTTPS and
// from HTTPS to HTTPS only. Continues an earlier attempt if the server confirms (If-Range) that the
// file has not changed since, and begins anew otherwise. Proxies are libcurl's matter.
// context.progress counts the bytes of this attempt, of those that it has to fetch; context.stop
// ends it and keeps the part.
//
// Errors: kInvalidArgument (not such an address; neither the server nor expected_bytes says how
//         large the file is); kNotFound (404, 410); kMismatch (another size than expected, or more
//         than max_bytes: nothing is kept); kIo (no network, an answer that makes no sense, broken
//         off, stalled, disk, another process fetches the same file); kInterrupted. Where a part is
//         kept, the text says so.
Result<Downloaded> download_file(const DownloadRequest& request, const JobContext& context);

// Bytes of an unfinished download of `target`; 0 if there is none.
std::uint64_t unfinished_bytes(const std::filesystem::path& target);

}  // namespace kface
