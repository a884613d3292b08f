// Small drawings, 24 x 24, in the colour of the text beside them; they say nothing that the text
// does not say.
import { svg } from '../dom';

const kPaths = {
  live: 'M4 8V6a2 2 0 0 1 2-2h2M16 4h2a2 2 0 0 1 2 2v2M20 16v2a2 2 0 0 1-2 2h-2M8 20H6a2 2 0 0 1-2-2v-2M9.5 9.5v1M14.5 9.5v1M9 14.5c1.8 1.6 4.200 1.600 6 0',
  enrol: 'M10 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM3 20c.6-3.600 3.400-5.500 7-5.500 1.600 0 3 .3 4.200 1M18 14v6M15 17h6',
  people: 'M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 19.500c.6-3.400 3.200-5 6.500-5s5.900 1.600 6.500 5M16 4.800a3.300 3.300 0 0 1 0 6.400M18 14.800c2 .7 3.200 2.200 3.500 4.700',
  events: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  distances: 'M4 20V10M9 20V5M14 20v-8M19 20v-4M2.500 20h19',
  health: 'M3 12h4l2.500-6 4.500 12 2.500-6H21',
  tokens: 'M14.500 9.500a4.500 4.500 0 1 0-4.200 4.500L12 12.300h2v-2zM13 13l-1 1v2h-2v2H8v2H4.500v-3l5-5',
  granted: 'M5 12.500l4.500 4.500L19 7.500',
  denied: 'M6.500 6.500l11 11M17.500 6.500l-11 11',
  not_sure: 'M8.500 9a3.500 3.500 0 1 1 5.300 3c-1.200.7-1.800 1.400-1.800 2.700M12 18.500h.01',
  camera: 'M4 8h3l1.500-2.500h7L17 8h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1zM12 16.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7z',
  leave: 'M14 4h4a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-4M10 8l-4 4 4 4M6 12h9',
  close: 'M6.500 6.500l11 11M17.500 6.500l-11 11',
} as const;

export type IconName = keyof typeof kPaths;

export const icon = (name: IconName): SVGElement =>
  svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: kPaths[name] }));
