// What was taken and what was refused at import, and why.
{
  function rejected_table(rejected) {
    const body = rejected.map((row) => [{ text: row.reason, scope: 'row', kind: 'text' },
      { text: whole(row.count), kind: 'number' },
      h('ul', { class: 'names' }, row.examples.map((name) => h('li', {}, name)))]);
    return table({ caption: t('import.caption'), body,
      head: [[t('table.reason'), { text: t('table.count'), kind: 'number' },
        t('table.examples')]] });
  }

  kface.section({
    id: 'import',
    kinds: ['sweep', 'compare', 'conditions', 'evaluate'],
    render: ({ dataset }) => [
      paragraph(t('import.what', { images: whole(dataset.num_images),
        people: whole(dataset.num_identities), rejected: whole(dataset.num_rejected) })),
      dataset.rejected.length > 0 ? rejected_table(dataset.rejected) : paragraph(t('import.none'))],
  });
}
