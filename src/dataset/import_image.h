// One photo's way through an import.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "dataset/import.h"

namespace kface {

struct StageSeconds {
  double decode = 0;
  double align = 0;
  double write = 0;
};

// Reads, decodes and aligns the photo and writes its chip below `dataset`. What is wrong with the
// photo becomes the record's reason. Adds to `seconds` if options.clock is set.
// Errors: kIo if the chip cannot be written.
Result<ImageRecord> import_image(const Candidate& photo, const std::filesystem::path& dataset,
                                 const ImportOptions& options, const AlignFn& align,
                                 StageSeconds& seconds);

// Writes a chip's file whole or not at all, and its folder. Not flushed to the disk: the end of an
// import flushes everything (flush_folder). Errors: kIo.
Status write_chip(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);

// Path of the chip below the dataset. `id` starts with the identity or is unique without it.
std::string chip_path(const std::string& identity, const std::string& id,
                      const std::string& chip_sha256);

// True for file names that chip_path makes, and for what a killed import leaves of them.
bool is_chip_name(const std::string& name);

}  // namespace kface
