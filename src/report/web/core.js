// The page's frame: data, language, DOM builders, and the list of sections. Everything that comes
// from the record reaches the page as a text node or an attribute value, never as markup.
'use strict';
const kface = {
  record: JSON.parse(document.getElementById('record').textContent),
  chips: JSON.parse(document.getElementById('chips').textContent),
  strings: JSON.parse(document.getElementById('strings').textContent),
  sections: [],
  choices: {}, // what the reader selected, by control; survives a change of language
  errors: 0,
};

// A section: {id, kinds: [kinds of record], has: (record) => bool, render: (record) => nodes}.
kface.section = (definition) => kface.sections.push(definition);

for (const event of ['error', 'securitypolicyviolation', 'unhandledrejection']) {
  window.addEventListener(event, () => {
    kface.errors += 1;
    document.documentElement.dataset.errors = kface.errors;
  });
}

// ---- language: "#ko", "#en", or "#ko/section" ----
kface.read_hash = () => {
  const match = /^#(en|ko)(?:\/([\w-]+))?$/.exec(location.hash);
  return { language: match ? match[1] : null, target: match ? match[2] : location.hash.slice(1) };
};

kface.browser_language = () => {
  for (const tag of navigator.languages || [navigator.language]) {
    const language = String(tag).slice(0, 2).toLowerCase();
    if (language in kface.strings) return language;
  }
  return 'en';
};

kface.language = kface.read_hash().language || kface.browser_language();

// The sentence `key` in the page's language, "{name}" replaced from `values`.
function t(key, values = {}) {
  const text = kface.strings[kface.language][key];
  if (text === undefined) throw new Error(`no sentence '${key}' in ${kface.language}`);
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

const has_text = (key) => key in kface.strings[kface.language];

// ---- DOM ----
// h('td', {class: 'x', onclick: f}, 'text', node, [nodes], null)
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

// A row of buttons of which one is pressed: kface.choices[name] holds its value, `on_change` runs
// after the reader chose another.
function choice(name, label, options, on_change) {
  const known = options.some((option) => option.value === kface.choices[name]);
  if (!known) kface.choices[name] = options[0].value;
  const select = (value) => {
    kface.choices[name] = value;
    on_change();
  };
  return h('fieldset', { class: 'choice' }, h('legend', {}, label),
    h('div', { class: 'buttons' }, options.map((option) => {
      const input = h('input', { type: 'radio', name, value: option.value,
        onchange: () => select(option.value) });
      input.checked = option.value === kface.choices[name];
      return h('label', {}, input, h('span', {}, option.label));
    })));
}

const paragraph = (text, kind) => h('p', { class: kind }, text);
