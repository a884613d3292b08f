// What goes wrong at a gate, and what is done seldom, in a real browser against the stand-in service:
// refusals, a busy or absent service, no camera, faces that look alike, roles, tokens, export.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { admin_token, base, close_page, expect, fake, kDesktopEn, kPhoneKo, look_at, own_service, run_with_browsers, sign_in, take_photos,
  visit } from './page_check.mjs';

if (!own_service) throw new Error('this test needs the stand-in service; unset KFACE_PAGE_URL');

const refuse = (path, status, code, details = {}, times = 1) =>
  fetch(`${base}fake/refuse`, { method: 'POST', body: JSON.stringify({ path, status, code, details, times }) });
const text_of = (page, selector = 'main') => page.evaluate(`document.querySelector(${JSON.stringify(selector)}).innerText`);
const button = (page, text, within = 'main') => page.evaluate(`(() => {
  const found = [...document.querySelectorAll(${JSON.stringify(within)} + ' button')].find((one) => one.textContent.trim() === ${JSON.stringify(text)});
  found?.setAttribute('data-found', ''); return found !== undefined; })()`);
async function click_button(page, text, within) {
  await page.wait_for('document.querySelector("[data-found]")?.removeAttribute("data-found") ?? true', 'nothing');
  expect(await button(page, text, within), `no button “${text}”`);
  await page.click('[data-found]');
}

async function refused_tokens(open) {
  const page = await open(kDesktopEn);
  await page.go(base);
  await page.see('[data-test=token]');
  await page.type('not a token');
  await page.press('Enter');
  await page.see('[data-test=token][aria-invalid=true]', 'a text that is no token to be refused');
  await page.evaluate('document.querySelector("[data-test=token]").select()');
  page.expect_statuses([401]);
  await page.type(`kf_${'n'.repeat(43)}`);
  await page.press('Enter');
  await page.wait_for('document.querySelector(".fault").textContent.includes("does not know")', 'a wrong token to be refused in words');
  await look_at(page, 'desktop', 'sign-in-refused');
  await page.evaluate('document.querySelector("[data-test=token]").select()');
  await page.type(fake.tokens.gate);
  await page.press('Enter');
  await page.see('nav.views');
  await refuse('/models', 401, 'unauthorized');
  await page.click('nav a[href="#/health"]');
  await page.see('.sign-in .notice', 'the end of the session to be told');
  await look_at(page, 'desktop', 'sign-in-ended');
  await close_page(page, 'refused tokens');
}

async function roles(open) {
  const views = { gate: 'live health', operator: 'live enrol people events distances health', auditor: 'people events distances health' };
  const page = await open(kDesktopEn);
  for (const [role, expected] of Object.entries(views)) {
    await sign_in(page, fake.tokens[role]);
    const offered = await page.evaluate('[...document.querySelectorAll("nav.views a")].map((a) => a.hash.slice(2)).join(" ")');
    expect(offered === expected, `${role} is offered ${offered}, expected ${expected}`);
    for (const view of expected.split(' ')) {
      await visit(page, view);
      await look_at(page, `as-${role}`, view, false);
    }
    await page.evaluate('location.hash = "#/tokens"');
    await page.wait_for('document.querySelector("h1").textContent === "Not here"', 'a view of another role to be refused');
    await page.click('[data-test=sign-out]');
    await page.see('[data-test=token]');
    expect(await page.evaluate('sessionStorage.length') === 0, `${role}: the token outlives signing out`);
  }
  await close_page(page, 'roles');
}

