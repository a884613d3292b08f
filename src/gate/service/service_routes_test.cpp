// What each route answers when all is well, and each of its own faults.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "gate/service/fakes_for_test.h"

namespace kface::service {
namespace {

using Json = nlohmann::json;

Json body_of(const HttpResponse& response) { return Json::parse(response.body); }

std::string code_of(const HttpResponse& response) {
  return body_of(response)["error"]["code"].get<std::string>();
}

std::string base64_for_test(const std::vector<std::uint8_t>& bytes) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      bits = (bits << 8U) | (k < count ? bytes[i + k] : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? kLetters[(bits >> (18 - 6 * k)) & 63U] : '=';
    }
  }
  return text;
}

std::string enrolment(const std::string& name, std::uint8_t code, const std::string& more = "") {
  return R"({"name":")" + name + R"(","consent_at":"2026-11-01","photos":[")" +
         base64_for_test(photo_for_test(code)) + "\"]" + more + "}";
}

TEST(ServiceHealth, SaysLittleWithoutAToken) {
  ServiceForTest test;
  const auto open = test.get("/v1/health", std::nullopt);
  EXPECT_EQ(open.status, 200);
  EXPECT_EQ(body_of(open), Json({{"status", "ok"}}));
  const Json known = body_of(test.get("/v1/health", Role::kGate));
  EXPECT_EQ(known["model"], "a1b2c3d4e5f6");
  EXPECT_EQ(known["version"], "0.2.0");
}

TEST(ServiceHealth, IsDegradedWhenStorageFailsAndHidesWhy) {
  ServiceForTest test;
  test.access.now_state.storage = "/srv/secret/gallery.sqlite: disk full";
  const auto answer = test.get("/v1/health");
  EXPECT_EQ(body_of(answer)["status"], "degraded");
  EXPECT_EQ(body_of(answer)["storage"], "failing");
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
}

TEST(ServicePeople, AreEnrolledChangedListedAndForgotten) {
  ServiceForTest test;
  const auto created = test.json(
      "POST", "/v1/people",
      enrolment("이서연", kFaceTwo, R"(,"groups":["b","a","b"],"card":"99","valid_until":null)"));
  ASSERT_EQ(created.status, 201) << created.body;
  const Json person = body_of(created)["person"];
  EXPECT_EQ(person["groups"], Json({"a", "b"}));
  EXPECT_EQ(person["vehicle"], nullptr);
  EXPECT_EQ(person["consent_at"], "2026-11-01T00:00:00.000Z");
  EXPECT_EQ(body_of(created)["faces"].size(), 1u);
  const std::string path = "/v1/people/" + person["id"].get<std::string>();
  EXPECT_EQ(test.json("PATCH", path, R"({"card":null,"name":"Lee"})").status, 200);
  const Json read = body_of(test.get(path));
  EXPECT_EQ(read["name"], "Lee");
  EXPECT_EQ(read["card"], nullptr);
  EXPECT_EQ(body_of(test.get("/v1/people?query=Lee"))["people"].size(), 1u);
  EXPECT_EQ(test.ask(test.request("DELETE", path, Role::kAdmin)).status, 204);
  EXPECT_EQ(test.get(path).status, 404);
  EXPECT_EQ(test.ask(test.request("DELETE", path, Role::kAdmin)).status, 404);
}

TEST(ServicePeople, ArePagedByTheLastId) {
  ServiceForTest test;
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(test.json("POST", "/v1/people", enrolment("A", kFaceTwo)).status, 201);
  }
  const Json first = body_of(test.get("/v1/people?limit=2"));
  EXPECT_EQ(first["people"].size(), 2u);
  const Json second =
      body_of(test.get("/v1/people?limit=3&after=" + first["next"].get<std::string>()));
  EXPECT_EQ(second["people"].size(), 3u);
  EXPECT_EQ(second["next"], nullptr);
}

