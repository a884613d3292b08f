// Numbers and times as the reader sees them. Nothing is computed here, only written.
import { language } from './text';

export const kNone = '–';
const kPercent = '\u00a0%'; // never alone on the next line

export const whole = (x: number | null | undefined): string =>
  typeof x === 'number' ? new Intl.NumberFormat('en').format(x) : kNone;

const fixed = (digits: number) => (x: number | null | undefined): string =>
  (typeof x === 'number' && Number.isFinite(x) ? x.toFixed(digits) : kNone);
export const one = fixed(1);
export const two = fixed(2);
export const three = fixed(3);

// A rate that somebody chose, such as a FAR: "0.1 %", without idle digits.
export const rate = (x: number | null | undefined): string =>
  (typeof x === 'number' && Number.isFinite(x) ? `${+(100 * x).toPrecision(2)}${kPercent}` : kNone);

export const hundredths = (x: number | null | undefined): string =>
  (typeof x === 'number' && Number.isFinite(x) ? `${Math.round(100 * x)}${kPercent}` : kNone);

function write_date(iso: string | null | undefined, options: Intl.DateTimeFormatOptions): string {
  const date = iso ? new Date(iso) : null;
  if (!date || Number.isNaN(date.getTime())) return iso || kNone;
  return new Intl.DateTimeFormat(language(), options).format(date);
}

export const day = (iso: string | null | undefined): string => write_date(iso, { dateStyle: 'medium' });
export const moment = (iso: string | null | undefined): string =>
  write_date(iso, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });
export const clock = (iso: string | null | undefined): string =>
  write_date(iso, { timeStyle: 'medium', hourCycle: 'h23' });

// The day of a date field ("2026-11-25", in the reader's time zone) as a moment, and back.
export const day_start = (field: string): string | null =>
  (field ? new Date(`${field}T00:00:00`).toISOString() : null);
export function day_end(field: string): string | null {
  if (!field) return null;
  const date = new Date(`${field}T00:00:00`);
  date.setDate(date.getDate() + 1);
  return date.toISOString();
}
export function date_field(moment_of: Date): string {
  const two_digits = (x: number) => String(x).padStart(2, '0');
  return `${moment_of.getFullYear()}-${two_digits(moment_of.getMonth() + 1)}-${two_digits(moment_of.getDate())}`;
}
// The last whole day before `iso`, which is where a validity ends that is written as "until".
export function last_day_field(iso: string | null | undefined): string {
  return iso ? date_field(new Date(new Date(iso).getTime() - 1)) : '';
}
export const day_field = (iso: string | null | undefined): string => (iso ? date_field(new Date(iso)) : '');

export function duration(seconds: number | null | undefined): string {
  if (typeof seconds !== 'number') return kNone;
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(language(), { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  if (seconds < 90) return unit(Math.round(seconds), 'second');
  if (seconds < 90 * 60) return unit(Math.round(seconds / 60), 'minute');
  if (seconds < 48 * 3600) return unit(Math.round(seconds / 3600), 'hour');
  return unit(Math.round(seconds / 86400), 'day');
}
