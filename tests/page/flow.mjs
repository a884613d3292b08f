// The page of the gate in a real browser, with a camera: sign in, enrol, identify, search the log,
// switch the language, forget; on a desktop and on a phone, by keyboard and by pointer.
//   KFACE_PAGE_URL     the service (default: the stand-in of src/gate/web/dev, started here)
//   KFACE_PAGE_TOKEN   an administrator's token of it
//   KFACE_PAGE_VIDEO   Y4M or MJPEG that the camera shows (default: a drawn face)
//   KFACE_PAGE_SHOTS   folder for pictures of the page; none: none are taken
//   KFACE_PAGE_EXPECT  verdict that the person just enrolled must get (default: granted)
//   KFACE_CHROMIUM     the browser (default: chromium of the PATH)
// Exit status: 0; 1: something is wrong; 77: cannot run here, says why.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open_browser, open_page, sleep } from './browser.mjs';

const kWeb = fileURLToPath(new URL('../../src/gate/web/', import.meta.url));
const kAxe = join(kWeb, 'node_modules/axe-core/axe.min.js');
const { KFACE_PAGE_URL, KFACE_PAGE_TOKEN, KFACE_PAGE_VIDEO, KFACE_PAGE_SHOTS: shots, KFACE_PAGE_EXPECT = 'granted' } = process.env;
const own_service = KFACE_PAGE_URL === undefined;

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(77);
}

function find_chromium() {
  if (process.env.KFACE_CHROMIUM) return process.env.KFACE_CHROMIUM;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
      if (existsSync(join(folder, name))) return join(folder, name);
    }
  }
  return skip('no chromium on this machine (apt-get install chromium)');
}

const program = find_chromium();
if (!existsSync(kAxe)) skip('the page\'s tools are not there; run scripts/build_page.sh');
if (own_service && !existsSync(join(kWeb, 'dist/index.html'))) skip('the page is not built; run scripts/build_page.sh');
if (!own_service && !KFACE_PAGE_TOKEN) throw new Error('KFACE_PAGE_URL needs KFACE_PAGE_TOKEN');
const { start_fake_server } = await import('../../src/gate/web/dev/fake_server.mjs');
const { drawn_video } = await import('../../src/gate/web/dev/drawn_face.mjs');

const fake = own_service ? await start_fake_server() : null;
const base = own_service ? fake.url : new URL('/', KFACE_PAGE_URL).href;
const token = own_service ? fake.tokens.admin : KFACE_PAGE_TOKEN;
const axe = readFileSync(kAxe, 'utf8');
const problems = [];
const expect = (holds, what) => { if (!holds) problems.push(what); };
if (shots) mkdirSync(shots, { recursive: true });

