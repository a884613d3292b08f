// Small things that several views show.
import { h, svg, type Child } from '../dom';
import { hundredths, kNone, one, whole } from '../format';
import type { Quality } from '../api_types';
import { t, word } from '../text';
import { icon, type IconName } from './icon';

export const verdict_class = (verdict: string): 'granted' | 'denied' | 'not_sure' =>
  (verdict === 'granted' ? 'granted' : verdict === 'not sure' || verdict === 'not_sure' ? 'not_sure' : 'denied');

export const verdict_icon = (verdict: string): SVGElement => icon(verdict_class(verdict) as IconName);

export const badge = (verdict: string): HTMLElement =>
  h('span', { class: `badge ${verdict_class(verdict)}` }, verdict_icon(verdict), word('verdict', verdict));

const is_something = (value: Child): boolean =>
  value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);

// A cell of a list; on a phone, where the heading of the column is not shown, it brings it along.
export const cell = (label: string, value: Child): HTMLElement =>
  h('td', { 'data-label': label }, is_something(value) && h('div', null, value));

export const facts = (rows: [string, Child][]): HTMLElement =>
  h('dl', { class: 'facts' }, rows.filter(([, value]) => is_something(value))
    .map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))));

// A bar and the number that it shows.
export function meter(value: number | null | undefined, label: string): HTMLElement {
  if (typeof value !== 'number') return h('span', { class: 'meter' }, kNone);
  return h('span', { class: 'meter' },
    h('span', { class: 'hidden' }, label),
    svg('svg', { viewBox: '0 0 92 10', 'aria-hidden': 'true' },
      svg('rect', { class: 'whole', width: 92, height: 10, rx: 5 }),
      svg('rect', { width: (92 * Math.min(1, Math.max(0, value))).toFixed(1), height: 10, rx: 5 })), hundredths(value));
}

export const quality_words = (quality: Quality | undefined): string => (quality ? [
  typeof quality.face_size_px === 'number' && t('quality.size', { px: whole(Math.round(quality.face_size_px)) }),
  typeof quality.brightness === 'number' && t('quality.brightness', { value: whole(Math.round(quality.brightness)) }),
  typeof quality.sharpness === 'number' && t('quality.sharpness', { value: whole(Math.round(quality.sharpness)) }),
  typeof quality.yaw_degrees === 'number' && t('quality.yaw', { degrees: one(quality.yaw_degrees) }),
].filter(Boolean).join(', ') : '');

// Heading of a view; takes the focus when the view is opened.
export const heading = (text: string, lead: Child = null): HTMLElement =>
  h('div', { class: 'heading' }, h('h1', { tabindex: '-1' }, text), lead && h('p', { class: 'lead' }, lead));

// Pages of a list whose service tells a cursor of the next page only.
export class Pager {
  private trail: (string | null)[] = [null];
  readonly element = h('nav', { class: 'pager' });
  constructor(private readonly on_turn: () => void) {}

  get cursor(): string | null { return this.trail[this.trail.length - 1] ?? null; }
  restart(): void { this.trail = [null]; }

  show(next: string | null): void {
    this.element.setAttribute('aria-label', t('pager.name'));
    const turn = (change: () => void) => () => {
      change();
      this.on_turn();
    };
    const move = (text: string, possible: boolean, change: () => void) =>
      h('button', { type: 'button', class: 'button', disabled: !possible, onclick: turn(change) }, text);
    const had_focus = [...this.element.children].indexOf(document.activeElement as Element);
    const several = this.trail.length > 1 || next !== null;
    this.element.replaceChildren(...(several ? [
      move(t('pager.previous'), this.trail.length > 1, () => { this.trail.pop(); }),
      h('span', null, t('pager.page', { number: this.trail.length })),
      move(t('pager.next'), next !== null, () => { this.trail.push(next); }),
    ] : []));
    // The keyboard stays where it was: on the button, or on the other one where that leads nowhere now.
    if (had_focus < 0) return;
    const buttons = [...this.element.querySelectorAll('button')];
    const same = buttons[had_focus === 0 ? 0 : 1];
    (same?.disabled ? buttons.find((one) => !one.disabled) : same)?.focus();
  }
}
