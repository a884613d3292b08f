// Modules of the page without a browser: how it asks the service, and what it computes for drawing.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const kWeb = fileURLToPath(new URL('../../src/gate/web/', import.meta.url));
const kBundler = `${kWeb}node_modules/esbuild/lib/main.js`;
if (!existsSync(kBundler)) {
  console.log('skipped: the page\'s tools are not there; run scripts/build_page.sh');
  process.exit(77);
}
const { default: esbuild } = await import(pathToFileURL(kBundler));

// The little of a browser that the modules ask for when they are loaded.
const store = () => {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
};
for (const [name, value] of Object.entries({ localStorage: store(), sessionStorage: store(), navigator: { languages: ['en'] },
  document: { documentElement: { dataset: {} }, createElement: () => ({ setAttribute() {}, append() {} }) } })) {
  Object.defineProperty(globalThis, name, { value, configurable: true });
}

const { outputFiles } = await esbuild.build({ bundle: true, format: 'esm', write: false, logLevel: 'error', stdin: { resolveDir: `${kWeb}src`, contents: `
  export * as api from './api'; export * as charts from './parts/charts'; export * as format from './format';
  export * as form from './parts/person_form'; export * as session from './session';` } });
const { api, charts, format, form, session } =
  await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);

const answers = [];
const asked = [];
globalThis.fetch = async (url, options) => {
  asked.push({ url, ...options });
  const next = answers.shift();
  if (next instanceof Error) throw next;
  return new Response(next.body ?? '{}', { status: next.status ?? 200, headers: next.headers ?? {} });
};
const error_answer = (status, code, headers = {}) => ({ status, headers, body: JSON.stringify({ error: { code, message: 'said so', details: {} }, request_id: 'r-1' }) });

test('a request carries the token, and its query is escaped', async () => {
  session.keep_token('kf_secret');
  answers.push({});
  await api.get('/people', { query: { query: 'a&b=c/한', group: '', after: null } });
  const { url, headers, credentials } = asked.pop();
  assert.equal(url, '/v1/people?query=a%26b%3Dc%2F%ED%95%9C');
  assert.equal(headers.authorization, 'Bearer kf_secret');
  assert.equal(credentials, 'omit');
});

test('a busy service is asked again after Retry-After, and the wait is told', async () => {
  const told = [];
  api.listen({ busy: (seconds) => told.push(seconds) });
  answers.push(error_answer(429, 'too_many_requests', { 'retry-after': '1' }), { body: '{"name":"x"}' });
  const before = Date.now();
  assert.deepEqual(await api.get('/me'), { name: 'x' });
  assert.ok(Date.now() - before >= 950);
  assert.deepEqual(told, [1, 0]);
});

test('a wait of minutes is told, not waited for; nor is a request in the background repeated', async () => {
  answers.push(error_answer(429, 'too_many_requests', { 'retry-after': '600' }));
  await assert.rejects(api.get('/me'), { status: 429 });
  answers.push(error_answer(429, 'too_many_requests', { 'retry-after': '1' }));
  await assert.rejects(api.get('/me', { background: true }), { status: 429 });
});

test('a token that is refused ends the session; one that is only tried does not', async () => {
  let ended = 0;
  api.listen({ unauthorized: () => { ended += 1; } });
  answers.push(error_answer(401, 'unauthorized'), error_answer(401, 'unauthorized'));
  await assert.rejects(api.get('/me', { as_token: 'kf_other' }), { code: 'unauthorized' });
  assert.equal(ended, 0);
  await assert.rejects(api.get('/me'), { code: 'unauthorized' });
  assert.equal(ended, 1);
});

test('no answer means offline until there is one', async () => {
  const told = [];
  api.listen({ online: (yes) => told.push(yes) });
  let back = 0;
  answers.push(new TypeError('failed to fetch'), {});
  await assert.rejects(api.get('/me'), (error) => error instanceof api.OfflineError);
  api.listen_online(new AbortController().signal, () => { back += 1; });
  await api.get('/me');
  assert.deepEqual(told, [false, true]);
  assert.equal(back, 1);
});

test('every failure has words, known or not, with what the service said beside them', async () => {
  const words = async (answer) => {
    answers.push(answer);
    return api.words_of(await api.get('/me').catch((error) => error));
  };
  assert.match((await words(error_answer(422, 'face_not_found'))).text, /No face was found/);
  assert.equal((await words(error_answer(422, 'face_not_found'))).detail, 'said so · request r-1');
  assert.match((await words({ status: 413, body: '<html>' })).text, /more than the gate takes/);
  assert.match((await words({ status: 418, body: 'teapot' })).text, /does not know/);
  assert.match(api.words_of(new Error('bug')).text, /in this page/);
});

test('steps of an axis are 1, 2 or 5 times a power of ten', () => {
  assert.equal(charts.even_step(1.8, 8), 0.5);
  assert.equal(charts.even_step(10, 10), 1);
  assert.deepEqual(charts.heights_to(97), [0, 50, 100]);
  assert.deepEqual(charts.heights_to(0), [0, 1]);
  assert.deepEqual(charts.heights_to(3), [0, 1, 2, 3]);
});

test('days of a field begin at midnight, and the last day belongs to the period', () => {
  const begin = new Date(format.day_start('2026-11-25'));
  assert.equal(begin.getHours(), 0);
  assert.equal(format.day_field(begin.toISOString()), '2026-11-25');
  assert.equal(format.last_day_field(format.day_end('2026-11-30')), '2026-11-30');
  assert.equal(format.day_end(''), null);
});

test('rates have no idle digits', () => {
  assert.equal(format.rate(0.001), '0.1\u00a0%');
  assert.equal(format.rate(0.0583), '5.8\u00a0%');
  assert.equal(format.rate(null), '–');
});

test('groups are split at commas, each once, in order', () => {
  assert.deepEqual(form.groups_of(' night, staff,,night '), ['night', 'staff']);
  assert.deepEqual(form.groups_of(''), []);
});

test('what is offered follows the role', () => {
  const offered = (role) => {
    session.set_me({ name: 'x', role });
    return ['decide', 'enrol', 'events', 'remove', 'audit', 'tokens'].filter(session.may).join(' ');
  };
  assert.equal(offered('gate'), 'decide');
  assert.equal(offered('operator'), 'decide enrol events');
  assert.equal(offered('auditor'), 'events audit');
  assert.equal(offered('admin'), 'decide enrol events remove tokens');
  assert.equal(offered('unheard-of'), '');
});
