// Builds the page in the chosen language, and again when that changes.

const sections_of = (record) => kface.sections.filter((section) =>
  section.kinds.includes(record.kind) && (!section.has || section.has(record)));

function language_switch() {
  const names = { en: 'English', ko: '한국어' };
  return h('div', { class: 'languages', role: 'group', 'aria-label': t('page.language') },
    Object.entries(names).map(([code, name]) => h('a', { href: `#${code}`, lang: code,
      'aria-current': code === kface.language ? 'true' : null }, name)));
}

function build_header(record) {
  const title = t(`title.${record.kind}`);
  document.title = `${title} · kface`;
  const name = record.dataset.name || record.dataset.kind;
  return [h('div', { class: 'bar' }, h('span', { class: 'brand' }, 'kface'), language_switch()),
    h('h1', {}, title),
    h('p', { class: 'lead' }, t('page.lead', { name,
      images: whole(record.dataset.num_images), people: whole(record.dataset.num_identities),
      backbone: record.backbone.id }))];
}

function build_contents(sections) {
  return [h('h2', { class: 'hidden' }, t('page.contents')),
    h('ol', {}, sections.map((section) =>
      h('li', {}, h('a', { href: `#${kface.language}/${section.id}` },
        t(`section.${section.id}`)))))];
}

function build_section(section, record) {
  return h('section', { id: section.id, 'aria-labelledby': `${section.id}-title` },
    h('h2', { id: `${section.id}-title`, tabindex: '-1' }, t(`section.${section.id}`)),
    section.render(record));
}

function build_page() {
  const { record } = kface;
  document.documentElement.lang = kface.language;
  forget_charts();
  const replace = (id, nodes) => {
    const element = document.getElementById(id);
    element.replaceChildren();
    append(element, [nodes]);
  };
  const sections = sections_of(record);
  const skip = document.getElementById('skip');
  skip.textContent = t('page.skip');
  skip.href = `#${kface.language}/main`;
  replace('top', build_header(record));
  replace('contents', build_contents(sections));
  document.getElementById('contents').setAttribute('aria-label', t('page.contents'));
  replace('main', sections.map((section) => build_section(section, record)));
  replace('foot', paragraph(t('page.foot', { version: record.program.version ?? '' })));
  draw_all();
}

function follow_hash() {
  const { language, target } = kface.read_hash();
  if (language && language !== kface.language) {
    kface.language = language;
    build_page();
  }
  const section = target && document.getElementById(target);
  if (section) {
    section.scrollIntoView();
    (document.getElementById(`${target}-title`) ?? section).focus({ preventScroll: true });
  }
}

function print_in_light(on) {
  printing = on;
  // What is folded away on the screen belongs to the printed record.
  document.querySelectorAll('details').forEach((details) => { details.open = on; });
  draw_all();
}

document.documentElement.dataset.errors = kface.errors;
build_page();
follow_hash();
window.addEventListener('hashchange', follow_hash);
window.addEventListener('resize', resize_all);
window.addEventListener('beforeprint', () => print_in_light(true));
window.addEventListener('afterprint', () => print_in_light(false));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw_all);
document.documentElement.dataset.charts = charts.filter((chart) => chart.instance).length;
document.documentElement.dataset.ready = 'true';
