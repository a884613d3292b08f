// What happened at the gates, newest first; search, pages, and export for auditors.
import { call, get, is_abort } from '../api';
import type { EventRecord, Person } from '../api_types';
import { h, replace, type Child } from '../dom';
import { date_field, day_end, day_start, moment, three } from '../format';
import { say } from '../parts/announce';
import { button, select_field, text_field, while_busy } from '../parts/field';
import { error_notice, load_into } from '../parts/notice';
import { badge, cell, heading, Pager } from '../parts/small';
import { person_of, reason_words } from '../parts/verdict';
import { may } from '../session';
import { t, word } from '../text';
import { type Context, type View } from '../view';
import { event_view } from './event';

const kPerPage = 50;
const kKinds = ['decision', 'door', 'enrolment', 'change', 'forget', 'refusal', 'start', 'stop'];
const kVerdicts = ['granted', 'denied', 'not sure'];
const kPersonId = /^p-[a-z0-9]{26}$/i;

const wanted = { from: '', until: '', kind: '', verdict: '', person: '', gate: '' };

function row(record: EventRecord): HTMLElement {
  const what = [record.verdict ? badge(record.verdict) : h('span', { class: 'tag' }, word('kind', record.kind)),
    record.reason && h('span', { class: 'reason' }, reason_words(record.reason))];
  const time = moment(record.at);
  return h('tr', { 'data-kind': record.kind },
    h('th', { scope: 'row' }, record.event
      ? h('a', { href: `#/events/${encodeURIComponent(record.event)}` }, time) : time),
    cell(t('event.what'), what),
    cell(t('event.person'), person_of(record)),
    cell(t('event.gate'), [record.gate, record.direction && record.direction !== 'none' && h('span', { class: 'direction' }, word('direction', record.direction))]),
    cell(t('decision.distance'), typeof record.distance === 'number'
      ? h('span', { class: 'number' }, `${three(record.distance)} / ${three(record.threshold)}`) : null));
}

function table(events: EventRecord[]): Child {
  if (events.length === 0) return h('p', { class: 'empty' }, t('events.none'));
  const column = (name: string) => h('th', { scope: 'col' }, name);
  return h('table', { class: 'list events' }, h('caption', { class: 'hidden' }, t('view.events')),
    h('thead', null, h('tr', null, column(t('event.at')), column(t('event.what')), column(t('event.person')),
      column(t('event.gate')), column(t('events.distance')))),
    h('tbody', null, events.map(row)));
}

// The id of the person who was typed in; null: there is none, or several, which `box` then says.
async function find_person(text: string, context: Context, box: HTMLElement, choose: (person: Person) => void): Promise<string | null> {
  replace(box);
  if (text === '' || kPersonId.test(text)) return text;
  const { people } = await get<{ people: Person[] }>('/people', { query: { query: text, limit: 10 }, signal: context.signal });
  if (people.length === 1 && people[0]) return people[0].id;
  if (people.length === 0) replace(box, h('p', { class: 'notice warning' }, t('events.nobody', { name: text })));
  else replace(box, h('p', null, t('events.several')), h('div', { class: 'actions' }, people.map((person) => button(person.name, () => choose(person)))));
  return null;
}

async function save_export(format: 'csv' | 'jsonl', signal: AbortSignal): Promise<void> {
  const answer = await call('GET', '/audit/export', { signal,
    query: { format, from: day_start(wanted.from), until: day_end(wanted.until) } });
  const url = URL.createObjectURL(await answer.blob());
  h('a', { href: url, download: `kface-audit-${date_field(new Date())}.${format}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function export_part(context: Context): Child {
  const failed = h('div');
  const save = (format: 'csv' | 'jsonl', text: string) => {
    const control: HTMLButtonElement = button(text, () => void while_busy(control, async () => {
      try {
        replace(failed);
        await save_export(format, context.signal);
      } catch (error) {
        if (!is_abort(error)) replace(failed, error_notice(error));
      }
    }), '', { 'data-test': `export-${format}` });
    return control;
  };
  return h('section', { class: 'card export' }, h('h2', null, t('events.export')), h('p', { class: 'muted' }, t('events.export_help')),
    h('div', { class: 'actions' }, save('csv', t('events.csv')), save('jsonl', t('events.jsonl'))), failed);
}

function list_view(context: Context): Child {
  const given = context.query.get('person');
  if (given !== null) Object.assign(wanted, { from: '', until: '', kind: '', verdict: '', gate: '', person: given });
  const box = h('div', { class: 'card' });
  const which = h('div');
  const pager: Pager = new Pager(() => void load());
  let person_id: string | null = '';
  const load = () => load_into(box, context.signal, async () => {
    const answer = await get<{ events: EventRecord[]; next: number | null }>('/events', { signal: context.signal,
      query: { from: day_start(wanted.from), until: day_end(wanted.until), kind: wanted.kind, verdict: wanted.verdict,
        person: person_id, gate: wanted.gate.trim(), before: pager.cursor, limit: kPerPage } });
    pager.show(answer.next === null || answer.next === undefined ? null : String(answer.next));
    say(t('pager.shown', { number: answer.events.length }));
    return table(answer.events);
  });
  const search = async () => {
    try {
      person_id = await find_person(wanted.person.trim(), context, which, (person) => {
        wanted.person = person.id;
        person_field.control.value = person.id;
        void search();
      });
    } catch (error) {
      if (!is_abort(error)) replace(which, error_notice(error));
      return;
    }
    if (person_id === null) return;
    pager.restart();
    void load();
  };
  const keep = (name: keyof typeof wanted) => (event: Event) => {
    wanted[name] = (event.target as HTMLInputElement).value;
    if ((event.target as Element).tagName === 'SELECT') void search();
  };
  const options = (family: string, values: string[]): [string, string][] =>
    [['', t('events.all')], ...values.map((value): [string, string] => [value, word(family, value)])];
  const person_field = text_field(t('events.person'), { type: 'search', value: wanted.person, oninput: keep('person'), 'data-test': 'event-person' });
  void search();
  return [heading(t('view.events')),
    h('form', { class: 'filters', role: 'search', onsubmit: (event: Event) => {
      event.preventDefault();
      void search();
    } },
    text_field(t('events.from'), { type: 'date', value: wanted.from, oninput: keep('from') }).element,
    text_field(t('events.until'), { type: 'date', value: wanted.until, oninput: keep('until') }).element,
    select_field(t('events.kind'), options('kind', kKinds), wanted.kind, { onchange: keep('kind'), 'data-test': 'event-kind' }).element,
    select_field(t('events.verdict'), options('verdict', kVerdicts), wanted.verdict, { onchange: keep('verdict') }).element,
    person_field.element,
    text_field(t('events.gate'), { type: 'search', value: wanted.gate, oninput: keep('gate') }).element,
    h('button', { type: 'submit', class: 'button primary', 'data-test': 'event-search' }, t('action.search'))),
    which, box, pager.element, may('audit') && export_part(context)];
}

const make = (context: Context): Child => (context.id ? event_view(context, context.id) : list_view(context));

export const events: View = { name: 'events', title: 'view.events', right: 'events', make };
