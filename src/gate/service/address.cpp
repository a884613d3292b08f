#include "gate/service/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace kface::service {
namespace {

using Bytes16 = std::array<unsigned char, 16>;

bool read_ipv6(const std::string& address, Bytes16& bytes) {
  return ::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1;
}

// An IPv4 address in IPv6's clothes, ::ffff:a.b.c.d.
bool is_mapped(const Bytes16& bytes) {
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](unsigned char b) { return b == 0; }) &&
         bytes[10] == 0xff && bytes[11] == 0xff;
}

}  // namespace

bool is_loopback(const std::string& address) {
  std::array<unsigned char, 4> v4{};
  if (::inet_pton(AF_INET, address.c_str(), v4.data()) == 1) {
    return v4[0] == 127;
  }
  Bytes16 v6{};
  if (!read_ipv6(address, v6)) {
    return false;
  }
  Bytes16 one{};
  one[15] = 1;
  return v6 == one || (is_mapped(v6) && v6[12] == 127);
}

std::string address_group(const std::string& address) {
  Bytes16 v6{};
  if (!read_ipv6(address, v6) || is_mapped(v6)) {
    return address;
  }
  std::fill(v6.begin() + 8, v6.end(), static_cast<unsigned char>(0));
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET6, v6.data(), text.data(), text.size());
  return std::string(text.data()) + "/64";
}

Result<ListenAddress> parse_listen(const std::string& text) {
  const Status wrong(
      ErrorCode::kInvalidArgument,
      "'" + text + "' is no address to listen on; the form is 127.0.0.1:8443, or [::]:8443");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) {
    return wrong;
  }
  ListenAddress address;
  address.host = text.substr(0, colon);
  Bytes16 bytes{};
  if (address.host.front() == '[') {
    address.host = address.host.substr(1, address.host.size() < 2 ? 0 : address.host.size() - 2);
    if (text[colon - 1] != ']' || !read_ipv6(address.host, bytes)) {
      return wrong;
    }
  } else if (::inet_pton(AF_INET, address.host.c_str(), bytes.data()) != 1) {
    return wrong;
  }
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data() + colon + 1, end, address.port);
  return error == std::errc() && at == end ? Result<ListenAddress>(address)
                                           : Result<ListenAddress>(wrong);
}

}  // namespace kface::service
