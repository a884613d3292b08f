// Is everything as it should be? Asked every few seconds.
import { get } from '../api';
import type { Head, Model } from '../api_types';
import { h, pause, type Child } from '../dom';
import { duration, one, rate, three, whole } from '../format';
import { load_into } from '../parts/notice';
import { facts, heading } from '../parts/small';
import { icon } from '../parts/icon';
import { may } from '../session';
import { t, word } from '../text';
import type { Context, View } from '../view';

const kEveryMs = 5000;

type Json = string | number | boolean | null | undefined | Json[] | { [name: string]: Json };
type Health = { [name: string]: Json } & { status?: string };

const text_of = (value: Json): string => {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(text_of).join(', ');
  if (typeof value === 'object') return text_of(value['state'] ?? value['status'] ?? value['name'] ?? JSON.stringify(value));
  return String(value);
};
const field = (value: Json, name: string): Json =>
  (value && typeof value === 'object' && !Array.isArray(value) ? value[name] : undefined);

const kWell = new Set(['ok', 'open', 'closed', 'running', 'connected', 'true']);
const is_well = (text: string): boolean => kWell.has(text.split(':')[0]?.trim() ?? '');

// One thing and how it is; the service's own words where this page has none.
function tile(name: string, state: Json, more: Child = null): HTMLElement {
  const text = text_of(state);
  const kind = text === '' ? 'unknown' : is_well(text) ? 'granted' : 'denied';
  return h('section', { class: `tile ${kind}` }, h('h2', null, name),
    h('p', { class: 'state' }, kind !== 'unknown' && icon(kind as 'granted' | 'denied'),
      text === '' ? t('health.none') : word('state', text)), more);
}

function door_tiles(doors: Json): Child {
  if (!Array.isArray(doors) || doors.length === 0) return tile(t('health.doors'), null);
  return doors.map((door, i) => tile(String(field(door, 'name') ?? t('health.door', { number: i + 1 })),
    typeof door === 'object' ? field(door, 'state') ?? door : door));
}

function camera_tile(camera: Json, fps: Json): HTMLElement {
  const rate_of = fps ?? field(camera, 'fps');
  return tile(t('health.camera'), field(camera, 'state') ?? camera,
    typeof rate_of === 'number' && h('p', { class: 'detail' }, t('live.fps', { fps: one(rate_of) })));
}

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
  const { signal } = context;
  const [health, models, head] = await Promise.all([
    get<Health>('/health', { signal, background: true }),
    may('decide') ? get<{ models: Model[] }>('/models', { signal, background: true }) : null,
    may('audit') ? get<Head>('/audit/head', { signal, background: true }) : null,
  ]);
  const people = field(health['people'], 'count') ?? health['people'];
  return [
    h('div', { class: 'tiles' },
      tile(t('health.overall'), health.status), tile(t('health.storage'), health['storage']), tile(t('health.audit'), health['audit']),
      door_tiles(health['doors']), camera_tile(health['camera'], health['fps'])),
    h('div', { class: 'columns' },
      h('section', { class: 'card' }, h('h2', null, t('health.service')), facts([
        [t('health.people'), typeof people === 'number' ? whole(people) : null],
        [t('health.uptime'), duration(health['uptime_s'] as number | null)],
        [t('health.version'), text_of(health['version'])],
      ])),
      (models?.models ?? []).map(model_card), head && head_card(head)),
  ];
}

function make(context: Context): Child {
  const box = h('div');
  const repeat = async () => {
    do {
      if (!document.hidden) await load_into(box, context.signal, () => look(context));
    } while (await pause(kEveryMs, context.signal));
  };
  void repeat();
  return [heading(t('view.health'), t('health.lead')), box];
}

export const health: View = { name: 'health', title: 'view.health', right: null, make };
