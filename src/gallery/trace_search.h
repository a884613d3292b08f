// Does any of some byte sequences occur in a stream that comes in pieces?
#pragma once

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <cstring>
#include <span>
#include <unordered_map>
#include <vector>

#include "kface/status.h"

namespace kface {

// Requires: every trace is 8 bytes or longer. The traces outlive the object. Cost: about one look
// at a table a byte, however many traces there are. Not thread-safe.
class TraceSearch {
 public:
  explicit TraceSearch(std::span<const std::vector<std::uint8_t>> traces) {
    for (const auto& trace : traces) {
      KF_REQUIRE(trace.size() >= kHead, trace.size());
      starts_.set(pair_at(trace.data()));
      by_head_[head_at(trace.data())].push_back(&trace);
      longest_ = std::max(longest_, trace.size());
    }
  }

  // The next piece. True once a trace has been seen, also one that began in the piece before.
  bool feed(std::span<const std::uint8_t> piece) {
    buffer_.insert(buffer_.end(), piece.begin(), piece.end());
    for (std::size_t i = 0; i + kHead <= buffer_.size(); ++i) {
      if (starts_.test(pair_at(buffer_.data() + i)) && matches(i)) {
        return true;
      }
    }
    const std::size_t kept = std::min(buffer_.size(), longest_);
    buffer_.erase(buffer_.begin(), buffer_.end() - static_cast<std::ptrdiff_t>(kept));
    return false;
  }

 private:
  static constexpr std::size_t kHead = 8;

  static std::size_t pair_at(const std::uint8_t* at) {
    return static_cast<std::size_t>(at[0] | at[1] << 8);
  }
  static std::uint64_t head_at(const std::uint8_t* at) {
    std::uint64_t head = 0;
    std::memcpy(&head, at, kHead);
    return head;
  }

  bool matches(std::size_t i) const {
    const auto found = by_head_.find(head_at(buffer_.data() + i));
    return found != by_head_.end() &&
           std::any_of(found->second.begin(), found->second.end(), [&](const auto* trace) {
             return trace->size() <= buffer_.size() - i &&
                    std::memcmp(buffer_.data() + i, trace->data(), trace->size()) == 0;
           });
  }

  std::bitset<65536> starts_;  // first two bytes of a trace
  std::unordered_map<std::uint64_t, std::vector<const std::vector<std::uint8_t>*>> by_head_;
  std::size_t longest_ = 0;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace kface
