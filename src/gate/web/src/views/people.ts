// Everybody who is enrolled.
import { get } from '../api';
import type { Person } from '../api_types';
import { h, type Child } from '../dom';
import { day } from '../format';
import { say } from '../parts/announce';
import { text_field } from '../parts/field';
import { load_into } from '../parts/notice';
import { cell, heading, Pager } from '../parts/small';
import { may } from '../session';
import { t } from '../text';
import type { Context, View } from '../view';
import { person_view } from './person';

const kPerPage = 25;
const kTypingMs = 300;

const wanted = { query: '', group: '' };

export function validity(person: Person, now = Date.now()): { text: string; kind: string } {
  if (person.valid_from && Date.parse(person.valid_from) > now) {
    return { kind: 'not_sure', text: t('validity.from', { day: day(person.valid_from) }) };
  }
  if (!person.valid_until) return { kind: 'granted', text: t('validity.always') };
  const last = day(new Date(Date.parse(person.valid_until) - 1).toISOString());
  return Date.parse(person.valid_until) <= now ? { kind: 'denied', text: t('validity.over', { day: last }) }
    : { kind: 'granted', text: t('validity.until', { day: last }) };
}

function row(person: Person): HTMLElement {
  const valid = validity(person);
  return h('tr', null,
    h('th', { scope: 'row' }, h('a', { href: `#/people/${encodeURIComponent(person.id)}` }, person.name)),
    cell(t('person.groups'), person.groups.map((group) => h('span', { class: 'tag' }, group))),
    cell(t('person.card'), person.card),
    cell(t('person.vehicle'), person.vehicle),
    cell(t('person.validity'), h('span', { class: `state ${valid.kind}` }, valid.text)));
}

function table(people: Person[]): Child {
  if (people.length === 0) {
    return h('p', { class: 'empty' }, wanted.query || wanted.group ? t('people.none_found') : t('people.none'));
  }
  const column = (name: string) => h('th', { scope: 'col' }, name);
  return h('table', { class: 'list' }, h('caption', { class: 'hidden' }, t('view.people')),
    h('thead', null, h('tr', null, column(t('person.name')), column(t('person.groups')), column(t('person.card')),
      column(t('person.vehicle')), column(t('person.validity')))),
    h('tbody', null, people.map(row)));
}

function list_view(context: Context): Child {
  const box = h('div', { class: 'card' });
  const pager: Pager = new Pager(() => void load());
  const load = () => load_into(box, context.signal, async () => {
    const answer = await get<{ people: Person[]; next: string | null }>('/people', { signal: context.signal,
      query: { query: wanted.query.trim(), group: wanted.group.trim(), after: pager.cursor, limit: kPerPage } });
    pager.show(answer.next);
    say(t('pager.shown', { number: answer.people.length }));
    return table(answer.people);
  });
  let timer = 0;
  const typed = (name: 'query' | 'group') => (event: Event) => {
    wanted[name] = (event.target as HTMLInputElement).value;
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      pager.restart();
      void load();
    }, kTypingMs);
  };
  context.signal.addEventListener('abort', () => clearTimeout(timer));
  void load();
  return [heading(t('view.people')),
    h('form', { class: 'filters', role: 'search', onsubmit: (event: Event) => event.preventDefault() },
      text_field(t('people.search'), { type: 'search', value: wanted.query, oninput: typed('query'), 'data-test': 'search' }, null, 'wide').element,
      text_field(t('people.group'), { type: 'search', value: wanted.group, oninput: typed('group') }).element,
      may('enrol') && h('a', { class: 'button primary', href: '#/enrol' }, t('view.enrol'))),
    box, pager.element];
}

const make = (context: Context): Child => (context.id ? person_view(context, context.id) : list_view(context));

export const people: View = { name: 'people', title: 'view.people', right: 'people', make };
