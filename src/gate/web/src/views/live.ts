// Who stands there? By this device's camera, a photo, or what the gate's own camera decided.
import { ApiError, call, get, is_abort, post } from '../api';
import type { Decision, GateState, Match } from '../api_types';
import { h, pause, replace, type Child } from '../dom';
import { one } from '../format';
import { say_at_once } from '../parts/announce';
import { Camera, photo_of_file } from '../parts/camera';
import { button, choice, select_field, text_field, tick, while_busy } from '../parts/field';
import { icon } from '../parts/icon';
import { error_notice, notice } from '../parts/notice';
import { heading } from '../parts/small';
import { verdict_panel, verdict_sentence } from '../parts/verdict';
import { may } from '../session';
import { t } from '../text';
import type { Context, View } from '../view';

const kFrameEveryMs = 250;
const kStateEveryMs = 1000;

// What the reader chose; kept while the page is open.
const chosen = { source: 'device', who: 'anybody', claim: '', direction: '', vehicle: '', gate: '', open: false };

// A photo that cannot be decided on is answered with an error, which brings the denial that was
// recorded; at a gate that is a verdict like others.
function as_decision(error: unknown): Decision | null {
  const decision = error instanceof ApiError ? error.details['decision'] as Partial<Decision> | undefined : undefined;
  return decision?.verdict && decision.reason ? decision as Decision : null;
}

async function decide(photo: Blob, signal: AbortSignal): Promise<{ decision: Decision; matches: Match[] }> {
  const common = { gate: chosen.gate.trim(), direction: chosen.direction, vehicle: chosen.vehicle.trim(), open: chosen.open };
  if (chosen.who === 'anybody') return post('/identify', { photo, signal, query: { ...common, limit: 5 } });
  return { matches: [], decision: await post<Decision>('/verify',
    { photo, signal, query: { ...common, [chosen.who]: chosen.claim.trim() } }) };
}

function show_decision(box: HTMLElement, decision: Decision, matches: Match[], at: string): void {
  replace(box, verdict_panel(decision, matches, at));
  say_at_once(verdict_sentence(decision));
  if (box.getBoundingClientRect().top > window.innerHeight / 2) box.scrollIntoView({ block: 'start' });
}

// Draws the choices that belong to a decision of ours.
function request_fields(redraw: () => void): Child {
  const keep = (name: 'claim' | 'vehicle' | 'gate' | 'direction') => (event: Event) => {
    chosen[name] = (event.target as HTMLInputElement).value;
  };
  const claimed = chosen.who !== 'anybody';
  return [
    choice(t('live.who'), [['anybody', t('live.who_anybody')], ['card', t('live.who_card')], ['vehicle', t('live.who_vehicle')]],
      chosen.who, (value) => {
        chosen.who = value;
        redraw();
      }),
    h('div', { class: 'fields' },
      claimed && text_field(chosen.who === 'card' ? t('person.card') : t('person.vehicle'),
        { value: chosen.claim, oninput: keep('claim'), name: 'claim' }).element,
      select_field(t('live.direction'), [['', t('direction.none')], ['entry', t('direction.entry')], ['exit', t('direction.exit')]],
        chosen.direction, { onchange: keep('direction'), name: 'direction' }).element,
      chosen.who !== 'vehicle' && text_field(t('live.vehicle'),
        { value: chosen.vehicle, oninput: keep('vehicle'), name: 'vehicle' }).element,
      text_field(t('live.gate'), { value: chosen.gate, oninput: keep('gate'), name: 'gate' }, t('live.gate_help')).element),
    tick(t('live.open'), chosen.open, (on) => { chosen.open = on; }),
  ];
}

