// The frame around the views: header, language, navigation, banners, and which view is shown.
import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/parts.css';
import '../styles/views.css';
import { get, is_abort, is_online, listen, set_online, wait_until_online, words_of, ApiError } from './api';
import { h, replace, type Child } from './dom';
import { live_regions, say } from './parts/announce';
import { button } from './parts/field';
import { icon, logo } from './parts/icon';
import { error_notice } from './parts/notice';
import { heading } from './parts/small';
import { forget_token, set_me, signed_in, token, type Me } from './session';
import { kLanguages, language, set_language, t, word, type Language } from './text';
import { allowed, type View } from './view';
import { distances } from './views/distances';
import { discard_enrolment, enrol } from './views/enrol';
import { events } from './views/events';
import { health } from './views/health';
import { live } from './views/live';
import { people } from './views/people';
import { sign_in_view } from './views/sign_in';
import { tokens } from './views/tokens';

const kViews: View[] = [live, enrol, people, events, distances, health, tokens];

const skip = h('a', { class: 'skip', href: '#main' });
const header = h('header', { class: 'top' });
const banner = h('div', { class: 'banner', role: 'status', hidden: true });
const navigation = h('nav', { class: 'views' });
const main = h('main', { id: 'main', tabindex: '-1' });
let leave = new AbortController();
let ended: string | null = null; // why the last session ended, for the sign-in view

function language_switch(): HTMLElement {
  return h('div', { class: 'languages', role: 'group', 'aria-label': t('page.language') },
    Object.entries(kLanguages).map(([code, name]) => h('button', { type: 'button', lang: code, 'data-language': code,
      'aria-pressed': String(code === language()), onclick: () => {
        set_language(code as Language);
        draw(false);
        header.querySelector<HTMLElement>(`[data-language=${code}]`)?.focus();
      } }, name)));
}

// The token no longer counts.
function end_session(why: string): void {
  forget_token();
  discard_enrolment();
  ended = why;
  draw(true);
}

// Loaded anew, so that nothing that was typed or seen is left for whoever comes next.
function sign_out(): void {
  forget_token();
  history.replaceState(null, '', '/');
  location.reload();
}

function draw_header(): void {
  const me = signed_in();
  replace(header, h('a', { class: 'brand', href: '#/' }, logo(),
    h('span', null, 'kface'), h('span', { class: 'what' }, t('page.gate'))),
  h('div', { class: 'right' },
    me && h('span', { class: 'me' }, h('strong', null, me.name), h('span', null, word('role', me.role))),
    language_switch(),
    me && button([icon('leave'), h('span', { class: 'wide-only' }, t('sign_in.leave'))], sign_out, 'quiet',
      { 'aria-label': t('sign_in.leave'), 'data-test': 'sign-out' })));
}

function draw_navigation(current: View | null): void {
  const offered = kViews.filter(allowed);
  navigation.hidden = signed_in() === null;
  navigation.setAttribute('aria-label', t('page.views'));
  replace(navigation, h('ul', null, offered.map((view) => h('li', null,
    h('a', { href: `#/${view.name}`, 'aria-current': view === current ? 'page' : null }, icon(view.name),
      h('span', null, t(view.title)))))));
}

// What is no escape is taken as it stands; there is nothing of that name, then.
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// "#/people/p-1?x=y"
function address(): { name: string; id: string | null; query: URLSearchParams } {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [name = '', id = ''] = path.split('/');
  return { name, id: id ? decoded(id) : null, query: new URLSearchParams(query) };
}

function content(): { view: View | null; children: Child } {
  if (!signed_in()) {
    return { view: null, children: sign_in_view(ended, () => {
      ended = null;
      draw(true);
    }) };
  }
  const { name, id, query } = address();
  const first = kViews.find(allowed) ?? health;
  const view = name === '' || name === 'main' ? first : kViews.find((one) => one.name === name);
  if (!view || !allowed(view)) {
    return { view: null, children: [heading(t('page.not_here')), h('p', null, view ? t('page.not_allowed') : t('page.no_view')),
      h('p', null, h('a', { href: `#/${first.name}` }, t(first.title)))] };
  }
  return { view, children: view.make({ signal: leave.signal, id, query }) };
}

// Everything anew; `moved`: the reader went somewhere, so the focus goes to the heading.
function draw(moved: boolean): void {
  leave.abort();
  leave = new AbortController();
  document.querySelectorAll('dialog').forEach((dialog) => dialog.close());
  document.documentElement.lang = language();
  skip.textContent = t('page.skip');
  draw_header();
  const { view, children } = content();
  draw_navigation(view);
  document.body.classList.toggle('signed-in', signed_in() !== null);
  replace(main, children);
  const title = t(view ? view.title : signed_in() ? 'page.not_here' : 'sign_in.title');
  document.title = `${title} · kface`;
  draw_banner(0);
  if (!moved) return;
  window.scrollTo(0, 0);
  const target = view ? main.querySelector<HTMLElement>('h1') : main.querySelector<HTMLElement>('input') ?? main;
  target?.focus({ preventScroll: true });
}

function draw_banner(busy_s: number): void {
  const text = !is_online() ? t('banner.offline') : busy_s > 0 ? t('banner.busy', { seconds: busy_s }) : null;
  banner.hidden = text === null;
  banner.classList.toggle('offline', !is_online());
  replace(banner, text);
}

async function start(): Promise<void> {
  document.body.prepend(skip, ...live_regions);
  replace(document.getElementById('page') as HTMLElement, header, banner, h('div', { class: 'frame' }, navigation, main));
  skip.addEventListener('click', (event) => {
    event.preventDefault();
    main.focus();
  });
  listen({
    busy: draw_banner,
    online: (yes) => {
      draw_banner(0);
      say(yes ? t('banner.back') : t('banner.offline'));
      if (!yes) void wait_until_online();
    },
    unauthorized: () => { if (signed_in()) end_session(t('sign_in.ended')); },
  });
  window.addEventListener('offline', () => set_online(false));
  window.addEventListener('hashchange', () => draw(true));
  if (token()) {
    document.documentElement.lang = language();
    draw_header();
    try {
      set_me(await get<Me>('/me'));
    } catch (error) {
      if (is_abort(error)) return;
      if (error instanceof ApiError && error.status === 401) {
        forget_token();
        ended = t('sign_in.ended');
      } else {
        // The token may well be good: it is kept, and the reader told.
        replace(main, error_notice(error, () => location.reload()));
        return say(words_of(error).text);
      }
    }
  }
  draw(true);
}

void start();
