// The only door to the service: every request of the page goes through `call`.
import { pause } from './dom';
import { has_word, t, word } from './text';
import { token } from './session';

const kTimeoutMs = 20_000;
const kMostTries = 4;        // of a request that the service was too busy for
const kLongestWaitS = 30;    // a longer Retry-After is told, not waited for

// The service answered, with an error.
export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, message: string,
    readonly request_id: string, readonly details: Record<string, unknown>) {
    super(message);
  }
}
// The service did not answer.
export class OfflineError extends Error {}

export interface Call {
  query?: Record<string, string | number | boolean | null | undefined>;
  json?: unknown;
  photo?: Blob;
  signal?: AbortSignal | undefined;
  as_token?: string;       // instead of the session's
  background?: boolean;    // not waited for by anybody: a busy service is not asked again
}

interface Listeners {
  busy: (seconds: number) => void; // 0: no longer
  online: (yes: boolean) => void;
  unauthorized: () => void;
}
const listeners: Listeners = { busy: () => {}, online: () => {}, unauthorized: () => {} };
export const listen = (to: Partial<Listeners>): void => { Object.assign(listeners, to); };

let online = true;
const waiting = new Set<() => void>(); // called once, when the service answers again
export function set_online(yes: boolean): void {
  if (yes === online) return;
  online = yes;
  listeners.online(yes);
  if (yes) for (const back of [...waiting]) back();
}
export const is_online = (): boolean => online;

function address(path: string, query: Call['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const text = given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
  return `/v1${path}${text ? `?${text}` : ''}`;
}

async function send(method: string, path: string, call: Call): Promise<Response> {
  const headers: Record<string, string> = {};
  const bearer = call.as_token ?? token();
  if (bearer) headers['authorization'] = `Bearer ${bearer}`;
  let body: BodyInit | null = null;
  if (call.photo) {
    body = call.photo;
    headers['content-type'] = call.photo.type || 'application/octet-stream';
  } else if (call.json !== undefined) {
    body = JSON.stringify(call.json);
    headers['content-type'] = 'application/json';
  }
  const stop = new AbortController();
  const forward = () => stop.abort();
  call.signal?.addEventListener('abort', forward, { once: true });
  if (call.signal?.aborted) stop.abort();
  const timer = setTimeout(forward, kTimeoutMs);
  try {
    const answer = await fetch(address(path, call.query),
      { method, headers, body, signal: stop.signal, cache: 'no-store', credentials: 'omit' });
    set_online(true);
    return answer;
  } catch (error) {
    if (call.signal?.aborted) throw error;
    set_online(false);
    throw new OfflineError(String(error));
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener('abort', forward);
  }
}

// Seconds; the header has seconds or a date.
function retry_after(answer: Response): number {
  const text = answer.headers.get('retry-after') ?? '1';
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : 1;
}

async function error_of(answer: Response): Promise<ApiError> {
  let code = '';
  let message = '';
  let details: Record<string, unknown> = {};
  let request_id = answer.headers.get('x-request-id') ?? '';
  try {
    const body = await answer.json() as {
      error?: { code?: string; message?: string; details?: Record<string, unknown> }; request_id?: string;
    };
    code = body.error?.code ?? '';
    message = body.error?.message ?? '';
    details = body.error?.details ?? {};
    request_id = body.request_id ?? request_id;
  } catch {
    // No JSON: the status alone has to do.
  }
  return new ApiError(answer.status, code, message, request_id, details);
}

// Errors: ApiError; OfflineError; an AbortError where `signal` ended it.
export async function call(method: string, path: string, options: Call = {}): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const answer = await send(method, path, options);
    if (answer.ok) return answer;
    const error = await error_of(answer);
    if (error.status === 401 && !options.as_token) listeners.unauthorized();
    const wait_s = error.status === 429 ? retry_after(answer) : 0;
    if (wait_s === 0 || options.background || tries === kMostTries || wait_s > kLongestWaitS) throw error;
    try {
      for (let left = wait_s; left > 0; left -= 1) {
        listeners.busy(left);
        if (!await pause(1000, options.signal)) throw new DOMException('left', 'AbortError');
      }
    } finally {
      listeners.busy(0);
    }
  }
}

export async function get<T>(path: string, options: Call = {}): Promise<T> {
  return await (await call('GET', path, options)).json() as T;
}
export async function post<T>(path: string, options: Call): Promise<T> {
  return await (await call('POST', path, options)).json() as T;
}

export const is_abort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

// What went wrong and what to do, in words; `detail` is what the service said itself.
export function words_of(error: unknown): { text: string; detail: string } {
  if (error instanceof OfflineError) return { text: t('error.offline'), detail: '' };
  if (!(error instanceof ApiError)) {
    return { text: t('error.page'), detail: error instanceof Error ? error.message : String(error) };
  }
  const said = [error.message, error.request_id && t('error.request', { id: error.request_id })];
  const detail = said.filter(Boolean).join(' · ');
  const family = has_word('error', error.code) ? error.code
    : has_word('error', `status_${error.status}`) ? `status_${error.status}` : 'unknown';
  // One of several photos is at fault: which.
  const photo = error.details['photo'];
  const which = typeof photo === 'number' ? `${t('error.photo', { number: photo })} ` : '';
  return { text: which + word('error', family), detail };
}

// Asks /v1/health until the service answers again.
export async function wait_until_online(signal?: AbortSignal): Promise<void> {
  while (!online && await pause(3000, signal)) {
    try {
      await fetch('/v1/health', { cache: 'no-store', credentials: 'omit' });
      set_online(true);
    } catch {
      // Still away.
    }
  }
}

// Calls `back` once, when the service answers again; not after `signal`.
export function listen_online(signal: AbortSignal, back: () => void): void {
  const once = () => {
    waiting.delete(once);
    if (!signal.aborted) back();
  };
  waiting.add(once);
}
