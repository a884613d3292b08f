// SQLite behind the door of sql.h.
#pragma once

#include <memory>
#include <string>

#include "gallery/sql.h"

namespace kface {

// Opens `path`, or makes it (mode 0600): write-ahead log, every commit flushed, deleted bytes
// overwritten with zeros. Another process that writes is waited for, 5 s at most.
// Errors: kCorruption: no database, or another program's (nothing is written to it); kIo.
Result<std::unique_ptr<SqlDatabase>> open_sqlite(const std::string& path);

// Copies the database while others use it; `to` is a file of mode 0600 that must not exist.
// Errors: as open_sqlite; kNotFound; kInvalidArgument (exists).
Status backup_sqlite(const std::string& path, const std::string& to);

}  // namespace kface
