// Labelled controls. Help and fault stand beside the control and are tied to it for screen readers.
import { h, replace, unique_id, type Attributes, type Child } from '../dom';

export interface Field<Control extends HTMLElement> {
  element: HTMLElement;
  control: Control;
  fault: (text: string | null) => void;
}

function labelled<Control extends HTMLElement>(label: string, control: Control, help: string | null, kind = ''): Field<Control> {
  const id = control.id || unique_id('field');
  control.id = id;
  const help_line = help ? h('p', { class: 'help', id: `${id}-help` }, help) : null;
  const fault_line = h('p', { class: 'fault', id: `${id}-fault`, hidden: true });
  const described = [help_line && `${id}-help`, `${id}-fault`].filter(Boolean).join(' ');
  control.setAttribute('aria-describedby', described);
  const element = h('div', { class: `field ${kind}`.trim() }, h('label', { for: id }, label), control, help_line, fault_line);
  const fault = (text: string | null) => {
    replace(fault_line, text);
    fault_line.hidden = text === null;
    if (text === null) control.removeAttribute('aria-invalid');
    else control.setAttribute('aria-invalid', 'true');
  };
  return { element, control, fault };
}

export const text_field = (label: string, attributes: Attributes = {}, help: string | null = null,
  kind = ''): Field<HTMLInputElement> => {
  const { value, ...others } = attributes;
  const input = h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', ...others });
  if (typeof value === 'string') input.value = value;
  return labelled(label, input, help, kind);
};

export function select_field(label: string, options: [string, string][], value: string,
  attributes: Attributes = {}): Field<HTMLSelectElement> {
  const select = h('select', attributes,
    options.map(([code, name]) => h('option', { value: code, selected: code === value }, name)));
  return labelled(label, select, null);
}

export function tick(label: Child, checked: boolean, on_change: (on: boolean) => void,
  attributes: Attributes = {}): HTMLElement {
  const input = h('input', { type: 'checkbox', ...attributes,
    onchange: () => on_change(input.checked) });
  input.checked = checked;
  return h('label', { class: 'tick' }, input, h('span', null, label));
}

// A row of buttons of which one is pressed.
export function choice(label: string, options: [string, string][], value: string,
  on_change: (value: string) => void): HTMLElement {
  const name = unique_id('choice');
  return h('fieldset', { class: 'choice' }, h('legend', null, label),
    h('div', { class: 'buttons' }, options.map(([code, text]) => {
      const input = h('input', { type: 'radio', name, value: code, onchange: () => on_change(code) });
      input.checked = code === value;
      return h('label', null, input, h('span', null, text));
    })));
}

export const button = (text: Child, on_click: () => void, kind = '', attributes: Attributes = {}): HTMLButtonElement =>
  h('button', { type: 'button', class: `button ${kind}`.trim(), onclick: on_click, ...attributes }, text);

// Runs `work` once at a time; meanwhile the button says so and does not react.
export async function while_busy(control: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
  if (control.getAttribute('aria-disabled') === 'true') return;
  control.setAttribute('aria-disabled', 'true'); // `disabled` would lose the keyboard's focus
  try {
    await work();
  } finally {
    control.removeAttribute('aria-disabled');
  }
}
