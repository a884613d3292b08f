// A question that must be answered before something is done that cannot be undone.
import { h, unique_id, type Child } from '../dom';
import { t } from '../text';
import { button, text_field, while_busy } from './field';
import { error_notice } from './notice';

export interface Question {
  title: string;
  body: Child;
  action: string;
  type?: string;               // what must be typed first
  run: () => Promise<void>;    // the dialog stays, with the reason, where this fails
}

export function ask(question: Question): void {
  const id = unique_id('dialog');
  const typed = question.type === undefined ? null
    : text_field(t('dialog.type', { text: question.type }), { 'data-test': 'typed' });
  const failed = h('div');
  const act = h('button', { type: 'submit', class: 'button danger', 'data-test': 'confirm' }, question.action);
  const cancel = button(t('action.cancel'), () => dialog.close());
  const submit = (event: Event) => {
    event.preventDefault();
    const right = !typed || typed.control.value.trim().normalize() === question.type?.trim().normalize();
    typed?.fault(right ? null : t('dialog.differs', { text: question.type ?? '' }));
    if (!right) return void typed?.control.focus();
    void while_busy(act, async () => {
      try {
        await question.run();
        dialog.close();
        document.querySelector<HTMLElement>('main h1')?.focus(); // what it was asked from may be gone
      } catch (error) {
        failed.replaceChildren(error_notice(error));
      }
    });
  };
  const dialog = h('dialog', { 'aria-labelledby': id, onclose: () => dialog.remove() },
    h('form', { onsubmit: submit, novalidate: true }, h('h2', { id }, question.title), question.body,
      typed?.element, failed, h('div', { class: 'actions' }, cancel, act)));
  document.body.append(dialog);
  dialog.showModal();
  (typed?.control ?? cancel).focus();
}
