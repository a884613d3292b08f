// The page of the gate in a real browser, with a camera: sign in, enrol, identify, search the log,
// switch the language, forget; on a desktop and on a phone, by keyboard and by pointer.
//   KFACE_PAGE_URL     the service (default: the stand-in of src/gate/web/dev, started here)
//   KFACE_PAGE_TOKEN   an administrator's token of it
//   KFACE_PAGE_VIDEO   Y4M or MJPEG that the camera shows (default: a drawn face)
//   KFACE_PAGE_SHOTS   folder for pictures of the page; none: none are taken
//   KFACE_PAGE_EXPECT  verdict that the person just enrolled must get (default: granted)
//   KFACE_CHROMIUM     the browser (default: chromium of the PATH); any certificate is taken
// Exit status: 0; 1: something is wrong; 77: cannot run here, says why.
import { admin_token, base, close_page, expect, kDesktopEn, kDesktopKo, kPhoneEnDark, kPhoneKo, look_at, own_service, run_with_browsers,
  shots, sign_in, take_photos, visit } from './page_check.mjs';

const { KFACE_PAGE_EXPECT = 'granted' } = process.env;

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

// In the browser's language, keeping nothing but the token.
async function enter(page, where, language) {
  await page.go(base);
  await page.see('[data-test=token]');
  expect(await page.evaluate('document.documentElement.lang') === language, `${where}: not in the browser's language`);
  await look_at(page, where, 'sign-in');
  await sign_in(page, admin_token);
  const kept = await page.evaluate('JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage), document.cookie])');
  expect(kept === '[[],["kface.token"],""]', `${where}: the page keeps ${kept}`);
}

async function run(open, where, options, enrol) {
  const page = await open(options);
  const other = options.language === 'en' ? 'ko' : 'en';
  const name = `${options.language === 'ko' ? '서하늘' : 'Robin Seo'} ${kCard.slice(-4)}`;
  await enter(page, where, options.language);
  await enrol(page, where, name);
  const person = await enrolled(page, where);
  await identify(page, where, name);
  await search_events(page, where, person);
  await switch_language(page, where, options.language, other);
  for (const view of ['distances', 'health', 'tokens']) {
    await visit(page, view);
    await look_at(page, where, view);
  }
  await forget(page, where, person, name);
  await close_page(page, where);
}

await run_with_browsers(async (open) => {
  await run(open, 'desktop-en', kDesktopEn, enrol_by_keyboard);
  await run(open, 'phone-ko', kPhoneKo, enrol_by_pointer);
  if (!shots) return;
  await run(open, 'desktop-ko', kDesktopKo, enrol_by_pointer);
  await run(open, 'phone-en', kPhoneEnDark, enrol_by_pointer);
});
