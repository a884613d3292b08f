// A synthetic run: figures drawn from formulas, faces drawn by hand. Nothing in it was measured.
// Its names are hostile on purpose (markup, quotes, Korean).
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

namespace kface::fixture {

// A record of kind "sweep", shaped as the paper's sweep of 400 people.
nlohmann::ordered_json sweep_record();

// A record of kind "compare" with five recipes, one of them with a verdict.
nlohmann::ordered_json compare_record();

// A record of kind "conditions": two attributes and a quality column, with entries that cannot be
// said.
nlohmann::ordered_json conditions_record();

// A record of kind "evaluate" with everything that one may have.
nlohmann::ordered_json evaluate_record();

// What every kind of record has.
nlohmann::ordered_json common(const char* kind);

// Writes the chips that sweep_record() names under `dataset`, one left out on purpose.
void write_chips(const std::filesystem::path& dataset);

}  // namespace kface::fixture
