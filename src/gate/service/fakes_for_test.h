// A gallery, an audit log and an access control in memory, which do what a test says: so every
// status of every route can be reached, without a model and without a disk.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "align/decode.h"
#include "gate/service/service.h"
#include "gate/service/tokens.h"
#include "verify/template.h"

namespace kface::service {

inline std::string id_for_test(const std::string& prefix, std::uint64_t number) {
  std::string digits = std::to_string(number);
  return prefix + std::string(26 - digits.size(), 'a') + digits;
}

class FakeGallery final : public Gallery {
 public:
  Status broken = {};  // what every function answers, unless ok

  Result<Person> add_person(Person person, std::span<const NewTemplate> templates,
                            UnixMs now) override {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    person.id = id_for_test("p-", ++last_id_);
    person.created_at = now;
    people_[person.id] = person;
    for (const NewTemplate& face : templates) {
      keep(person.id, face, now);
    }
    ++revision_;
    return person;
  }
  Status update_person(const Person& person, UnixMs) override {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    people_[person.id] = person;
    ++revision_;
    return {};
  }
  Result<Person> person(const std::string& id) override {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    const auto found = people_.find(id);
    return found == people_.end() ? Result<Person>(missing()) : Result<Person>(found->second);
  }
  Result<std::optional<Person>> person_with_card(const std::string& card) override {
    return first([&](const Person& one) { return one.card == card; });
  }
  Result<std::optional<Person>> person_with_vehicle(const std::string& vehicle) override {
    return first([&](const Person& one) { return one.vehicle == vehicle; });
  }
  Result<std::vector<Person>> people(const PeopleQuery& query) override {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    std::vector<Person> found;
    for (const auto& [id, one] : people_) {
      const bool text = query.text.empty() || one.name.find(query.text) != std::string::npos;
      const bool group =
          query.group.empty() || std::count(one.groups.begin(), one.groups.end(), query.group) > 0;
      if (text && group && id > query.after && found.size() < query.limit) {
        found.push_back(one);
      }
    }
    return found;
  }
  Result<std::size_t> count_people() override { return people_.size(); }
  Status forget_person(const std::string& id) override {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    ++revision_;
    std::erase_if(faces_, [&](const auto& entry) { return entry.second.person == id; });
    return people_.erase(id) == 1 ? Status() : missing();
  }
  Result<std::string> add_template(const std::string& person, const NewTemplate& face,
                                   UnixMs now) override {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    ++revision_;
    return keep(person, face, now);
  }
  Status remove_template(const std::string& id) override {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    return faces_.erase(id) == 1 ? Status() : missing();
  }
  Result<std::vector<FaceTemplate>> templates_of(const std::string& person) override {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    std::vector<FaceTemplate> found;
    for (const auto& [id, face] : faces_) {
      if (face.person == person) {
        found.push_back(face);
      }
    }
    return found;
  }
  Result<std::vector<FaceTemplate>> templates_in(const std::string&) override {
    return std::vector<FaceTemplate>();
  }
  Result<std::vector<std::uint8_t>> template_photo(const std::string&) override {
    return missing();
  }
  Result<std::vector<std::string>> people_without(const std::string&) override {
    return std::vector<std::string>();
  }
  Result<std::string> keep_event(const EventDetails& details) override {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    events_[details.event] = details;
    return std::string(64, '0');
  }
  Result<EventDetails> event_details(const std::string& event) override {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    const auto found = events_.find(event);
    return found == events_.end() ? Result<EventDetails>(missing())
                                  : Result<EventDetails>(found->second);
  }
  Result<std::size_t> purge_events(UnixMs) override { return std::size_t{0}; }
  Result<std::optional<Passage>> last_passage(const std::string&) override {
    return std::optional<Passage>();
  }
  Status set_passage(const std::string&, const Passage&) override { return broken; }
  Status add_token(const ServiceToken& token) override {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    tokens_.push_back(token);
    ++revision_;
    return {};
  }
  Result<std::vector<ServiceToken>> tokens() override {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    return tokens_;
  }
  Status remove_token(const std::string& id) override {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    ++revision_;
    return std::erase_if(tokens_, [&](const ServiceToken& one) { return one.id == id; }) == 1
               ? Status()
               : missing();
  }
  Result<std::uint64_t> revision() override {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    return revision_;
  }
  Result<std::uint64_t> wait_for_change(std::uint64_t, int) override { return revision_; }
  Result<std::size_t> reseal() override { return std::size_t{0}; }

