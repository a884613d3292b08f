// What a screen reader is told without being asked. The two regions outlive every view.
import { h } from '../dom';

const polite = h('div', { class: 'hidden', role: 'status', 'aria-live': 'polite', 'aria-atomic': 'true' });
const urgent = h('div', { class: 'hidden', role: 'alert', 'aria-live': 'assertive', 'aria-atomic': 'true' });
export const live_regions = [polite, urgent];

function say_in(region: HTMLElement, text: string): void {
  // The same sentence twice is news, too: only a change is read out.
  region.textContent = region.textContent === text ? `${text}\u00a0` : text;
}
export const say = (text: string): void => say_in(polite, text);
export const say_at_once = (text: string): void => say_in(urgent, text);
