// The conversation with the server that fills a PartialFile.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/parallel.h"
#include "kface/status.h"
#include "store/download.h"
#include "store/partial_file.h"

namespace kface {

// One download. The arguments must outlive it. Not thread-safe.
class HttpTransfer {
 public:
  HttpTransfer(const DownloadRequest& request, const JobContext& context, PartialFile& part);
  ~HttpTransfer();
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  // Ensures: on success `part` holds the whole file. Errors: those of download_file().
  Status run();

  // Bytes that were there before and that the server vouched for.
  std::uint64_t resumed_from() const;

 private:
  class Conversation;
  std::unique_ptr<Conversation> conversation_;
};

}  // namespace kface
