// Addresses, bins and metrics.
#include <gtest/gtest.h>

#include <limits>

#include "gate/service/address.h"
#include "gate/service/distance_bins.h"
#include "gate/service/metrics.h"

namespace kface::service {
namespace {

TEST(IsLoopback, KnowsThisMachine) {
  for (const char* address : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback(address)) << address;
  }
  for (const char* address :
       {"128.0.0.1", "0.0.0.0", "::", "::ffff:10.0.0.1", "127.0.0.1.evil", "localhost", ""}) {
    EXPECT_FALSE(is_loopback(address)) << address;
  }
}

TEST(AddressGroup, IsTheNetworkOfAnIpv6Address) {
  EXPECT_EQ(address_group("10.1.2.3"), "10.1.2.3");
  EXPECT_EQ(address_group("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(address_group("::ffff:10.0.0.1"), "::ffff:10.0.0.1");
}

TEST(ParseListen, ReadsAddressAndPort) {
  EXPECT_EQ(parse_listen("0.0.0.0:80").value().port, 80);
  EXPECT_EQ(parse_listen("[::1]:8443").value().host, "::1");
  for (const char* text : {"", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "::1:80",
                           "[::1:80", "[]:80", "[:80", "gate:80", "127.0.0.1:80x"}) {
    const auto address = parse_listen(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_NE(address.error().message().find("the form is 127.0.0.1:8443"), std::string::npos);
  }
}

TEST(DistanceBins, CountByVerdict) {
  DistanceBins bins;
  bins.add(0.005, "granted");
  bins.add(0.015, "denied");
  bins.add(0.019, "not sure");
  const auto counted = bins.bins();
  ASSERT_EQ(counted.size(), 2u);
  EXPECT_EQ(counted[0].granted, 1u);
  EXPECT_EQ(counted[1].denied, 1u);
  EXPECT_EQ(counted[1].not_sure, 1u);
  EXPECT_DOUBLE_EQ(counted[1].to, 0.02);
}

TEST(DistanceBins, WidenWithoutLosingAnything) {
  DistanceBins bins;
  for (int i = 0; i < 100; ++i) {
    bins.add(i / 100.0 + 0.001, "granted");
  }
  bins.add(3.5, "denied");
  const auto counted = bins.bins();
  EXPECT_LE(counted.size(), 100u);
  std::uint64_t granted = 0;
  for (const auto& bin : counted) {
    granted += bin.granted;
  }
  EXPECT_EQ(granted, 100u);
  EXPECT_EQ(counted.back().denied, 1u);
  EXPECT_LE(counted.back().from, 3.5);
  EXPECT_GT(counted.back().to, 3.5);
}

TEST(DistanceBins, LeaveOutWhatIsNoDistance) {
  DistanceBins bins;
  bins.add(-1, "denied");
  bins.add(std::numeric_limits<double>::quiet_NaN(), "denied");
  bins.add(std::numeric_limits<double>::infinity(), "denied");
  EXPECT_EQ(bins.num_distances(), 0u);
  EXPECT_TRUE(bins.bins().empty());
}

TEST(MetricText, EscapesLabels) {
  MetricText text;
  text.metric("m", "gauge", "Help.").sample(1.5, {{"a", "x\"y\\z\n"}});
  EXPECT_EQ(text.text(), "# HELP m Help.\n# TYPE m gauge\nm{a=\"x\\\"y\\\\z\\n\"} 1.5\n");
}

TEST(Metrics, AddUpInTheHistogram) {
  Metrics metrics;
  metrics.answered("GET", "/v1/me", 200, 0.004);
  metrics.answered("GET", "/v1/me", 200, 0.02);
  metrics.answered("GET", "/v1/me", 500, 99);
  MetricText text;
  metrics.write(text);
  const std::string labels = "{method=\"GET\",route=\"/v1/me\"";
  for (const std::string& line : {"kface_requests_total" + labels + ",status=\"200\"} 2",
                                  "kface_request_seconds_bucket" + labels + ",le=\"0.005\"} 1",
                                  "kface_request_seconds_bucket" + labels + ",le=\"5\"} 2",
                                  "kface_request_seconds_bucket" + labels + ",le=\"+Inf\"} 3",
                                  "kface_request_seconds_count" + labels + "} 3"}) {
    EXPECT_NE(text.text().find(line + "\n"), std::string::npos) << line << "\n" << text.text();
  }
}

}  // namespace
}  // namespace kface::service
