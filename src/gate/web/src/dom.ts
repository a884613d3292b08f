// The DOM, built by calls. Everything that comes from outside reaches the page as a text node or an
// attribute value, never as markup; nothing sets a style attribute, which the content-security
// policy forbids.

export type Child = Node | string | number | null | undefined | false | Child[];
export type Attributes = Record<string, unknown>;

function fill(element: Element, attributes: Attributes | null, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') {
      element.addEventListener(name.replace(/^on/, ''), value as EventListener);
    } else {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  append(element, children);
}

// h('td', {class: 'x', onclick: f}, 'text', node, [nodes], null)
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes | null = null, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

export function svg(tag: string, attributes: Attributes | null = null, ...children: Child[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  fill(element, attributes, children);
  return element;
}

export function append(parent: Element, children: Child): void {
  if (Array.isArray(children)) {
    for (const child of children) append(parent, child);
  } else if (children !== null && children !== undefined && children !== false) {
    parent.append(children instanceof Node ? children : String(children));
  }
}

export function replace(parent: Element, ...children: Child[]): void {
  parent.replaceChildren();
  append(parent, children);
}

let next_id = 0;
export const unique_id = (stem: string): string => `${stem}-${(next_id += 1)}`;

// Waits; ends early, with false, when `signal` says so.
export function pause(ms: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(false);
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve(true);
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      resolve(false);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}
