// True accepts against false accepts, the false ones on a logarithmic axis.
{
  const line = (name, colour, roc, style) => ({
    name, type: 'line', symbol: 'none', lineStyle: { color: colour, width: 1.6, ...style },
    itemStyle: { color: colour }, emphasis: { focus: 'series' },
    // A logarithmic axis has no zero.
    data: roc.filter((point) => point.far > 0).map((point) => [point.far, point.tar]),
  });

  function option(record) {
    const results = record.ratios.filter((result) => result.split === kface.choices.roc_split);
    const series = results.map((result, i) => line(result.ratio, ratio_colour(i, results.length),
      result.roc, { width: result.ratio === '4:6' ? 3 : 1.6 }));
    series.push(line(t('model.frozen'), css('--text'), record.frozen.roc,
      { type: 'dashed', width: 2 }));
    return {
      grid: { left: 56, right: 20, top: 44, bottom: 48 }, series,
      legend: legend({ data: series.map((one) => one.name) }),
      tooltip: tooltip({ trigger: 'item', formatter: (point) => escape_html(
        `${point.seriesName}: FAR ${short_percent(point.value[0])}, TAR ${percent(point.value[1])}`) }),
      xAxis: axis({ type: 'log', name: t('axis.far'), max: 1,
        axisLabel: { color: css('--muted'), fontSize: 11, formatter: short_percent } }),
      yAxis: axis({ type: 'value', name: t('axis.tar'), nameGap: 40, min: 0, max: 1,
        axisLabel: { color: css('--muted'), fontSize: 11, formatter: short_percent } }),
    };
  }

  function render(record) {
    const splits = distinct(record.ratios.map((result) => result.split)).reverse();
    const plot = figure(t('roc.figure'), () => option(record), { height: 420 });
    return [paragraph(t('roc.what')),
      choice('roc_split', t('control.split'), splits.map((split) =>
        ({ value: split, label: split_name(split) })), plot.redraw),
      plot.node];
  }

  kface.section({ id: 'roc', kinds: ['sweep'], has: (record) => record.ratios.length > 0, render });
}
