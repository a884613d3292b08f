// Headless Chromium, driven over the DevTools protocol through a pipe: no port is opened and nothing
// is downloaded.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const kPatienceMs = 15_000;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const kKeys = {
  Tab: { key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 },
  Enter: { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' },
  Space: { key: ' ', code: 'Space', windowsVirtualKeyCode: 32, text: ' ' },
  Escape: { key: 'Escape', code: 'Escape', windowsVirtualKeyCode: 27 },
};

// `video`: a Y4M or MJPEG file that the camera shows. `language`: the browser's own, "en" or "ko".
export async function open_browser(program, video, language) {
  const folder = mkdtempSync(join(tmpdir(), 'kface-page-'));
  const child = spawn(program, ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage',
    '--disable-background-networking', '--disable-renderer-backgrounding',
    '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-component-update', '--disable-default-apps', '--disable-sync', '--no-proxy-server',
    '--hide-scrollbars', '--force-prefers-reduced-motion', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${video}`, '--ignore-certificate-errors', `--user-data-dir=${join(folder, 'profile')}`,
    `--lang=${language}`, `--accept-lang=${language}`, '--remote-debugging-pipe', 'about:blank'],
  { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: folder, LANG: 'C.UTF-8', LANGUAGE: language } });
  const [input, output] = [child.stdio[3], child.stdio[4]];
  const waiting = new Map();
  const listeners = new Set();
  let next_id = 0;
  let rest = Buffer.alloc(0);
  let gone = null;
  const end = (why) => {
    gone ??= new Error(`the browser is gone: ${why}`);
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
  };
  child.on('error', (error) => end(error.message));
  child.on('exit', (status) => end(`exit ${status}`));
  input.on('error', () => {}); // its end is told by `exit`
  output.on('data', (data) => {
    rest = Buffer.concat([rest, data]);
    for (let at = rest.indexOf(0); at >= 0; at = rest.indexOf(0)) {
      const message = JSON.parse(rest.subarray(0, at).toString());
      rest = rest.subarray(at + 1);
      const pending = waiting.get(message.id);
      waiting.delete(message.id);
      if (pending) message.error ? pending.reject(new Error(`${pending.method}: ${message.error.message}`)) : pending.resolve(message.result);
      else if (message.method) listeners.forEach((listener) => listener(message));
    }
  });
  const send = (method, params = {}, sessionId = undefined) => new Promise((resolve, reject) => {
    if (gone) return reject(gone);
    const id = (next_id += 1);
    waiting.set(id, { resolve, reject, method });
    input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
  });
  const close = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (!gone) await Promise.race([send('Browser.close').catch(() => {}), sleep(2000)]);
    await Promise.race([ended, sleep(2000)]);
    if (child.exitCode === null) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { send, close, folder, on: (listener) => listeners.add(listener) };
}

// A page in a context of its own (no cookie or storage of another).
// `folder`, of the browser: gone with it.
export async function open_page(browser, { width, height, mobile = false, dark = false }) {
  const { browserContextId } = await browser.send('Target.createBrowserContext');
  const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank', browserContextId });
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
  const send = (method, params) => browser.send(method, params, sessionId);
  const seen = { requests: [], faults: [] };
  let expected = []; // statuses of answers that the flow provokes
  browser.on((message) => {
    if (message.sessionId !== sessionId) return;
    const { method, params } = message;
    if (method === 'Network.requestWillBeSent') seen.requests.push(params.request.url);
    if (method === 'Runtime.exceptionThrown') seen.faults.push(`exception: ${params.exceptionDetails.exception?.description ?? params.exceptionDetails.text}`);
    if (method === 'Runtime.consoleAPICalled' && ['error', 'warning', 'assert'].includes(params.type)) {
      seen.faults.push(`console.${params.type}: ${params.args.map((arg) => arg.value ?? arg.description).join(' ')}`);
    }
    if (method === 'Log.entryAdded' && ['error', 'warning'].includes(params.entry.level)) {
      const { source, text, url = '' } = params.entry;
      if (source === 'network' && expected.some((status) => text.includes(String(status)))) return;
      seen.faults.push(`${source}: ${text} ${url}`);
    }
  });
  await Promise.all([send('Page.enable'), send('Runtime.enable'), send('Log.enable'), send('Network.enable')]);
  await send('Page.addScriptToEvaluateOnNewDocument', { source: `
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (e) => window.violations.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample));` });
  await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile });
  await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] });

  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  const gone_by = (error) => /null \(reading|context|navigated/.test(error.message);
  // Until `expression` is true; says `what` was waited for.
  const wait_for = async (expression, what, patience_ms = kPatienceMs) => {
    const until = Date.now() + patience_ms;
    for (;;) {
      // A document that is just being replaced has no answer yet.
      const value = await evaluate(expression).catch((error) => (gone_by(error) ? false : Promise.reject(error)));
      if (value) return value;
      if (Date.now() > until) throw new Error(`waited in vain for ${what}; the page says:\n${await evaluate('document.body.innerText')}`);
      await sleep(40);
    }
  };
  const text = (value) => JSON.stringify(value);
  const exists = (selector) => `document.querySelector(${text(selector)}) !== null`;
  const see = (selector, what = selector, patience_ms = kPatienceMs) => wait_for(exists(selector), what, patience_ms);
  const click = async (selector) => {
    await see(selector);
    await evaluate(`document.querySelector(${text(selector)}).scrollIntoView({ block: 'center' })`);
    const { x, y, covered } = await evaluate(`(() => {
      const target = document.querySelector(${text(selector)});
      const box = target.getBoundingClientRect();
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const top = document.elementFromPoint(x, y);
      return { x, y, covered: !(top && (target.contains(top) || top.contains(target))) };
    })()`);
    if (covered) throw new Error(`${selector} is covered by something else`);
    for (const type of ['mousePressed', 'mouseReleased']) await send('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 });
  };
  const press = async (name, modifiers = 0) => {
    await send('Input.dispatchKeyEvent', { type: 'keyDown', ...kKeys[name], modifiers });
    await send('Input.dispatchKeyEvent', { type: 'keyUp', ...kKeys[name], text: undefined, modifiers });
  };
  const type = (value) => send('Input.insertText', { text: value });
  // Tab until the focus is on `selector`.
  const tab_to = async (selector) => {
    for (let i = 0; i < 60; i += 1) {
      if (await evaluate(`document.activeElement.matches(${text(selector)})`)) return;
      await press('Tab');
    }
    throw new Error(`the Tab key does not lead to ${selector}`);
  };
  const shot = async (file, full = false) => {
    const { data } = await send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: full });
    writeFileSync(file, Buffer.from(data, 'base64'));
  };
  return { send, evaluate, pause: sleep, folder: browser.folder, wait_for, see, click, press, type, tab_to, shot, seen,
    expect_statuses: (statuses) => { expected = statuses; },
    go: (url) => send('Page.navigate', { url }),
    reload: async () => {
      await evaluate('window.before = true');
      await send('Page.reload');
      await wait_for('window.before === undefined && document.readyState === "complete"', 'the page to be loaded again');
    },
    keep_downloads: (downloadPath) => browser.send('Browser.setDownloadBehavior', { behavior: 'allow', browserContextId, downloadPath }),
    close: () => browser.send('Target.disposeBrowserContext', { browserContextId }) };
}
