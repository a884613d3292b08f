#include <algorithm>
#include <cmath>
#include <map>

#include "base/times.h"
#include "gate/service/distance_bins.h"
#include "gate/service/handlers.h"

namespace kface::service {
namespace {

constexpr std::size_t kLongestField = 64;
constexpr std::size_t kMostRecordsOfEvent = 100;
constexpr UnixMs kDayMs = 24LL * 60 * 60 * 1000;
constexpr UnixMs kMinuteMs = 60'000;

// Names of people, each looked up once. Forgotten: null.
class Names {
 public:
  explicit Names(Gallery& gallery) : gallery_(gallery) {}

  Json of(const std::string& person) {
    if (person.empty()) {
      return nullptr;
    }
    const auto found = names_.find(person);
    if (found != names_.end()) {
      return found->second;
    }
    const auto entry = gallery_.person(person);
    return names_[person] = entry.ok() ? Json(entry.value().name) : Json(nullptr);
  }

 private:
  Gallery& gallery_;
  std::map<std::string, Json> names_;
};

Json record_json(const AuditRecord& record, Names& names) {
  const AuditEntry& entry = record.entry;
  return {{"sequence", record.sequence},
          {"at", time_text(entry.at)},
          {"kind", entry.kind},
          {"gate", optional_text(entry.gate)},
          {"event", optional_text(entry.event)},
          {"actor", optional_text(entry.actor)},
          {"person", optional_text(entry.person)},
          {"name", names.of(entry.person)},
          {"direction", optional_text(entry.direction)},
          {"verdict", optional_text(entry.verdict)},
          {"reason", optional_text(entry.reason)},
          {"distance", optional_number(entry.distance)},
          {"threshold", optional_number(entry.threshold)},
          {"far", optional_number(entry.far)},
          {"margin", optional_number(entry.margin)},
          {"quality", optional_number(entry.quality)},
          {"liveness", optional_number(entry.liveness)},
          {"time_ms", optional_number(entry.time_ms)},
          {"note", optional_text(entry.note)}};
}

Answer<AuditQuery> period(const Call& call) {
  AuditQuery query;
  KF_ASSIGN(query.from, time_parameter(call, "from"));
  KF_ASSIGN(query.until, time_parameter(call, "until"));
  return query;
}

Answer<std::optional<EventDetails>> details_of(Desk& desk, const std::string& event) {
  auto details = desk.parts.gallery->event_details(event);
  if (details.ok()) {
    return std::optional<EventDetails>(std::move(details).value());
  }
  if (details.error().code() == ErrorCode::kNotFound) {
    return std::optional<EventDetails>();
  }
  return details.error();
}

}  // namespace

Answer<HttpResponse> list_events(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known,
            only_parameters(
                call, {"from", "until", "kind", "person", "verdict", "gate", "before", "limit"}));
  KF_ASSIGN(AuditQuery query, period(call));
  KF_ASSIGN(query.kind, word_parameter(call, "kind",
                                       {"decision", "door", "enrolment", "change", "forget",
                                        "refusal", "start", "stop"}));
  KF_ASSIGN(query.person, id_parameter(call, "person", 'p'));
  KF_ASSIGN(query.verdict, word_parameter(call, "verdict", {"granted", "denied", "not sure"}));
  KF_ASSIGN(query.gate, text_parameter(call, "gate", kLongestField));
  KF_ASSIGN(const std::uint64_t before, number_parameter(call, "before", 0, 1, UINT64_MAX));
  if (before > 0) {
    query.before = before;
  }
  KF_ASSIGN(const std::uint64_t limit, number_parameter(call, "limit", 100, 1, 500));
  KF_ASSIGN(std::vector<AuditRecord> records, desk.parts.search_events(query, limit + 1));
  const bool more = records.size() > limit;
  records.resize(std::min<std::size_t>(records.size(), limit));
  Names names(*desk.parts.gallery);
  Json json{{"events", Json::array()}, {"next", nullptr}};
  for (const AuditRecord& record : records) {
    json["events"].push_back(record_json(record, names));
  }
  if (more) {
    json["next"] = records.back().sequence;
  }
  return json_response(json);
}

