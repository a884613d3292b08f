// One person: what is known, the faces, changes, and forgetting.
import { call, get, is_abort, post, words_of } from '../api';
import type { EnrolledFace, Face, Person } from '../api_types';
import { h, replace, type Child } from '../dom';
import { day, moment } from '../format';
import { say, say_at_once } from '../parts/announce';
import { ask } from '../parts/dialog';
import { button, while_busy } from '../parts/field';
import { error_notice, load_into, notice } from '../parts/notice';
import { draft_of, PersonForm } from '../parts/person_form';
import { PhotoBox, type Photo } from '../parts/photos';
import { facts, heading, meter, quality_words } from '../parts/small';
import { may } from '../session';
import { t } from '../text';
import { go, type Context } from '../view';
import { looks_like_notice } from './enrol';
import { validity } from './people';

const path_of = (id: string): string => `/people/${encodeURIComponent(id)}`;

function known_facts(person: Person): HTMLElement {
  const valid = validity(person);
  return facts([
    [t('person.groups'), person.groups.map((group) => h('span', { class: 'tag' }, group))],
    [t('person.card'), person.card],
    [t('person.vehicle'), person.vehicle],
    [t('person.validity'), h('span', { class: `state ${valid.kind}` }, valid.text)],
    [t('person.consent_at'), day(person.consent_at)],
    [t('person.created_at'), moment(person.created_at)],
    [t('person.id'), h('code', null, person.id)],
  ]);
}

function change_form(person: Person, signal: AbortSignal, done: () => void): HTMLElement {
  const form = new PersonForm(draft_of(person));
  const failed = h('div');
  const save = h('button', { type: 'submit', class: 'button primary' }, t('action.save'));
  const submit = async () => {
    const changed = form.read();
    if (!changed) return say_at_once(t('fault.look'));
    // A day that was not touched keeps its moment.
    const draft = draft_of(person);
    const now = draft_of({ ...person, ...changed });
    if (now.consent_at === draft.consent_at && person.consent_at) changed.consent_at = person.consent_at;
    if (now.valid_from === draft.valid_from) changed.valid_from = person.valid_from ?? null;
    if (now.valid_until === draft.valid_until) changed.valid_until = person.valid_until ?? null;
    try {
      await call('PATCH', path_of(person.id), { json: changed, signal });
      say(t('person.saved'));
      done();
    } catch (error) {
      if (is_abort(error)) return;
      if (form.show_fault(error)) say_at_once(words_of(error).text);
      else replace(failed, error_notice(error));
    }
  };
  return h('form', { novalidate: true, onsubmit: (event: Event) => {
    event.preventDefault();
    void while_busy(save, submit);
  } }, form.element, form.consent_date, failed, h('div', { class: 'actions' }, save, button(t('action.cancel'), done)));
}

function face_item(face: Face, number: number, reload: () => void): HTMLElement {
  const remove = () => ask({ title: t('face.remove_title'), body: h('p', null, t('face.remove_body')),
    action: t('face.remove'), run: async () => {
      await call('DELETE', `/faces/${encodeURIComponent(face.id)}`);
      say(t('face.removed'));
      reload();
    } });
  return h('li', null, h('div', null, h('strong', null, t('face.numbered', { number })),
    meter(face.quality_score, t('decision.quality')),
    h('span', { class: 'detail' }, [moment(face.created_at), quality_words(face.quality),
      face.has_photo ? t('face.photo_kept') : t('face.no_photo')].filter(Boolean).join(' · '))),
  may('remove') && button(t('face.remove'), remove, '', { 'aria-label': t('face.remove_numbered', { number }) }));
}

// More photos of somebody: the same box as in enrolment, sent one by one.
function add_photos(person: Person, signal: AbortSignal, done: (faces: EnrolledFace[]) => void, cancel: () => void): HTMLElement {
  const photos: Photo[] = [];
  const own = new AbortController();
  signal.addEventListener('abort', () => own.abort());
  const failed = h('div');
  const box = new PhotoBox(photos, own.signal, () => failed.replaceChildren());
  const close = () => {
    own.abort();
    box.clear();
  };
  const send = button(t('face.send'), () => void while_busy(send, async () => {
    const faces: EnrolledFace[] = [];
    try {
      for (const photo of photos.filter((one) => one.fault === null)) {
        faces.push(await post<EnrolledFace>(`${path_of(person.id)}/faces`, { photo: photo.blob, signal }));
      }
      if (faces.length === 0) return replace(failed, notice('warning', t('enrol.no_photos')));
      close();
      done(faces);
    } catch (error) {
      if (!is_abort(error)) replace(failed, error_notice(error));
    }
  }), 'primary');
  void box.open();
  return h('div', null, box.element, failed, h('div', { class: 'actions' }, send, button(t('action.cancel'), () => {
    close();
    cancel();
  })));
}

function faces_card(person: Person, context: Context): HTMLElement {
  const list = h('div');
  const adding = h('div');
  const load = () => load_into(list, context.signal, async () => {
    const { faces } = await get<{ faces: Face[] }>(`${path_of(person.id)}/faces`, { signal: context.signal });
    return faces.length === 0 ? h('p', { class: 'empty' }, t('face.none'))
      : h('ul', { class: 'faces' }, faces.map((face, i) => face_item(face, i + 1, () => void load())));
  });
  const offer = () => replace(adding, may('enrol') && button(t('face.add'), () => {
    replace(adding, add_photos(person, context.signal, (faces) => {
      offer();
      if (faces.some((face) => face.looks_like)) adding.prepend(h('div', null, looks_like_notice(faces)));
      say(t('face.added', { number: faces.length }));
      void load();
    }, offer));
  }));
  offer();
  void load();
  return h('section', { class: 'card' }, h('h2', null, t('face.title')), list, adding);
}

function forget_card(person: Person): HTMLElement {
  const forget = () => ask({ title: t('forget.title', { name: person.name }), body: h('p', null, t('forget.body')),
    action: t('forget.action'), type: person.name, run: async () => {
      await call('DELETE', path_of(person.id));
      say(t('forget.done', { name: person.name }));
      go('people');
    } });
  return h('section', { class: 'card danger-zone' }, h('h2', null, t('forget.heading')), h('p', null, t('forget.body')),
    button(t('forget.action'), forget, 'danger', { 'data-test': 'forget' }));
}

export function person_view(context: Context, id: string): Child {
  const box = h('div');
  const title = heading(t('view.person'));
  const load = (): Promise<void> => load_into(box, context.signal, async () => {
    const person = await get<Person>(path_of(id), { signal: context.signal });
    const name = title.querySelector('h1');
    if (name) name.textContent = person.name;
    const known = h('section', { class: 'card' });
    const show = () => replace(known, h('h2', null, t('person.known')), known_facts(person), h('div', { class: 'actions' },
      may('enrol') && button(t('action.change'), () => replace(known, h('h2', null, t('person.known')),
        change_form(person, context.signal, () => void load()))),
      may('events') && h('a', { class: 'button', href: `#/events?person=${encodeURIComponent(id)}` }, t('person.events'))));
    show();
    return [h('div', { class: 'columns' }, known, faces_card(person, context)), may('remove') && forget_card(person)];
  });
  void load();
  return [h('p', { class: 'back' }, h('a', { href: '#/people' }, t('person.back'))), title, box];
}
