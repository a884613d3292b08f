#include "gate/service/http_talk.h"

#include <httplib.h>

#include <algorithm>
#include <csignal>

namespace kface::service {
namespace {

constexpr std::size_t kMaxHead = 32U << 10U;
constexpr std::size_t kFraming = 64U << 10U;  // around the chunks of a body
constexpr auto kLinger = std::chrono::milliseconds(1000);
constexpr auto kWriteTime = std::chrono::milliseconds(10000);
constexpr std::size_t kSlowestBytesPerMs = 32;

// The connection as httplib sees it, with a budget of bytes: what a line reader would take in
// without an end is cut off here.
class BudgetStream final : public httplib::Stream {
 public:
  BudgetStream(Connection& connection, std::string source)
      : connection_(connection), source_(std::move(source)) {}

  void set_budget(std::size_t bytes) { budget_ = bytes; }
  bool overdrawn() const { return overdrawn_; }
  bool got_bytes() const { return got_bytes_; }
  // A line of the head ended without a carriage return: httplib passes over such a line, others
  // take it for one, and the two would not see the same request.
  bool odd_line() const { return odd_line_; }
  void end_head() { in_head_ = false; }
  void new_request() {
    overdrawn_ = false;
    got_bytes_ = false;
    odd_line_ = false;
    in_head_ = true;
    last_ = 0;
    budget_ = kMaxHead;
  }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, std::size_t size) override {
    if (budget_ == 0) {
      overdrawn_ = true;
      return -1;
    }
    const long got = connection_.read(to, std::min(size, budget_));
    got_bytes_ = got_bytes_ || got > 0;
    budget_ -= got > 0 ? static_cast<std::size_t>(got) : 0;
    for (long i = 0; in_head_ && i < got; ++i) {
      odd_line_ = odd_line_ || to[i] == 0 || (to[i] == '\n' && last_ != '\r');
      last_ = to[i];
    }
    return got;
  }
  ssize_t write(const char* from, std::size_t size) override {
    connection_.set_deadline(Connection::Clock::now() + kWriteTime +
                             std::chrono::milliseconds(size / kSlowestBytesPerMs));
    return connection_.write({from, size}) ? static_cast<ssize_t>(size) : -1;
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = source_;
    port = 0;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }
  // httplib refuses descriptors that select() cannot take; nothing here selects.
  socket_t socket() const override { return INVALID_SOCKET; }

 private:
  Connection& connection_;
  std::string source_;
  std::size_t budget_ = kMaxHead;
  bool overdrawn_ = false;
  bool got_bytes_ = false;
  bool in_head_ = true;
  bool odd_line_ = false;
  char last_ = 0;
};

bool is_token(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

// Two ways to say how long the body is are two bodies for two readers, and a request in between.
bool is_sound_head(const httplib::Request& request) {
  const bool names = std::all_of(request.headers.begin(), request.headers.end(),
                                 [](const auto& header) { return is_token(header.first); });
  const std::size_t lengths = request.get_header_value_count("Content-Length");
  const std::size_t codings = request.get_header_value_count("Transfer-Encoding");
  const std::string length = request.get_header_value("Content-Length");
  const bool digits =
      std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; });
  return names && lengths + codings <= 1 && (lengths == 0 || !length.empty()) && digits &&
         (codings == 0 || request.get_header_value("Transfer-Encoding") == "chunked");
}

HttpRequest head_of(const httplib::Request& request, const std::string& source) {
  HttpRequest head;
  head.method = request.method;
  head.target = request.target;
  head.source = source;
  for (const auto& [name, value] : request.headers) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    std::string& joined = head.headers[lower];
    joined += (joined.empty() ? "" : ", ") + value;
  }
  return head;
}

