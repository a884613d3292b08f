// One event: its records, and what is kept beyond them.
import { call, get } from '../api';
import type { EventAnswer, EventRecord } from '../api_types';
import { h, replace, type Child } from '../dom';
import { hundredths, moment, rate, three, whole } from '../format';
import { error_notice, load_into } from '../parts/notice';
import { badge, facts, heading } from '../parts/small';
import { person_of, reason_words } from '../parts/verdict';
import { t, word } from '../text';
import type { Context } from '../view';

function record_card(record: EventRecord): HTMLElement {
  const number = (value: number | null | undefined) => (typeof value === 'number' ? three(value) : null);
  const share = (value: number | null | undefined) => (typeof value === 'number' ? hundredths(value) : null);
  return h('section', { class: 'card' },
    h('h2', null, word('kind', record.kind), ' ', record.verdict && badge(record.verdict)),
    record.reason && h('p', { class: 'reason' }, reason_words(record.reason)),
    record.note && h('p', { class: 'detail' }, record.note),
    facts([
      [t('event.at'), moment(record.at)],
      [t('event.person'), person_of(record)],
      [t('event.gate'), record.gate],
      [t('live.direction'), record.direction && record.direction !== 'none' && word('direction', record.direction)],
      [t('decision.distance'), number(record.distance)],
      [t('decision.threshold'), number(record.threshold)],
      [t('decision.far'), typeof record.far === 'number' ? rate(record.far) : null],
      [t('decision.margin'), number(record.margin)],
      [t('decision.quality'), share(record.quality)],
      [t('decision.liveness'), share(record.liveness)],
      [t('decision.time'), typeof record.time_ms === 'number' ? `${whole(Math.round(record.time_ms))} ms` : null],
      [t('event.actor'), record.actor && h('code', null, record.actor)],
      [t('event.sequence'), whole(record.sequence)],
    ]));
}

function photo_part(id: string, context: Context): HTMLElement {
  const box = h('div', { class: 'event-photo' });
  const load = async () => {
    try {
      const blob = await (await call('GET', `/events/${encodeURIComponent(id)}/photo`, { signal: context.signal })).blob();
      const url = URL.createObjectURL(blob);
      context.signal.addEventListener('abort', () => URL.revokeObjectURL(url));
      replace(box, h('img', { src: url, alt: t('event.photo') }));
    } catch (error) {
      if (!context.signal.aborted) replace(box, error_notice(error));
    }
  };
  void load();
  return box;
}

export function event_view(context: Context, id: string): Child {
  const box = h('div');
  void load_into(box, context.signal, async () => {
    const answer = await get<EventAnswer>(`/events/${encodeURIComponent(id)}`, { signal: context.signal });
    const { records, details } = answer;
    const kept = h('section', { class: 'card' }, h('h2', null, t('event.kept')),
      details?.has_photo ? photo_part(id, context) : h('p', { class: 'muted' }, t('event.no_photo')),
      facts([[t('person.vehicle'), details?.vehicle], [t('person.card'), details?.card], [t('event.id'), h('code', null, id)]]));
    return h('div', { class: 'columns' }, h('div', { class: 'stack' }, records.map(record_card)), kept);
  });
  return [h('p', { class: 'back' }, h('a', { href: '#/events' }, t('event.back'))), heading(t('view.event')), box];
}
