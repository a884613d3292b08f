// Numbers and names as the reader sees them. Nothing is computed here, only written.

const value_of = (metric) =>
  metric !== null && typeof metric === 'object' ? metric.value : metric ?? null;
const interval_of = (metric) =>
  metric !== null && typeof metric === 'object' && Array.isArray(metric.ci95) ? metric.ci95 : null;

const plain = (digits) => (x) =>
  new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits,
    useGrouping: false }).format(x);
const kPercent = '\u00a0%'; // never alone on the next line
const percent = (x) => {
  const shown = 100 * x;
  const digits = shown !== 0 && Math.abs(shown) < 1 ? 2 : 1;
  return `${plain(digits)(shown)}${kPercent}`;
};
const whole = (x) => (typeof x === 'number' ? new Intl.NumberFormat('en').format(x) : '–');
const two = plain(2);
const three = plain(3);

const write = (metric, format) => {
  const value = value_of(metric);
  return typeof value === 'number' ? format(value) : '–';
};

// A rate that somebody chose, such as a FAR: "0.1 %", without idle digits.
const short_percent = (x) => `${+(100 * x).toPrecision(3)}${kPercent}`;

function write_interval([low, high], format) {
  if (format !== percent) return `${format(low)}–${format(high)}`;
  const shown = plain(100 * high < 1 ? 2 : 1);
  return `${shown(100 * low)}–${shown(100 * high)}${kPercent}`;
}

// "0.3 % (0.1–0.6 %)": for running text.
function write_with_interval(metric, format) {
  const interval = interval_of(metric);
  return write(metric, format) + (interval ? ` (${write_interval(interval, format)})` : '');
}

const split_name = (split) => (has_text(`split.${split}`) ? t(`split.${split}`) : split);

// "frozen" or "4:6 identities", in the page's language; anything else as it stands.
function model_name(model) {
  if (model === 'frozen') return t('model.frozen');
  const match = /^(\d+:\d+) (pairs|identities)$/.exec(model);
  return match ? t('model.trained', { ratio: match[1], split: split_name(match[2]) }) : model;
}

const attribute_name = (name) => (has_text(`attribute.${name}`) ? t(`attribute.${name}`) : name);
const attribute_value = (name, value) => {
  const key = `value.${name}.${value}`;
  if (has_text(key)) return t(key);
  return has_text(`unit.${name}`) ? `${value} ${t(`unit.${name}`)}` : value;
};

const option_text = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

// Results by split and ratio.
const find_result = (results, ratio, split) =>
  results.find((result) => result.ratio === ratio && result.split === split);
const distinct = (values) => [...new Set(values)];
// The paper prefers 4:6; where a record has none, its first ratio stands for it.
const chosen_ratio = (results) =>
  results.some((result) => result.ratio === '4:6') ? '4:6' : results[0]?.ratio;

// A sentence of the record: a text, or one in each language.
const in_language = (sentence) => (typeof sentence === 'string' ? sentence
  : sentence?.[kface.language] ?? sentence?.en ?? '');

const verdict_name = (verdict) => {
  const key = `verdict.${String(verdict).replace(' ', '_')}`;
  return has_text(key) ? t(key) : String(verdict);
};

const acquire_sentence = (record) => t(Number.isFinite(record.failure_to_acquire)
  ? 'acquire.sentence.rate' : 'acquire.sentence.count', {
  rejected: whole(record.num_rejected ?? record.dataset.num_rejected),
  rate: Number.isFinite(record.failure_to_acquire) ? percent(record.failure_to_acquire) : '' });

// A value of an attribute of a record of kind "conditions"; thirds of a quality have names.
const condition_value = (attribute, value) => (attribute.kind === 'quality'
  ? t(`quality.${value}`) : attribute_value(attribute.attribute, value));