TEST(ServicePeople, OfATakenCardOrVehicleAreAConflict) {
  ServiceForTest test;
  const auto card =
      test.json("POST", "/v1/people", enrolment("Lee", kFaceTwo, R"(,"card":"4711")"));
  EXPECT_EQ(card.status, 409);
  EXPECT_EQ(code_of(card), "conflict");
  const auto vehicle =
      test.json("POST", "/v1/people", enrolment("Lee", kFaceTwo, R"(,"vehicle":"12GA3456")"));
  EXPECT_EQ(vehicle.status, 409);
  EXPECT_EQ(vehicle.body.find("Kim"), std::string::npos);
  // One's own is none.
  EXPECT_EQ(test.json("PATCH", "/v1/people/" + test.person.id, R"({"card":"4711"})").status, 200);
}

TEST(ServicePeople, AreRefusedWithTheFieldThatIsWrong) {
  ServiceForTest test;
  const std::pair<const char*, const char*> cases[] = {
      {R"({"consent_at":"2026-11-01"})", "name is missing"},
      {R"({"name":"Lee"})", "consent_at is missing"},
      {R"({"name":"Lee","consent_at":"2199-01-01"})", "lies ahead"},
      {R"({"name":"Lee","consent_at":"yesterday"})", "is a time such as"},
      {R"({"name":"Lee","consent_at":5})", "is a time such as"},
      {R"({"name":7,"consent_at":"2026-11-01"})", "name is text"},
      {R"({"name":"a\nb","consent_at":"2026-11-01"})", "control characters"},
      {R"({"name":"Lee","consent_at":"2026-11-01","groups":"staff"})", "groups is a list"},
      {R"({"name":"Lee","consent_at":"2026-11-01","groups":[""]})", "a group has no name"},
      {R"({"name":"Lee","consent_at":"2026-11-01","photos":"x"})", "photos is a list"},
      {R"({"name":"Lee","consent_at":"2026-11-01","photos":[1]})", "a photo is text"},
      {R"({"name":"Lee","consent_at":"2026-11-01","photos":["%%"]})", "not base64"},
      {R"({"name":"Lee","consent_at":"2026-11-01","age":3})", "unknown field"},
      {R"({"name":"Lee","consent_at":"2026-11-01","valid_from":"2026-11-03",)"
       R"("valid_until":"2026-11-02"})",
       "valid_from is not before"},
      {"[]", "no JSON object"},
      {"{", "no JSON object"},
  };
  for (const auto& [json, message] : cases) {
    const auto answer = test.json("POST", "/v1/people", json);
    EXPECT_EQ(answer.status, 400) << json;
    EXPECT_NE(answer.body.find(message), std::string::npos) << answer.body;
  }
}

TEST(ServiceFaces, AreAddedListedCheckedAndRemoved) {
  ServiceForTest test;
  const std::string path = "/v1/people/" + test.person.id + "/faces";
  const auto added = test.photo(path, kFaceTwo);
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(body_of(added)["looks_like"], nullptr);
  EXPECT_EQ(body_of(test.get(path))["faces"].size(), 2u);
  const std::string face = body_of(added)["id"].get<std::string>();
  EXPECT_EQ(test.ask(test.request("DELETE", "/v1/faces/" + face, Role::kAdmin)).status, 204);
  EXPECT_EQ(test.ask(test.request("DELETE", "/v1/faces/" + face, Role::kAdmin)).status, 404);
  const Json checked = body_of(test.photo("/v1/faces/check", kFaceTwo));
  EXPECT_TRUE(checked["good"].get<bool>());
  EXPECT_EQ(checked["box"]["width"], 120);
  EXPECT_EQ(checked["advice"], Json::array());
  EXPECT_EQ(test.photo("/v1/people/" + id_for_test("p-", 77) + "/faces", kFaceTwo).status, 404);
}

TEST(ServiceFaces, SayWhomANewFaceLooksLike) {
  ServiceForTest test;
  const auto created = test.json("POST", "/v1/people", enrolment("Lee", kFaceTwo));
  const std::string id = body_of(created)["person"]["id"].get<std::string>();
  const Json added = body_of(test.photo("/v1/people/" + id + "/faces", kFaceOne));
  EXPECT_EQ(added["looks_like"]["person"], test.person.id);
  EXPECT_EQ(added["looks_like"]["name"], "Kim Min-jun");
}

