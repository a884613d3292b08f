// Experiment A: the paper's table beside ours for both splits.
{
  const splits = ['pairs', 'identities'];

  function head() {
    const metric = (key, kind) => ({ text: t(`metric.${key}.short`), kind });
    const ours = ['accuracy', 'loss', 'overlap', 'threshold', 'eer'];
    const group = (keys) => keys.map((key, i) => metric(key, i === 0 ? 'edge' : null));
    return [
      [{ text: t('table.ratio'), rows: 2 }, { text: t('table.paper'), span: 4, kind: 'edge' },
        ...splits.map((split) =>
          ({ text: t('table.ours', { split: split_name(split) }), span: 5, kind: 'edge' }))],
      [...group(ours.slice(0, 4)), ...group(ours), ...group(ours)],
    ];
  }

  function body(record) {
    const ratios = distinct([...record.paper.ratios, ...record.ratios].map((row) => row.ratio));
    const paper = ratios.map((ratio) => record.paper.ratios.find((row) => row.ratio === ratio));
    const columns = [ratios.map((ratio) => ({ text: ratio, scope: 'row' })),
      metric_cells(paper, 'accuracy', two, 'high', 'edge'), metric_cells(paper, 'loss', two, 'low'),
      metric_cells(paper, 'overlap', two, 'low'), metric_cells(paper, 'threshold', two, null)];
    for (const split of splits) {
      const ours = ratios.map((ratio) => find_result(record.ratios, ratio, split));
      columns.push(metric_cells(ours, 'accuracy', three, 'high', 'edge'),
        metric_cells(ours, 'loss', three, 'low'), metric_cells(ours, 'overlap', three, 'low'),
        metric_cells(ours, 'threshold', three, null), metric_cells(ours, 'eer', percent, 'low'));
    }
    return [...rows_of(columns), frozen_row(record.frozen)];
  }

  function frozen_row(frozen) {
    const one = (key, format) => metric_cells([frozen], key, format, null)[0];
    const none = (kind) => ({ text: '–', kind: `number ${kind}` });
    return { kind: 'frozen', cells: [{ text: t('model.frozen'), scope: 'row' },
      none('edge'), none(''), none(''), none(''), none('edge'), none(''), none(''), none(''),
      none(''), { ...one('accuracy', three), kind: 'number edge' }, one('loss', three),
      one('overlap', three), one('threshold', three), one('eer', percent)] };
  }

  // "accuracy: the paper 9:1, ..." picked from the rows.
  function best_sentence(record, key, better) {
    const pick = (rows) => {
      const known = rows.filter((row) => Number.isFinite(value_of(row[key])));
      if (known.length === 0) return '–';
      return known.reduce((a, b) => {
        const [x, y] = [value_of(a[key]), value_of(b[key])];
        return (better === 'high' ? y > x : y < x) ? b : a;
      }).ratio;
    };
    const ours = (split) => pick(record.ratios.filter((row) => row.split === split));
    return t('ratios.best', { metric: t(`metric.${key}`), paper: pick(record.paper.ratios),
      pairs: ours('pairs'), identities: ours('identities') });
  }

  kface.section({
    id: 'ratios',
    kinds: ['sweep'],
    render: (record) => [
      paragraph(t('ratios.what')),
      table({ caption: t('ratios.caption'), head: head(), body: body(record), kind: 'wide' }),
      h('ul', {}, h('li', {}, best_sentence(record, 'accuracy', 'high')),
        h('li', {}, best_sentence(record, 'overlap', 'low'))),
      h('h3', {}, t('meaning.title')),
      h('dl', { class: 'meaning' },
        ['accuracy', 'loss', 'overlap', 'threshold', 'eer'].map((key) =>
          [h('dt', {}, t(`metric.${key}`)), h('dd', {}, t(`meaning.${key}`))])),
    ],
  });
}
