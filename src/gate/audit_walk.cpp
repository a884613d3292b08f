#include "gate/audit_walk.h"

#include "gate/audit_record.h"

namespace kface {

AuditWalk::AuditWalk(const FileDescriptor& file, std::filesystem::path path,
                     const AuditChain& chain, AuditMark mark, std::uint64_t end)
    : chain_(&chain),
      mark_(std::move(mark)),
      end_(end),
      lines_(file, std::move(path), mark_.bytes, end) {}

std::string AuditWalk::fault_of(const AuditLine& line, AuditHead& head) const {
  head.sequence = mark_.head.sequence + 1;
  const auto parts = split_audit_line(line.text);
  const auto start = read_audit_line_start(line.text);
  if (!line.finished || !parts || !start) {
    return "the line is not a record";
  }
  if (start->sequence != head.sequence) {
    return "the line says it is record " + std::to_string(start->sequence) +
           ": records were taken out, put in or moved";
  }
  head.chain = chain_->next(mark_.head.chain, parts->body);
  if (head.chain != parts->chain) {
    return head.sequence == 1
               ? "it was changed, or the log was written with another key"
               : "it does not follow from the one before: this one was changed, or that was put "
                 "there";
  }
  const auto record = decode_audit_line(line.text);
  return record.ok() ? "" : record.error().message();
}

Result<AuditWalk::Found> AuditWalk::next() {
  KF_ASSIGN(const auto line, lines_.next());
  if (!line) {
    return Found::kEnd;
  }
  if (!line->finished && line->end == end_) {
    return Found::kUnfinished;
  }
  AuditHead head;
  fault_ = fault_of(*line, head);
  if (!fault_.empty()) {
    fault_ = "record " + std::to_string(head.sequence) + " (line " + std::to_string(head.sequence) +
             ", byte " + std::to_string(line->begin) + "): " + fault_;
    return Found::kFault;
  }
  mark_ = {std::move(head), line->end};
  return Found::kRecord;
}

}  // namespace kface