TEST(ServiceIdentify, AnswersWhoItIsAndNobodyIsNoFault) {
  ServiceForTest test;
  const auto known = test.photo("/v1/identify?gate=north&direction=entry", kFaceOne, Role::kGate);
  ASSERT_EQ(known.status, 200) << known.body;
  EXPECT_EQ(body_of(known)["decision"]["verdict"], "granted");
  EXPECT_EQ(body_of(known)["matches"][0]["name"], "Kim Min-jun");
  EXPECT_EQ(test.access.last_request.gate, "north");
  EXPECT_EQ(test.access.last_request.direction, Direction::kEntry);
  EXPECT_EQ(test.access.last_request.actor, test.token_ids[Role::kGate]);
  EXPECT_FALSE(test.access.last_request.open_door);
  const auto nobody = test.photo("/v1/identify?open=true", kFaceTwo, Role::kGate);
  EXPECT_EQ(nobody.status, 200);
  EXPECT_EQ(body_of(nobody)["matches"], Json::array());
  EXPECT_EQ(body_of(nobody)["decision"]["reason"], "nobody");
  EXPECT_TRUE(test.access.last_request.open_door);
}

TEST(ServiceIdentify, TakesJsonAsWellAsAnImage) {
  ServiceForTest test;
  const std::string json = R"({"image":")" + base64_for_test(photo_for_test(kFaceOne)) +
                           R"(","gate":"south","limit":1,"open":true})";
  const auto answer = test.json("POST", "/v1/identify", json, Role::kGate);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(test.access.last_request.gate, "south");
  EXPECT_TRUE(test.access.last_request.open_door);
  EXPECT_EQ(test.json("POST", "/v1/identify?gate=a", json).status, 400);  // twice
  EXPECT_EQ(test.json("POST", "/v1/identify", R"({"gate":"a"})").status, 400);
  EXPECT_EQ(test.json("POST", "/v1/identify", R"({"image":3})").status, 400);
  EXPECT_EQ(test.json("POST", "/v1/identify", R"({"image":"AAAA","gate":{"a":1}})").status, 400);
  EXPECT_EQ(test.json("POST", "/v1/identify", R"({"image":"AAAA"})").status, 422);
}

TEST(ServiceVerify, ComparesWithTheClaimedPersonAlone) {
  ServiceForTest test;
  for (const std::string& claim :
       {"person=" + test.person.id, std::string("card=4711"), std::string("vehicle=12GA3456")}) {
    const auto same = test.photo("/v1/verify?" + claim, kFaceOne, Role::kGate);
    ASSERT_EQ(same.status, 200) << same.body;
    EXPECT_EQ(body_of(same)["verdict"], "granted");
    EXPECT_EQ(body_of(test.photo("/v1/verify?" + claim, kFaceTwo))["verdict"], "denied");
  }
  EXPECT_EQ(test.photo("/v1/verify", kFaceOne).status, 400);
  EXPECT_EQ(test.photo("/v1/verify?card=1&person=" + test.person.id, kFaceOne).status, 400);
  EXPECT_EQ(test.photo("/v1/verify?person=kim", kFaceOne).status, 400);
  // With a card, the number plate is only logged.
  test.photo("/v1/verify?card=4711&vehicle=77", kFaceOne);
  EXPECT_EQ(test.access.last_request.vehicle, "77");
  EXPECT_EQ(test.access.last_request.claimed_vehicle, "");
}

