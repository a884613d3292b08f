// Our figure beside the published ones, each with the rule by which it was got.
{
  const cell = (value) => ({ text: Number.isFinite(value) ? plain(2)(value) : '–', kind: 'number' });

  function published_table(record) {
    const { columns, rows } = record.protocol.published;
    const ours = record.protocol.ours;
    const line = (row, kind) => ({ kind, cells: [{ text: row.model, scope: 'row' },
      { text: row.training ?? '–' }, ...columns.map((column) => cell(row.accuracy[column])),
      { text: in_language(row.rule) }, { text: row.source ?? '–' }] });
    return table({ kind: 'published', caption: t('protocol.caption'),
      head: [[t('table.model'), t('protocol.training'),
        ...columns.map((column) => ({ text: `${column} %`, kind: 'number' })), t('protocol.rule'),
        t('protocol.source')]],
      body: [...ours.map((row) => line(row, 'ours')), ...rows.map((row) => line(row, null))] });
  }

  kface.section({ id: 'protocol', kinds: ['evaluate', 'compare'],
    has: (record) => Boolean(record.protocol?.published),
    render: (record) => [paragraph(t('protocol.what')),
      record.protocol.notes?.length ? h('ul', {}, record.protocol.notes.map((note) =>
        h('li', {}, in_language(note)))) : null,
      published_table(record)] });
}
