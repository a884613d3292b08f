// Tables with captions, header scopes and marked best cells, in a box that scrolls on a phone.

// table({caption, head: rows of header cells, body: rows of cells}): a cell is a node, a text, or
// {text, scope, span, rows, kind, best, interval}; the unit of an interval is that of its value.
function table({ caption, head, body, kind }) {
  const node = h('table', { class: kind || null }, h('caption', {}, h('span', {}, caption)),
    h('thead', {}, head.map((row) => h('tr', {}, row.map((cell) => header_cell(cell, 'col'))))),
    h('tbody', {}, body.map((row) =>
      h('tr', { class: row.kind || null }, (row.cells || row).map(body_cell)))));
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption }, node);
}

function header_cell(cell, scope) {
  if (typeof cell === 'string') return h('th', { scope }, cell);
  return h('th', { scope: cell.span > 1 ? 'colgroup' : scope, colspan: cell.span,
    rowspan: cell.rows, class: cell.kind }, cell.text);
}

function body_cell(cell, index) {
  if (cell instanceof Node) return h('td', {}, cell);
  const content = typeof cell === 'object' ? cell : { text: cell };
  if (content.scope) {
    return h('th', { scope: content.scope, class: content.kind }, content.text);
  }
  const kind = [content.kind, content.best ? 'best' : ''].filter(Boolean).join(' ') || null;
  return h('td', { class: kind || (index > 0 ? null : 'first') }, content.text,
    content.best ? h('span', { class: 'star', title: t('table.best') }, '★',
      h('span', { class: 'hidden' }, ` (${t('table.best')})`)) : null,
    content.interval ? h('small', {}, content.interval) : null);
}

// One column's cells for `results`, the extreme ones marked; better is 'high', 'low' or null.
function metric_cells(results, key, format, better, kind) {
  const values = results.map((result) => value_of(result?.[key])).filter(Number.isFinite);
  const best = better === 'high' ? Math.max(...values) : Math.min(...values);
  return results.map((result) => {
    const metric = result?.[key];
    const interval = interval_of(metric);
    return { kind: ['number', kind].filter(Boolean).join(' '), text: write(metric, format),
      interval: interval ? write_interval(interval, format).replace(kPercent, '') : null,
      best: better !== null && values.length > 1 && value_of(metric) === best };
  });
}

// Columns side by side to rows.
const rows_of = (columns) => (columns[0] || []).map((_, i) => columns.map((column) => column[i]));
