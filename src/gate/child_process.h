// Another program, started without a shell and never waited for longer than was said.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "kface/status.h"

namespace kface {

// `text` taken apart at spaces; 'single' and "double" quotes keep spaces, and mean nothing else.
// Errors: kInvalidArgument: an open quote, nothing at all, or a first word without a '/': programs
// are not looked for in $PATH.
Result<std::vector<std::string>> split_command(const std::string& text);

// Runs argv[0] in a process group of its own with the environment `environment` ("NAME=value")
// alone, the folder of the caller, no open file but /dev/null, and waits for its end. What takes
// longer than `limit` is killed with its group.
// Thread-safe. Requires: argv is not empty.
// Errors: kNotFound: cannot be started; kIo: ended by a signal, by another exit code than 0, or not
// in time.
Status run_child(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                 std::chrono::milliseconds limit);

}  // namespace kface
