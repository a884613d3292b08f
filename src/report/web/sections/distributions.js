// The distributions of distances, large for one ratio and small for all of them.
{
  const splits = ['pairs', 'identities'];

  function multiples(record, split, range) {
    const results = record.ratios.filter((result) => result.split === split);
    if (results.length === 0) return null;
    return [h('h3', {}, t('distributions.all', { split: split_name(split) })),
      h('div', { class: 'multiples' }, results.map((result) =>
        figure(t('distributions.small', { ratio: result.ratio,
          overlap: write(result.overlap, two), threshold: write(result.threshold, two) }),
        () => histogram_option(result, { small: true, range }), { kind: 'small' }).node))];
  }

  function render(record) {
    const ratios = distinct(record.ratios.map((result) => result.ratio));
    const first = chosen_ratio(record.ratios);
    const ordered = ratios.map((ratio) => ({ value: ratio, label: ratio }));
    kface.choices.ratio ??= first;
    const range = common_range([...record.ratios, record.frozen]);
    const large = splits.map((split) => figure(split_name(split), () => {
      const result = find_result(record.ratios, kface.choices.ratio, split);
      return result ? histogram_option(result, { range }) : {};
    }, { height: 280 }));
    const frozen = figure(t('model.frozen'), () => histogram_option(record.frozen, { range }),
      { height: 280 });
    const redraw = () => large.forEach((one) => one.redraw());
    return [
      paragraph(t('distributions.what')),
      choice('ratio', t('control.ratio'), ordered, redraw),
      h('div', { class: 'plots three' }, large.map((one) => one.node), frozen.node),
      splits.map((split) => multiples(record, split, range)),
    ];
  }

  kface.section({ id: 'distributions', kinds: ['sweep'],
    has: (record) => record.ratios.length > 0, render });
}
