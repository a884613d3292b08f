// A reader in a process of its own. HDF5 1.10 crashes, and loops for ever, on some damaged files;
// then the process ends, not the program.
#pragma once

#include "weights/readers.h"

namespace kface {

using WeightReader = Result<FoundWeights> (*)(const SourceFile&, const VggLayout&);

// What `reader` gives, tensor by tensor through a pipe; what arrives is checked as if the file
// itself had said it. A crash, or more processor time than the file's size warrants, is
// kCorruption.
//
// The process is forked, and uses memory, HDF5 and zlib alone; it writes nothing but the pipe.
// Errors: the reader's; kIo when there is no process to be had.
Result<FoundWeights> read_isolated(WeightReader reader, const SourceFile& file,
                                   const VggLayout& layout);

}  // namespace kface
