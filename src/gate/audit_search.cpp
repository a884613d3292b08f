#include <algorithm>
#include <array>
#include <utility>

#include "gate/audit_lines.h"
#include "gate/audit_record.h"

namespace kface {
namespace {

// Looks at bytes before it reads JSON: most lines of a long log are not asked for.
class LineFilter {
 public:
  explicit LineFilter(const AuditQuery& query) : query_(query) {
    const std::array<std::pair<const char*, const std::string*>, 6> fields = {
        {{"kind", &query.kind},
         {"person", &query.person},
         {"verdict", &query.verdict},
         {"gate", &query.gate},
         {"event", &query.event},
         {"direction", &query.direction}}};
    for (const auto& [name, value] : fields) {
      if (!value->empty()) {
        needles_.push_back(encode_audit_field(name, *value));
      }
    }
  }

  // The record, or none if it is not asked for. A needle is found in its own field only: in the
  // text of another its quotes would be escaped.
  Result<std::optional<AuditRecord>> take(const std::filesystem::path& path,
                                          const AuditLine& line) const {
    const auto start = read_audit_line_start(line.text);
    if (start) {
      const bool wanted = (!query_.from || start->at >= *query_.from) &&
                          (!query_.until || start->at < *query_.until) &&
                          (!query_.before || start->sequence < *query_.before) &&
                          std::all_of(needles_.begin(), needles_.end(), [&](const auto& needle) {
                            return line.text.find(needle) != std::string_view::npos;
                          });
      if (!wanted) {
        return std::optional<AuditRecord>();
      }
    }
    auto record = decode_audit_line(line.text);
    if (!record.ok()) {
      return Status{ErrorCode::kCorruption, path.string() + ": byte " + std::to_string(line.begin) +
                                                ": " + record.error().message() +
                                                "; run 'kface audit verify'"};
    }
    return std::optional(std::move(record).value());
  }

 private:
  const AuditQuery& query_;
  std::vector<std::string> needles_;
};

}  // namespace

Result<std::vector<AuditRecord>> search_audit(const std::filesystem::path& path,
                                              const AuditQuery& query, std::size_t limit) {
  KF_ASSIGN(const ReadableFile file, open_for_reading(path));
  const LineFilter filter(query);
  AuditLinesBackward lines(file.descriptor, path, file.size);
  std::vector<AuditRecord> records;
  while (records.size() < limit) {
    KF_ASSIGN(const auto line, lines.next());
    if (!line) {
      break;
    }
    KF_ASSIGN(auto record, filter.take(path, *line));
    if (record) {
      records.push_back(std::move(*record));
    }
  }
  return records;
}

Status read_audit(const std::filesystem::path& path, const AuditQuery& query,
                  const std::function<Status(const AuditRecord&)>& take) {
  KF_ASSIGN(const ReadableFile file, open_for_reading(path));
  const LineFilter filter(query);
  AuditLinesForward lines(file.descriptor, path, 0, file.size);
  for (;;) {
    KF_ASSIGN(const auto line, lines.next());
    if (!line || (!line->finished && line->end == file.size)) {
      return {};
    }
    KF_ASSIGN(const auto record, filter.take(path, *line));
    if (record) {
      KF_TRY(take(*record));
    }
  }
}

}  // namespace kface