TEST(ServicePhotos, ThatCannotBeDecidedOnHaveTheirOwnStatus) {
  ServiceForTest test;
  const std::tuple<std::uint8_t, int, const char*> cases[] = {
      {kNoFaceCode, 422, "face_not_found"}, {kSeveralCode, 422, "several_faces"},
      {kPoorCode, 422, "poor_quality"},     {kMismatchCode, 409, "model_mismatch"},
      {kStorageCode, 503, "unavailable"},   {kTimeoutCode, 503, "unavailable"},
      {kDamagedCode, 422, "image_invalid"}, {kThrowsCode, 500, "internal"},
  };
  const std::string faces = "/v1/people/" + test.person.id + "/faces";
  for (const auto& [code, status, name] : cases) {
    for (const std::string& path :
         {std::string("/v1/identify"), std::string("/v1/verify?card=4711"),
          std::string("/v1/faces/check"), faces}) {
      const auto answer = test.photo(path, code);
      EXPECT_EQ(answer.status, status) << path << " " << answer.body;
      EXPECT_EQ(code_of(answer), name) << path;
      EXPECT_EQ(answer.body.find("/srv"), std::string::npos) << answer.body;
    }
    const auto enrolled = test.json("POST", "/v1/people", enrolment("Lee", code));
    EXPECT_EQ(enrolled.status, status) << enrolled.body;
    EXPECT_EQ(code_of(enrolled), name);
  }
}

TEST(ServicePhotos, WithoutAFaceAreDecisionsThatAreLogged) {
  ServiceForTest test;
  const auto answer = test.photo("/v1/identify", kNoFaceCode);
  const Json decision = body_of(answer)["error"]["details"]["decision"];
  EXPECT_EQ(decision["verdict"], "denied");
  EXPECT_EQ(decision["reason"], "no_face");
  const auto records = test.audit.records("decision");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].entry.event, decision["event"].get<std::string>());
}

TEST(ServiceEvents, AreFoundWithNamesAndDetails) {
  ServiceForTest test;
  test.photo("/v1/verify?card=4711&vehicle=77", kFaceOne);
  test.photo("/v1/identify", kFaceTwo);
  const Json all = body_of(test.get("/v1/events?kind=decision", Role::kAuditor));
  ASSERT_EQ(all["events"].size(), 2u);
  EXPECT_EQ(all["events"][1]["name"], "Kim Min-jun");
  EXPECT_EQ(all["events"][1]["at"], "2027-01-15T08:00:00.000Z");
  EXPECT_EQ(all["next"], nullptr);
  const Json page = body_of(test.get("/v1/events?kind=decision&limit=1"));
  const std::string before = std::to_string(page["next"].get<std::uint64_t>());
  EXPECT_EQ(body_of(test.get("/v1/events?kind=decision&before=" + before))["events"].size(), 1u);
  EXPECT_EQ(body_of(test.get("/v1/events?verdict=granted"))["events"].size(), 1u);
  EXPECT_EQ(
      body_of(test.get("/v1/events?person=" + test.person.id + "&kind=decision"))["events"].size(),
      1u);
  EXPECT_EQ(body_of(test.get("/v1/events?from=2027-02-01"))["events"].size(), 0u);
  const std::string event = all["events"][1]["event"].get<std::string>();
  const Json one = body_of(test.get("/v1/events/" + event));
  EXPECT_EQ(one["records"].size(), 1u);
  EXPECT_EQ(one["details"]["card"], "4711");
  EXPECT_EQ(one["details"]["vehicle"], "77");
  EXPECT_TRUE(one["details"]["has_photo"].get<bool>());
  const auto photo = test.get("/v1/events/" + event + "/photo");
  EXPECT_EQ(photo.content_type, "image/png");
  EXPECT_EQ(test.get("/v1/events/" + id_for_test("e-", 99)).status, 404);
  EXPECT_EQ(test.get("/v1/events/" + id_for_test("e-", 99) + "/photo").status, 404);
}

TEST(ServiceEvents, OfForgottenPeopleHaveNoName) {
  ServiceForTest test;
  test.photo("/v1/identify", kFaceOne);
  test.ask(test.request("DELETE", "/v1/people/" + test.person.id, Role::kAdmin));
  const Json all = body_of(test.get("/v1/events?kind=decision"));
  EXPECT_EQ(all["events"][0]["person"], test.person.id);
  EXPECT_EQ(all["events"][0]["name"], nullptr);
}