// httplib's request and answer of one connection, without its sockets and threads.
class Talk final : public httplib::Server {
 public:
  Talk(Connection& connection, const std::string& source, HttpService& service, BodyMemory& memory,
       const TalkLimits& limits)
      : connection_(connection),
        stream_(connection, source),
        source_(source),
        service_(service),
        memory_(memory),
        limits_(limits) {
    svr_sock_ =
        0;  // a server that does not listen streams nothing; this one is never listened with
    using Result = HandlerResponse;
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      return before_body(request, response) ? Result::Handled : Result::Unhandled;
    });
    set_expect_100_continue_handler(
        [this](const httplib::Request& request, httplib::Response& response) {
          begin(request);
          if (!start_.refusal) {
            return 100;
          }
          answer(*start_.refusal, response);
          return response.status;
        });
    const HandlerWithContentReader with_body =
        [this](const httplib::Request& request, httplib::Response& response,
               const httplib::ContentReader& read) { after_head(request, response, read); };
    Post(".*", with_body);
    Patch(".*", with_body);
    Delete(".*", with_body);
    set_error_handler([this](const httplib::Request&, httplib::Response& response) {
      if (!answered_) {
        answer(service_.fault(status_of_fault(response.status)), response);
      }
    });
  }

  // One request. false: the connection is to be closed.
  bool serve_one() {
    stream_.new_request();
    connection_.set_deadline(Connection::Clock::now() + limits_.request);
    start_ = {};
    begun_ = answered_ = whole_ = sound_ = false;
    bool closed = false;
    const bool served = process_request(stream_, false, closed, [this](httplib::Request& request) {
      stream_.end_head();
      sound_ = is_sound_head(request) && !stream_.odd_line();
      // A part of an answer, or a compressed one, is nothing that this service gives.
      request.ranges.clear();
      request.headers.erase("Range");
      request.headers.erase("Accept-Encoding");
    });
    memory_.release(reserved_);
    reserved_ = 0;
    if (!served && !answered_ && stream_.got_bytes()) {
      say_fault(status_of_fault(400));
    }
    return served && whole_ && !closed;
  }

  // An answer without a request.
  void say_fault(int status) {
    const HttpResponse response = service_.fault(status);
    std::string text = "HTTP/1.1 " + std::to_string(response.status) + " Refused\r\n";
    for (const auto& [name, value] : response.headers) {
      text += name + ": " + value + "\r\n";
    }
    text += "Content-Type: " + response.content_type +
            "\r\nContent-Length: " + std::to_string(response.body.size()) +
            "\r\nConnection: close\r\n\r\n" + response.body;
    [[maybe_unused]] const ssize_t written = stream_.write(text.data(), text.size());
  }

 private:
  int status_of_fault(int status) const {
    return connection_.timed_out() ? 408 : stream_.overdrawn() ? 431 : status;
  }

  void begin(const httplib::Request& request) {
    if (begun_) {
      return;
    }
    begun_ = true;
    if (sound_) {
      start_ = service_.start(head_of(request, source_));
    } else {
      start_.refusal = service_.fault(400);
    }
  }

  // true: answered, without the body.
  bool before_body(const httplib::Request& request, httplib::Response& response) {
    begin(request);
    const std::string length = request.get_header_value("Content-Length");
    const bool no_body =
        sound_ && (length.empty() || length == "0") && !request.has_header("Transfer-Encoding");
    if (start_.refusal) {
      whole_ = no_body;
      answer(*start_.refusal, response);
      return true;
    }
    if (no_body) {
      whole_ = true;
      answer(start_.finish({}), response);
      return true;
    }
    return false;  // on to after_head(), by way of the routes
  }

  void after_head(const httplib::Request&, httplib::Response& response,
                  const httplib::ContentReader& read) {
    stream_.set_budget(start_.max_body + start_.max_body / 2 + kFraming);
    std::string body;
    int fault = 0;
    const bool read_all = read([&](const char* bytes, std::size_t size) {
      if (body.size() + size > start_.max_body) {
        fault = 413;
      } else if (!memory_.reserve(size)) {
        fault = 503;
      } else {
        reserved_ += size;
        body.append(bytes, size);
      }
      return fault == 0;
    });
    whole_ = read_all && fault == 0;
    answer(whole_ ? start_.finish(std::move(body))
                  : service_.fault(fault != 0 ? fault : status_of_fault(400)),
           response);
  }

  void answer(const HttpResponse& given, httplib::Response& response) {
    answered_ = true;
    response.status = given.status;
    response.body.clear();
    for (const auto& [name, value] : given.headers) {
      response.set_header(name, value);
    }
    if (!whole_) {
      response.set_header("Connection", "close");
    }
    if (given.stream) {
      response.set_chunked_content_provider(
          given.content_type, [stream = given.stream](std::size_t, httplib::DataSink& sink) {
            const bool done = stream(
                [&](std::string_view bytes) { return sink.write(bytes.data(), bytes.size()); });
            if (done) {
              sink.done();
            }
            return done;
          });
    } else if (!given.body.empty()) {
      response.set_content(given.body, given.content_type);
    }
  }

  Connection& connection_;
  BudgetStream stream_;
  const std::string source_;
  HttpService& service_;
  BodyMemory& memory_;
  const TalkLimits limits_;
  // Of the request in work:
  HttpService::Start start_;
  std::size_t reserved_ = 0;
  bool begun_ = false;     // start_ is set
  bool answered_ = false;  // by the service, whatever httplib thinks of it
  bool whole_ = false;     // read to its end: another request may follow
  bool sound_ = false;
};

}  // namespace

bool BodyMemory::reserve(std::size_t bytes) {
  if (used_.fetch_add(bytes) + bytes <= most_) {
    return true;
  }
  used_ -= bytes;
  return false;
}

void talk_http(Connection& connection, const std::string& source, HttpService& service,
               BodyMemory& memory, const TalkLimits& limits, const TalkHooks& hooks) {
  connection.set_deadline(Connection::Clock::now() + limits.request);
  if (!connection.greet()) {
    return;
  }
  Talk talk(connection, source, service, memory, limits);
  for (;;) {
    connection.set_deadline(Connection::Clock::now() + limits.idle);
    if (!connection.wait_for_bytes() || !hooks.begins()) {
      break;
    }
    const bool again = talk.serve_one();
    if (!hooks.ends() || !again) {
      break;
    }
  }
  connection.finish(kLinger);
}

}  // namespace kface::service
