#include "gate/service/refusal_log.h"

namespace kface::service {
namespace {

constexpr int kRecordsASecond = 20;
constexpr const char* kOthers = "several addresses";

}  // namespace

Status RefusalLog::refused(const std::string& source, const std::string& actor,
                           const std::string& what, UnixMs now) {
  const std::lock_guard lock(mutex_);
  const std::int64_t second = now / 1000;
  KF_TRY(flush_locked(second, now));
  const auto found = sources_.find(source);
  if (found == sources_.end() && written_ < kRecordsASecond) {
    sources_[source] = {second, 0, actor, what};
    ++written_;
    return write(source, {second, 1, actor, what}, now);
  }
  Counted& counted = found != sources_.end() ? found->second : sources_[kOthers];
  counted = {second, counted.count + 1, actor, what};
  return {};
}

Status RefusalLog::flush(UnixMs now, bool all) {
  const std::lock_guard lock(mutex_);
  return flush_locked(all ? INT64_MAX : now / 1000, now);
}

Status RefusalLog::flush_locked(std::int64_t second, UnixMs now) {
  if (second == second_) {
    return {};
  }
  second_ = second;
  written_ = 0;
  const auto counted = std::move(sources_);
  sources_.clear();
  for (const auto& [source, entry] : counted) {
    if (entry.count > 0) {
      ++written_;
      KF_TRY(write(source, entry, now));
    }
  }
  return {};
}

Status RefusalLog::write(const std::string& source, const Counted& counted, UnixMs now) {
  AuditEntry entry;
  entry.at = now;
  entry.kind = "refusal";
  entry.actor = counted.actor;
  entry.note = counted.what + ", from " + source;
  if (counted.count > 1) {
    entry.note += ", " + std::to_string(counted.count) + " times";
  }
  const auto appended = audit_.append(entry);
  return appended.ok() ? Status() : appended.error();
}

}  // namespace kface::service