TEST(ServiceDistances, AreCountedInBins) {
  ServiceForTest test;
  test.photo("/v1/identify", kFaceOne);
  const Json counted = body_of(test.get("/v1/distances?days=2"));
  EXPECT_EQ(counted["num_decisions"], 1);
  EXPECT_EQ(counted["threshold"], 0.5);
  EXPECT_EQ(counted["bins"].back()["granted"], 1);
  test.now += 3 * 24 * 3600 * 1000LL;
  EXPECT_EQ(body_of(test.get("/v1/distances?days=2"))["num_decisions"], 0);
}

std::string streamed(const HttpResponse& response) {
  std::string all;
  EXPECT_TRUE(response.stream([&](std::string_view bytes) {
    all += bytes;
    return true;
  }));
  return all;
}

TEST(ServiceAudit, IsExportedAsCsvAndJsonLines) {
  ServiceForTest test;
  test.photo("/v1/identify", kFaceOne);
  const Json head = body_of(test.get("/v1/audit/head", Role::kAuditor));
  EXPECT_EQ(head["sequence"], test.audit.head().sequence);
  const std::string csv = streamed(test.get("/v1/audit/export?format=csv", Role::kAuditor));
  EXPECT_TRUE(csv.starts_with(audit_csv_heading())) << csv;
  const std::string lines = streamed(test.get("/v1/audit/export?format=jsonl", Role::kAuditor));
  EXPECT_EQ(static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n')),
            test.audit.records().size());
  // A reader that is gone ends it.
  EXPECT_FALSE(
      test.get("/v1/audit/export", Role::kAuditor).stream([](std::string_view) { return false; }));
}

TEST(ServiceTokens, AreShownOnceAndWorkAtOnce) {
  ServiceForTest test;
  const auto made = test.json("POST", "/v1/tokens", R"({"name":"door 2","role":"gate"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string token = body_of(made)["token"].get<std::string>();
  const std::string id = body_of(made)["id"].get<std::string>();
  HttpRequest me = test.request("GET", "/v1/me", {});
  me.headers["authorization"] = "bearer " + token;
  EXPECT_EQ(body_of(test.ask(me)), Json({{"name", "door 2"}, {"role", "gate"}}));
  const auto list = test.get("/v1/tokens");
  EXPECT_EQ(list.body.find(token), std::string::npos);
  EXPECT_EQ(list.body.find(hash_token(token)), std::string::npos);
  EXPECT_EQ(test.ask(test.request("DELETE", "/v1/tokens/" + id, Role::kAdmin)).status, 204);
  EXPECT_EQ(test.ask(me).status, 401);
  EXPECT_EQ(test.ask(test.request("DELETE", "/v1/tokens/" + id, Role::kAdmin)).status, 404);
  EXPECT_EQ(test.audit.records("change").size(), 2u);
}

TEST(ServiceTokens, EndWhenTheyExpire) {
  ServiceForTest test;
  const auto made = test.json("POST", "/v1/tokens",
                              R"({"name":"a","role":"gate","expires_at":"2027-01-15T09:00:00Z"})");
  ASSERT_EQ(made.status, 201) << made.body;
  HttpRequest me = test.request("GET", "/v1/me", {});
  me.headers["authorization"] = "Bearer " + body_of(made)["token"].get<std::string>();
  EXPECT_EQ(test.ask(me).status, 200);
  test.now += 3600 * 1000;
  EXPECT_EQ(test.ask(me).status, 401);
}

TEST(ServiceTokens, ThatTheLogCannotTakeAreNotMade) {
  ServiceForTest test;
  test.audit.broken = {ErrorCode::kIo, "/srv/secret/audit.log: no space"};
  const auto made = test.json("POST", "/v1/tokens", R"({"name":"a","role":"admin"})");
  EXPECT_EQ(made.status, 503);
  EXPECT_EQ(test.gallery.tokens().value().size(), 4u);
}

TEST(ServiceTokens, AreRefusedWithTheFieldThatIsWrong) {
  ServiceForTest test;
  for (const char* json :
       {R"({"role":"gate"})", R"({"name":"","role":"gate"})", R"({"name":"a"})",
        R"({"name":"a","role":"root"})", R"({"name":"a","role":"gate","expires_at":"2020-01-01"})",
        R"({"name":"a","role":"gate","expires_at":7})", R"({"name":"a","role":"gate","x":1})"}) {
    EXPECT_EQ(test.json("POST", "/v1/tokens", json).status, 400) << json;
  }
}

TEST(ServiceGate, HasAPictureWhereThereIsACamera) {
  ServiceForTest test;
  EXPECT_EQ(test.get("/v1/gate/frame.jpg").status, 404);
  EXPECT_EQ(test.get("/v1/gate/state").status, 404);
  test.parts.frame = [] { return std::vector<std::uint8_t>{0xff, 0xd8}; };
  test.parts.camera = [] { return CameraView{.state = "ok", .fps = 15}; };
  test.restart();
  EXPECT_EQ(test.get("/v1/gate/frame.jpg").content_type, "image/jpeg");
  EXPECT_EQ(body_of(test.get("/v1/gate/state"))["fps"], 15);
  test.parts.camera = [] { return CameraView{.state = "lost: /srv/secret (next try in 2 s)"}; };
  test.restart();
  EXPECT_EQ(body_of(test.get("/v1/gate/state"))["camera"], "lost");
  const Json health = body_of(test.get("/v1/health"));
  EXPECT_EQ(health["status"], "degraded");
  EXPECT_EQ(health["camera"], "lost");
}

TEST(ServicePage, IsServedByExactNameUnderAStrictPolicy) {
  ServiceForTest test;
  test.parts.page = [](std::string_view path) -> std::optional<PageFile> {
    if (path == "/") {
      return PageFile{.bytes = "<!doctype html>", .content_type = "text/html; charset=utf-8"};
    }
    return std::nullopt;
  };
  test.restart();
  const auto page = test.get("/", std::nullopt);
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "<!doctype html>");
  EXPECT_TRUE(page.header("Content-Security-Policy").starts_with("default-src 'none'; script-src"));
  EXPECT_EQ(page.header("Cache-Control"), "no-cache");
  HttpRequest again = test.request("GET", "/", {});
  again.headers["if-none-match"] = page.header("ETag");
  EXPECT_EQ(test.ask(again).status, 304);
  EXPECT_EQ(test.get("/assets/none.js", std::nullopt).status, 404);
  EXPECT_EQ(test.ask(test.request("POST", "/", {})).status, 405);
}

