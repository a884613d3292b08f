// /v1/openapi.json against the code: every route with its roles, statuses and parameters, nothing
// else, and real answers against its schemas.
#include <gtest/gtest.h>

#include <set>

#include "gate/service/fakes_for_test.h"
#include "gate/service/requests_for_test.h"
#include "gate/service/route.h"
#include "gate/service/schema_check_for_test.h"

namespace kface::service {
namespace {

using PlainJson = nlohmann::json;

PlainJson description() {
  ServiceForTest test;
  return PlainJson::parse(test.get("/v1/openapi.json", std::nullopt).body);
}

std::string lower(std::string_view method) {
  std::string text(method);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return static_cast<char>(c | 0x20); });
  return text;
}

const PlainJson& operation_of(const PlainJson& document, const Route& route) {
  return document.at("paths").at(std::string(route.path)).at(lower(route.method));
}

TEST(OpenApi, DescribesEveryRouteAndNothingElse) {
  const PlainJson document = description();
  std::set<std::string> described;
  for (const auto& [path, item] : document["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      if (method != "parameters") {
        described.insert(method + " " + path);
      }
    }
  }
  std::set<std::string> in_code;
  for (const Route& route : routes()) {
    in_code.insert(lower(route.method) + " " + std::string(route.path));
  }
  EXPECT_EQ(described, in_code);
}

TEST(OpenApi, NamesTheRolesOfEveryRoute) {
  const PlainJson document = description();
  for (const Route& route : routes()) {
    unsigned roles = 0;
    for (const PlainJson& role : operation_of(document, route)["x-roles"]) {
      roles |= role_bit(parse_role(role.get<std::string>()).value());
    }
    EXPECT_EQ(roles, route.roles) << route.method << " " << route.path;
    const PlainJson& security = operation_of(document, route)["security"];
    EXPECT_EQ(security.front().empty(), route.roles == 0) << route.path;
  }
}

TEST(OpenApi, NamesTheStatusesOfEveryRoute) {
  const PlainJson document = description();
  for (const Route& route : routes()) {
    std::set<int> described;
    for (const auto& [status, response] : operation_of(document, route)["responses"].items()) {
      described.insert(std::stoi(status));
    }
    std::set<int> in_code(route.statuses.begin(), route.statuses.end());
    for (const int status : common_statuses(route)) {
      in_code.insert(status);
    }
    EXPECT_EQ(described, in_code) << route.method << " " << route.path;
  }
}

// The code itself says which parameters it knows, when it refuses one that it does not.
TEST(OpenApi, NamesTheParametersOfEveryRoute) {
  const PlainJson document = description();
  ServiceForTest test;
  for (const Route& route : routes()) {
    HttpRequest asked = good_request(test, route);
    asked.target = path_for_test(test, route) + "?no_such_parameter=1";
    const HttpResponse answer = test.ask(asked);
    std::set<std::string> described;
    for (const PlainJson& parameter :
         operation_of(document, route).value("parameters", PlainJson::array())) {
      described.insert(parameter["name"].get<std::string>());
    }
    ASSERT_EQ(answer.status, 400) << route.path;
    std::string message = PlainJson::parse(answer.body)["error"]["message"].get<std::string>();
    std::set<std::string> known;
    constexpr std::string_view kKnown = "known are: ";
    if (const auto at = message.find(kKnown); at != std::string::npos) {
      message = message.substr(at + kKnown.size()) + ", ";
      for (std::size_t from = 0, to = 0; (to = message.find(", ", from)) != std::string::npos;
           from = to + 2) {
        known.insert(message.substr(from, to - from));
      }
    }
    EXPECT_EQ(described, known) << route.method << " " << route.path;
  }
}

TEST(OpenApi, DescribesTheAnswersAsTheyAre) {
  const PlainJson document = description();
  const SchemaCheck check(document);
  ServiceForTest test;
  give_camera_and_page(test);
  for (const Route& route : routes()) {
    const HttpResponse answer = test.ask(good_request(test, route));
    ASSERT_EQ(answer.status, route.statuses.front())
        << route.method << " " << route.path << " " << answer.body;
    const PlainJson& response =
        operation_of(document, route)["responses"][std::to_string(answer.status)];
    if (answer.status == 204) {
      EXPECT_TRUE(answer.body.empty());
      continue;
    }
    const std::string type = answer.content_type.substr(0, answer.content_type.find(';'));
    const bool image = type.starts_with("image/") && response["content"].contains("image/*");
    ASSERT_TRUE(response["content"].contains(type) || image) << route.path << " " << type;
    if (type == "application/json") {
      EXPECT_EQ(check.fault(PlainJson::parse(answer.body), response["content"][type]["schema"]), "")
          << route.method << " " << route.path;
    }
  }
}

TEST(OpenApi, DescribesTheRequestsAsTheyAre) {
  const PlainJson document = description();
  const SchemaCheck check(document);
  ServiceForTest test;
  for (const Route& route : routes()) {
    const PlainJson& operation = operation_of(document, route);
    EXPECT_EQ(operation.contains("requestBody"), route.body != BodyKind::kNone) << route.path;
    if (route.body == BodyKind::kJson) {
      const PlainJson& schema = operation["requestBody"]["content"]["application/json"]["schema"];
      EXPECT_EQ(check.fault(PlainJson::parse(good_request(test, route).body), schema), "");
    }
  }
}

TEST(OpenApi, DescribesErrorsAsTheyAre) {
  const PlainJson document = description();
  const SchemaCheck check(document);
  ServiceForTest test;
  const PlainJson& schema = document["components"]["schemas"]["Error"];
  for (const std::uint8_t code : {kNoFaceCode, kSeveralCode, kPoorCode, kMismatchCode, kStorageCode,
                                  kTimeoutCode, kDamagedCode, kThrowsCode}) {
    const auto answer = test.photo("/v1/identify", code);
    EXPECT_EQ(check.fault(PlainJson::parse(answer.body), schema), "") << answer.body;
  }
  for (const int status : {400, 408, 413, 414, 431, 503, 500}) {
    const auto answer = test.service->fault(status);
    EXPECT_EQ(check.fault(PlainJson::parse(answer.body), schema), "") << answer.body;
  }
  EXPECT_EQ(check.fault(PlainJson::parse(test.get("/v1/me", std::nullopt).body), schema), "");
  EXPECT_EQ(check.fault(PlainJson::parse(test.get("/v2").body), schema), "");
}

TEST(SchemaCheck, FindsWhatDoesNotFit) {
  const PlainJson document = description();
  const SchemaCheck check(document);
  const PlainJson& me = document["components"]["schemas"]["Me"];
  EXPECT_EQ(check.fault({{"name", "a"}, {"role", "gate"}}, me), "");
  EXPECT_NE(check.fault({{"name", "a"}}, me), "");
  EXPECT_NE(check.fault({{"name", 1}, {"role", "gate"}}, me), "");
  EXPECT_NE(check.fault({{"name", "a"}, {"role", "root"}}, me), "");
  EXPECT_NE(check.fault({{"name", "a"}, {"role", "gate"}, {"more", 1}}, me), "");
}

}  // namespace
}  // namespace kface::service
