// The tables of a gallery and how older ones become them. docs/formats/gallery.md.
#pragma once

#include <span>
#include <string_view>

#include "gallery/sql.h"

namespace kface {

// One step from a version to the next: statements in order.
using Migration = std::span<const std::string_view>;

// migrations[v] leads from version v to v + 1.
std::span<const Migration> gallery_migrations();

// In a transaction of kWrite: brings the schema to version migrations.size().
// Errors: kVersion: a newer one; kCorruption: another program's.
Status migrate_schema(SqlDatabase& database, std::span<const Migration> migrations);

}  // namespace kface