function device_source(context: Context, result: HTMLElement, options: HTMLElement): Child {
  const camera = new Camera(context.signal);
  const identify = async (photo: Blob) => {
    result.setAttribute('aria-busy', 'true');
    try {
      const { decision, matches } = await decide(photo, context.signal);
      show_decision(result, decision, matches, new Date().toISOString());
    } catch (error) {
      if (is_abort(error)) return;
      const decision = as_decision(error);
      if (decision) show_decision(result, decision, [], new Date().toISOString());
      else replace(result, error_notice(error));
    } finally {
      result.removeAttribute('aria-busy');
    }
  };
  const look = button([icon('live'), t('live.identify')], () => void while_busy(look, async () => {
    if (chosen.who !== 'anybody' && !chosen.claim.trim()) options.querySelector<HTMLElement>('[name=claim]')?.focus();
    else if (camera.ready) await identify(await camera.capture());
    else replace(result, notice('warning', t('live.no_picture')));
  }), 'primary large', { 'data-test': 'identify' });
  const file = h('input', { type: 'file', accept: 'image/*', class: 'hidden', tabindex: '-1',
    'aria-label': t('live.photo'), onchange: () => {
      const [photo] = file.files ?? [];
      if (photo) void while_busy(look, async () => identify(await photo_of_file(photo)));
      file.value = '';
    } });
  const draw_options = () => replace(options, request_fields(() => {
    draw_options();
    options.querySelector<HTMLElement>('input:checked')?.focus();
  }));
  draw_options();
  void camera.start();
  return [camera.element,
    h('div', { class: 'actions' }, look, button(t('live.photo'), () => file.click()), file)];
}

// The gate's own camera, a few pictures a second, and what it decided last.
function gate_source(context: Context, result: HTMLElement): Child {
  const picture = h('img', { alt: t('live.gate_picture'), hidden: true });
  const message = h('div', { class: 'stage-message' }, h('p', null, t('page.loading')));
  const line = h('p', { class: 'muted' });
  const stage = h('div', { class: 'stage' }, picture, message);
  let url = '';
  let shown = '';
  const frame = async () => {
    const blob = await (await call('GET', '/gate/frame.jpg', { signal: context.signal, background: true })).blob();
    const old = url;
    picture.src = url = URL.createObjectURL(blob);
    if (old) URL.revokeObjectURL(old);
    picture.hidden = false;
    stage.classList.add('running');
    replace(message);
  };
  const state = async () => {
    const { fps, last_decision: last } = await get<GateState>('/gate/state', { signal: context.signal, background: true });
    line.textContent = typeof fps === 'number' ? t('live.fps', { fps: one(fps) }) : '';
    if (last && `${last.event}` !== shown) {
      shown = `${last.event}`;
      show_decision(result, last, [], last.at ?? '');
    }
  };
  const is_none = (error: unknown) => error instanceof ApiError && error.status === 404;
  const fail = (error: unknown) => {
    if (is_abort(error)) return;
    picture.hidden = true;
    stage.classList.remove('running');
    replace(message, is_none(error) ? notice('info', t('live.no_gate_camera')) : error_notice(error));
  };
  const repeat = async (ms: number, work: () => Promise<void>) => {
    let wait = ms;
    do {
      if (document.hidden) continue;
      try {
        await work();
        wait = ms;
      } catch (error) {
        fail(error);
        if (is_none(error)) break;
        wait = 5000; // a camera that is away is not hurried
      }
    } while (await pause(wait, context.signal));
    if (url) URL.revokeObjectURL(url);
    url = '';
  };
  void repeat(kFrameEveryMs, frame);
  void repeat(kStateEveryMs, state);
  return [stage, line, h('p', { class: 'muted' }, t('live.gate_decides'))];
}

function make(context: Context): Child {
  const result = h('div', { class: 'result', 'data-test': 'result' });
  const source = h('div', { class: 'source card' });
  const options = h('div', { class: 'options card' });
  // A source that is left stops: each has a signal of its own.
  let own = new AbortController();
  context.signal.addEventListener('abort', () => own.abort());
  const draw = () => {
    own.abort();
    own = new AbortController();
    const inner = { ...context, signal: own.signal };
    replace(result, h('p', { class: 'muted waiting' }, t('live.waiting')));
    replace(options);
    const content = chosen.source === 'gate' ? gate_source(inner, result) : device_source(inner, result, options);
    replace(source, may('gate_picture') && choice(t('live.source'),
      [['device', t('live.source_device')], ['gate', t('live.source_gate')]], chosen.source, (value) => {
        chosen.source = value;
        draw();
        source.querySelector<HTMLElement>('input:checked')?.focus();
      }), content);
  };
  if (!may('gate_picture')) chosen.source = 'device';
  draw();
  return [heading(t('view.live'), t('live.lead')), h('div', { class: 'live' }, source, result, options)];
}

export const live: View = { name: 'live', title: 'view.live', right: 'decide', make };
