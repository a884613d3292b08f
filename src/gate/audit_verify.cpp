#include <sys/stat.h>

#include <cerrno>

#include "gate/audit_chain.h"
#include "gate/audit_walk.h"

namespace kface {
namespace {

// Something that the log must have come past: its head file, or an anchor.
struct Promise {
  AuditHead head;
  std::string who;  // "the head file", as a sentence begins
};

// Empty, or how `reached` breaks the promise.
std::string broken_here(const Promise& promise, const AuditHead& reached) {
  if (promise.head.sequence != reached.sequence || promise.head.chain == reached.chain) {
    return "";
  }
  return "record " + std::to_string(reached.sequence) + ": " + promise.who +
         " knows another record of that number: the log was written anew";
}

std::string broken_at_end(const Promise& promise, const AuditHead& end) {
  if (promise.head.sequence <= end.sequence) {
    return "";
  }
  return "record " + std::to_string(end.sequence + 1) + ": is not there, but " + promise.who +
         " knows records up to " + std::to_string(promise.head.sequence) +
         ": the end of the log was cut off";
}

Status check_promises(const std::vector<Promise>& promises, AuditWalk& walk, AuditCheck& check) {
  AuditWalk::Found found = AuditWalk::Found::kRecord;
  while (found == AuditWalk::Found::kRecord) {
    check.head = walk.mark().head;
    check.num_records = check.head.sequence;
    for (const Promise& promise : promises) {
      check.fault = broken_here(promise, check.head);
      if (!check.fault.empty()) {
        return {};
      }
    }
    KF_ASSIGN(found, walk.next());
  }
  check.fault = walk.fault();
  for (const Promise& promise : promises) {
    check.fault = check.fault.empty() ? broken_at_end(promise, check.head) : check.fault;
  }
  return {};
}

}  // namespace

Result<AuditCheck> verify_audit(const std::filesystem::path& path, const SecretKey& key,
                                const std::optional<AuditHead>& anchor) {
  const AuditChain chain(key);
  AuditCheck check;
  std::vector<Promise> promises;
  // The head before the log: a gate that writes meanwhile makes the log longer, never shorter.
  const auto marks = read_audit_marks(path, chain);
  if (!marks.ok() && marks.error().code() == ErrorCode::kIo) {
    return marks.error();
  }
  std::string head_fault = marks.ok() ? marks.value().fault : marks.error().message();
  if (marks.ok()) {
    promises.push_back({marks.value().newest.head, "the head file"});
  }
  if (anchor) {
    promises.push_back({*anchor, "the anchor"});
  }
  KF_ASSIGN(const ReadableFile file, open_for_reading(path));
  AuditWalk walk(file.descriptor, path, chain, {chain.start(), 0}, file.size);
  KF_TRY(check_promises(promises, walk, check));
  if (check.fault.empty()) {
    check.fault = std::move(head_fault);
  }
  check.unfinished_bytes = check.fault.empty() ? file.size - walk.mark().bytes : 0;
  return check;
}

}  // namespace kface