  std::vector<FaceTemplate> all_faces() {
    const std::lock_guard lock(mutex_);
    std::vector<FaceTemplate> all;
    for (const auto& [id, face] : faces_) {
      all.push_back(face);
    }
    return all;
  }

 private:
  static Status missing() {
    return {ErrorCode::kNotFound, "/var/lib/kface/gallery.sqlite: no such row"};
  }
  std::string keep(const std::string& person, const NewTemplate& face, UnixMs now) {
    FaceTemplate made{.id = id_for_test("t-", ++last_id_),
                      .person = person,
                      .space = face.space,
                      .embedding = face.embedding,
                      .quality = face.quality,
                      .created_at = now,
                      .has_photo = !face.photo.empty()};
    faces_[made.id] = made;
    return made.id;
  }
  Result<std::optional<Person>> first(const std::function<bool(const Person&)>& is_it) {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    for (const auto& [id, one] : people_) {
      if (is_it(one)) {
        return std::optional<Person>(one);
      }
    }
    return std::optional<Person>();
  }

  std::mutex mutex_;
  std::uint64_t last_id_ = 0;
  std::uint64_t revision_ = 1;
  std::map<std::string, Person> people_;
  std::map<std::string, FaceTemplate> faces_;
  std::map<std::string, EventDetails> events_;
  std::vector<ServiceToken> tokens_;
};

class FakeAudit final : public AuditLog {
 public:
  Status broken = {};

  Result<AuditHead> append(const AuditEntry& entry) override {
    const std::lock_guard lock(mutex_);
    KF_TRY(broken);
    records_.push_back(
        {.sequence = records_.size() + 1, .entry = entry, .chain = std::string(64, 'c')});
    return AuditHead{records_.size(), records_.back().chain};
  }
  AuditHead head() const override {
    const std::lock_guard lock(mutex_);
    return {records_.size(), records_.empty() ? "" : records_.back().chain};
  }
  std::vector<AuditRecord> records(const std::string& kind = {}) const {
    const std::lock_guard lock(mutex_);
    std::vector<AuditRecord> found;
    for (const AuditRecord& record : records_) {
      if (kind.empty() || record.entry.kind == kind) {
        found.push_back(record);
      }
    }
    return found;
  }
  Result<std::vector<AuditRecord>> search(const AuditQuery& query, std::size_t limit) const {
    KF_TRY(broken);
    std::vector<AuditRecord> found = records();
    std::reverse(found.begin(), found.end());
    std::erase_if(found, [&](const AuditRecord& record) { return !fits(record, query); });
    found.resize(std::min(found.size(), limit));
    return found;
  }
  Status read(const AuditQuery& query,
              const std::function<Status(const AuditRecord&)>& take) const {
    KF_TRY(broken);
    for (const AuditRecord& record : records()) {
      if (fits(record, query)) {
        KF_TRY(take(record));
      }
    }
    return {};
  }

 private:
  static bool fits(const AuditRecord& record, const AuditQuery& query) {
    const auto same = [](const std::string& asked, const std::string& is) {
      return asked.empty() || asked == is;
    };
    const AuditEntry& entry = record.entry;
    return same(query.kind, entry.kind) && same(query.person, entry.person) &&
           same(query.verdict, entry.verdict) && same(query.gate, entry.gate) &&
           same(query.event, entry.event) && (!query.from || entry.at >= *query.from) &&
           (!query.until || entry.at < *query.until) &&
           (!query.before || record.sequence < *query.before);
  }

  mutable std::mutex mutex_;
  std::vector<AuditRecord> records_;
};

// What the first pixel's red says of a photo: 1 to 99 is a face, and the same number the same
// person; from 200 on, what goes wrong.
enum PhotoCode : std::uint8_t {
  kFaceOne = 1,
  kFaceTwo = 2,
  kNoFaceCode = 200,
  kSeveralCode = 201,
  kPoorCode = 202,
  kMismatchCode = 203,
  kStorageCode = 204,
  kTimeoutCode = 205,
  kDamagedCode = 206,
  kThrowsCode = 207,
};

inline std::vector<std::uint8_t> photo_for_test(std::uint8_t code) {
  Image image{.width = 8, .height = 8, .pixels = std::vector<std::uint8_t>(8 * 8 * 3, code)};
  return encode_png(image);
}

class FakeAccess final : public AccessControl {
 public:
  FakeAccess(FakeGallery& gallery, FakeAudit& audit) : gallery_(gallery), audit_(audit) {
    opened_.name = "a1b2c3d4e5f6";
    opened_.model.recipe = "balanced";
    opened_.model.backbone = "dlib-resnet";
    opened_.model.head.m = 1;
    opened_.model.threshold = {
        .distance = 0.5F, .rule = "far", .far = 0.001, .num_people = 40, .unseen_people = true};
  }