Answer<HttpResponse> get_event(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  KF_ASSIGN(const std::optional<EventDetails> details, details_of(desk, call.ids[0]));
  AuditQuery query;
  query.event = call.ids[0];
  if (details) {  // the rest of the log need not be read
    query.from = details->at - kMinuteMs;
    query.until = details->at + 60 * kMinuteMs;
  }
  KF_ASSIGN(const std::vector<AuditRecord> records,
            desk.parts.search_events(query, kMostRecordsOfEvent));
  if (records.empty() && !details) {
    return no_such("event");
  }
  Names names(*desk.parts.gallery);
  Json json{{"event", call.ids[0]}, {"records", Json::array()}, {"details", nullptr}};
  for (const AuditRecord& record : records) {
    json["records"].push_back(record_json(record, names));
  }
  if (details) {
    json["details"] = {
        {"person", optional_text(details->person)},   {"name", names.of(details->person)},
        {"gate", optional_text(details->gate)},       {"at", time_text(details->at)},
        {"vehicle", optional_text(details->vehicle)}, {"card", optional_text(details->card)},
        {"has_photo", !details->photo.empty()}};
  }
  return json_response(json);
}

Answer<HttpResponse> get_event_photo(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  KF_ASSIGN(const std::optional<EventDetails> details, details_of(desk, call.ids[0]));
  if (!details || details->photo.empty()) {
    return no_such("photo: it was not kept, or its time is over");
  }
  HttpResponse response;
  const bool png = details->photo.size() > 1 && details->photo[0] == 0x89;
  const bool jpeg = details->photo[0] == 0xff;
  response.content_type = png ? "image/png" : jpeg ? "image/jpeg" : "application/octet-stream";
  response.body.assign(details->photo.begin(), details->photo.end());
  return response;
}

Answer<HttpResponse> get_distances(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {"days"}));
  KF_ASSIGN(const std::uint64_t days, number_parameter(call, "days", 14, 1, 366));
  AuditQuery query;
  query.kind = "decision";
  query.from = call.now - static_cast<UnixMs>(days) * kDayMs;
  DistanceBins bins;
  std::optional<double> threshold;
  KF_TRY(desk.parts.read_events(query, [&](const AuditRecord& record) {
    const AuditEntry& entry = record.entry;
    if (entry.distance) {
      bins.add(*entry.distance, entry.verdict);
    }
    threshold = entry.threshold ? entry.threshold : threshold;
    return Status();
  }));
  Json json{{"threshold",
             threshold ? *threshold
                       : static_cast<double>(desk.parts.access->opened().model.threshold.distance)},
            {"bins", Json::array()},
            {"days", days},
            {"num_decisions", bins.num_distances()}};
  for (const DistanceBins::Bin& bin : bins.bins()) {
    json["bins"].push_back({{"from", bin.from},
                            {"to", bin.to},
                            {"granted", bin.granted},
                            {"denied", bin.denied},
                            {"not_sure", bin.not_sure}});
  }
  return json_response(json);
}

Answer<HttpResponse> get_audit_head(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {}));
  const AuditHead head = desk.parts.audit->head();
  return json_response({{"sequence", head.sequence}, {"chain", head.chain}});
}

Answer<HttpResponse> export_audit(Desk& desk, Call& call) {
  KF_ASSIGN([[maybe_unused]] const bool known, only_parameters(call, {"format", "from", "until"}));
  KF_ASSIGN(const std::string format, word_parameter(call, "format", {"csv", "jsonl"}));
  KF_ASSIGN(const AuditQuery query, period(call));
  // A log that cannot be read is a 503 now, while there still is a status to give.
  KF_ASSIGN([[maybe_unused]] const std::vector<AuditRecord> newest,
            desk.parts.search_events(query, 1));
  const bool csv = format != "jsonl";
  HttpResponse response;
  response.content_type = csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
  response.headers.emplace_back(
      "Content-Disposition",
      csv ? "attachment; filename=\"audit.csv\"" : "attachment; filename=\"audit.jsonl\"");
  response.stream = [read = desk.parts.read_events, query, csv](const BodySink& sink) {
    if (csv && !sink(audit_csv_heading())) {
      return false;
    }
    const Status written = read(query, [&](const AuditRecord& record) {
      const std::string line = csv ? audit_csv_line(record) : audit_json_line(record);
      return sink(line) ? Status() : Status(ErrorCode::kInterrupted, "the reader is gone");
    });
    return written.ok();
  };
  return response;
}

}  // namespace kface::service
