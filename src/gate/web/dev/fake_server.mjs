// A stand-in for `kface serve`, for work on the page and for its tests: answers /v1 from made-up
// data, and serves dist with the same security headers. It recognises nobody: every picture is the
// person who was enrolled last.
//   node dev/fake_server.mjs [--port 8360]    prints {"url", "tokens": {role: token}} when it listens
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { drawn_photo } from './drawn_face.mjs';
import { kThreshold, make_decision, make_events, make_face, make_id, make_people, random_numbers } from './made_up.mjs';

const kDist = fileURLToPath(new URL('../dist/', import.meta.url));
const kFiles = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/assets/page.js': ['assets/page.js', 'text/javascript; charset=utf-8'],
  '/assets/page.css': ['assets/page.css', 'text/css; charset=utf-8'],
  '/assets/icon.svg': ['assets/icon.svg', 'image/svg+xml'],
  '/assets/kface.webmanifest': ['assets/kface.webmanifest', 'application/manifest+json'],
};
const kHeaders = {
  'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    + "font-src 'self'; media-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(self)',
};
// Parameters that the service knows; it refuses all others.
const kParameters = {
  '/people': ['query', 'group', 'after', 'limit'],
  '/verify': ['person', 'card', 'vehicle', 'gate', 'direction', 'open'],
  '/identify': ['limit', 'gate', 'direction', 'vehicle', 'open'],
  '/events': ['from', 'until', 'kind', 'person', 'verdict', 'gate', 'before', 'limit'],
  '/distances': ['days'],
  '/audit/export': ['format', 'from', 'until'],
};
const kRoles = ['gate', 'operator', 'admin', 'auditor'];

// The fields of `names` that `from` has, null for the others.
const take = (names, from) => Object.fromEntries(names.split(' ').map((name) => [name, from[name] ?? null]));
const as_record = (event) => take('sequence at kind gate event actor person name direction verdict reason distance threshold far margin '
  + 'quality liveness time_ms note', event);
const as_decision = (event) => ({ ...take('event verdict reason person name distance threshold far far_gallery margin liveness time_ms note', event),
  quality: event.measured ?? null, quality_score: event.quality ?? null });
const as_enrolled = (face, looks_like) => ({ ...take('id quality quality_score', face), looks_like });

