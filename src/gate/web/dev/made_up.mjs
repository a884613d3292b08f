// People and events that nobody lived, the same at every start.

// A random number generator of one line (mulberry32), so that pictures of the page repeat.
export function random_numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const kLetters = 'abcdefghijklmnopqrstuvwxyz234567';
export const make_id = (kind, random) =>
  `${kind}-${Array.from({ length: 26 }, () => kLetters[Math.floor(random() * 32)]).join('')}`;

const kNames = ['김서연', '이도윤', '박지우', '최하준', '정예린', '강민재', '조은서', '윤시우', 'Hanna Lindqvist', 'Tomás Herrera',
  'Aiko Morita', 'Grace Okafor', '한유진', '오태양', '서가온', 'Jonas Brandt', '문다솜', '배현우', 'Leila Haddad', '신보라'];
const kGroups = [['직원'], ['직원', '야간'], ['방문객'], ['운전기사'], ['직원', '서버실']];

const iso = (ms) => new Date(ms).toISOString();
const kDay = 86_400_000;

export function make_people(random, now) {
  return Array.from({ length: 60 }, (_, i) => {
    const name = i < kNames.length ? kNames[i] : `${kNames[i % kNames.length]} ${Math.floor(i / kNames.length) + 1}`;
    const driver = i % 5 === 3;
    return { id: make_id('p', random), name, groups: kGroups[i % kGroups.length],
      card: i % 3 === 0 ? null : String(10_000_000 + Math.floor(random() * 89_999_999)),
      vehicle: driver ? `${10 + i}가 ${1000 + Math.floor(random() * 8999)}` : null,
      valid_from: i === 4 ? iso(now + 6 * kDay) : null,
      valid_until: i % 7 === 2 ? iso(now + (i === 2 ? -3 : 90) * kDay) : null,
      consent_at: iso(now - (200 - i) * kDay), created_at: iso(now - (200 - i) * kDay + 600_000) };
  }).sort((a, b) => (a.id < b.id ? -1 : 1));
}

export const make_face = (random, now, quality = 0.55 + 0.4 * random()) => ({ id: make_id('t', random), created_at: iso(now),
  quality: { face_size_px: 210 + Math.floor(160 * random()), sharpness: 300 + 500 * random(), brightness: 105 + 50 * random(),
    yaw_degrees: 8 * random() - 4, roll_degrees: 4 * random() - 2 },
  quality_score: quality, model: 'office.kface', has_photo: false });

export const kThreshold = { distance: 0.82, far: 0.001, rule: 'FAR 0.1 %', num_people: 60, unseen_people: true };

// A decision about `person`; null: a stranger.
export function make_decision(random, person) {
  const sum = random() + random() + random() - 1.5; // about normal
  const distance = person ? Math.max(0.25, 0.58 + 0.21 * sum) : 1.18 + 0.16 * sum;
  const granted = person !== null && distance <= kThreshold.distance;
  const doubt = !granted && distance <= kThreshold.distance + 0.05;
  return { event: make_id('e', random), verdict: granted ? 'granted' : doubt ? 'not sure' : 'denied',
    reason: granted ? 'match' : doubt ? 'borderline' : 'nobody', person: granted || doubt ? person?.id ?? null : null,
    name: granted || doubt ? person?.name ?? null : null, distance, threshold: kThreshold.distance, far: kThreshold.far,
    far_gallery: 1 - (1 - kThreshold.far) ** 60, margin: 0.3 + 0.2 * random(),
    measured: { face_size_px: 240, sharpness: 420, brightness: 128, yaw_degrees: 2.1, roll_degrees: -0.8 }, quality: 0.6 + 0.35 * random(),
    liveness: null, time_ms: 38 + 20 * random(), note: null };
}

export function make_events(random, people, now) {
  const events = [];
  const add = (event) => events.push({ sequence: events.length + 1, gate: 'gate', ...event });
  add({ at: iso(now - 15 * kDay), kind: 'start', actor: 'service', note: 'kface serve' });
  const count = 420;
  for (let i = 0; i < count; i += 1) {
    const at = now - 14 * kDay + ((14 * kDay) * (i + 1)) / (count + 1);
    const stranger = random() < 0.14;
    const person = stranger ? null : people[Math.floor(random() * people.length)];
    const decision = make_decision(random, person);
    const direction = ['entry', 'exit', null][Math.floor(random() * 3)];
    add({ at: iso(at), kind: 'decision', actor: 'camera', direction, ...decision });
    if (decision.verdict === 'granted') add({ at: iso(at + 40), kind: 'door', event: decision.event, actor: 'gate', note: 'opened' });
    if (i % 97 === 40) add({ at: iso(at + 5000), kind: 'refusal', actor: 'k-nobody', note: '401 unauthorized' });
  }
  return events;
}
