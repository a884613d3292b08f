// PostgreSQL behind the door of sql.h.
#pragma once

#include <memory>
#include <string>

#include "gallery/sql.h"

namespace kface {

// `url`: postgresql://[user[:password]@][host][:port]/database[?...]. Everything is in a schema
// called kface. A connection that was lost is made again by the next call, at once the first time,
// then with pauses of up to 2 s in which calls fail at once.
// Errors: kIo: no such server, database or user.
Result<std::unique_ptr<SqlDatabase>> open_postgres(const std::string& url);

}  // namespace kface