// What every view must be: drawn without a fault, no wider than the screen, and free of barriers.
async function look_at(page, where, name, barriers_too = true) {
  await page.wait_for('document.querySelector("main [aria-busy=true]") === null', `${where}: ${name} to be loaded`);
  const { missing, overflow, violations } = await page.evaluate(`({
    missing: document.documentElement.dataset.missing ?? null,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    violations: window.violations })`);
  expect(missing === null, `${where}: ${name}: no text for ${missing}`);
  expect(overflow <= 0, `${where}: ${name}: ${overflow} pixels wider than the screen`);
  expect(violations.length === 0, `${where}: ${name}: content-security policy: ${violations}`);
  if (shots && where.startsWith('desktop')) await page.evaluate('window.scrollTo(0, 0)');
  if (shots) await page.shot(join(shots, `${name}-${where}.png`));
  if (!barriers_too) return;
  if (!await page.evaluate('window.axe !== undefined')) await page.evaluate(`(() => { ${axe} })(), 0`);
  const barriers = await page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then((found) => found.violations
    .filter((one) => ['serious', 'critical', 'moderate'].includes(one.impact))
    .map((one) => one.id + ': ' + one.nodes.map((node) => node.target.join(' ') + ' ' + node.failureSummary).join('; ')))`);
  for (const barrier of barriers) problems.push(`${where}: ${name}: ${barrier}`);
}

async function visit(page, name) {
  await page.click(`nav.views a[href="#/${name}"]`);
  await page.see(`nav.views a[href="#/${name}"][aria-current=page]`);
}

async function sign_in(page, where, language) {
  await page.go(base);
  await page.see('[data-test=token]');
  expect(await page.evaluate('document.documentElement.lang') === language, `${where}: not in the browser's language`);
  await look_at(page, where, 'sign-in');
  await page.wait_for('document.activeElement.matches("[data-test=token]")', 'the focus to be on the token');
  page.expect_statuses([401]);
  await page.type(`kf_${'n'.repeat(43)}`);
  await page.press('Enter');
  await page.see('[data-test=token][aria-invalid=true]', 'a wrong token to be refused in words');
  page.expect_statuses([]);
  await page.evaluate('document.querySelector("[data-test=token]").select()');
  await page.type(token);
  await page.press('Enter');
  await page.see('nav.views a[aria-current=page]', 'the first view');
  const kept = await page.evaluate('JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage), document.cookie])');
  expect(kept === '[[],["kface.token"],""]', `${where}: the page keeps ${kept}`);
}

const kCard = String(Date.now()).slice(-9);

// By keyboard alone: nothing in here touches a pointer.
async function enrol_by_keyboard(page, where, name) {
  await page.evaluate('document.querySelector("main").focus()');
  await page.press('Tab', 8); // backwards, into the navigation
  for (let i = 0; i < 12 && !await page.evaluate('document.activeElement.matches("nav a[href=\\"#/enrol\\"]")'); i += 1) await page.press('Tab', 8);
  await page.press('Enter');
  await page.wait_for('document.activeElement.tagName === "H1" && location.hash === "#/enrol"', 'the focus to be on the heading');
  await page.tab_to('input[name=name]');
  await page.type(name);
  await page.tab_to('input[name=groups]');
  await page.type('staff, night');
  await page.tab_to('input[name=card]');
  await page.type(kCard);
  await page.tab_to('[data-test=enrol]');
  await page.press('Enter');
  await page.wait_for('document.activeElement.matches("input[name=agreed]")', 'the missing consent to be asked for');
  await look_at(page, where, 'enrol-refused');
  await page.press('Space');
  await take_photos(page, async () => {
    await page.tab_to('[data-test=take]');
    await page.press('Enter');
  });
  await look_at(page, where, 'enrol');
  await page.tab_to('[data-test=enrol]');
  await page.press('Enter');
}

// Three photos: by themselves, or, where the face is never good enough, by the button.
async function take_photos(page, by_hand) {
  const count = () => page.evaluate('document.querySelectorAll(".photos li:not(.flawed) .meter").length');
  for (const until = Date.now() + 20_000; await count() < 3;) {
    if (Date.now() > until) {
      await by_hand();
      await sleep(1500);
    }
    if (Date.now() > until + 15_000) throw new Error(`no three photos; the page says:\n${await page.evaluate('document.body.innerText')}`);
    await sleep(100);
  }
}

async function enrol_by_pointer(page, where, name) {
  await visit(page, 'enrol');
  await page.click('input[name=name]');
  await page.type(name);
  await page.click('input[name=vehicle]');
  await page.type('12가 3456');
  await page.click('input[name=agreed]');
  await take_photos(page, () => page.click('[data-test=take]'));
  await page.evaluate('document.querySelector(".stage").scrollIntoView({ block: "start" })');
  await look_at(page, where, 'enrol');
  await page.click('[data-test=enrol]');
}

async function enrolled(page, where) {
  await page.see('[data-test=enrolled]', 'the enrolment to be confirmed', 20_000);
  await look_at(page, where, 'enrolled');
  return page.evaluate('document.querySelector("[data-test=enrolled]").dataset.person');
}

