// Who may ask the service: tokens, made and withdrawn.
import { call, get, is_abort, post } from '../api';
import type { Token } from '../api_types';
import { h, replace, type Child } from '../dom';
import { day, day_end } from '../format';
import { say } from '../parts/announce';
import { ask } from '../parts/dialog';
import { button, select_field, text_field, while_busy } from '../parts/field';
import { error_notice, load_into, notice } from '../parts/notice';
import { cell, heading } from '../parts/small';
import { t, word } from '../text';
import type { Context, View } from '../view';

const kRoles = ['gate', 'operator', 'admin', 'auditor'];

function row(token: Token, reload: () => void): HTMLElement {
  const withdraw = () => ask({ title: t('tokens.withdraw_title', { name: token.name }), body: h('p', null, t('tokens.withdraw_body')),
    action: t('tokens.withdraw'), run: async () => {
      await call('DELETE', `/tokens/${encodeURIComponent(token.id)}`);
      say(t('tokens.withdrawn'));
      reload();
    } });
  return h('tr', null, h('th', { scope: 'row' }, token.name), cell(t('tokens.role'), word('role', token.role)),
    cell(t('tokens.created'), day(token.created_at)),
    cell(t('tokens.expires'), token.expires_at ? day(token.expires_at) : t('tokens.never')),
    cell('', button(t('tokens.withdraw'), withdraw, '', { 'aria-label': t('tokens.withdraw_named', { name: token.name }) })));
}

function table(tokens: Token[], reload: () => void): Child {
  const column = (name: string) => h('th', { scope: 'col' }, name);
  return h('table', { class: 'list' }, h('caption', { class: 'hidden' }, t('view.tokens')),
    h('thead', null, h('tr', null, column(t('tokens.name')), column(t('tokens.role')), column(t('tokens.created')),
      column(t('tokens.expires')), h('td'))),
    h('tbody', null, tokens.map((token) => row(token, reload))));
}

function made_notice(token: string): HTMLElement {
  const copied = h('span', { role: 'status' });
  const copy = button(t('tokens.copy'), () => void navigator.clipboard.writeText(token)
    .then(() => { copied.textContent = t('tokens.copied'); }, () => { copied.textContent = t('tokens.copy_failed'); }));
  return notice('good', h('p', null, t('tokens.made')), h('p', null, h('code', { class: 'wrap', 'data-test': 'made-token' }, token)),
    h('div', { class: 'actions' }, navigator.clipboard && copy, copied));
}

function make_form(context: Context, reload: () => void): HTMLElement {
  const result = h('div', { tabindex: '-1', class: 'made' });
  const name = text_field(t('tokens.name'), { required: true, maxlength: 100, name: 'token-name' }, t('tokens.name_help'));
  const role = select_field(t('tokens.role'), kRoles.map((code) => [code, word('role', code)]), 'gate');
  const role_help = h('p', { class: 'help' });
  const describe = () => { role_help.textContent = word('role_help', role.control.value); };
  role.control.addEventListener('change', describe);
  describe();
  const expires = text_field(t('tokens.expires'), { type: 'date' }, t('tokens.expires_help'));
  const send = h('button', { type: 'submit', class: 'button primary' }, t('tokens.make'));
  const submit = async () => {
    name.fault(name.control.value.trim() ? null : t('fault.name'));
    if (!name.control.value.trim()) return name.control.focus();
    try {
      const made = await post<{ token: string }>('/tokens', { signal: context.signal, json: {
        name: name.control.value.trim(), role: role.control.value, expires_at: day_end(expires.control.value) } });
      replace(result, made_notice(made.token));
      result.focus();
      name.control.value = '';
      reload();
    } catch (error) {
      if (!is_abort(error)) replace(result, error_notice(error));
    }
  };
  return h('section', { class: 'card' }, h('h2', null, t('tokens.new')), result,
    h('form', { novalidate: true, onsubmit: (event: Event) => {
      event.preventDefault();
      void while_busy(send, submit);
    } }, h('div', { class: 'fields' }, name.element, h('div', null, role.element, role_help), expires.element),
    h('div', { class: 'actions' }, send)));
}

function make(context: Context): Child {
  const box = h('section', { class: 'card' });
  const load = () => load_into(box, context.signal, async () => {
    const { tokens: all } = await get<{ tokens: Token[] }>('/tokens', { signal: context.signal });
    return table(all, () => void load());
  });
  void load();
  return [heading(t('view.tokens'), t('tokens.lead')), box, make_form(context, () => void load())];
}

export const tokens: View = { name: 'tokens', title: 'view.tokens', right: 'tokens', make };
