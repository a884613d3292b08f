// Small drawings, 24 x 24, in the colour of the text beside them; they say nothing that the text
// does not say.
import { svg } from '../dom';

const kPaths = {
  live: 'M4 8V6a2 2 0 0 1 2-2h2M16 4h2a2 2 0 0 1 2 2v2M20 16v2a2 2 0 0 1-2 2h-2M8 20H6a2 2 0 0 1-2-2v-2M9.5 9.5v1M14.5 9.5v1M9 14.5c1.8 1.6 4.2 1.6 6 0',
  enrol: 'M10 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM3 20c.6-3.6 3.4-5.5 7-5.5 1.6 0 3 .3 4.2 1M18 14v6M15 17h6',
  people: 'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5c.6-3.4 3.2-5 6.5-5s5.9 1.6 6.5 5M16 4.8a3.3 3.3 0 0 1 0 6.4M18 14.8c2 .7 3.2 2.2 3.5 4.7',
  events: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  distances: 'M4 20V10M9 20V5M14 20v-8M19 20v-4M2.5 20h19',
  health: 'M3 12h4l2.5-6 4.5 12 2.5-6H21',
  tokens: 'M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 12h9.5M18 12v3.5M21.5 12v2.5',
  granted: 'M5 12.5l4.5 4.5L19 7.5',
  denied: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  not_sure: 'M8.5 9a3.5 3.5 0 1 1 5.3 3c-1.2.7-1.8 1.4-1.8 2.7M12 18.5h.01',
  camera: 'M4 8h3l1.5-2.5h7L17 8h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  leave: 'M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 8l-4 4 4 4M6 12h9',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
} as const;

export type IconName = keyof typeof kPaths;

export const icon = (name: IconName): SVGElement =>
  svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: kPaths[name] }));

// The icon of the page itself (public/assets/icon.svg), drawn here so that it shows while the gate is away.
export const logo = (): SVGElement => svg('svg', { viewBox: '0 0 64 64', 'aria-hidden': 'true', focusable: 'false' },
  svg('rect', { width: 64, height: 64, rx: 14 }),
  svg('path', { d: 'M14 24v-6a4 4 0 0 1 4-4h6M40 14h6a4 4 0 0 1 4 4v6M50 40v6a4 4 0 0 1-4 4h-6M24 50h-6a4 4 0 0 1-4-4v-6' }),
  svg('path', { d: 'M25 27v2M39 27v2M25 38c4 4 10 4 14 0' }));
