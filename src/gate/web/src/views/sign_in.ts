// Signing in: a token, checked by asking the service whose it is.
import { ApiError, get, words_of } from '../api';
import { h, type Child } from '../dom';
import { say_at_once } from '../parts/announce';
import { button, text_field, while_busy } from '../parts/field';
import { heading } from '../parts/small';
import { keep_token, set_me, type Me } from '../session';
import { t } from '../text';

const kShape = /^kf_[A-Za-z0-9_-]{43}$/;

export function sign_in_view(ended: string | null, on_done: () => void): Child {
  const field = text_field(t('sign_in.token'), { type: 'password', name: 'token', 'data-test': 'token' }, t('sign_in.help'));
  const enter = h('button', { type: 'submit', class: 'button primary', 'data-test': 'sign-in' }, t('sign_in.enter'));
  const show = button(t('sign_in.show'), () => {
    const hidden = field.control.type === 'password';
    field.control.type = hidden ? 'text' : 'password';
    show.textContent = t(hidden ? 'sign_in.hide' : 'sign_in.show');
  });
  const fail = (text: string) => {
    field.fault(text);
    say_at_once(text);
    field.control.focus();
  };
  const submit = async () => {
    const given = field.control.value.trim();
    if (!kShape.test(given)) return fail(t('sign_in.shape'));
    try {
      set_me(await get<Me>('/me', { as_token: given }));
      keep_token(given);
      on_done();
    } catch (error) {
      fail(error instanceof ApiError && error.status === 401 ? t('sign_in.refused') : words_of(error).text);
    }
  };
  return h('div', { class: 'sign-in card' }, heading(t('sign_in.title'), t('sign_in.lead')),
    ended && h('p', { class: 'notice warning' }, ended),
    h('form', { novalidate: true, onsubmit: (event: Event) => {
      event.preventDefault();
      void while_busy(enter, submit);
    } }, field.element, h('div', { class: 'actions' }, enter, show)),
    h('p', { class: 'detail' }, t('sign_in.privacy')));
}
