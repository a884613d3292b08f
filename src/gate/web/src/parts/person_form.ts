// What is known of a person, as fields; for enrolment and for changes.
import { ApiError } from '../api';
import type { NewPerson, Person } from '../api_types';
import { h } from '../dom';
import { date_field, day_end, day_field, day_start, last_day_field } from '../format';
import { t } from '../text';
import { text_field, type Field } from './field';

const kLongestName = 200; // bytes of UTF-8

export type Draft = Record<'name' | 'groups' | 'card' | 'vehicle' | 'valid_from' | 'valid_until' | 'consent_at', string>;

export const empty_draft = (): Draft => ({ name: '', groups: '', card: '', vehicle: '', valid_from: '', valid_until: '',
  consent_at: date_field(new Date()) });

export const draft_of = (person: Person): Draft => ({ name: person.name, groups: person.groups.join(', '),
  card: person.card ?? '', vehicle: person.vehicle ?? '', valid_from: day_field(person.valid_from),
  valid_until: last_day_field(person.valid_until), consent_at: day_field(person.consent_at) });

export const groups_of = (text: string): string[] =>
  [...new Set(text.split(',').map((group) => group.trim()).filter(Boolean))].sort();

export class PersonForm {
  private readonly fields: Record<keyof Draft, Field<HTMLInputElement>>;
  readonly element: HTMLElement;

  // Writes what is typed into `draft` at once.
  constructor(private readonly draft: Draft) {
    const field = (name: keyof Draft, attributes: Record<string, unknown>, help: string | null = null) =>
      text_field(t(`person.${name}`), { name, value: draft[name], ...attributes,
        oninput: (event: Event) => { draft[name] = (event.target as HTMLInputElement).value; } }, help);
    this.fields = {
      name: field('name', { required: true, maxlength: 200 }),
      groups: field('groups', {}, t('person.groups_help')),
      card: field('card', {}, t('person.card_help')),
      vehicle: field('vehicle', {}),
      valid_from: field('valid_from', { type: 'date' }),
      valid_until: field('valid_until', { type: 'date' }, t('person.valid_help')),
      consent_at: field('consent_at', { type: 'date', required: true, max: date_field(new Date()) }),
    };
    const { name, groups, card, vehicle, valid_from, valid_until } = this.fields;
    this.element = h('div', { class: 'fields' }, name.element, groups.element, card.element, vehicle.element,
      valid_from.element, valid_until.element);
  }

  get consent_date(): HTMLElement { return this.fields.consent_at.element; }

  private faults(): Partial<Record<keyof Draft, string>> {
    const { draft } = this;
    const found: Partial<Record<keyof Draft, string>> = {};
    if (!draft.name.trim()) found.name = t('fault.name');
    else if (new TextEncoder().encode(draft.name.trim()).length > kLongestName) found.name = t('fault.name_long');
    if (draft.valid_from && draft.valid_until && draft.valid_from > draft.valid_until) found.valid_until = t('fault.valid');
    if (!draft.consent_at) found.consent_at = t('fault.consent_date');
    else if (draft.consent_at > date_field(new Date())) found.consent_at = t('fault.consent_future');
    return found;
  }

  // Shows what is wrong and puts the focus there; null: something is.
  read(): NewPerson | null {
    const faults = this.faults();
    for (const [name, field] of Object.entries(this.fields)) field.fault(faults[name as keyof Draft] ?? null);
    const first = Object.keys(faults)[0] as keyof Draft | undefined;
    if (first) {
      this.fields[first].control.focus();
      return null;
    }
    const { draft } = this;
    return { name: draft.name.trim(), groups: groups_of(draft.groups), card: draft.card.trim(), vehicle: draft.vehicle.trim(),
      valid_from: day_start(draft.valid_from), valid_until: day_end(draft.valid_until),
      consent_at: day_start(draft.consent_at) ?? '' };
  }

  // A fault that the service found with one field is shown there. Was it one?
  show_fault(error: unknown): boolean {
    if (!(error instanceof ApiError) || error.code !== 'conflict') return false;
    const of_vehicle = JSON.stringify(error.details).includes('vehicle') || /vehicle|number plate/i.test(error.message);
    const field = of_vehicle ? this.fields.vehicle : this.fields.card;
    field.fault(of_vehicle ? t('fault.vehicle_taken') : t('fault.card_taken'));
    field.control.focus();
    return true;
  }
}
