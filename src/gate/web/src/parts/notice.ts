// A message in the page, and the box that shows what is loaded, or why it could not be.
import { is_abort, listen_online, OfflineError, words_of } from '../api';
import { h, replace, type Child } from '../dom';
import { t } from '../text';
import { say } from './announce';

export type Tone = 'info' | 'good' | 'warning' | 'bad';

export const notice = (tone: Tone, ...children: Child[]): HTMLElement =>
  h('div', { class: `notice ${tone}` }, children);

export function error_notice(error: unknown, retry?: () => void): HTMLElement {
  const { text, detail } = words_of(error);
  say(text);
  return notice('bad', h('p', null, text), detail && h('p', { class: 'detail' }, detail),
    retry && h('button', { type: 'button', class: 'button', onclick: retry }, t('action.retry')));
}

// Runs `load` and puts what it gives into `box`; while it runs the box is marked busy and keeps what
// it had. A failure is shown in words, with a button, and tried again when the service is back.
export function load_into(box: HTMLElement, signal: AbortSignal, load: () => Promise<Child>): Promise<void> {
  const run = async (): Promise<void> => {
    box.setAttribute('aria-busy', 'true');
    if (!box.firstChild) replace(box, h('p', { class: 'muted' }, t('page.loading')));
    try {
      const children = await load();
      if (signal.aborted) return;
      const had_focus = box.contains(document.activeElement);
      replace(box, children);
      if (had_focus) {
        box.tabIndex = -1;
        box.focus({ preventScroll: true });
      }
    } catch (error) {
      if (signal.aborted || is_abort(error)) return;
      replace(box, error_notice(error, () => void run()));
      if (error instanceof OfflineError) listen_online(signal, () => void run());
    } finally {
      box.removeAttribute('aria-busy');
    }
  };
  return run();
}