async function identify(page, where, name) {
  await visit(page, 'live');
  await page.wait_for('document.querySelector("video")?.videoWidth > 0', 'the camera');
  await look_at(page, where, 'live-before');
  await page.click('[data-test=identify]');
  await page.see('[data-verdict]', 'a verdict', 20_000);
  const { verdict, said, shown } = await page.evaluate(`({ verdict: document.querySelector('[data-verdict]').dataset.verdict,
    said: document.querySelector('[role=alert]').textContent, shown: document.querySelector('[data-verdict]').innerText })`);
  expect(verdict === KFACE_PAGE_EXPECT, `${where}: verdict ${verdict}, expected ${KFACE_PAGE_EXPECT}:\n${shown}`);
  expect(said.length > 0, `${where}: the verdict is not told to a screen reader`);
  if (KFACE_PAGE_EXPECT === 'granted' && own_service) expect(shown.includes(name), `${where}: ${name} is not named`);
  await look_at(page, where, 'live');
}

async function search_events(page, where, person) {
  await visit(page, 'events');
  await page.see('table.events tbody tr', 'events');
  await page.click('[data-test=event-person]');
  await page.type(person);
  await page.click('[data-test=event-search]');
  await page.wait_for(`document.querySelector('table.events tr[data-kind=enrolment]') !== null
    && [...document.querySelectorAll('table.events tbody td[data-label] a')].every((a) => a.hash.includes(${JSON.stringify(person)}))`, 'the events of one person');
  await look_at(page, where, 'events');
  const event = 'table.events tbody th a';
  if (await page.evaluate(`document.querySelector('${event}') !== null`)) {
    await page.click(event);
    await page.wait_for('location.hash.startsWith("#/events/e-")', 'the event');
    await look_at(page, where, 'event');
  }
}

async function switch_language(page, where, from, to) {
  await page.click(`[data-language=${to}]`);
  await page.wait_for(`document.documentElement.lang === '${to}'`, `the page in ${to}`);
  expect(await page.evaluate('document.activeElement.dataset.language') === to, `${where}: the focus is lost with the language`);
  await page.reload();
  await page.wait_for(`document.documentElement.lang === '${to}' && document.querySelector("nav.views a[aria-current=page]") !== null`, 'the language to be remembered');
  await page.click(`[data-language=${from}]`);
  await page.wait_for(`document.documentElement.lang === '${from}'`, `the page in ${from}`);
}

async function forget(page, where, person, name) {
  await visit(page, 'people');
  await page.click('[data-test=search]');
  await page.type(name);
  await page.wait_for(`document.querySelectorAll('tbody tr').length === 1 && document.querySelector('th a[href="#/people/${person}"]') !== null`, `${name} to be found`);
  await look_at(page, where, 'people');
  await page.click(`th a[href="#/people/${person}"]`);
  await page.see('.faces li');
  await look_at(page, where, 'person');
  await page.click('[data-test=forget]');
  await page.see('dialog[open]');
  await page.press('Enter'); // nothing typed: refused
  await page.see('dialog [aria-invalid=true]', 'the name to be asked for');
  await look_at(page, where, 'forget');
  await page.type(name);
  await page.press('Enter');
  await page.wait_for('location.hash === "#/people" && document.querySelector("dialog") === null', 'the person to be forgotten');
  await page.wait_for('document.querySelector("main [aria-busy=true]") === null', 'the list');
  expect(await page.evaluate(`document.querySelector('a[href="#/people/${person}"]') === null`), `${where}: ${name} is still there`);
}

