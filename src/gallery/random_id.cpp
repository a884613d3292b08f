#include "gallery/random_id.h"

#include <algorithm>

#include "gallery/secret_bytes.h"

namespace kface {
namespace {

constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kLength = 26;

}  // namespace

std::string random_id(char kind) {
  start_sodium();
  std::string id = {kind, '-'};
  for (std::size_t i = 0; i < kLength; ++i) {
    id.push_back(kAlphabet[randombytes_uniform(kAlphabet.size())]);
  }
  return id;
}

bool is_id(char kind, std::string_view text) {
  return text.size() == 2 + kLength && text[0] == kind && text[1] == '-' &&
         std::all_of(text.begin() + 2, text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

}  // namespace kface
