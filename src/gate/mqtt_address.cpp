#include <sys/stat.h>

#include <cerrno>
#include <charconv>

#include "base/file_descriptor.h"
#include "base/files.h"
#include "gate/mqtt_client.h"

namespace kface {
namespace {

constexpr std::uint16_t kPlainPort = 1883;
constexpr std::uint16_t kTlsPort = 8883;
constexpr std::uintmax_t kLongestCredentials = 4096;

// "host", "host:port" or "[address]:port"; what is after the host stays.
bool take_host(std::string_view& rest, std::string& host) {
  const bool bracket = rest.starts_with('[');
  const std::size_t end = bracket ? rest.find(']') : std::min(rest.find(':'), rest.size());
  if (end == std::string_view::npos) {
    return false;
  }
  host = rest.substr(bracket ? 1 : 0, end - (bracket ? 1 : 0));
  rest.remove_prefix(end + (bracket ? 1 : 0));
  return !host.empty() && host.find_first_of("/@ ?#") == std::string::npos;
}

bool take_port(std::string_view rest, std::uint16_t& port) {
  if (rest.empty()) {
    return true;  // that of the scheme
  }
  const auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), port);
  return rest.front() == ':' && error == std::errc() && end == rest.data() + rest.size() &&
         port > 0;
}

}  // namespace

Result<MqttAddress> parse_mqtt_url(const std::string& url) {
  const std::size_t mark = url.find("://");
  const std::string scheme = url.substr(0, mark == std::string::npos ? 0 : mark);
  MqttAddress address;
  address.tls = scheme == "mqtts" || scheme == "tls" || scheme == "ssl";
  address.port = address.tls ? kTlsPort : kPlainPort;
  std::string_view rest(url);
  rest.remove_prefix(mark == std::string::npos ? url.size() : mark + 3);
  const bool good = (address.tls || scheme == "mqtt" || scheme == "tcp") &&
                    take_host(rest, address.host) && take_port(rest, address.port);
  if (!good) {
    return Status{ErrorCode::kInvalidArgument,
                  "'" + url + "' is no broker; expected mqtt://HOST[:PORT] or mqtts://HOST[:PORT]"};
  }
  return address;
}

Result<MqttCredentials> read_mqtt_credentials(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    const int error = errno;
    return Status{error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                  io_error(path, "open", error).message()};
  }
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Status{ErrorCode::kIo,
                  path + ": others than its owner can read the password; run 'chmod 600'"};
  }
  KF_ASSIGN(const std::string text, read_text(path, kLongestCredentials));
  const std::size_t first = text.find('\n');
  const std::size_t second = first == std::string::npos ? first : text.find('\n', first + 1);
  const bool nothing_more = second == std::string::npos || second + 1 == text.size();
  MqttCredentials credentials;
  if (first != std::string::npos) {
    credentials.user = text.substr(0, first);
    credentials.password =
        text.substr(first + 1, second == std::string::npos ? second : second - first - 1);
  }
  if (credentials.user.empty() || credentials.password.empty() || !nothing_more) {
    return Status{ErrorCode::kCorruption, path + ": expected two lines, user and password"};
  }
  return credentials;
}

}  // namespace kface
