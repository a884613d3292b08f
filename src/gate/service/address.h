// Addresses of those who ask, and the one to listen on.
#pragma once

#include <cstdint>
#include <string>

#include "kface/status.h"

namespace kface::service {

// 127.0.0.0/8 and ::1, also as ::ffff:127.0.0.1.
bool is_loopback(const std::string& address);

// What counts as one source: the address, or the first 64 bits of an IPv6 one, since whoever has
// one address there has all of the rest.
std::string address_group(const std::string& address);

struct ListenAddress {
  std::string host;  // numeric, IPv6 without brackets
  std::uint16_t port = 0;
};

// "127.0.0.1:8443", "[::]:8443". Errors: kInvalidArgument, with the text and the form.
Result<ListenAddress> parse_listen(const std::string& text);

}  // namespace kface::service