  State now_state = {};
  int work_ms = 0;  // how long a face takes
  std::atomic<int> num_read{0};
  AccessRequest last_request;

  Decision decide_photo(std::span<const std::uint8_t> photo,
                        const AccessRequest& request) override {
    const auto face = read_face(photo, ReadFor::kDoor);
    if (face.ok()) {
      return decide_face(face.value(), photo, request, 1);
    }
    Decision denied = decided(Reason::kFault, request);
    denied.reason = reason_of_code(code_of(photo));
    denied.note = face.error().message();
    return log(denied, request);
  }
  Decision decide_face(const ReadFace& face, std::span<const std::uint8_t> photo,
                       const AccessRequest& request, double time_ms) override {
    Decision decision = decided(Reason::kNobody, request);
    decision.time_ms = time_ms;
    decision.quality = face.quality;
    for (const FaceTemplate& known : gallery_.all_faces()) {
      const auto person = gallery_.person(known.person);
      const bool claimed =
          (request.claimed_person.empty() || request.claimed_person == known.person) &&
          (request.claimed_card.empty() || request.claimed_card == person.value().card) &&
          (request.claimed_vehicle.empty() || request.claimed_vehicle == person.value().vehicle);
      if (known.embedding == face.embedding && claimed) {
        decision.verdict = Verdict::kGranted;
        decision.reason = Reason::kMatch;
        decision.person = known.person;
        decision.name = person.value().name;
        decision.distance = 0.25;
        decision.margin = 0.5;
      }
    }
    [[maybe_unused]] const auto kept = gallery_.keep_event({.event = decision.event,
                                                            .person = decision.person,
                                                            .gate = request.gate,
                                                            .at = now,
                                                            .vehicle = request.vehicle,
                                                            .card = request.claimed_card,
                                                            .photo = {photo.begin(), photo.end()}});
    return log(decision, request);
  }
  Decision deny(Reason reason, const AccessRequest& request, double time_ms) override {
    Decision denied = decided(reason, request);
    denied.time_ms = time_ms;
    return log(denied, request);
  }

  Result<ReadFace> read_face(std::span<const std::uint8_t> photo, ReadFor) override {
    ++num_read;
    std::this_thread::sleep_for(std::chrono::milliseconds(work_ms));
    const std::uint8_t code = code_of(photo);
    switch (code) {
      case kNoFaceCode:
        return Status{ErrorCode::kNotFound, "no face was found"};
      case kSeveralCode:
        return Status{ErrorCode::kInvalidArgument, "3 faces of like size"};
      case kPoorCode:
        return Status{ErrorCode::kInvalidArgument, "poor quality: 0.01, at least 0.2 is needed"};
      case kMismatchCode:
        return Status{ErrorCode::kMismatch, "/srv/secret/staff.kface is another model"};
      case kStorageCode:
        return Status{ErrorCode::kIo, "/srv/secret/gallery.sqlite: disk I/O error"};
      case kTimeoutCode:
        return Status{ErrorCode::kInterrupted, "all readers are busy; try again"};
      case kDamagedCode:
        return Status{ErrorCode::kCorruption, "truncated: the picture ends early"};
      case kThrowsCode:
        throw std::runtime_error("/srv/secret/face_reader.cpp:12: bad state");
      default:
        break;
    }
    ReadFace face;
    face.box = {.x = 10, .y = 20, .width = 120, .height = 120};
    face.quality = {.face_size_px = 120, .sharpness = 200, .brightness = 120};
    face.embedding = {static_cast<float>(code)};
    return face;
  }
  Result<std::vector<Match>> search(std::span<const float> embedding, std::size_t k,
                                    double) override {
    std::vector<Match> matches;
    for (const FaceTemplate& known : gallery_.all_faces()) {
      if (known.embedding[0] == embedding[0] && matches.size() < k) {
        matches.push_back({.person = known.person, .template_id = known.id, .distance = 0.25F});
      }
    }
    return matches;
  }

