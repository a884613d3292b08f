// Loss and accuracy by epoch; train solid, validation dashed, both under one legend entry.
{
  const shown_first = ['1:9', '4:6', '9:1'];

  function option(record, key, validation_key, name) {
    const results = record.ratios.filter((result) => result.split === kface.choices.history_split);
    const line = (result, i, field, type) => ({
      name: result.ratio, type: 'line', symbol: 'none', emphasis: { focus: 'series' },
      lineStyle: { color: ratio_colour(i, results.length), type, width: type === 'solid' ? 1.4 : 2 },
      itemStyle: { color: ratio_colour(i, results.length) },
      data: result.history.map((row) => [row.epoch, row[field] ?? null]),
    });
    const few = results.some((result) => shown_first.includes(result.ratio));
    const selected = Object.fromEntries(results.map((result) =>
      [result.ratio, !few || shown_first.includes(result.ratio)]));
    return {
      grid: { left: 56, right: 16, top: 48, bottom: 44 },
      legend: legend({ data: results.map((result) => result.ratio), selected, type: 'plain',
        itemWidth: 14, itemGap: 7 }),
      tooltip: tooltip({ trigger: 'axis', valueFormatter: (x) => (x === null ? '–' : three(x)) }),
      xAxis: axis({ type: 'value', name: t('axis.epoch'), min: 'dataMin', max: 'dataMax',
        splitLine: { show: false } }),
      yAxis: axis({ type: 'value', name, nameGap: 40, scale: true }),
      series: results.flatMap((result, i) =>
        [line(result, i, key, 'solid'), line(result, i, validation_key, 'dashed')]),
    };
  }

  function render(record) {
    const splits = distinct(record.ratios.map((result) => result.split));
    const plots = [['loss', 'validation_loss'], ['accuracy', 'validation_accuracy']].map(
      ([key, validation]) => figure(t(`history.${key}`),
        () => option(record, key, validation, t(`metric.${key}`)), { height: 340 }));
    return [paragraph(t('history.what')),
      choice('history_split', t('control.split'), splits.map((split) =>
        ({ value: split, label: split_name(split) })), () => plots.forEach((plot) => plot.redraw())),
      h('div', { class: 'plots' }, plots.map((plot) => plot.node))];
  }

  kface.section({ id: 'history', kinds: ['sweep'],
    has: (record) => record.ratios.some((result) => result.history.length > 0), render });
}
