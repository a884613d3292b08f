// The two drawings of the page. Sizes are attributes, colours come from the style sheet.
import { h, svg, type Child } from '../dom';
import type { Bin } from '../api_types';
import { three, two, whole } from '../format';
import { t } from '../text';

// Where one distance lies, and the threshold: a line from "alike" to "unlike".
export function distance_bar(distance: number, threshold: number): HTMLElement {
  const end = Math.max(distance * 1.15, threshold * 1.6, 1e-9);
  const x = (value: number) => 4 + (292 * value) / end;
  const label = t('distance.bar', { distance: three(distance), threshold: three(threshold) });
  return h('div', { class: 'distance-bar' },
    svg('svg', { viewBox: '0 0 300 36', role: 'img', 'aria-label': label },
      svg('rect', { class: 'within', x: 4, y: 18, width: x(threshold) - 4, height: 8, rx: 4 }),
      svg('rect', { class: 'beyond', x: x(threshold), y: 18, width: 296 - x(threshold), height: 8, rx: 4 }),
      svg('path', { class: 'limit', d: `M${x(threshold)} 10v24` }),
      svg('circle', { class: distance <= threshold ? 'dot in' : 'dot out', cx: x(distance), cy: 22, r: 7 })),
    h('div', { class: 'ends', 'aria-hidden': 'true' }, h('span', null, t('distance.alike')), h('span', null, t('distance.unlike'))));
}

const kHeight = 320;
const kLeft = 48;
const kRight = 22;
const kTop = 34;
const kBottom = 44;

// A step of which at most `count` make `range`: 1, 2 or 5 times a power of ten.
export function even_step(range: number, count: number): number {
  const power = 10 ** Math.floor(Math.log10(range / count));
  return [1, 2, 5, 10].map((m) => m * power).find((step) => step * count >= range * (1 - 1e-9)) ?? range;
}

// Heights at which a line is drawn: whole numbers, the last one at or above `most`.
export function heights_to(most: number): number[] {
  const step = Math.max(1, even_step(Math.max(most, 1), 4));
  return Array.from({ length: Math.ceil(Math.max(most, 1) / step) + 1 }, (_, i) => i * step);
}

const kKinds = ['granted', 'not_sure', 'denied'] as const;

export function histogram(bins: Bin[], threshold: number | null, width: number): SVGElement {
  const first = bins[0]?.from ?? 0;
  const last = Math.max(bins[bins.length - 1]?.to ?? 1, threshold ?? 0);
  const marks = heights_to(Math.max(...bins.map((bin) => bin.granted + bin.denied + bin.not_sure), 0));
  const most = marks[marks.length - 1] ?? 1;
  const x = (value: number) => kLeft + ((width - kLeft - kRight) * (value - first)) / (last - first || 1);
  const y = (count: number) => kHeight - kBottom - ((kHeight - kTop - kBottom) * count) / most;
  const bars = bins.flatMap((bin) => {
    let below = 0;
    return kKinds.map((kind) => {
      const top = y(below + bin[kind]);
      const bar = bin[kind] > 0 && svg('rect', { class: `bar ${kind}`, x: x(bin.from) + 0.75, y: top,
        width: Math.max(1, x(bin.to) - x(bin.from) - 1.5), height: y(below) - top });
      below += bin[kind];
      return bar;
    });
  });
  const step = even_step(last - first || 1, width / 70);
  const ticks: Child = Array.from({ length: Math.floor((last - first) / step + 1e-9) + 1 }, (_, i) => first + i * step)
    .map((at) => svg('text', { x: x(at), y: kHeight - kBottom + 18, 'text-anchor': 'middle' }, two(at)));
  const lines: Child = marks.map((count) => [
    svg('path', { class: 'grid', d: `M${kLeft} ${y(count)}H${width - kRight}` }),
    svg('text', { x: kLeft - 8, y: y(count) + 4, 'text-anchor': 'end' }, whole(count))]);
  const near_end = threshold !== null && x(threshold) > width - 170;
  return svg('svg', { viewBox: `0 0 ${width} ${kHeight}`, class: 'histogram', 'aria-hidden': 'true' },
    lines, bars, ticks,
    svg('text', { x: (kLeft + width - kRight) / 2, y: kHeight - 6, 'text-anchor': 'middle', class: 'axis' },
      t('distances.axis')),
    threshold !== null && [
      svg('path', { class: 'limit', d: `M${x(threshold)} ${kTop - 12}V${kHeight - kBottom}` }),
      svg('text', { class: 'limit-name', x: x(threshold) + (near_end ? -6 : 6), y: kTop - 14,
        'text-anchor': near_end ? 'end' : 'start' }, t('distances.threshold', { value: three(threshold) })),
    ]);
}