async function denials(page) {
  await visit(page, 'live');
  await page.wait_for('document.querySelector("video")?.videoWidth > 0', 'the camera');
  const verdict = async (kind, what) => {
    await page.click('[data-test=identify]');
    await page.see(`[data-verdict=${kind}]`, what);
    await look_at(page, 'phone', what.replace(/ /g, '-'));
  };
  page.expect_statuses([422, 503]);
  await refuse('/identify', 422, 'face_not_found', { decision: { event: null, verdict: 'denied', reason: 'no_face', threshold: 0.82 } });
  await verdict('denied', 'no face');
  await page.evaluate('document.querySelector("[data-verdict]").remove()');
  await refuse('/identify', 200, '', {}, 0);
  await refuse('/identify', 422, 'image_invalid');
  await page.click('[data-test=identify]');
  await page.see('.result .notice.bad', 'a photo that cannot be read to be told');
  await refuse('/identify', 503, 'unavailable');
  await page.click('[data-test=identify]');
  await page.wait_for('document.querySelector(".result .notice.bad")?.innerText.includes("저장소")', 'a storage that is away to be told');
  page.expect_statuses([]);
  await page.click('input[value=card]');
  await page.see('[name=claim]');
  await page.click('[data-test=identify]');
  await page.wait_for('document.activeElement.name === "claim"', 'the card number to be asked for');
  await page.type('no such card');
  await verdict('denied', 'unknown card');
  await page.click('input[value=gate]');
  await page.see('.stage.running img:not([hidden])', 'the picture of the gate');
  await page.see('[data-verdict]', 'what the gate decided');
  await look_at(page, 'phone', 'gate-picture');
  await page.click('input[value=device]');
}

async function no_camera(page) {
  await page.evaluate(`window.real_camera = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError')); 0`);
  await visit(page, 'enrol');
  await page.see('.stage .notice.warning', 'a camera that is not allowed to be told');
  expect(await page.evaluate('document.querySelector("[data-test=take]").disabled'), 'a photo can be taken without a camera');
  await look_at(page, 'phone', 'no-camera');
  await page.evaluate('navigator.mediaDevices.getUserMedia = window.real_camera; 0');
  await page.click('.stage .notice button');
  await page.see('.stage.running', 'the camera to start after all');
}

// Two people of one card; two people who look alike; both in Korean, on a phone.
async function enrolments(page) {
  await page.click('[data-test=enrol]');
  await page.see('input[name=name][aria-invalid=true]', 'the name to be asked for');
  const card = await page.evaluate(`fetch('/v1/people?limit=500', { headers: { authorization: 'Bearer ' + sessionStorage.getItem('kface.token') } })
    .then((answer) => answer.json()).then(({ people }) => people.find((one) => one.card).card)`);
  await page.click('input[name=name]');
  await page.type('Twin 쌍둥이');
  await page.click('input[name=card]');
  await page.type(card);
  await page.click('input[name=agreed]');
  await take_photos(page, () => page.click('[data-test=take]'));
  await page.click('.photos li:last-child button');
  await page.wait_for('document.querySelectorAll(".photos li").length === 2', 'a photo to be taken back');
  await page.click('[data-language=en]');
  await page.wait_for('document.documentElement.lang === "en" && document.querySelectorAll(".photos li").length >= 2', 'photos to outlive a change of language');
  expect(await page.evaluate('document.querySelector("input[name=name]").value') === 'Twin 쌍둥이', 'the name is lost with the language');
  await page.click('[data-language=ko]');
  await take_photos(page, () => page.click('[data-test=take]'));
  page.expect_statuses([409]);
  await page.click('[data-test=enrol]');
  await page.see('input[name=card][aria-invalid=true]', 'a card of somebody else to be refused at its field');
  await look_at(page, 'phone', 'card-taken');
  page.expect_statuses([422]);
  await page.evaluate('document.querySelector("input[name=card]").select()');
  await page.type('55501234');
  await refuse('/people', 422, 'poor_quality', { photo: 2 });
  await page.click('[data-test=enrol]');
  await page.wait_for('document.querySelector("form .notice.bad")?.innerText.includes("2번째")', 'the photo at fault to be named');
  page.expect_statuses([]);
  await page.click('[data-test=enrol]');
  await page.see('.enrolled .notice.warning', 'the likeness to be told');
  await look_at(page, 'phone', 'looks-like');
  await page.click('.enrolled a.button');
  await page.see('.faces li');
}

async function changes(page) {
  await click_button(page, '수정');
  await page.see('input[name=valid_until]');
  await page.evaluate(`(() => { const field = document.querySelector('input[name=valid_until]');
    field.value = '2001-01-01'; field.dispatchEvent(new Event('input', { bubbles: true })); })()`);
  await look_at(page, 'phone', 'change');
  await click_button(page, '저장');
  await page.see('.state.denied', 'the person to be no longer valid');
  await click_button(page, '사진 추가');
  await take_photos(page, () => page.click('[data-test=take]'));
  await click_button(page, '이 사진들 추가');
  await page.wait_for('document.querySelectorAll(".faces li").length === 6', 'three more faces');
  await page.click('.faces li:first-child button');
  await page.click('dialog [data-test=confirm]');
  await page.wait_for('document.querySelectorAll(".faces li").length === 5 && !document.querySelector("dialog")', 'one face less');
}

