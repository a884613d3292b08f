#include "store/http_transfer.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "store/http_headers.h"

namespace kface {
namespace {

constexpr long kMaxRedirections = 10;
constexpr long kOk = 200;
constexpr long kPartialContent = 206;
constexpr long kNotFoundCode = 404;
constexpr long kGone = 410;
constexpr long kRangeNotSatisfiable = 416;

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

void append_header(HeaderList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  KF_REQUIRE(longer != nullptr);
  static_cast<void>(list.release());
  list.reset(longer);
}

}  // namespace

class HttpTransfer::Conversation {
 public:
  Conversation(const DownloadRequest& request, const JobContext& context, PartialFile& part)
      : request_(request), context_(context), part_(part) {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    KF_REQUIRE(initialised == CURLE_OK, initialised);
  }

  Status run() {
    const auto note = part_.note_to_continue(request_.url);
    if (!note) {
      return ask({});
    }
    const Status status = ask(*note);
    return changed_ ? ask({}) : status;
  }

  std::uint64_t resumed_from() const { return resumed_from_; }

 private:
  // One request; with a note's validator, only for the bytes that are missing.
  Status ask(const PartNote& note) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                   curl_easy_cleanup);
    KF_REQUIRE(curl != nullptr);
    curl_ = curl.get();
    headers_ = {};
    failure_ = {};
    began_ = false;
    response_code_ = 0;
    changed_ = false;
    continued_ = note;
    asked_from_ = note.validator.empty() ? 0 : part_.size();
    HeaderList lines;
    append_header(lines, "Accept-Encoding: identity");
    if (!note.validator.empty()) {
      append_header(lines, "Range: bytes=" + std::to_string(asked_from_) + "-");
      append_header(lines, "If-Range: " + note.validator);
    }
    set_options(lines.get());
    const CURLcode code = curl_easy_perform(curl_);
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &response_code_);
    return conclude(code);
  }

  void set_options(curl_slist* lines) {
    // Never from a protected address to one that is not.
    const char* protocols = request_.url.starts_with("https://") ? "https" : "http,https";
    set(CURLOPT_URL, request_.url.c_str());
    set(CURLOPT_HTTPHEADER, lines);
    set(CURLOPT_PROTOCOLS_STR, protocols);
    set(CURLOPT_REDIR_PROTOCOLS_STR, protocols);
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, kMaxRedirections);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USERAGENT, "kface");
    set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(request_.stall_seconds));
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(request_.stall_seconds));
    set(CURLOPT_ERRORBUFFER, reason_.data());
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_WRITEFUNCTION, &on_data);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFODATA, this);
    set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  }

  template <typename Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(curl_, option, value);
    KF_REQUIRE(code == CURLE_OK, static_cast<int>(option), code);
  }

  static std::size_t on_header(const char* text, std::size_t, std::size_t size, void* self) {
    static_cast<Conversation*>(self)->headers_.read_line({text, size});
    return size;
  }

  static std::size_t on_data(const char* data, std::size_t, std::size_t size, void* self) {
    auto& conversation = *static_cast<Conversation*>(self);
    conversation.failure_ =
        conversation.receive({reinterpret_cast<const std::uint8_t*>(data), size});
    return conversation.failure_.ok() ? size : CURL_WRITEFUNC_ERROR;
  }

  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Conversation*>(self)->context_.stop_requested() ? 1 : 0;
  }

  Status receive(std::span<const std::uint8_t> bytes) {
    if (!began_) {
      KF_TRY(begin());
    }
    if (bytes.size() > total_ - part_.size()) {
      return Status{ErrorCode::kMismatch, request_.url + ": sends more than the " +
                                              std::to_string(total_) + " bytes that were expected"};
    }
    KF_TRY(part_.append(bytes));
    if (context_.progress) {
      context_.progress(static_cast<std::size_t>(part_.size() - resumed_from_),
                        static_cast<std::size_t>(total_ - resumed_from_));
    }
    return {};
  }

  // The answer's head is complete: is it what was asked for?
  Status begin() {
    began_ = true;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &response_code_);
    if (response_code_ != kOk && response_code_ != kPartialContent) {
      return refused();
    }
    if (!headers_.content_encoding.empty() && headers_.content_encoding != "identity") {
      return nonsense("sends the file encoded as " + headers_.content_encoding);
    }
    if (response_code_ == kPartialContent) {
      if (asked_from_ == 0 || !headers_.content_range ||
          headers_.content_range->first != asked_from_) {
        return nonsense("sends another part of the file than was asked for");
      }
      if (headers_.content_range->total != continued_.total ||
          !headers_.may_be_version(continued_.validator)) {
        return changed();  // of a server that takes no notice of If-Range
      }
      resumed_from_ = asked_from_;
      return take_total(headers_.content_range->total);
    }
    resumed_from_ = 0;
    KF_TRY(take_total(headers_.content_length));
    return part_.restart({request_.url, headers_.validator(), total_});
  }

  Status take_total(std::optional<std::uint64_t> announced) {
    if (!announced && !request_.expected_bytes) {
      return Status{ErrorCode::kInvalidArgument,
                    request_.url +
                        ": the server does not say how large the file is; name its "
                        "size, so that half of it cannot pass for the whole"};
    }
    total_ = announced ? *announced : *request_.expected_bytes;
    if (request_.expected_bytes && total_ != *request_.expected_bytes) {
      return Status{ErrorCode::kMismatch, request_.url + ": has " + std::to_string(total_) +
                                              " bytes, expected " +
                                              std::to_string(*request_.expected_bytes)};
    }
    if (total_ > request_.max_bytes) {
      return Status{ErrorCode::kMismatch, request_.url + ": has " + std::to_string(total_) +
                                              " bytes, at most " +
                                              std::to_string(request_.max_bytes) + " are fetched"};
    }
    return {};
  }

  Status conclude(CURLcode code) {
    if (!failure_.ok()) {
      return failure_;
    }
    if (code == CURLE_ABORTED_BY_CALLBACK) {
      return Status{ErrorCode::kInterrupted, "stopped"};
    }
    if (code != CURLE_OK) {
      const std::string why = reason_[0] != '\0' ? reason_.data() : curl_easy_strerror(code);
      return Status{code == CURLE_URL_MALFORMAT ? ErrorCode::kInvalidArgument : ErrorCode::kIo,
                    request_.url + ": cannot be fetched: " + why};
    }
    if (!began_) {
      KF_TRY(begin());  // an answer without a body
    }
    return part_.size() == total_
               ? Status{}
               : Status{ErrorCode::kIo, request_.url + ": ended after " +
                                            std::to_string(part_.size()) + " of " +
                                            std::to_string(total_) + " bytes"};
  }

  Status changed() {
    changed_ = true;
    return Status{ErrorCode::kIo, request_.url + ": has changed since the part was fetched"};
  }

  Status refused() {
    if (response_code_ == kRangeNotSatisfiable && asked_from_ > 0) {
      return changed();  // it is shorter now
    }
    const bool gone = response_code_ == kNotFoundCode || response_code_ == kGone;
    return Status{gone ? ErrorCode::kNotFound : ErrorCode::kIo,
                  request_.url + ": the server answers " + std::to_string(response_code_) +
                      (gone ? ", there is no such file" : "")};
  }

  Status nonsense(const std::string& what) const {
    return Status{ErrorCode::kIo, request_.url + ": the server " + what};
  }

  const DownloadRequest& request_;
  const JobContext& context_;
  PartialFile& part_;
  CURL* curl_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> reason_{};
  HttpHeaders headers_;
  Status failure_;  // of a callback
  bool began_ = false;
  bool changed_ = false;
  PartNote continued_;
  long response_code_ = 0;
  std::uint64_t asked_from_ = 0;
  std::uint64_t resumed_from_ = 0;
  std::uint64_t total_ = 0;
};

HttpTransfer::HttpTransfer(const DownloadRequest& request, const JobContext& context,
                           PartialFile& part)
    : conversation_(std::make_unique<Conversation>(request, context, part)) {}

HttpTransfer::~HttpTransfer() = default;

Status HttpTransfer::run() { return conversation_->run(); }

std::uint64_t HttpTransfer::resumed_from() const { return conversation_->resumed_from(); }

}  // namespace kface
