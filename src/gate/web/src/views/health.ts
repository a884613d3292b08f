// Is everything as it should be? Asked every few seconds.
import { get } from '../api';
import type { GateState, Head, Health, Model } from '../api_types';
import { h, pause, type Child } from '../dom';
import { duration, one, rate, three, whole } from '../format';
import { load_into } from '../parts/notice';
import { facts, heading } from '../parts/small';
import { icon } from '../parts/icon';
import { may } from '../session';
import { t, word } from '../text';
import type { Context, View } from '../view';

const kEveryMs = 5000;

// "ok", or "unreachable: the broker does not answer".
const kWell = new Set(['ok', 'open', 'closed']);

// One thing and how it is; the service's own words where this page has none.
function tile(name: string, state: string | null | undefined, more: Child = null): HTMLElement {
  const [what = '', ...why] = (state ?? '').split(':');
  const kind = !state ? 'unknown' : kWell.has(what) ? 'granted' : 'denied';
  return h('section', { class: `tile ${kind}` }, h('h2', null, name),
    h('p', { class: 'state' }, kind !== 'unknown' && icon(kind), state ? word('state', what) : t('health.none')),
    why.length > 0 && h('p', { class: 'detail' }, why.join(':').trim()),
    what === 'failing' && h('p', { class: 'detail' }, t('health.see_log')), more);
}

const door_tiles = (doors: string[] | undefined): Child => (!doors?.length ? tile(t('health.doors'), null)
  : doors.map((door, i) => tile(doors.length === 1 ? t('health.doors') : t('health.door', { number: i + 1 }), door)));

function model_card(model: Model): HTMLElement {
  const threshold = model.threshold ?? {};
  return h('section', { class: 'card' }, h('h2', null, t('health.model')), facts([
    [t('health.model_name'), model.name],
    [t('health.backbone'), model.backbone],
    [t('health.recipe'), model.recipe],
    [t('decision.threshold'), three(threshold.distance)],
    [t('decision.far'), typeof threshold.far === 'number' ? rate(threshold.far) : t('health.unmeasured')],
    [t('health.measured_on'), typeof threshold.num_people === 'number'
      ? t(threshold.unseen_people === false ? 'health.people_seen' : 'health.people_unseen', { number: whole(threshold.num_people) }) : null],
    [t('health.rule'), threshold.rule],
    [t('health.space'), model.space && h('code', null, model.space)],
  ]));
}

function head_card(head: Head): HTMLElement {
  return h('section', { class: 'card' }, h('h2', null, t('health.audit_head')), h('p', { class: 'muted' }, t('health.audit_help')),
    facts([[t('event.sequence'), whole(head.sequence)], [t('health.chain'), h('code', { class: 'wrap' }, head.chain)]]));
}

async function look(context: Context): Promise<Child> {
  const options = { signal: context.signal, background: true };
  const [health, { models }, head] = await Promise.all([get<Health>('/health', options), get<{ models: Model[] }>('/models', options),
    may('audit') ? get<Head>('/audit/head', options) : null]);
  const gate = health.camera && may('gate_picture') ? await get<GateState>('/gate/state', options) : null;
  return [
    h('div', { class: 'tiles' },
      tile(t('health.overall'), health.status), tile(t('health.storage'), health.storage), tile(t('health.audit'), health.audit),
      door_tiles(health.doors),
      tile(t('health.camera'), health.camera, typeof gate?.fps === 'number' && h('p', { class: 'detail' }, t('live.fps', { fps: one(gate.fps) })))),
    h('div', { class: 'columns' },
      h('div', { class: 'stack' },
        h('section', { class: 'card' }, h('h2', null, t('health.service')), facts([
          [t('health.people'), whole(health.people)],
          [t('health.templates'), whole(health.templates)],
          [t('health.uptime'), duration(health.uptime_s)],
          [t('health.version'), health.version],
        ])),
        head && head_card(head)),
      models.map(model_card)),
  ];
}

function make(context: Context): Child {
  const box = h('div');
  const repeat = async () => {
    do {
      // Who is about to copy something would lose it.
      const selecting = box.contains(document.getSelection()?.anchorNode ?? null) && !document.getSelection()?.isCollapsed;
      if (!document.hidden && !selecting) await load_into(box, context.signal, () => look(context));
    } while (await pause(kEveryMs, context.signal));
  };
  void repeat();
  return [heading(t('view.health'), t('health.lead')), box];
}

export const health: View = { name: 'health', title: 'view.health', right: null, make };
