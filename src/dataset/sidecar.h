// Landmarks that lie beside a K-FACE photo (C7.txt beside C7.jpg), so that no detector is needed.
#pragma once

#include <string_view>

#include "kface/image.h"
#include "kface/status.h"

namespace kface {

// Our five landmarks from a K-FACE annotation: seven lines `x y` (nose tip, right eye, left eye,
// right and left corner of the mouth, right and left ear), then lines `x y w h`. Numbers stand
// apart by space, tab, comma or semicolon. Lines end in LF or CRLF.
//
// The file has the centres of the eyes and the tip of the nose; ours are the corners of the eyes
// and the base of the nose. The corners are put on the line through both centres, symmetric about
// each, as far from it as in dlib's mean face; the base of the nose lies between its tip and the
// middle of the mouth, at the fraction of the mean face. On dlib's mean face this gives its own
// five points to within 2 % of the face's width. Which eye is whose is told by x, not by order.
//
// Errors: kCorruption: too few lines, not numbers, a point outside the picture, or points that are
//         no face seen from the front or half from the side.
Result<Landmarks5> parse_sidecar(std::string_view text, int width, int height);

}  // namespace kface
