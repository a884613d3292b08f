// A decision, large, with its grounds.
import type { Decision, Match } from '../api_types';
import { h, type Child } from '../dom';
import { clock, hundredths, rate, three, whole } from '../format';
import { may } from '../session';
import { has_word, t, word } from '../text';
import { distance_bar } from './charts';
import { facts, verdict_class, verdict_icon } from './small';

export const reason_words = (reason: string): string => word('reason', reason);

// One sentence for those who do not see the panel.
export const verdict_sentence = (decision: Decision): string =>
  [word('verdict', decision.verdict), decision.name, reason_words(decision.reason)].filter(Boolean).join('. ');

const person_link = (id: string, name: string): Child =>
  (may('people') ? h('a', { href: `#/people/${encodeURIComponent(id)}` }, name) : name);

// Somebody without a name was forgotten: an id is all that is left.
export const person_of = ({ person, name }: { person?: string | null; name?: string | null }): Child =>
  (!person ? null : name ? person_link(person, name) : h('code', null, person));

function advice(decision: Decision): Child {
  return has_word('reason_advice', decision.reason)
    && h('p', { class: 'advice' }, word('reason_advice', decision.reason));
}

function grounds(decision: Decision): HTMLElement {
  // Distance and threshold always; of the rest, what there is.
  const known = (value: number | null | undefined, write: (x: number) => string) => (typeof value === 'number' ? write(value) : null);
  return facts([
    [t('decision.distance'), three(decision.distance)],
    [t('decision.threshold'), three(decision.threshold)],
    [t('decision.far'), known(decision.far, rate)],
    [t('decision.far_gallery'), known(decision.far_gallery, rate)],
    [t('decision.margin'), known(decision.margin, three)],
    [t('decision.quality'), known(decision.quality_score, hundredths)],
    [t('decision.liveness'), known(decision.liveness, hundredths) ?? t('decision.not_examined')],
    [t('decision.time'), known(decision.time_ms, (ms) => `${whole(Math.round(ms))} ms`)],
  ]);
}

// Nothing where the only one is whom the verdict names.
function other_people(decision: Decision, matches: Match[]): Child {
  return matches.some((match) => match.person !== decision.person) && [
    h('h3', null, t('live.matches')),
    h('ol', { class: 'matches' }, matches.map((match) =>
      h('li', null, person_link(match.person, match.name || match.person), h('span', null, three(match.distance))))),
  ];
}

export function verdict_panel(decision: Decision, matches: Match[] = [], at: string | null = null): HTMLElement {
  const kind = verdict_class(decision.verdict);
  const known = typeof decision.distance === 'number' && typeof decision.threshold === 'number';
  return h('section', { class: `verdict ${kind}`, 'data-verdict': kind, 'aria-labelledby': 'verdict-title' },
    h('div', { class: 'verdict-head' }, verdict_icon(decision.verdict),
      h('div', null, h('h2', { id: 'verdict-title' }, word('verdict', decision.verdict)),
        decision.name && h('p', { class: 'who' },
          decision.person ? person_link(decision.person, decision.name) : decision.name))),
    h('p', { class: 'reason' }, reason_words(decision.reason)),
    advice(decision),
    decision.note && h('p', { class: 'detail' }, decision.note),
    known && distance_bar(decision.distance as number, decision.threshold as number),
    h('details', { open: true }, h('summary', null, t('decision.grounds')), grounds(decision)),
    other_people(decision, matches),
    h('p', { class: 'detail' }, at && clock(at), at && decision.event && ' · ',
      decision.event && may('events')
        && h('a', { href: `#/events/${encodeURIComponent(decision.event)}` }, t('decision.record'))));
}
