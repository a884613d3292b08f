// Both languages of the page say the same things, and nothing that nobody reads.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kSource = fileURLToPath(new URL('../../src/gate/web/src/', import.meta.url));
const read = (file) => readFileSync(join(kSource, file), 'utf8');
const en = JSON.parse(read('strings.en.json'));
const ko = JSON.parse(read('strings.ko.json'));
const code = readdirSync(kSource, { recursive: true, withFileTypes: false }).filter((file) => file.endsWith('.ts')).map(read).join('\n');
const placeholders = (text) => (text.match(/\{\w+\}/g) ?? []).sort().join(' ');

// word('kind', x) and t(`person.${x}`) may ask for every member of a family.
const families = new Set([...code.matchAll(/\b(?:has_)?word\('(\w+)'/g), ...code.matchAll(/\bt\(`(\w+)\.\$\{/g),
  ...code.matchAll(/options\('(\w+)'/g)].map((match) => match[1]));
const named = new Set([...code.matchAll(/'(\w+\.\w+)'/g)].map((match) => match[1]));

assert.deepEqual(Object.keys(ko), Object.keys(en), 'the two languages have different keys, or another order');
for (const [key, text] of Object.entries(en)) {
  assert.ok(text.trim() === text && text !== '', `${key}: empty, or with blanks around it`);
  assert.ok(ko[key].trim() === ko[key] && ko[key] !== '', `${key}: empty in Korean, or with blanks around it`);
  assert.equal(placeholders(ko[key]), placeholders(text), `${key}: other placeholders in Korean`);
  assert.ok(named.has(key) || families.has(key.split('.')[0]), `${key}: nothing in the page says this`);
  assert.ok(/[가-힣]/.test(ko[key]) || /^(JSON Lines|\{\w+\})$/.test(ko[key]), `${key}: no Korean in "${ko[key]}"`);
  assert.ok(!/[가-힣]/.test(text), `${key}: Korean in the English text`);
}
// What the service may say (decision.h, audit_log.h, its list of errors) has words here.
const reasons = 'match nobody ambiguous borderline no_face several_faces poor_quality not_live unknown_claim not_valid schedule '
  + 'passback model_mismatch unmeasured empty_gallery storage timeout fault';
const errors = 'malformed_request invalid_argument unauthorized forbidden not_found request_timeout conflict model_mismatch '
  + 'request_too_large image_too_large unsupported_media_type face_not_found several_faces poor_quality image_invalid '
  + 'too_many_requests internal unavailable';
const kinds = 'decision door enrolment change forget refusal start stop';
for (const [family, words] of [['reason', reasons], ['error', errors], ['kind', kinds], ['verdict', 'granted denied not_sure'],
  ['advice', 'move_closer more_light less_light look_straight hold_still'], ['role', 'gate operator admin auditor']]) {
  for (const word of words.split(' ')) assert.ok(`${family}.${word}` in en, `${family}.${word} is missing`);
}
console.log(`${Object.keys(en).length} sentences in two languages`);
