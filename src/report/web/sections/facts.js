// Everything that is needed to run it again.
{
  const fact = (key, value, kind) => (value === undefined || value === null ? null
    : [h('dt', {}, t(`facts.${key}`)), h('dd', { class: kind || null }, value)]);

  function options_table(options) {
    const body = Object.entries(options).map(([name, value]) =>
      [{ text: name, scope: 'row', kind: 'code' }, { text: option_text(value), kind: 'code' }]);
    return table({ caption: t('facts.options'), body, kind: 'narrow',
      head: [[t('table.option'), t('table.value')]] });
  }

  kface.section({
    id: 'facts',
    kinds: ['sweep', 'compare', 'conditions', 'evaluate'],
    render: ({ dataset, backbone, program, machine, options }) => [
      paragraph(t('facts.what')),
      h('dl', { class: 'record' },
        fact('dataset', dataset.name), fact('source', dataset.source), fact('kind', dataset.kind),
        fact('simulated', dataset.simulated ? t('facts.yes') : t('facts.no')),
        fact('images', whole(dataset.num_images)), fact('people', whole(dataset.num_identities)),
        fact('dataset_digest', dataset.digest, 'code'), fact('backbone', backbone.id, 'code'),
        fact('feature_dim', whole(backbone.feature_dim)),
        fact('backbone_digest', backbone.digest, 'code'),
        fact('program', [program.name, program.version, program.commit].filter(Boolean).join(' ')),
        fact('cpu', machine.cpu), fact('threads', whole(machine.threads))),
      h('details', {}, h('summary', {}, t('facts.show_options')), options_table(options))],
  });
}