TEST(ServiceModels, AreDescribedWithTheirThreshold) {
  ServiceForTest test;
  const Json model = body_of(test.get("/v1/models", Role::kAuditor))["models"][0];
  EXPECT_EQ(model["threshold"]["num_people"], 40);
  EXPECT_EQ(model["space"], std::string(64, 'a'));
}

TEST(ServiceMetrics, AreInPrometheusForm) {
  ServiceForTest test;
  test.photo("/v1/identify", kFaceOne);
  test.access.now_state.doors = {"open", "unreachable: broker"};
  const auto answer = test.get("/v1/metrics", Role::kAuditor);
  EXPECT_EQ(answer.content_type, "text/plain; version=0.0.4; charset=utf-8");
  for (const char* line :
       {"# TYPE kface_requests_total counter",
        "kface_requests_total{method=\"POST\",route=\"/v1/identify\",status=\"200\"} 1",
        "kface_request_seconds_bucket{method=\"POST\",route=\"/v1/identify\",le=\"+Inf\"} 1",
        "kface_decisions_total{verdict=\"granted\",reason=\"match\"} 1",
        "kface_requests_in_flight 1", "kface_door_up{door=\"1\"} 0"}) {
    EXPECT_NE(answer.body.find(std::string(line) + "\n"), std::string::npos) << line << "\n"
                                                                             << answer.body;
  }
}

TEST(ServiceMetrics, AreOpenToThisMachineAloneWhereThatIsAllowed) {
  ServiceOptions options = ServiceForTest::generous();
  options.metrics_open = true;
  ServiceForTest test(options);
  HttpRequest asked = test.request("GET", "/v1/metrics", {});
  EXPECT_EQ(test.ask(asked).status, 401);
  asked.source = "127.0.0.1";
  EXPECT_EQ(test.ask(asked).status, 200);
}

}  // namespace
}  // namespace kface::service
