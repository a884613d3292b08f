// A decision's record, then the door: nothing opens before its record is on the disk.
#pragma once

#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "gate/access.h"

namespace kface {

// Thread-safe. Refers to what it was made with, which outlives it.
class Recorder {
 public:
  struct Parts {
    Gallery* gallery = nullptr;
    AuditLog* audit = nullptr;
    std::vector<Door*> doors = {};
    std::function<UnixMs()> now;
    bool keep_photos = false;  // of decisions
  };
  explicit Recorder(Parts parts) : parts_(std::move(parts)) {}

  // In this order: details into the gallery, record into the audit log, passage of somebody let in,
  // doors. Gives the decision its event. What cannot be recorded becomes denied (kStorage), and the
  // doors are told so. A door that cannot be told is recorded and noted; the verdict stays.
  void record(Decision& decision, std::span<const std::uint8_t> photo,
              const AccessRequest& request);

  // A record that is no decision. Errors: the audit log's ("it was done, but ...").
  Status log(const std::string& kind, const std::string& actor, const std::string& person,
             const std::string& note);

  // "ok", or the first error of the audit log.
  std::string audit_state() const;

 private:
  Status keep_details(const Decision& decision, std::span<const std::uint8_t> photo,
                      const AccessRequest& request, AuditEntry& entry);
  Status append(const AuditEntry& entry);
  void note_passage(Decision& decision, const AccessRequest& request, UnixMs now);
  void tell_doors(Decision& decision, const AccessRequest& request, UnixMs now);
  void log_door(const Decision& decision, const AccessRequest& request, const std::string& note);

  const Parts parts_;
  mutable std::mutex mutex_;
  std::string audit_state_ = "ok";
};

}  // namespace kface
