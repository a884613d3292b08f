// Enrolment: who it is, that they agreed, and three good photos.
import { call, words_of, is_abort } from '../api';
import type { EnrolledFace, Person } from '../api_types';
import { h, replace, type Child } from '../dom';
import { say, say_at_once } from '../parts/announce';
import { base64_of } from '../parts/camera';
import { button, tick, while_busy } from '../parts/field';
import { error_notice, notice } from '../parts/notice';
import { empty_draft, PersonForm, type Draft } from '../parts/person_form';
import { PhotoBox, type Photo } from '../parts/photos';
import { heading, meter } from '../parts/small';
import { t } from '../text';
import type { Context, View } from '../view';

// Outlives the view: a glance at another one, or another language, loses nothing.
let draft: Draft = empty_draft();
let agreed = false;
const photos: Photo[] = [];

function start_again(): void {
  draft = empty_draft();
  agreed = false;
  photos.splice(0).forEach((photo) => URL.revokeObjectURL(photo.url));
}

export const discard_enrolment = start_again; // nobody finds another's photos after signing out

export function looks_like_notice(faces: EnrolledFace[]): Child {
  const likes = new Map(faces.flatMap((face) => (face.looks_like ? [[face.looks_like.person, face.looks_like]] : [])));
  return [...likes.values()].map((other) => notice('warning',
    h('p', null, t('enrol.looks_like', { name: other.name || other.person })),
    h('p', null, h('a', { href: `#/people/${encodeURIComponent(other.person)}` }, t('enrol.compare')))));
}

function consent_part(form: PersonForm): { element: HTMLElement; check: () => boolean } {
  const fault = h('p', { class: 'fault', id: 'consent-fault', hidden: true });
  const box = tick(t('consent.agreed'), agreed, (on) => {
    agreed = on;
    if (on) fault.hidden = true;
  }, { name: 'agreed', required: true, 'aria-describedby': 'consent-fault' });
  const element = h('fieldset', { class: 'consent' }, h('legend', null, t('consent.title')),
    h('p', null, t('consent.intro')),
    h('ul', null, h('li', null, t('consent.what')), h('li', null, t('consent.why')), h('li', null, t('consent.how_long')),
      h('li', null, t('consent.refuse'))),
    box, fault, form.consent_date);
  const check = () => {
    fault.textContent = agreed ? '' : t('fault.consent');
    fault.hidden = agreed;
    if (!agreed) box.querySelector('input')?.focus();
    return agreed;
  };
  return { element, check };
}

function done(person: Person, faces: EnrolledFace[], again: () => void): Child {
  return h('section', { class: 'card enrolled', 'data-test': 'enrolled', 'data-person': person.id },
    h('h2', { tabindex: '-1' }, t('enrol.done', { name: person.name })),
    looks_like_notice(faces),
    h('p', null, t('enrol.done_faces', { number: faces.length })),
    h('ul', { class: 'plain' }, faces.map((face) => h('li', null, meter(face.quality_score, t('decision.quality'))))),
    h('div', { class: 'actions' }, button(t('enrol.another'), again, 'primary'),
      h('a', { class: 'button', href: `#/people/${encodeURIComponent(person.id)}` }, t('enrol.see'))));
}

async function send(person: object, signal: AbortSignal): Promise<{ person: Person; faces: EnrolledFace[] }> {
  const usable = photos.filter((photo) => photo.fault === null);
  const encoded = await Promise.all(usable.map((photo) => base64_of(photo.blob)));
  const answer = await call('POST', '/people', { json: { ...person, photos: encoded }, signal });
  return await answer.json() as { person: Person; faces: EnrolledFace[] };
}

function make(context: Context): Child {
  const body = h('div');
  const draw = () => {
    // Once somebody is enrolled the camera goes off, not only when the view is left.
    const own = new AbortController();
    context.signal.addEventListener('abort', () => own.abort());
    const form = new PersonForm(draft);
    const failed = h('div');
    const consent = consent_part(form);
    const box = new PhotoBox(photos, own.signal, () => { failed.replaceChildren(); });
    const enrol = h('button', { type: 'submit', class: 'button primary large', 'data-test': 'enrol' }, t('enrol.send'));
    const submit = async () => {
      failed.replaceChildren();
      const person = form.read();
      if (!person || !consent.check()) return say_at_once(t('fault.look'));
      if (!box.good_enough) {
        replace(failed, notice('warning', t('enrol.no_photos')));
        return say_at_once(t('enrol.no_photos'));
      }
      try {
        const { person: made, faces } = await send(person, context.signal);
        own.abort();
        start_again();
        replace(body, done(made, faces, draw));
        say(t('enrol.done', { name: made.name }));
        body.querySelector<HTMLElement>('h2')?.focus();
      } catch (error) {
        if (is_abort(error)) return;
        if (form.show_fault(error)) say_at_once(words_of(error).text);
        else replace(failed, error_notice(error));
      }
    };
    replace(body, h('form', { class: 'columns', novalidate: true, onsubmit: (event: Event) => {
      event.preventDefault();
      void while_busy(enrol, submit);
    } },
    h('section', { class: 'card' }, h('h2', null, t('enrol.person')), form.element, consent.element),
    h('section', { class: 'card' }, h('h2', null, t('enrol.photos')), box.element, failed, enrol)));
    void box.open();
  };
  draw();
  return [heading(t('view.enrol'), t('enrol.lead')), body];
}

export const enrol: View = { name: 'enrol', title: 'view.enrol', right: 'enrol', make };
