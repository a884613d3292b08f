#include "gallery/trace_search.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace kface {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

TEST(TraceSearch, FindsATraceWhereverThePiecesAreCut) {
  const std::vector<Bytes> traces = {bytes_of("somebody else"), bytes_of("a trace of Kim")};
  const Bytes stream = bytes_of("a trace of Lee, a trace of Kim, the end");
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    TraceSearch search(traces);
    const bool first = search.feed(std::span(stream).first(cut));
    const bool second = search.feed(std::span(stream).subspan(cut));
    EXPECT_TRUE(first || second) << cut;
  }
  TraceSearch by_byte(traces);
  bool found = false;
  for (const std::uint8_t byte : stream) {
    found = by_byte.feed(std::span(&byte, 1)) || found;
  }
  EXPECT_TRUE(found);
}

TEST(TraceSearch, FindsNothingThatIsNotThere) {
  const std::vector<Bytes> traces = {bytes_of("a trace of Kim")};
  TraceSearch search(traces);
  EXPECT_FALSE(search.feed(bytes_of("a trace of Ki")));
  EXPECT_FALSE(search.feed(bytes_of(" a trace of")));
  EXPECT_FALSE(search.feed({}));
  EXPECT_FALSE(TraceSearch({}).feed(bytes_of("anything")));
}

TEST(TraceSearch, AgreesWithAPlainSearchOnRandomBytes) {
  std::mt19937 random(2);
  for (int round = 0; round < 200; ++round) {
    std::string stream(300, '\0');
    for (char& c : stream) {
      c = static_cast<char>(random() % 2);
    }
    std::vector<Bytes> traces;
    bool expected = false;
    for (int i = 0; i < 2; ++i) {
      std::string trace(8 + random() % 4, '\0');
      for (char& c : trace) {
        c = static_cast<char>(random() % 2);
      }
      expected = expected || stream.find(trace) != std::string::npos;
      traces.push_back(bytes_of(trace));
    }
    TraceSearch search(traces);
    bool found = false;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t size = std::min<std::size_t>(1 + random() % 50, stream.size() - at);
      found = search.feed(bytes_of(stream.substr(at, size))) || found;
      at += size;
    }
    EXPECT_EQ(found, expected) << round;
  }
}

TEST(TraceSearch, AsksForTracesThatSaySomething) {
  const std::vector<Bytes> traces = {bytes_of("short")};
  EXPECT_THROW(TraceSearch{traces}, ContractViolation);
}

}  // namespace
}  // namespace kface
