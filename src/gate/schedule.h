// When each group may pass: a TOML file of hours by weekday. docs/formats/schedule.md.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gallery/person.h"
#include "gate/local_time.h"
#include "kface/status.h"

namespace kface {

// Thread-safe.
class Schedule {
 public:
  // Errors: kNotFound, kIo; kCorruption with file, line and key: no TOML, an unknown key, a day, an
  // hour or a date that is none, a day that is given twice; kNotFound: its zone is not known here.
  static Result<Schedule> read(const std::filesystem::path& path);
  // The same of a file's text; `name` for errors.
  static Result<Schedule> parse(std::string_view text, const std::string& name);

  // May somebody of these groups pass at this moment? One group that may is enough; without a
  // group, and for groups that the file does not name, its `others` decides. `local` is the
  // machine's own time, for a file that names no zone.
  // Requires: `local` unless the file names a zone.
  bool allowed(std::span<const std::string> groups, UnixMs at, const LocalTimeFn& local) const;

  // Minutes after midnight; `end` is not within, and lies beyond 24 * 60 if the period ends on the
  // next day.
  struct Period {
    int begin = 0;
    int end = 0;
  };
  static constexpr std::size_t kHoliday = 7;  // after Monday 0 ... Sunday 6
  struct Week {
    bool always = false;
    std::array<std::vector<Period>, kHoliday + 1> days;
  };

 private:
  friend class ScheduleReader;
  const std::vector<Period>& periods_of(const Week& week, std::int64_t day) const;
  bool allows(const Week& week, std::int64_t day, int minute) const;

  LocalTimeFn zone_;  // none: the machine's
  bool others_ = false;
  std::map<std::string, Week, std::less<>> groups_;
  std::set<std::int64_t> dates_;                // holidays, days since 1970
  std::set<std::pair<int, int>> yearly_dates_;  // month and day
};

}  // namespace kface
