// Conditions of photos that somebody wrote down in a table, joined to a dataset's rows.
#pragma once

#include <string_view>

#include "kface/manifest.h"
#include "kface/status.h"

namespace kface {

// Adds to `manifest` the attributes of `csv`: a header `id,NAME,...`, then a row an image with its
// id in the dataset (column id of manifest.csv). An empty cell says nothing of that image; an
// attribute that the image has already is replaced. Images without a row stay as they are.
//
// Ensures: the manifest's digest is what it was: attributes are no part of it.
// Errors:  kCorruption, with `name` and the row: not CSV, a first column other than id, a column
//          without a name, named twice or named as one of the manifest's own, a row of another
//          length, an image named twice; kNotFound: an id that the dataset does not have (named,
//          with how many there are). `manifest` is then as it was.
Status add_attributes(Manifest& manifest, std::string_view csv, std::string_view name);

}  // namespace kface
