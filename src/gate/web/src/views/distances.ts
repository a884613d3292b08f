// How far the faces of the last weeks were from whom they were compared with, and the threshold.
import { get } from '../api';
import type { Bin, Distances } from '../api_types';
import { h, type Child } from '../dom';
import { three, two, whole } from '../format';
import { histogram } from '../parts/charts';
import { choice } from '../parts/field';
import { load_into } from '../parts/notice';
import { heading } from '../parts/small';
import { t } from '../text';
import type { Context, View } from '../view';

const kDays = ['7', '14', '30', '90'];
let days = '14';
const narrow = matchMedia('(max-width: 640px)'); // the letters of a wide drawing would be too small

function numbers(bins: Bin[]): HTMLElement {
  const column = (name: string) => h('th', { scope: 'col', class: 'number' }, name);
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('distances.table') },
    h('table', { class: 'numbers' }, h('caption', { class: 'hidden' }, t('distances.table')),
      h('thead', null, h('tr', null, h('th', { scope: 'col' }, t('decision.distance')), column(t('verdict.granted')),
        column(t('verdict.not_sure')), column(t('verdict.denied')))),
      h('tbody', null, bins.map((bin) => h('tr', null, h('th', { scope: 'row' }, `${two(bin.from)}–${two(bin.to)}`),
        [bin.granted, bin.not_sure, bin.denied].map((count) => h('td', { class: 'number' }, whole(count))))))));
}

function drawn(answer: Distances): Child {
  if (answer.num_decisions === 0 || answer.bins.length === 0) return h('p', { class: 'empty' }, t('distances.none'));
  const sum = (kind: 'granted' | 'denied' | 'not_sure') => answer.bins.reduce((total, bin) => total + bin[kind], 0);
  const legend = (kind: 'granted' | 'denied' | 'not_sure', name: string) =>
    h('li', null, h('span', { class: `swatch ${kind}`, 'aria-hidden': 'true' }), name, h('strong', null, whole(sum(kind))));
  return h('figure', null,
    h('ul', { class: 'legend' }, legend('granted', t('verdict.granted')), legend('not_sure', t('verdict.not_sure')),
      legend('denied', t('verdict.denied'))),
    h('div', { class: 'plot' }, histogram(answer.bins, answer.threshold, narrow.matches ? 320 : 720)),
    h('figcaption', null, t('distances.caption', { decisions: whole(answer.num_decisions), days: whole(answer.days),
      threshold: three(answer.threshold) })),
    h('details', null, h('summary', null, t('distances.show_table')), numbers(answer.bins)));
}

function make(context: Context): Child {
  const box = h('div', { class: 'card' });
  const load = () => load_into(box, context.signal, async () =>
    drawn(await get<Distances>('/distances', { query: { days }, signal: context.signal })));
  narrow.addEventListener('change', () => void load(), { signal: context.signal });
  void load();
  return [heading(t('view.distances'), t('distances.lead')),
    choice(t('distances.days'), kDays.map((value) => [value, t('distances.number_of_days', { days: value })]), days, (value) => {
      days = value;
      void load();
    }), box];
}

export const distances: View = { name: 'distances', title: 'view.distances', right: 'distances', make };