// `observe` is told every request to /v1 and its answer.
export function start_fake_server(port = 0, observe = () => {}) {
  const random = random_numbers(7);
  const now = Date.now();
  const people = make_people(random, now);
  const faces = new Map(people.map((person) => [person.id,
    [1, 2, 3].map((i) => make_face(random, Date.parse(person.created_at) + i * 2000))]));
  const events = make_events(random, people, now);
  const tokens = kRoles.map((role) => ({ id: make_id('k', random), name: { gate: 'North door', operator: 'Reception',
    admin: 'Site administrator', auditor: 'Audit office' }[role], role, token: `kf_${role.padEnd(43, 'x')}`,
    created_at: new Date(now - 30 * 86_400_000).toISOString(), expires_at: null }));
  let checks = 0;
  let requests = 0;
  let last_enrolled = people.find((person) => person.name === '김서연') ?? people[0];
  let refusal = null; // how the next requests are answered, by order of a test

  const fail = (status, code, message, details = {}, headers = {}) => ({ status, headers, json: { error: { code, message, details } } });
  const log = (entry) => events.push({ sequence: events.length + 1, at: new Date().toISOString(), gate: 'gate', ...entry });
  const find_person = (id) => people.find((person) => person.id === id);
  const page_of = (all, after, limit, key) => {
    const from = after ? all.findIndex((one) => String(one[key]) === after) + 1 : 0;
    const rows = all.slice(from, from + limit);
    return { rows, next: from + limit < all.length ? rows[rows.length - 1][key] : null };
  };
  const decide = (person, query) => {
    let decision = make_decision(random_numbers(events.length), person);
    for (let seed = 1; person && decision.verdict !== 'granted'; seed += 1) decision = make_decision(random_numbers(seed), person);
    const event = { kind: 'decision', actor: 'k-page', direction: query.get('direction'), ...decision, vehicle: query.get('vehicle'),
      gate: query.get('gate') || 'gate' };
    log(event);
    return as_decision(event);
  };
  const near = (person) => people.filter((one) => one !== person).slice(0, 1)
    .map((one) => ({ person: one.id, name: one.name, distance: kThreshold.distance - 0.011 }));

  const kAdvice = [['move_closer'], ['move_closer', 'more_light'], ['look_straight'], ['hold_still']];
  const routes = [
    ['GET', /^\/me$/, '*', ({ who }) => ({ json: { name: who.name, role: who.role } })],
    ['GET', /^\/models$/, '*', () => ({ json: { models: [{ name: 'office.kface', space: 'a3f1'.repeat(16), backbone: 'dlib-resnet',
      recipe: 'whitening', threshold: kThreshold, embedding_dim: 128 }] } })],
    ['GET', /^\/people$/, 'operator auditor', ({ query }) => {
      const text = (query.get('query') ?? '').toLowerCase();
      const group = query.get('group') ?? '';
      const found = people.filter((person) => (!text || person.name.toLowerCase().includes(text)
        || [person.id, person.card, person.vehicle].includes(text)) && (!group || person.groups.includes(group)));
      const { rows, next } = page_of(found, query.get('after'), Number(query.get('limit') ?? 100), 'id');
      return { json: { people: rows, next } };
    }],
    ['POST', /^\/people$/, 'operator', ({ json }) => {
      if (json.card && people.some((person) => person.card === json.card)) {
        return fail(409, 'conflict', `card ${json.card} is another person's`, { field: 'card' });
      }
      const { photos, ...known } = json;
      const person = { ...known, id: make_id('p', Math.random), created_at: new Date().toISOString() };
      people.push(person);
      people.sort((a, b) => (a.id < b.id ? -1 : 1));
      faces.set(person.id, photos.map(() => make_face(random, Date.now())));
      last_enrolled = person;
      log({ kind: 'enrolment', actor: 'k-page', person: person.id, name: person.name });
      const like = /twin/i.test(person.name) ? { person: people[0].id, name: people[0].name } : null;
      return { status: 201, json: { person, faces: faces.get(person.id).map((face) => as_enrolled(face, like)) } };
    }],
    ['GET', /^\/people\/([^/]+)$/, 'operator auditor', ({ id }) => ({ json: find_person(id) })],
    ['PATCH', /^\/people\/([^/]+)$/, 'operator', ({ id, json }) => {
      log({ kind: 'change', actor: 'k-page', person: id });
      return { json: Object.assign(find_person(id), json) };
    }],
    ['DELETE', /^\/people\/([^/]+)$/, 'admin', ({ id }) => {
      people.splice(people.indexOf(find_person(id)), 1);
      events.forEach((event) => { if (event.person === id) event.name = null; });
      log({ kind: 'forget', actor: 'k-page', person: id });
      if (last_enrolled.id === id) [last_enrolled] = people;
      return { status: 204 };
    }],
    ['GET', /^\/people\/([^/]+)\/faces$/, 'operator auditor', ({ id }) => ({ json: { faces: faces.get(id) } })],
    ['POST', /^\/people\/([^/]+)\/faces$/, 'operator', ({ id }) => {
      const face = make_face(random, Date.now());
      faces.get(id).push(face);
      return { status: 201, json: as_enrolled(face, null) };
    }],
    ['DELETE', /^\/faces\/([^/]+)$/, 'admin', ({ id }) => {
      for (const list of faces.values()) {
        const at = list.findIndex((face) => face.id === id);
        if (at >= 0) list.splice(at, 1);
      }
      return { status: 204 };
    }],
    ['POST', /^\/faces\/check$/, 'operator', () => {
      checks += 1;
      const face = make_face(random_numbers(checks), Date.now());
      const advice = checks % 12 < kAdvice.length ? kAdvice[checks % 12] : [];
      return { json: { box: { x: 200, y: 100, width: 240, height: 240 }, quality: face.quality, quality_score: face.quality_score,
        good: advice.length === 0, advice, time_ms: 21 } };
    }],
    ['POST', /^\/identify$/, 'gate', ({ query }) => {
      const decision = decide(last_enrolled, query);
      return { json: { decision, matches: decision.person
        ? [{ person: decision.person, name: decision.name, distance: decision.distance }, ...near(last_enrolled)] : [] } };
    }],
    ['POST', /^\/verify$/, 'gate', ({ query }) => {
      const by = query.has('card') ? 'card' : 'vehicle';
      const claimed = people.find((person) => person[by] && person[by] === query.get(by));
      if (claimed) return { json: decide(claimed, query) };
      return { json: { ...decide(null, query), verdict: 'denied', reason: 'unknown_claim', distance: null, margin: null } };
    }],
    ['GET', /^\/events$/, 'operator auditor', ({ query }) => {
      const is = (name) => (event) => !query.get(name) || event[name] === query.get(name);
      const found = [...events].reverse().filter((event) => ['kind', 'person', 'verdict', 'gate'].every((name) => is(name)(event))
        && (!query.get('from') || event.at >= query.get('from')) && (!query.get('until') || event.at < query.get('until')));
      const { rows, next } = page_of(found, query.get('before'), Number(query.get('limit') ?? 100), 'sequence');
      return { json: { events: rows.map(as_record), next } };
    }],
    ['GET', /^\/events\/([^/]+)$/, 'operator auditor', ({ id }) => {
      const records = events.filter((event) => event.event === id);
      return records.length ? { json: { event: id, records: records.map(as_record),
        details: { person: records[0].person, name: records[0].name, gate: 'gate', at: records[0].at, vehicle: records[0].vehicle ?? null, card: null, has_photo: true } } } : { json: undefined };
    }],
    ['GET', /^\/events\/([^/]+)\/photo$/, 'operator auditor', () => ({ bytes: drawn_photo(), type: 'image/png' })],
    ['GET', /^\/distances$/, 'operator auditor', ({ query }) => {
      const days = Number(query.get('days') ?? 14);
      const since = new Date(Date.now() - days * 86_400_000).toISOString();
      const bins = Array.from({ length: 36 }, (_, i) => ({ from: i * 0.05, to: (i + 1) * 0.05, granted: 0, denied: 0, not_sure: 0 }));
      const decisions = events.filter((event) => event.kind === 'decision' && event.at >= since && typeof event.distance === 'number');
      for (const event of decisions) bins[Math.min(35, Math.floor(event.distance / 0.05))][event.verdict.replace(' ', '_')] += 1;
      return { json: { threshold: kThreshold.distance, bins, days, num_decisions: decisions.length } };
    }],
    ['GET', /^\/audit\/head$/, 'auditor', () => ({ json: { sequence: events.length, chain: '5be0cd19137e2179'.repeat(4) } })],
    ['GET', /^\/audit\/export$/, 'auditor', ({ query }) => (query.get('format') === 'csv'
      ? { bytes: `sequence,at,kind,verdict\r\n${events.map((e) => `${e.sequence},${e.at},${e.kind},${e.verdict ?? ''}`).join('\r\n')}\r\n`, type: 'text/csv' }
      : { bytes: events.map((event) => JSON.stringify(event)).join('\n'), type: 'application/jsonl' })],
    ['GET', /^\/tokens$/, 'admin', () => ({ json: { tokens: tokens.map(({ token, ...shown }) => shown) } })],
    ['POST', /^\/tokens$/, 'admin', ({ json }) => {
      const made = { ...json, id: make_id('k', Math.random), token: `kf_${make_id('t', Math.random).slice(2).padEnd(43, 'y')}`, created_at: new Date().toISOString() };
      tokens.push(made);
      return { status: 201, json: made };
    }],
    ['DELETE', /^\/tokens\/([^/]+)$/, 'admin', ({ id }) => {
      tokens.splice(tokens.findIndex((token) => token.id === id), 1);
      return { status: 204 };
    }],
    ['GET', /^\/gate\/frame.jpg$/, 'operator', () => ({ bytes: drawn_photo(320, 240, { shift: 0.01 * Math.sin(requests / 3), blink: requests % 20 === 0 }), type: 'image/png' })],
    ['GET', /^\/gate\/state$/, 'operator', () => {
      const last = [...events].reverse().find((event) => event.kind === 'decision');
      return { json: { camera: 'ok', fps: 14.8, last_decision: as_decision(last) } };
    }],
  ];

  const allowed = (roles, role) => roles === '*' || roles.split(' ').some((one) => one === role
    || (role !== 'auditor' && one !== 'auditor' && kRoles.indexOf(role) > kRoles.indexOf(one)));

  function answer(method, url, headers, body) {
    const path = url.pathname.slice('/v1'.length);
    const who = tokens.find((one) => `Bearer ${one.token}` === headers.authorization);
    if (path === '/health') {
      return { json: who ? { status: 'ok', model: 'office.kface', people: people.length, templates: [...faces.values()].flat().length,
        storage: 'ok', audit: 'ok', doors: ['closed', 'unreachable: mqtt://127.0.0.1:1883 does not answer'], camera: 'ok', uptime_s: 93_600, version: '0.1.0' } : { status: 'ok' } };
    }
    if (!who) return fail(401, 'unauthorized', 'no such token', {}, { 'www-authenticate': 'Bearer' });
    if (refusal?.times > 0 && path.startsWith(refusal.path)) {
      refusal.times -= 1;
      return fail(refusal.status, refusal.code, 'as the test wants it', refusal.details, { 'retry-after': '1' });
    }
    const route = routes.find(([verb, pattern]) => verb === method && pattern.test(path));
    if (!route) return fail(404, 'not_found', `nothing at ${path}`);
    if (!allowed(route[2], who.role)) return fail(403, 'forbidden', `a token of role ${who.role} may not do this`);
    let json = {};
    if ((headers['content-type'] ?? '').startsWith('application/json') && body.length) json = JSON.parse(body.toString());
    const unknown = [...url.searchParams.keys()].find((name) => !(kParameters[path] ?? []).includes(name));
    if (unknown) return fail(400, 'invalid_argument', `unknown parameter ${unknown}`);
    const id = decodeURIComponent(route[1].exec(path)[1] ?? '');
    if (id.startsWith('p-') && !find_person(id)) return fail(404, 'not_found', `no person ${id}`);
    const result = route[3]({ who, id, query: url.searchParams, json });
    return result.status === undefined && result.json === undefined && result.bytes === undefined
      ? fail(404, 'not_found', `nothing at ${path}`) : result;
  }

  const server = createServer(async (request, response) => {
    requests += 1;
    const url = new URL(request.url, 'http://gate');
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (kFiles[url.pathname]) {
      const [file, type] = kFiles[url.pathname];
      response.writeHead(200, { ...kHeaders, 'content-type': type }).end(await readFile(kDist + file));
    } else if (url.pathname === '/fake/refuse') {
      refusal = JSON.parse(Buffer.concat(chunks).toString()); // {path, status, code, details, times}
      response.writeHead(204).end();
    } else {
      const { status = 200, headers = {}, json, bytes, type = 'application/json' } = answer(request.method, url, request.headers, Buffer.concat(chunks));
      const id = `r-${String(requests).padStart(6, '0')}`;
      const all = { ...kHeaders, 'cache-control': 'no-store', 'x-request-id': id, 'content-type': type, ...headers };
      if (json?.error) json.request_id = id;
      const is_json = (request.headers['content-type'] ?? '').startsWith('application/json') && chunks.length > 0;
      observe({ method: request.method, url, status, answer_json: json, request_json: is_json ? JSON.parse(Buffer.concat(chunks).toString()) : undefined });
      response.writeHead(status, all).end(bytes ?? (json === undefined ? undefined : JSON.stringify(json)));
    }
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve({ server, url: `http://127.0.0.1:${server.address().port}/`,
    tokens: Object.fromEntries(tokens.map((one) => [one.role, one.token])) })));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--port');
  const { url, tokens } = await start_fake_server(at > 0 ? Number(process.argv[at + 1]) : 0);
  console.log(JSON.stringify({ url, tokens }));
}