  Result<PartlyEnrolled> enroll_usable(Person given,
                                       std::span<const std::vector<std::uint8_t>> photos,
                                       const std::string& actor) override {
    KF_ASSIGN(auto enrolled, enroll(std::move(given), photos, actor));
    return PartlyEnrolled{
        .person = std::move(enrolled.first), .faces = std::move(enrolled.second), .refused = {}};
  }
  Result<std::pair<Person, std::vector<EnrolledFace>>> enroll(
      Person person, std::span<const std::vector<std::uint8_t>> photos,
      const std::string& actor) override {
    std::vector<NewTemplate> templates;
    for (std::size_t i = 0; i < photos.size(); ++i) {
      const auto face = read_face(photos[i], ReadFor::kEnrolment);
      if (!face.ok()) {
        return Status{face.error().code(),
                      "photo " + std::to_string(i + 1) + ": " + face.error().message()};
      }
      templates.push_back(
          {.space = "space", .embedding = face.value().embedding, .quality = face.value().quality});
    }
    KF_ASSIGN(Person added, gallery_.add_person(std::move(person), templates, now));
    KF_ASSIGN(const auto faces, gallery_.templates_of(added.id));
    std::vector<EnrolledFace> enrolled;
    for (const FaceTemplate& face : faces) {
      enrolled.push_back({.template_id = face.id,
                          .quality = face.quality,
                          .quality_score = template_weight(face.quality)});
    }
    KF_TRY(note("enrolment", added.id, actor));
    return std::pair(added, enrolled);
  }
  Result<EnrolledFace> add_face(const std::string& person, std::span<const std::uint8_t> photo,
                                const std::string& actor) override {
    KF_ASSIGN(const ReadFace face, read_face(photo, ReadFor::kDoor));
    EnrolledFace enrolled{.template_id = {}, .quality = face.quality, .quality_score = 0.9};
    for (const FaceTemplate& known : gallery_.all_faces()) {
      if (known.embedding == face.embedding && known.person != person) {
        enrolled.looks_like = known.person;
      }
    }
    KF_ASSIGN(
        enrolled.template_id,
        gallery_.add_template(
            person, {.space = "space", .embedding = face.embedding, .quality = face.quality}, now));
    KF_TRY(note("enrolment", person, actor));
    return enrolled;
  }
  Status remove_face(const std::string& template_id, const std::string& actor) override {
    KF_TRY(gallery_.remove_template(template_id));
    return note("change", {}, actor);
  }
  Status forget(const std::string& person, const std::string& actor) override {
    KF_TRY(gallery_.forget_person(person));
    return note("forget", person, actor);
  }
  Status update(const Person& person, const std::string& actor) override {
    KF_TRY(gallery_.update_person(person, now));
    return note("change", person.id, actor);
  }
  State state() override { return now_state; }
  const OpenedModel& opened() const override { return opened_; }
  const GatePolicy& policy() const override { return policy_; }

  GatePolicy policy_ = {};
  UnixMs now = 1'800'000'000'000;

 private:
  static std::uint8_t code_of(std::span<const std::uint8_t> photo) {
    const auto image = decode_image(photo);
    return image.ok() ? image.value().pixels[0] : std::uint8_t{kDamagedCode};
  }
  static Reason reason_of_code(std::uint8_t code) {
    switch (code) {
      case kNoFaceCode:
        return Reason::kNoFace;
      case kSeveralCode:
        return Reason::kSeveralFaces;
      case kPoorCode:
        return Reason::kPoorQuality;
      case kMismatchCode:
        return Reason::kModelMismatch;
      case kStorageCode:
        return Reason::kStorage;
      case kTimeoutCode:
        return Reason::kTimeout;
      default:
        return Reason::kFault;
    }
  }
  Decision decided(Reason reason, const AccessRequest& request) {
    last_request = request;
    Decision decision;
    decision.reason = reason;
    decision.event = id_for_test("e-", ++last_event_);
    decision.threshold = 0.5;
    decision.far = 0.001;
    decision.far_gallery = 0.01;
    return decision;
  }
  Decision log(Decision decision, const AccessRequest& request) {
    AuditEntry entry;
    entry.at = now;
    entry.kind = "decision";
    entry.gate = request.gate;
    entry.event = decision.event;
    entry.actor = request.actor;
    entry.person = decision.person;
    entry.verdict = verdict_name(decision.verdict);
    entry.reason = reason_name(decision.reason);
    entry.distance = decision.distance;
    entry.threshold = decision.threshold;
    [[maybe_unused]] const auto appended = audit_.append(entry);
    return decision;
  }
  Status note(const std::string& kind, const std::string& person, const std::string& actor) {
    AuditEntry entry;
    entry.at = now;
    entry.kind = kind;
    entry.person = person;
    entry.actor = actor;
    const auto appended = audit_.append(entry);
    return appended.ok() ? Status() : appended.error();
  }