// Busy, away and back: only where the service plays along.
async function troubles(page, where) {
  page.expect_statuses([429, 'ERR_']);
  await page.evaluate('fetch("/fake/busy?times=1").then(() => 0)');
  await visit(page, 'distances');
  await page.wait_for('!document.querySelector(".banner").hidden', 'the banner of a busy gate');
  await page.see('svg.histogram', 'the page to ask again');
  await page.wait_for('document.querySelector(".banner").hidden', 'the banner to go');
  await page.send('Network.emulateNetworkConditions', { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await visit(page, 'people');
  await page.see('.banner.offline:not([hidden])', 'the banner of a gate that is away');
  await look_at(page, where, 'offline');
  await page.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await page.see('table.list tbody tr', 'the page to be back by itself');
  page.expect_statuses([]);
}

async function roles(browser) {
  const page = await open_page(browser, { width: 1280, height: 800 });
  const views = { gate: 'live health', operator: 'live enrol people events distances health', auditor: 'people events distances health' };
  for (const [role, expected] of Object.entries(views)) {
    await page.go(base);
    await page.see('[data-test=token]');
    await page.type(fake.tokens[role]);
    await page.press('Enter');
    await page.see('nav.views a[aria-current=page]');
    const offered = await page.evaluate('[...document.querySelectorAll("nav.views a")].map((a) => a.hash.slice(2)).join(" ")');
    expect(offered === expected, `${role} is offered ${offered}, expected ${expected}`);
    for (const view of expected.split(' ')) {
      await visit(page, view);
      await look_at(page, `as-${role}`, view, false);
    }
    await page.click('[data-test=sign-out]');
    await page.see('[data-test=token]');
    expect(await page.evaluate('sessionStorage.length') === 0, `${role}: the token outlives signing out`);
  }
  await check_log(page, 'roles');
}

async function check_log(page, where) {
  const outside = page.seen.requests.filter((url) => !/^(blob|data):/.test(url) && new URL(url).origin !== new URL(base).origin);
  expect(outside.length === 0, `${where}: asked for ${outside}`);
  for (const fault of page.seen.faults) problems.push(`${where}: ${fault}`);
  await page.close();
}

async function run(browsers, where, options, enrol) {
  const page = await open_page(browsers[options.language], options);
  const other = options.language === 'en' ? 'ko' : 'en';
  const name = `${options.language === 'ko' ? '서하늘' : 'Robin Seo'} ${kCard.slice(-4)}`;
  await sign_in(page, where, options.language);
  await enrol(page, where, name);
  const person = await enrolled(page, where);
  await identify(page, where, name);
  await search_events(page, where, person);
  await switch_language(page, where, options.language, other);
  for (const view of ['distances', 'health', 'tokens']) {
    await visit(page, view);
    await look_at(page, where, view);
  }
  if (own_service) await troubles(page, where);
  await forget(page, where, person, name);
  await check_log(page, where);
}

const started = Date.now();
const video = KFACE_PAGE_VIDEO;
const browsers = {};
try {
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const folder = mkdtempSync(join(tmpdir(), 'kface-page-video-'));
  const file = video ?? join(folder, 'face.y4m');
  if (!video) writeFileSync(file, drawn_video());
  for (const language of ['en', 'ko']) browsers[language] = await open_browser(program, file, language);
  await run(browsers, 'desktop-en', { width: 1280, height: 800, language: 'en' }, enrol_by_keyboard);
  await run(browsers, 'phone-ko', { width: 360, height: 740, language: 'ko', mobile: true }, enrol_by_pointer);
  if (shots) {
    await run(browsers, 'desktop-ko', { width: 1280, height: 800, language: 'ko' }, enrol_by_pointer);
    await run(browsers, 'phone-en', { width: 360, height: 740, language: 'en', mobile: true, dark: true }, enrol_by_pointer);
  }
  if (own_service) await roles(browsers.en);
  rmSync(folder, { recursive: true, force: true });
} catch (error) {
  problems.push(error.stack);
} finally {
  for (const browser of Object.values(browsers)) await browser.close();
  fake?.server.close();
}
for (const problem of problems) console.error(`FAILED: ${problem}`);
console.log(`${problems.length} problems, ${((Date.now() - started) / 1000).toFixed(1)} s`);
process.exit(problems.length === 0 ? 0 : 1);
