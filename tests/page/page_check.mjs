// What the browser tests of the page share: a service, browsers in both languages, and what is asked
// of every view. Its environment is described in flow.mjs.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open_browser, open_page } from './browser.mjs';
import { check_exchange } from './openapi.mjs';

const kWeb = fileURLToPath(new URL('../../src/gate/web/', import.meta.url));
const kAxe = join(kWeb, 'node_modules/axe-core/axe.min.js');
const { KFACE_PAGE_URL, KFACE_PAGE_TOKEN, KFACE_PAGE_VIDEO, KFACE_PAGE_SHOTS } = process.env;
export const own_service = KFACE_PAGE_URL === undefined;
export const shots = KFACE_PAGE_SHOTS ?? null;

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
if (shots) mkdirSync(shots, { recursive: true });
const { start_fake_server } = await import('../../src/gate/web/dev/fake_server.mjs');
const { drawn_video } = await import('../../src/gate/web/dev/drawn_face.mjs');

const axe = readFileSync(kAxe, 'utf8');
const problems = [];
export const fake = own_service ? await start_fake_server(0, (exchange) => {
  for (const fault of check_exchange(exchange)) if (!problems.includes(fault)) problems.push(fault);
}) : null;
export const base = own_service ? fake.url : new URL('/', KFACE_PAGE_URL).href;
export const admin_token = own_service ? fake.tokens.admin : KFACE_PAGE_TOKEN;
export const expect = (holds, what) => { if (!holds) problems.push(what); };

// What every view must be: drawn without a fault, no wider than the screen, and free of barriers.
export async function look_at(page, where, name, barriers_too = true) {
  await page.wait_for('document.querySelector("main [aria-busy=true]") === null', `${where}: ${name} to be loaded`);
  const { missing, overflow, cut, violations } = await page.evaluate(`({
    missing: document.documentElement.dataset.missing ?? null,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    cut: [...document.querySelectorAll('main *, header *, nav *')].filter((one) => one.scrollWidth > one.clientWidth + 1
      && one.clientWidth > 1 && getComputedStyle(one).display !== 'inline' && !one.matches('.scroll, input, svg *')).map((one) => one.outerHTML.slice(0, 120)),
    violations: window.violations })`);
  expect(missing === null, `${where}: ${name}: no text for ${missing}`);
  expect(overflow <= 0, `${where}: ${name}: ${overflow} pixels wider than the screen`);
  expect(cut.length === 0, `${where}: ${name}: wider than its box: ${cut.slice(-1)}`);
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

export async function visit(page, name) {
  await page.click(`nav.views a[href="#/${name}"]`);
  await page.see(`nav.views a[href="#/${name}"][aria-current=page]`);
  // What is still loaded would move what is clicked.
  await page.wait_for('document.querySelector("main [aria-busy=true]") === null', `${name} to be loaded`);
}

export async function sign_in(page, token) {
  await page.go(base);
  await page.see('[data-test=token]');
  await page.wait_for('document.activeElement.matches("[data-test=token]")', 'the focus to be on the token');
  await page.type(token);
  await page.press('Enter');
  await page.see('nav.views a[aria-current=page]', 'the first view');
}

// Three photos: by themselves, or, where the face is never good enough, by `by_hand`.
export async function take_photos(page, by_hand) {
  const count = () => page.evaluate('document.querySelectorAll(".photos li:not(.flawed) .meter").length');
  const until = Date.now() + 20_000;
  while (await count() < 3) {
    if (Date.now() > until) await by_hand();
    if (Date.now() > until + 15_000) throw new Error(`no three photos; the page says:\n${await page.evaluate('document.body.innerText')}`);
    await page.pause(Date.now() > until ? 1500 : 100);
  }
}

// Nothing was asked of anybody else, and the console is clean.
export async function close_page(page, where) {
  const outside = page.seen.requests.filter((url) => !/^(blob|data):/.test(url) && new URL(url).origin !== new URL(base).origin);
  expect(outside.length === 0, `${where}: asked for ${outside}`);
  for (const fault of page.seen.faults) problems.push(`${where}: ${fault}`);
  await page.close();
}

// Runs `body` with a way to open pages, says what was wrong, and ends the process.
export async function run_with_browsers(body) {
  const started = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'kface-page-video-'));
  const browsers = {};
  try {
    const video = KFACE_PAGE_VIDEO ?? join(folder, 'face.y4m');
    if (!KFACE_PAGE_VIDEO) writeFileSync(video, drawn_video());
    await body(async (options) => {
      browsers[options.language] ??= await open_browser(program, video, options.language);
      return open_page(browsers[options.language], options);
    });
  } catch (error) {
    problems.push(error.stack);
  } finally {
    for (const browser of Object.values(browsers)) await browser.close();
    fake?.server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  for (const problem of problems) console.error(`FAILED: ${problem}`);
  console.log(`${problems.length} problems, ${((Date.now() - started) / 1000).toFixed(1)} s`);
  process.exit(problems.length === 0 ? 0 : 1);
}

export const kDesktopEn = { width: 1280, height: 800, language: 'en' };
export const kDesktopKo = { width: 1280, height: 800, language: 'ko' };
export const kPhoneKo = { width: 360, height: 740, language: 'ko', mobile: true };
export const kPhoneEnDark = { width: 360, height: 740, language: 'en', mobile: true, dark: true };