async function tokens(page) {
  await visit(page, 'tokens');
  await page.click('input[name=token-name]');
  await page.type('남문 태블릿');
  await page.press('Enter');
  await page.see('[data-test=made-token]', 'the new token');
  expect(/^kf_.{43}$/.test(await text_of(page, '[data-test=made-token]')), 'the new token is no token');
  await look_at(page, 'phone', 'token-made');
  await page.wait_for('document.querySelectorAll("tbody tr").length === 5', 'five tokens');
  await page.click('tbody tr:last-child button');
  await look_at(page, 'phone', 'token-withdraw');
  await page.press('Escape');
  await page.wait_for('!document.querySelector("dialog")', 'the dialog to be left by Escape');
  await page.click('tbody tr:last-child button');
  await page.click('dialog [data-test=confirm]');
  await page.wait_for('document.querySelectorAll("tbody tr").length === 4', 'four tokens');
}

// Busy, away and back.
async function troubles(page) {
  page.expect_statuses([429, 500, 'ERR_']);
  await refuse('/distances', 429, 'too_many_requests');
  await page.click('nav a[href="#/distances"]');
  await page.wait_for('!document.querySelector(".banner").hidden', 'the banner of a busy gate');
  await page.see('svg.histogram', 'the page to ask again');
  await page.wait_for('document.querySelector(".banner").hidden', 'the banner to go');
  await refuse('/people', 500, 'internal');
  await page.click('nav a[href="#/people"]');
  await page.see('.notice.bad button', 'a fault inside the gate to be told');
  await page.click('.notice.bad button');
  await page.see('table.list', 'the second try');
  const offline = (yes) => page.send('Network.emulateNetworkConditions', { offline: yes, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await offline(true);
  await page.click('nav a[href="#/events"]');
  await page.see('.banner.offline:not([hidden])', 'the banner of a gate that is away');
  await look_at(page, 'phone', 'offline');
  await offline(false);
  await page.see('table.list tbody tr', 'the page to be back by itself');
  page.expect_statuses([]);
}

async function paging(page) {
  const first = await text_of(page, 'tbody tr');
  await page.click('.pager button:last-child');
  await page.wait_for(`document.querySelector('tbody tr').innerText !== ${JSON.stringify(first)}`, 'the second page');
  await page.click('.pager button:first-child');
  await page.wait_for(`document.querySelector('tbody tr').innerText === ${JSON.stringify(first)}`, 'the first page again');
  await page.click('[data-test=event-person]');
  await page.type('김서연');
  await page.press('Enter');
  await page.wait_for('[...document.querySelectorAll("main .actions button")].some((one) => one.textContent === "김서연")', 'several people to choose from');
  await click_button(page, '김서연');
  await page.wait_for('[...document.querySelectorAll("tbody td a")].every((a) => a.textContent === "김서연")', 'the events of one of them');
}

async function exports(open) {
  const page = await open(kDesktopEn);
  await page.keep_downloads(page.folder);
  await sign_in(page, fake.tokens.auditor);
  await visit(page, 'events');
  for (const format of ['csv', 'jsonl']) {
    await page.click(`[data-test=export-${format}]`);
    const file = () => readdirSync(page.folder).find((name) => name.endsWith(`.${format}`));
    for (let i = 0; i < 100 && !file(); i += 1) await page.pause(50);
    expect(file() && existsSync(join(page.folder, file())) && readFileSync(join(page.folder, file()), 'utf8').includes('decision'), `no ${format} was saved`);
  }
  await close_page(page, 'export');
}

await run_with_browsers(async (open) => {
  await refused_tokens(open);
  await roles(open);
  await exports(open);
  const page = await open(kPhoneKo);
  await sign_in(page, admin_token);
  for (const step of [denials, no_camera, enrolments, changes, tokens, troubles, paging]) await step(page);
  await close_page(page, 'phone');
});
