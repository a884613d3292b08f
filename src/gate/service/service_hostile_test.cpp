// Every route against everything that a hostile caller may send: refused with the right status,
// nothing given away, and the service up afterwards.
#include <gtest/gtest.h>
#include <zlib.h>

#include <nlohmann/json.hpp>

#include "gate/service/requests_for_test.h"

namespace kface::service {
namespace {

using PlainJson = nlohmann::json;

// An error of ours, without anything that is none of the caller's business.
void expect_refusal(const ServiceForTest& test, const HttpResponse& answer, int status,
                    const std::string& what) {
  EXPECT_EQ(answer.status, status) << what << " " << answer.body;
  const PlainJson json = PlainJson::parse(answer.body, nullptr, false);
  ASSERT_TRUE(json.is_object() && json.contains("error")) << what << answer.body;
  EXPECT_TRUE(json["error"]["message"].is_string()) << what;
  EXPECT_EQ(json["request_id"], answer.header("x-request-id"));
  std::string all = answer.body;
  for (const auto& [name, value] : answer.headers) {
    all += value;
  }
  for (const std::string& secret :
       {std::string("/srv"), std::string("/var"), std::string(".cpp"), std::string("sqlite"),
        std::string("Kim Min-jun"), test.tokens.at(Role::kAdmin), test.tokens.at(Role::kGate),
        std::string("kf_"), std::string("DROP TABLE")}) {
    if (secret == "kf_" && status == 401) {
      continue;  // says the form of a token
    }
    EXPECT_EQ(all.find(secret), std::string::npos) << what << " gives away " << secret;
  }
}

void expect_up(ServiceForTest& test) {
  EXPECT_EQ(test.get("/v1/health", std::nullopt).status, 200);
  EXPECT_EQ(test.photo("/v1/identify", kFaceOne, Role::kGate).status, 200);
}

std::string name_of(const Route& route) {
  return std::string(route.method) + " " + std::string(route.path);
}

void set_body(HttpRequest& request, std::string body) {
  request.headers["content-length"] = std::to_string(body.size());
  request.body = std::move(body);
}

TEST(HostileRequests, WithoutATokenAre401) {
  ServiceForTest test;
  for (const Route& route : routes()) {
    HttpRequest asked = good_request(test, route);
    const std::string good = asked.headers["authorization"];
    std::vector<std::string> bad = {"Bearer",
                                    "Bearer ",
                                    "Basic YTpi",
                                    "Bearer kf_x",
                                    good + "x",
                                    good.substr(0, good.size() - 1),
                                    "kf_",
                                    "Bearer  " + good,
                                    "Bearer kf_' OR '1'='1' --aaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                    good + ", " + good,
                                    std::string(6000, 'a')};
    if (route.roles != 0) {
      asked.headers.erase("authorization");
      asked.source = name_of(route);
      const auto answer = test.ask(asked);
      expect_refusal(test, answer, 401, name_of(route));
      EXPECT_EQ(answer.header("WWW-Authenticate"), "Bearer");
    }
    for (const std::string& header : bad) {
      asked.headers["authorization"] = header;
      asked.source = "198.51.100." + std::to_string(&header - bad.data()) + name_of(route);
      expect_refusal(test, test.ask(asked), 401, name_of(route) + " " + header);
    }
  }
  expect_up(test);
}

TEST(HostileRequests, OfAnotherRoleAre403AndLogged) {
  ServiceForTest test;
  give_camera_and_page(test);
  for (const Route& route : routes()) {
    for (const Role role : {Role::kGate, Role::kOperator, Role::kAdmin, Role::kAuditor}) {
      HttpRequest asked = good_request(test, route);
      asked.headers["authorization"] = "Bearer " + test.tokens[role];
      asked.source = name_of(route) + role_name(role);
      const std::size_t before = test.audit.records("refusal").size();
      test.now += 1000;
      const auto answer = test.ask(asked);
      if (route.roles == 0 || (route.roles & role_bit(role)) != 0) {
        EXPECT_LT(answer.status, 300) << name_of(route) << " " << answer.body;
        continue;
      }
      expect_refusal(test, answer, 403, name_of(route) + " " + role_name(role));
      const auto records = test.audit.records("refusal");
      ASSERT_EQ(records.size(), before + 1);
      EXPECT_EQ(records.back().entry.actor, test.token_ids[role]);
      EXPECT_NE(records.back().entry.note.find(std::string(route.path)), std::string::npos);
    }
  }
  expect_up(test);
}

TEST(HostileRequests, ThatAreTooLargeAre413BeforeTheirBodyIsRead) {
  ServiceForTest test;
  for (const Route& route : routes()) {
    HttpRequest asked = good_request(test, route);
    for (const char* length : {"999999999999", "18446744073709551616", "99999999999999999999999"}) {
      asked.headers["content-length"] = length;
      expect_refusal(test, test.ask(asked), route.body == BodyKind::kNone ? 400 : 413,
                     name_of(route));
    }
    for (const char* length : {"-1", "1e9", "0x10", "12 ", "1, 1"}) {
      asked.headers["content-length"] = length;
      expect_refusal(test, test.ask(asked), 400, name_of(route) + " " + length);
    }
    if (route.body != BodyKind::kNone) {
      asked.headers.erase("content-length");
      asked.headers["transfer-encoding"] = "chunked";
      const auto start = test.service->start(asked);
      ASSERT_FALSE(start.refusal) << name_of(route);
      EXPECT_LE(start.max_body, std::size_t{16} << 20U);
    }
  }
  expect_up(test);
}

TEST(HostileRequests, WithABodyOfAnotherKindAre415) {
  ServiceForTest test;
  for (const Route& route : routes()) {
    if (route.body == BodyKind::kNone) {
      continue;
    }
    for (const char* type :
         {"", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded",
          "application/jsonx", "video/mp4"}) {
      HttpRequest asked = good_request(test, route);
      asked.headers["content-type"] = type;
      expect_refusal(test, test.ask(asked), 415, name_of(route) + " " + type);
    }
    for (const char* encoding : {"gzip", "br", "deflate", "identity, gzip"}) {
      HttpRequest asked = good_request(test, route);
      asked.headers["content-encoding"] = encoding;
      expect_refusal(test, test.ask(asked), 415, name_of(route) + " " + encoding);
    }
  }
  expect_up(test);
}

std::string deep_json(std::size_t depth) {
  return "{\"image\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

TEST(HostileRequests, WithMalformedJsonAre400) {
  ServiceForTest test;
  std::string wide = "{\"name\":[";
  for (int i = 0; i < 5000; ++i) {
    wide += "0,";
  }
  wide += "0]}";
  const std::string broken[] = {"",
                                "{",
                                "null",
                                "[]",
                                "\"x\"",
                                "{\"name\":\"\xff\xfe\"}",
                                "{\"name\":\"a\"}}",
                                "{\"name\":\"\\ud800\"}",
                                "{'name':'x'}",
                                "{\"name\":NaN}",
                                deep_json(5000),
                                wide,
                                std::string("{\"name\":\"a\0b\"}", 14),
                                std::string(3000, '{')};
  for (const Route& route : routes()) {
    for (const std::string& body : broken) {
      if (route.body == BodyKind::kNone) {
        continue;
      }
      HttpRequest asked = good_request(test, route);
      asked.headers["content-type"] = "application/json";
      set_body(asked, body);
      expect_refusal(test, test.ask(asked), 400, name_of(route) + " " + body.substr(0, 40));
    }
  }
  expect_up(test);
}

TEST(HostileRequests, WithFieldsOfAWrongTypeAre400) {
  ServiceForTest test;
  for (const Route& route : routes()) {
    if (route.body != BodyKind::kJson) {
      continue;
    }
    const PlainJson good = PlainJson::parse(good_request(test, route).body);
    for (const auto& [key, value] : good.items()) {
      for (const PlainJson& wrong :
           {PlainJson(17), PlainJson(true), PlainJson({{"a", 1}}), PlainJson({{1, 2}}),
            PlainJson(std::string(5000, 'x')), PlainJson(std::string("a\0b", 3))}) {
        PlainJson json = good;
        json[key] = wrong;
        HttpRequest asked = good_request(test, route);
        set_body(asked, json.dump());
        expect_refusal(test, test.ask(asked), 400, name_of(route) + " " + json.dump());
      }
    }
  }
  expect_up(test);
}

void append_chunk(std::string& png, const std::string& type, const std::string& data) {
  const auto big_endian = [](std::uint32_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes += static_cast<char>((number >> shift) & 0xffU);
    }
    return bytes;
  };
  const std::string body = type + data;
  const auto crc =
      crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  png += big_endian(static_cast<std::uint32_t>(data.size())) + body +
         big_endian(static_cast<std::uint32_t>(crc));
}

// A sound PNG of 30000 x 30000 white pixels, 1 bit each, deflated twice as far as one would think.
std::string bomb() {
  std::vector<Bytef> rows(30000ULL * (1 + 3750) / 100, 0);
  uLongf size = compressBound(static_cast<uLong>(rows.size()));
  std::string packed(size, '\0');
  compress2(reinterpret_cast<Bytef*>(packed.data()), &size, rows.data(),
            static_cast<uLong>(rows.size()), 9);
  packed.resize(size);
  std::string png = "\x89PNG\r\n\x1a\n";
  append_chunk(png, "IHDR", std::string("\0\0\x75\x30\0\0\x75\x30\1\0\0\0\0", 13));
  append_chunk(png, "IDAT", packed);
  append_chunk(png, "IEND", "");
  return png;
}

TEST(HostileRequests, WithADecompressionBombAre413BeforeItIsDecoded) {
  ServiceForTest test;
  const std::string png = bomb();
  ASSERT_LT(png.size(), 20'000u);
  for (const Route& route : routes()) {
    if (route.body == BodyKind::kPhoto) {
      HttpRequest asked = good_request(test, route);
      set_body(asked, png);
      expect_refusal(test, test.ask(asked), 413, name_of(route));
    }
  }
  EXPECT_EQ(test.access.num_read, 1);  // of the person that every test begins with
  expect_up(test);
}

TEST(HostileRequests, WithWhatIsNoImageAre422) {
  ServiceForTest test;
  for (const Route& route : routes()) {
    if (route.body != BodyKind::kPhoto) {
      continue;
    }
    for (const std::string& body :
         {std::string(), std::string("GIF89a"), std::string("<svg onload=alert(1)>"),
          std::string("\x89PNG\r\n\x1a\n"), std::string(1000, '\xff'),
          std::string("P6 1 1 255\n")}) {
      HttpRequest asked = good_request(test, route);
      set_body(asked, body);
      expect_refusal(test, test.ask(asked), 422, name_of(route) + " " + body.substr(0, 10));
    }
  }
  expect_up(test);
}

TEST(HostileRequests, WithTrickyPathsAre400Or404) {
  ServiceForTest test;
  give_camera_and_page(test);
  for (const Route& route : routes()) {
    const std::string path(route.path);
    const std::pair<std::string, int> tricks[] = {{path + "/..", 400},
                                                  {"/v1/../etc/passwd", 400},
                                                  {path + "/%2e%2e", 400},
                                                  {path + "%00", 400},
                                                  {"//v1/health", 400},
                                                  {path + "//", 400},
                                                  {path + "/", 404},
                                                  {path + "\\..", 400},
                                                  {path + "/.", 400},
                                                  {std::string(5000, '/'), 400},
                                                  {path + std::string(5000, 'a'), 400},
                                                  {path + "/x", 404},
                                                  {"/V1/health", 404},
                                                  {path + "#x", 400},
                                                  {path + "\xc0\xae", 400},
                                                  {path + ";x=1", 404},
                                                  {"v1/health", 400},
                                                  {"http://evil/v1/health", 400},
                                                  {"*", 400},
                                                  {path + "?a=%zz", 400},
                                                  {path + "?a=%00", 400},
                                                  {path + "?a=1&a=2", 400},
                                                  {path + "?a=%ff", 400},
                                                  {"/assets/../../etc/passwd", 400},
                                                  {"/assets/%2e%2e%2fetc", 400},
                                                  {"/index.html", 404},
                                                  {"/.git/config", 404},
                                                  {"", 400}};
    for (const auto& [target, status] : tricks) {
      HttpRequest asked = good_request(test, route);
      asked.target = target;
      asked.method = "GET";
      asked.body.clear();
      asked.headers.erase("content-length");
      asked.headers.erase("content-type");
      const auto answer = test.ask(asked);
      if (answer.status != 405) {  // {event} is "x" of another route's length
        expect_refusal(test, answer, status, target.substr(0, 60));
      }
    }
  }
  expect_up(test);
}

TEST(HostileRequests, WithSqlForAnIdAre404AndInAParameterDoNothing) {
  ServiceForTest test;
  give_camera_and_page(test);
  const std::string sql = "'%20OR%201=1;DROP%20TABLE%20people;--";
  const std::string plain = "' OR 1=1; DROP TABLE people;--";
  for (const Route& route : routes()) {
    std::string path(route.path);
    if (const auto at = path.find('{'); at != std::string::npos) {
      const auto end = path.find('}');
      for (const std::string& id :
           {std::string("1'OR'1'='1"), std::string("p-';--"), std::string(28, '\''),
            std::string("p-") + std::string(26, ';')}) {
        HttpRequest asked = good_request(test, route);
        asked.target = path.substr(0, at) + id + path.substr(end + 1);
        expect_refusal(test, test.ask(asked), 404, asked.target);
      }
    }
    for (const char* name :
         {"query", "group", "after", "limit", "from", "until", "kind", "person", "verdict", "gate",
          "before", "card", "vehicle", "direction", "days", "format", "open"}) {
      HttpRequest asked = good_request(test, route);
      asked.target = path_for_test(test, route) + "?" + name + "=" + sql;
      const auto answer = test.ask(asked);
      EXPECT_TRUE(answer.status == 400 || answer.status < 300) << asked.target << answer.body;
      if (answer.status == 400) {
        expect_refusal(test, answer, 400, asked.target);
      }
    }
  }
  // As a name it is a name.
  const auto made =
      test.json("POST", "/v1/people", R"({"consent_at":"2026-11-01","name":")" + plain + "\"}");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(PlainJson::parse(made.body)["person"]["name"], plain);
  expect_up(test);
}

TEST(HostileRequests, WithAnotherMethodAre405WithTheAllowedOnes) {
  ServiceForTest test;
  for (const Route& route : routes()) {
    for (const char* method : {"PUT", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"}) {
      HttpRequest asked = good_request(test, route);
      asked.method = method;
      const auto answer = test.ask(asked);
      expect_refusal(test, answer, 405, name_of(route));
      EXPECT_NE(answer.header("Allow").find(route.method), std::string::npos);
    }
  }
  expect_up(test);
}

TEST(HostileRequests, WhileStorageIsBrokenAre503AndLetNobodyIn) {
  ServiceForTest test;
  for (const Route& route : routes()) {
    HttpRequest asked = good_request(test, route);
    test.gallery.broken = {ErrorCode::kIo, "/srv/secret/gallery.sqlite: disk I/O error"};
    test.seconds = test.seconds + 1;  // the token table asks again
    const auto answer = test.ask(asked);
    const bool needs_none = route.path == "/v1/openapi.json" && answer.status == 200;
    test.gallery.broken = {};
    if (!needs_none) {
      expect_refusal(test, answer, 503, name_of(route));
      EXPECT_FALSE(answer.header("Retry-After").empty());
    }
  }
  ASSERT_FALSE(test.notes().empty());
  EXPECT_NE(test.notes().front().find("disk I/O error"), std::string::npos);
  expect_up(test);
}

TEST(HostileRequests, ThatEverybodyGetsCarryTheHeadersOfTheService) {
  ServiceForTest test;
  for (const auto& answer : {test.get("/v1/health"), test.get("/nothing"), test.get("/v1/me"),
                             test.service->fault(400)}) {
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(answer.header("Cache-Control"), "no-store");
    EXPECT_FALSE(answer.header("Content-Security-Policy").empty());
    EXPECT_EQ(answer.header("x-request-id").size(), 22u);
  }
}

}  // namespace
}  // namespace kface::service
