#include "gate/zone_clock.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "base/files.h"
#include "gate/zone_rule.h"

namespace kface {
namespace {

constexpr std::uintmax_t kLargestFile = std::uintmax_t{1} << 20U;
constexpr std::size_t kHeaderBytes = 44;
constexpr std::int64_t kLargestOffset = std::int64_t{26} * 3600;  // RFC 8536: less than 26 hours

struct ZoneTable {
  std::vector<std::int64_t> changes;  // seconds since 1970, ascending
  std::vector<std::int64_t> offsets;  // from each change on
  std::int64_t first_offset = 0;      // before them
  std::optional<ZoneRule> rule;       // after them

  std::int64_t offset_at(std::int64_t seconds) const {
    const auto after = std::upper_bound(changes.begin(), changes.end(), seconds);
    if (after == changes.end() && rule) {
      return rule->offset_at(seconds);
    }
    return after == changes.begin()
               ? first_offset
               : offsets[static_cast<std::size_t>(after - changes.begin()) - 1];
  }
};

// Big-endian numbers from left to right; beyond the end, everything is zero and good() false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (const char byte : take(size)) {
      value = value << 8U | static_cast<unsigned char>(byte);
    }
    return value;
  }
  std::string_view take(std::size_t size) {
    good_ = good_ && size <= rest_.size();
    const std::string_view taken = good_ ? rest_.substr(0, size) : std::string_view();
    rest_.remove_prefix(taken.size());
    return taken;
  }
  bool good() const { return good_; }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

struct Counts {
  std::uint64_t utc, standard, leaps, changes, types, letters;

  std::size_t data_bytes(std::size_t time_bytes) const {
    return changes * (time_bytes + 1) + types * 6 + letters + leaps * (time_bytes + 4) + standard +
           utc;
  }
};

// False if it is not the header of a TZif file that begins with a version from 2 on.
bool read_header(ByteReader& reader, Counts& counts) {
  const std::string_view head = reader.take(kHeaderBytes - 24);
  for (std::uint64_t* count : {&counts.utc, &counts.standard, &counts.leaps, &counts.changes,
                               &counts.types, &counts.letters}) {
    *count = reader.number(4);
  }
  return reader.good() && head.starts_with("TZif") && head[4] >= '2';
}

// What is wrong, or empty.
std::string read_table(std::string_view bytes, ZoneTable& table) {
  ByteReader reader(bytes);
  Counts counts{};
  if (!read_header(reader, counts)) {
    return "not a file of a time zone (TZif, version 2 or later)";
  }
  reader.take(counts.data_bytes(4));  // for readers with 32 bits
  if (!read_header(reader, counts) || counts.types == 0 ||
      counts.data_bytes(8) > reader.rest().size()) {
    return "the file is cut short";
  }
  for (std::uint64_t i = 0; i < counts.changes; ++i) {
    table.changes.push_back(static_cast<std::int64_t>(reader.number(8)));
  }
  const std::string_view which = reader.take(counts.changes);
  std::vector<std::int64_t> types;
  for (std::uint64_t i = 0; i < counts.types; ++i) {
    types.push_back(static_cast<std::int32_t>(static_cast<std::uint32_t>(reader.number(4))));
    reader.take(2);
  }
  reader.take(counts.letters + counts.leaps * 12 + counts.standard + counts.utc);
  const auto is_offset = [](std::int64_t s) { return s > -kLargestOffset && s < kLargestOffset; };
  const auto is_type = [&](char type) { return static_cast<unsigned char>(type) < types.size(); };
  if (!reader.good() || !std::is_sorted(table.changes.begin(), table.changes.end()) ||
      !std::all_of(types.begin(), types.end(), is_offset) ||
      !std::all_of(which.begin(), which.end(), is_type)) {
    return "its table of changes makes no sense";
  }
  for (const char type : which) {
    table.offsets.push_back(types[static_cast<unsigned char>(type)]);
  }
  table.first_offset = types[0];
  std::string_view footer = reader.rest();
  if (footer.size() < 2 || footer.front() != '\n' || footer.find('\n', 1) == std::string::npos) {
    return "its last line is missing";
  }
  footer = footer.substr(1, footer.find('\n', 1) - 1);
  table.rule = ZoneRule::parse(footer);
  return footer.empty() || table.rule ? "" : "its rule '" + std::string(footer) + "' is none";
}

}  // namespace

LocalTime local_time_at(UnixMs at, std::int64_t offset_s) {
  using namespace std::chrono;
  const sys_seconds wall =
      floor<seconds>(sys_time<milliseconds>(milliseconds(at))) + seconds(offset_s);
  const auto day = floor<days>(wall);
  const year_month_day date(day);
  const hh_mm_ss<seconds> clock(wall - day);
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count())};
}

Result<LocalTimeFn> decode_zone(std::string_view bytes, const std::string& name) {
  const auto table = std::make_shared<ZoneTable>();
  if (const std::string fault = read_table(bytes, *table); !fault.empty()) {
    return Status{ErrorCode::kCorruption, name + ": " + fault};
  }
  return LocalTimeFn([table](UnixMs at) {
    constexpr UnixMs kSecond = 1000;
    const UnixMs seconds = at / kSecond - (at % kSecond < 0 ? 1 : 0);
    return local_time_at(at, table->offset_at(seconds));
  });
}

Result<LocalTimeFn> open_zone(const std::string& name, const std::filesystem::path& folder) {
  const bool is_name = !name.empty() && name.front() != '/' &&
                       name.find("..") == std::string::npos &&
                       name.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_+-") ==
                           std::string::npos;
  if (!is_name) {
    return Status{ErrorCode::kInvalidArgument,
                  "'" + name + "' is no time zone; expected a name as Asia/Seoul"};
  }
  const auto bytes = read_text(folder / name, kLargestFile);
  if (!bytes.ok() && bytes.error().code() == ErrorCode::kNotFound) {
    return Status{ErrorCode::kNotFound, "time zone '" + name + "' is not known: no file " +
                                            (folder / name).string() +
                                            " (package tzdata; 'timedatectl list-timezones')"};
  }
  return bytes.ok() ? decode_zone(bytes.value(), (folder / name).string())
                    : Result<LocalTimeFn>(bytes.error());
}

}  // namespace kface