  FakeGallery& gallery_;
  FakeAudit& audit_;
  OpenedModel opened_;
  std::atomic<std::uint64_t> last_event_{0};
};

// A service over the fakes, with a token of every role, one person (face 1), and a clock that
// stands still unless it is moved.
class ServiceForTest {
 public:
  explicit ServiceForTest(const ServiceOptions& options = generous()) : options_(options) {
    for (const Role role : {Role::kGate, Role::kOperator, Role::kAdmin, Role::kAuditor}) {
      const auto made = add_service_token(gallery, role_name(role) + " of the test", role, {}, now);
      tokens[role] = made.value().token;
      token_ids[role] = made.value().entry.id;
    }
    Person kim;
    kim.name = "Kim Min-jun";
    kim.groups = {"staff"};
    kim.card = "4711";
    kim.vehicle = "12GA3456";
    kim.consent_at = 1'700'000'000'000;
    const std::vector<std::vector<std::uint8_t>> photos = {photo_for_test(kFaceOne)};
    person = access.enroll(kim, photos, "test").value().first;
    restart();
  }

  static ServiceOptions generous() {
    ServiceOptions options;
    options.token_rate = 1e6;
    options.source_rate = 1e6;
    return options;
  }

  // Makes the service anew, after `parts` or `options_` were changed.
  void restart() {
    service.reset();
    ServiceParts given = parts;
    given.access = &access;
    given.gallery = &gallery;
    given.audit = &audit;
    given.search_events = [this](const AuditQuery& query, std::size_t limit) {
      return audit.search(query, limit);
    };
    given.read_events = [this](const AuditQuery& query, const auto& take) {
      return audit.read(query, take);
    };
    given.space = std::string(64, 'a');
    given.version = "0.2.0";
    given.now = [this] { return now.load(); };
    given.seconds = [this] { return seconds.load(); };
    given.note = [this](const std::string& line) {
      const std::lock_guard lock(mutex_);
      notes_.push_back(line);
    };
    service = make_service(std::move(given), options_);
  }

  HttpRequest request(const std::string& method, const std::string& target,
                      std::optional<Role> role) const {
    HttpRequest made{.method = method, .target = target, .headers = {}};
    made.source = "192.0.2.7";
    if (role) {
      made.headers["authorization"] = "Bearer " + tokens.at(*role);
    }
    return made;
  }
  HttpRequest with_body(HttpRequest made, const std::string& type, std::string body) const {
    made.headers["content-type"] = type;
    made.headers["content-length"] = std::to_string(body.size());
    made.body = std::move(body);
    return made;
  }

  // As a connection does it: the head first, the body only if it is wanted.
  HttpResponse ask(const HttpRequest& asked) {
    HttpService::Start start = service->start(asked);
    return start.refusal ? *start.refusal : start.finish(asked.body);
  }
  HttpResponse get(const std::string& target, std::optional<Role> role = Role::kAdmin) {
    return ask(request("GET", target, role));
  }
  HttpResponse photo(const std::string& target, std::uint8_t code, Role role = Role::kAdmin) {
    const auto bytes = photo_for_test(code);
    return ask(with_body(request("POST", target, role), "image/png",
                         std::string(bytes.begin(), bytes.end())));
  }
  HttpResponse json(const std::string& method, const std::string& target, const std::string& body,
                    Role role = Role::kAdmin) {
    return ask(with_body(request(method, target, role), "application/json", body));
  }
  std::vector<std::string> notes() {
    const std::lock_guard lock(mutex_);
    return notes_;
  }

  std::atomic<UnixMs> now{1'800'000'000'000};
  std::atomic<double> seconds{1000};
  FakeGallery gallery;
  FakeAudit audit;
  FakeAccess access{gallery, audit};
  std::map<Role, std::string> tokens;
  std::map<Role, std::string> token_ids;
  Person person;
  ServiceParts parts;
  ServiceOptions options_;
  std::unique_ptr<HttpService> service;

 private:
  std::mutex mutex_;
  std::vector<std::string> notes_;
};

}  // namespace kface::service
