#include "align/simulate_accessory.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "align/simulate_paint.h"
#include "kface/status.h"

namespace kface {
namespace {

constexpr int kRightSide = 1;  // the viewer's
constexpr int kLeftSide = -1;

cv::Vec3f pick(Rng& rng, std::initializer_list<cv::Vec3f> colors) {
  return colors.begin()[rng.below(colors.size())];
}

// Everything that makes one pair of glasses different from another; lengths in face units.
struct GlassesShape {
  double half_width;  // of a lens
  double half_height;
  double exponent;     // roundness of a lens
  double taper;        // narrower at the bottom
  double rim;          // thickness
  double top_extra;    // what the upper rim has more
  double drop;         // how far the middle of the lens lies below that of the eye
  double shadow;       // darkness under the rim
  cv::Vec3f color;     // RGB
  cv::Vec3f lens_top;  // colour of the lens
  cv::Vec3f lens_bottom;
  float lens_opacity_top;
  float lens_opacity_bottom;
};

// One lens with its rim, seen from the front or from the side.
RoundedBox lens_box(const GlassesShape& shape, const FaceFrame& frame, int side, double inset) {
  // The lens at the far side of a turned head is seen narrower.
  const double narrowing = 1 - 0.3 * side * frame.turn();
  const double middle = side * (0.5 + 0.01);
  return {{middle, shape.drop},
          shape.half_width * narrowing - inset,
          shape.half_height - inset,
          shape.exponent,
          shape.taper};
}

std::vector<Contour> rim_contours(const GlassesShape& shape, const FaceFrame& frame, int side) {
  RoundedBox outer = lens_box(shape, frame, side, 0);
  outer.half_height += shape.top_extra / 2;
  outer.center.y -= shape.top_extra / 2;
  return {rounded_contour(outer), rounded_contour(lens_box(shape, frame, side, shape.rim))};
}

Contour bridge_contour(const GlassesShape& shape, const FaceFrame& frame) {
  const RoundedBox right = lens_box(shape, frame, kRightSide, 0);
  const RoundedBox left = lens_box(shape, frame, kLeftSide, 0);
  const double from = left.center.x + left.half_width - shape.rim * 0.7;
  const double to = right.center.x - right.half_width + shape.rim * 0.7;
  const double middle = (from + to) / 2;
  const double y = shape.drop - shape.half_height * 0.38;
  const double thickness = shape.rim * 1.1;
  return smooth_contour({{from, y - thickness / 2 + 0.02},
                         {middle, y - thickness / 2 - 0.02},
                         {to, y - thickness / 2 + 0.02},
                         {to, y + thickness / 2 + 0.02},
                         {middle, y + thickness / 2 - 0.02},
                         {from, y + thickness / 2 + 0.02}});
}

// The arm from the rim to the ear, foreshortened; longer at the near side of a turned head.
Contour arm_contour(const GlassesShape& shape, const FaceFrame& frame, int side) {
  const RoundedBox lens = lens_box(shape, frame, side, 0);
  const double start = lens.center.x + side * (lens.half_width - shape.rim);
  const double end = side * std::max(1.2 - 0.7 * side * frame.turn(), std::abs(start) + 0.05);
  const double y = shape.drop - shape.half_height * 0.55;
  const double thickness = std::max(shape.rim * 1.3, 0.05);
  return {{start, y - thickness / 2},
          {end, y - thickness / 2 + 0.05},
          {end, y + thickness / 4 + 0.05},
          {start, y + thickness / 2}};
}

void paint_lens(cv::Mat3b& photo, const FaceFrame& frame, const GlassesShape& shape, int side) {
  const RoundedBox box = lens_box(shape, frame, side, shape.rim * 0.8);
  paint_shape(photo, frame, {rounded_contour(box)}, 0, [&](cv::Point2d at) {
    const double down = std::clamp((at.y - box.center.y) / box.half_height / 2 + 0.5, 0.0, 1.0);
    // A window far away mirrors in the lens: a soft slanted streak.
    const double streak = (at.x - box.center.x) / box.half_width + 0.6 * (down - 0.5) + 0.35;
    const double glare = 0.10 * std::exp(-streak * streak / 0.03);
    const auto blend = static_cast<float>(down);
    const cv::Vec3f tint = shape.lens_top * (1 - blend) + shape.lens_bottom * blend;
    const float opacity = shape.lens_opacity_top * (1 - blend) + shape.lens_opacity_bottom * blend;
    const auto shine = static_cast<float>(glare);
    const float total = opacity + shine * (1 - opacity * 0.6F);
    const cv::Vec3f color = (tint * opacity + cv::Vec3f(235, 240, 245) * (total - opacity)) *
                            (1.0F / std::max(total, 1e-6F));
    return Paint{color, total};
  });
}

void draw_glasses(cv::Mat3b& photo, const FaceFrame& frame, const GlassesShape& shape) {
  const cv::Point2d shadow_offset(0, 0.05);
  std::vector<std::vector<Contour>> parts;
  for (const int side : {kLeftSide, kRightSide}) {
    parts.push_back({arm_contour(shape, frame, side)});
    parts.push_back(rim_contours(shape, frame, side));
  }
  parts.push_back({bridge_contour(shape, frame)});

  for (std::vector<Contour> part : parts) {
    for (Contour& contour : part) {
      for (cv::Point2d& point : contour) {
        point += shadow_offset;
      }
    }
    paint_shadow(photo, frame, part, 0.03, shape.shadow);
  }
  for (const int side : {kLeftSide, kRightSide}) {
    paint_lens(photo, frame, shape, side);
  }
  const double top = shape.drop - shape.half_height;
  for (const std::vector<Contour>& part : parts) {
    paint_shape(photo, frame, part, 0.008, [&](cv::Point2d at) {
      // Round material: a light edge on top, darker below.
      const double down = std::clamp((at.y - top) / (2 * shape.half_height), 0.0, 1.0);
      return Paint{shape.color * static_cast<float>(1.15 - 0.35 * down), 0.97F};
    });
  }
}

GlassesShape metal_frame(Rng& rng) {
  // steel, gold, black
  GlassesShape shape{};
  shape.half_width = 0.40;
  shape.half_height = 0.29;
  shape.exponent = 2.6;
  shape.taper = 0.06;
  shape.rim = 0.035;
  shape.drop = 0.07;
  shape.shadow = 0.22;
  shape.color = pick(rng, {{70, 72, 78}, {150, 125, 85}, {45, 42, 45}});
  shape.lens_top = shape.lens_bottom = {215, 225, 235};
  shape.lens_opacity_top = 0.07F;
  shape.lens_opacity_bottom = 0.03F;
  return shape;
}

GlassesShape horn_rims(Rng& rng) {
  // black, tortoise brown, blue black
  GlassesShape shape = metal_frame(rng);
  shape.half_width = 0.43;
  shape.half_height = 0.31;
  shape.exponent = 3.0;
  shape.taper = 0.10;
  shape.rim = 0.085;
  shape.top_extra = 0.035;
  shape.shadow = 0.30;
  shape.color = pick(rng, {{22, 20, 22}, {58, 34, 22}, {30, 32, 46}});
  return shape;
}

GlassesShape dark_lenses(Rng& rng) {
  // grey, brown, green
  GlassesShape shape = horn_rims(rng);
  shape.half_width = 0.45;
  shape.half_height = 0.34;
  shape.exponent = 2.7;
  shape.taper = 0.14;
  shape.rim = 0.06;
  shape.drop = 0.09;
  shape.shadow = 0.40;
  shape.lens_top = pick(rng, {{14, 15, 18}, {34, 22, 14}, {14, 22, 18}});
  shape.lens_bottom = shape.lens_top * 1.6F;
  shape.lens_opacity_top = 0.97F;
  shape.lens_opacity_bottom = 0.88F;
  return shape;
}

// Small uneven brightness of woven cloth, the same at the same place.
float weave(cv::Point2d face, double strength) {
  const double threads = std::sin(face.x * 210) * std::sin(face.y * 190) +
                         0.6 * std::sin(face.x * 37 + face.y * 23) * std::sin(face.y * 31);
  return static_cast<float>(1 + strength * threads);
}

struct CapShape {
  cv::Vec3f color;
  cv::Vec3f brim_color;
  double shift;        // the front of the cap, sideways
  double crown_shift;  // its middle: the other way when the head is turned
};

Contour cap_crown(double shift) {
  Contour crown = mirrored_contour({{0, -1.83},
                                    {0.45, -1.77},
                                    {0.86, -1.55},
                                    {1.15, -1.15},
                                    {1.25, -0.70},
                                    {1.24, -0.34},
                                    {1.12, -0.36},
                                    {0.60, -0.58},
                                    {0, -0.66}});
  for (cv::Point2d& point : crown) {
    point.x += shift;
  }
  return smooth_contour(crown);
}

Contour cap_brim(double shift) {
  Contour brim = mirrored_contour({{0, -0.86},
                                   {0.50, -0.80},
                                   {0.95, -0.60},
                                   {1.17, -0.36},
                                   {1.16, -0.22},
                                   {1.04, -0.26},
                                   {0.62, -0.43},
                                   {0, -0.50}});
  for (cv::Point2d& point : brim) {
    point.x += shift;
  }
  return smooth_contour(brim);
}

void paint_crown(cv::Mat3b& photo, const FaceFrame& frame, const CapShape& cap) {
  paint_shape(photo, frame, {cap_crown(cap.crown_shift)}, 0.012, [&](cv::Point2d at) {
    const double across = std::clamp((at.x - cap.crown_shift) / 1.3, -1.0, 1.0);
    const double round = 0.45 + 0.55 * std::sqrt(1 - across * across);
    const double up = std::clamp((at.y + 1.83) / 0.5, 0.0, 1.0);
    const double folds = 1 + 0.05 * std::sin(at.x * 5 + at.y * 3);
    return Paint{cap.color * static_cast<float>(round * (0.8 + 0.2 * up) * folds) * weave(at, 0.03),
                 1};
  });
  // Seams between the panels and the button on top.
  for (const double seam : {-0.62, 0.0, 0.62}) {
    const Contour line = {{cap.crown_shift + seam * 0.25 - 0.012, -1.80},
                          {cap.crown_shift + seam * 0.25 + 0.012, -1.80},
                          {cap.shift + seam + 0.012, -0.80},
                          {cap.shift + seam - 0.012, -0.80}};
    paint_shadow(photo, frame, {line}, 0.012, 0.45);
  }
  const RoundedBox button{{cap.crown_shift, -1.83}, 0.09, 0.045, 2, 0};
  paint_shape(photo, frame, {rounded_contour(button)}, 0.01, [&](cv::Point2d) {
    return Paint{cap.brim_color * 0.9F, 1};
  });
}

void paint_brim(cv::Mat3b& photo, const FaceFrame& frame, const CapShape& cap) {
  const Contour brim = cap_brim(cap.shift);
  Contour above = brim;
  for (cv::Point2d& point : above) {
    point.y -= 0.05;
  }
  paint_shadow(photo, frame, {above}, 0.03, 0.35);  // the joint of crown and brim
  paint_shape(photo, frame, {brim}, 0.010, [&](cv::Point2d at) {
    const double across = std::clamp((at.x - cap.shift) / 1.3, -1.0, 1.0);
    const double round = 0.55 + 0.45 * std::sqrt(1 - across * across);
    // Distance below the upper edge, an arc: rows of stitches follow it.
    const double arc = at.y + 0.86 - 0.42 * across * across;
    const double stitches = 1 - 0.12 * std::pow(std::max(0.0, std::sin(arc * 60)), 8);
    const double lip = arc > 0.30 ? 0.72 : 1.0;  // the edge and what is seen from below
    return Paint{cap.brim_color * static_cast<float>(round * stitches * lip) * weave(at, 0.025), 1};
  });
}

void draw_cap(cv::Mat3b& photo, const FaceFrame& frame, Rng& rng) {
  // navy, black, beige, red
  CapShape cap{};
  cap.color = pick(rng, {{38, 46, 78}, {40, 40, 43}, {168, 150, 122}, {120, 34, 38}});
  cap.brim_color = rng.below(3) == 0 ? cv::Vec3f(36, 36, 40) : cap.color;
  cap.shift = 0.3 * frame.turn();
  cap.crown_shift = -0.4 * frame.turn();

  // The brim keeps light from forehead and eyes.
  const Contour shade = smooth_contour({{-1.15 + cap.shift, -0.75},
                                        {1.15 + cap.shift, -0.75},
                                        {1.10 + cap.shift, -0.12},
                                        {0.55 + cap.shift, -0.22},
                                        {cap.shift, -0.20},
                                        {-0.55 + cap.shift, -0.22},
                                        {-1.10 + cap.shift, -0.12}});
  paint_shadow(photo, frame, {shade}, 0.12, 0.5);
  paint_crown(photo, frame, cap);
  paint_brim(photo, frame, cap);
}

void draw_mask(cv::Mat3b& photo, const FaceFrame& frame, Rng& rng) {
  // white, black, light blue
  const cv::Vec3f color = pick(rng, {{232, 234, 236}, {46, 47, 50}, {168, 196, 214}});
  const double shift = 0.35 * frame.turn();
  const double length = frame.length();
  Contour outline = mirrored_contour({{0, 0.30},
                                      {0.20, 0.38},
                                      {0.62, 0.52},
                                      {0.98, 0.60},
                                      {1.02, 0.95},
                                      {0.88, 1.38},
                                      {0.52, 1.78},
                                      {0, 1.92}});
  for (cv::Point2d& point : outline) {
    point = {point.x + shift * (1 - std::abs(point.x)), point.y * length};
  }
  outline = smooth_contour(outline);
  for (const int side : {kLeftSide, kRightSide}) {
    const std::vector<Contour> straps = {
        bar_contour({side * 0.96, 0.66 * length}, {side * 1.22, 0.30 * length}, 0.035),
        bar_contour({side * 0.92, 1.25 * length}, {side * 1.20, 0.72 * length}, 0.035)};
    for (const Contour& strap : straps) {
      paint_shape(photo, frame, {strap}, 0.008, [&](cv::Point2d) {
        return Paint{color * 0.85F, 1};
      });
    }
  }
  paint_shadow(photo, frame, {outline}, 0.05, 0.35);
  paint_shape(photo, frame, {outline}, 0.010, [&](cv::Point2d at) {
    const double across = std::clamp((at.x - shift) / 1.25, -1.0, 1.0);
    const double round = 0.55 + 0.45 * std::sqrt(1 - across * across);
    const double y = at.y / length;
    // The seams of a folded mask: a light ridge with a shadow under it.
    const double upper = y - (0.78 - 0.10 * (1 - across * across));
    const double lower = y - (1.30 + 0.12 * (1 - across * across));
    const double folds =
        1 - 0.14 * std::exp(-upper * upper / 0.0018) - 0.14 * std::exp(-lower * lower / 0.0018);
    const double below = lower > 0 ? 0.86 : 1.0;
    return Paint{color * static_cast<float>(round * folds * below) * weave(at, 0.012), 1};
  });
}

}  // namespace

void draw_accessory(cv::Mat3b& photo, const FaceFrame& frame, Accessory accessory, Rng& rng) {
  switch (accessory) {
    case Accessory::kNone:
      return;
    case Accessory::kGlasses:
      return draw_glasses(photo, frame, metal_frame(rng));
    case Accessory::kHornRimmed:
      return draw_glasses(photo, frame, horn_rims(rng));
    case Accessory::kSunglasses:
      return draw_glasses(photo, frame, dark_lenses(rng));
    case Accessory::kCap:
      return draw_cap(photo, frame, rng);
    case Accessory::kCapAndHornRimmed:
      draw_glasses(photo, frame, horn_rims(rng));
      return draw_cap(photo, frame, rng);
    case Accessory::kMask:
      return draw_mask(photo, frame, rng);
  }
  KF_REQUIRE(false, static_cast<int>(accessory));
}

}  // namespace kface
