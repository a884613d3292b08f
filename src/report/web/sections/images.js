// Experiment B: images per person.
{
  const splits = ['pairs', 'identities'];
  const find = (rows, count, split) => rows.find((row) =>
    row.images_per_person === count && (split === undefined || row.split === split));

  function results_table(record, counts) {
    const ours = ['accuracy', 'loss', 'overlap', 'eer'];
    const group = (keys) => keys.map((key, i) =>
      ({ text: t(`metric.${key}.short`), kind: i === 0 ? 'edge' : null }));
    const head = [
      [{ text: t('table.images'), rows: 2 }, { text: t('table.paper'), span: 3, kind: 'edge' },
        ...splits.map((split) =>
          ({ text: t('table.ours', { split: split_name(split) }), span: 4, kind: 'edge' }))],
      [...group(ours.slice(0, 3)), ...group(ours), ...group(ours)]];
    const paper = counts.map((count) => find(record.paper.images, count));
    const columns = [counts.map((count) => ({ text: count, scope: 'row' })),
      metric_cells(paper, 'accuracy', two, 'high', 'edge'), metric_cells(paper, 'loss', two, 'low'),
      metric_cells(paper, 'overlap', two, 'low')];
    for (const split of splits) {
      const rows = counts.map((count) => find(record.images, count, split));
      columns.push(metric_cells(rows, 'accuracy', three, 'high', 'edge'),
        metric_cells(rows, 'loss', three, 'low'), metric_cells(rows, 'overlap', three, 'low'),
        metric_cells(rows, 'eer', percent, 'low'));
    }
    return table({ caption: t('images.caption'), head, body: rows_of(columns), kind: 'wide' });
  }

  function people(record) {
    return h('ul', {}, record.images.map((result) => h('li', {}, t('images.people', {
      images: result.images_per_person, split: split_name(result.split),
      people: whole(result.num_identities), pairs: whole(result.num_pairs) }))));
  }

  function render(record) {
    const counts = distinct([...record.paper.images, ...record.images]
      .map((row) => row.images_per_person));
    const range = record.images.length > 0 ? common_range(record.images) : null;
    return [
      paragraph(t('images.what')),
      results_table(record, counts),
      record.images.length > 0 ? h('div', { class: 'plots' }, record.images.map((result) =>
        figure(t('images.figure', { images: result.images_per_person,
          split: split_name(result.split), overlap: write(result.overlap, two) }),
        () => histogram_option(result, { range }), { height: 240 }).node)) : null,
      h('details', {}, h('summary', {}, t('images.details')), people(record)),
    ];
  }

  kface.section({ id: 'images', kinds: ['sweep'], render });
}
